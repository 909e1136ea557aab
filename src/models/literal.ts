/** The boundary between sizes known when a program runs and sizes known to the type checker. */

/** A model that was written for `number` variables, as one whose type has the literal sizes: the value is the same. */
export const literal = <M>(model: unknown): M => model as M
