/** Compile-time equality of types, for programs that must be accepted. */

/** True when two types are the same, `any` and `readonly` included. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false

/** Compiles only when its type argument is true: `same<Equal<typeof y, Tensor<['B', 10]>>>()`. */
export const same = <T extends true>(): T | void => {}
