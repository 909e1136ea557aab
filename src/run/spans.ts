/** Lengths of training. */

/** How often, or how long: in steps, or in passes over the training split. */
export type Span = { readonly steps: number } | { readonly epochs: number }

/** A span in steps. */
export const inSteps = (span: Span, perEpoch: number): number => 'steps' in span ? span.steps : Math.ceil(span.epochs * perEpoch)
