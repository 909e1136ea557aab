/** Two shapes that must be one: what a loss, a mask or an outcome asks of its arguments. */
import { fail, ok, type Checked } from '../shape/check.js'
import { sameShape, showShape } from '../shape/dim.js'
import type { Show, Unify } from '../shape/dim-types.js'
import type { Dim, Shape } from '../tensor.js'

/** Whether two shapes may be equal: sizes known at run time only are checked there. */
export type Alike<A extends Shape, B extends Shape> =
  number extends A['length'] | B['length'] ? true
    : A extends readonly [infer X extends Dim, ...infer P extends Shape]
      ? B extends readonly [infer Y extends Dim, ...infer Q extends Shape] ? [Unify<X, Y>] extends [never] ? false : Alike<P, Q> : false
      : B extends readonly [] ? true : false

/** The first shape, or the message when the second differs. */
export type Same<Op extends string, A extends Shape, B extends Shape> =
  Alike<A, B> extends true ? A : `${Op}: ${Show<A>} and ${Show<B>} differ; equal shapes were expected`
export const same = (op: string, a: Shape, b: Shape): Checked =>
  sameShape(a, b) ? ok(a) : fail(`${op}: ${showShape(a)} and ${showShape(b)} differ; equal shapes were expected`)

/** All axes but the last. */
export type Leading<S extends Shape> = number extends S['length'] ? Shape : S extends readonly [...infer B extends Shape, Dim] ? B : []
