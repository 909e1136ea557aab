/** Joining tensors along an axis, old (`concat`) or new (`stack`). */
import type { Dim, DType, Shape } from '../tensor.js'
import { axisAt, type Axis, type Known, type OneAxis, type ReplaceAt } from './axes.js'
import { fail, ok, type AnyTensor, type Checked, type Fault, type Plain } from './check.js'
import { addDim, sameDim, showShape } from './dim.js'
import type { AddDim, Show, Unify } from './dim-types.js'
import { newAxis, type Insert } from './permute.js'

/** The list as it should be: the message stands in the culprit's place. */
export type Blame<Ts extends readonly unknown[], R> = [R] extends [never]
  ? readonly [...Ts]
  : R extends Fault<infer At, infer M>
    ? { [K in keyof Ts]: K extends `${At}` ? M : Ts[K] }
    : readonly [...Ts]

/** Where two shapes differ, except at position P; `[]` when they do not. */
export type Differ<A extends Shape, B extends Shape, P, I extends 0[] = []> = A extends readonly [
  infer X extends Dim,
  ...infer R extends Shape,
]
  ? B extends readonly [infer Y extends Dim, ...infer Q extends Shape]
    ? I['length'] extends P
      ? Differ<R, Q, P, [...I, 0]>
      : [Unify<X, Y>] extends [never]
        ? ` differ in axis ${I['length']}: ${X} and ${Y}`
        : Differ<R, Q, P, [...I, 0]>
    : ' differ in rank'
  : B extends readonly []
    ? []
    : ' differ in rank'
/** The more specific of each pair of sizes. */
type Merge<A extends Shape, B extends Shape> = { -readonly [K in keyof A]: K extends keyof B ? Unify<A[K], B[K] & Dim> : never }
type Fold<
  Ts extends readonly AnyTensor[],
  P extends number,
  A extends Shape,
  D,
  Total extends Dim,
  I extends 0[] = [0],
> = Ts extends readonly [infer T extends AnyTensor, ...infer R extends readonly AnyTensor[]]
  ? [T['dtype'], D] extends [D, T['dtype']]
    ? number extends T['shape']['length']
      ? Shape
      : Differ<A, T['shape'], P> extends infer E
        ? E extends string
          ? Fault<I['length'], `concat along ${P}: ${Show<A>} and ${Show<T['shape']>}${E}`>
          : Fold<R, P, number extends A[number] ? Merge<A, ReplaceAt<T['shape'], P, A[P]>> : A, D, AddDim<Total, T['shape'][P]>, [...I, 0]>
        : never
    : Fault<I['length'], `concat: the first is ${D & string} but tensor ${I['length']} is ${T['dtype']}; cast one of them`>
  : ReplaceAt<A, P, Total>
/** The shape of `concat`, or a fault. */
export type ConcatRule<Ts extends readonly AnyTensor[], Ax> = Ts extends readonly [
  infer T extends AnyTensor,
  ...infer R extends readonly AnyTensor[],
]
  ? Known<T['shape'], Ax> extends false
    ? Shape
    : OneAxis<T['shape'], Ax, 'concat'> extends infer P
      ? P extends number
        ? Fold<R, P, T['shape'], T['dtype'], T['shape'][P]>
        : P
      : never
  : Ts extends readonly []
    ? 'concat: no tensors are given'
    : Shape
export type Concat<Ts extends readonly AnyTensor[], Ax> = Plain<ConcatRule<Ts, Ax>>

interface Typed {
  readonly shape: Shape
  readonly dtype: DType
}
/** Where two shapes differ, except at one position; null when they do not. */
export const differ = (a: Shape, b: Shape, except: number): string | null => {
  const i = a.findIndex((d, k) => k !== except && k < b.length && !sameDim(d, b[k]))
  return i >= 0 ? ` differ in axis ${i}: ${a[i]} and ${b[i]}` : a.length === b.length ? null : ' differ in rank'
}
/** The position of the axis and the shape. */
export const concatShape = (xs: readonly Typed[], axis: Axis): Checked<{ axis: number; shape: Shape }> => {
  if (xs.length === 0) return fail('concat: no tensors are given')
  const at = axisAt('concat', xs[0].shape, axis)
  if (at._tag === 'Left') return at
  for (const [i, x] of xs.entries()) {
    if (x.dtype !== xs[0].dtype) return fail(`concat: the first is ${xs[0].dtype} but tensor ${i} is ${x.dtype}; cast one of them`)
    const why = differ(xs[0].shape, x.shape, at.right)
    if (why !== null) return fail(`concat along ${at.right}: ${showShape(xs[0].shape)} and ${showShape(x.shape)}${why}`)
  }
  return ok({ axis: at.right, shape: xs[0].shape.with(at.right, xs.map(x => x.shape[at.right]).reduce(addDim)) })
}

type AllSame<Ts extends readonly AnyTensor[], A extends Shape, D, I extends 0[] = [0]> = Ts extends readonly [
  infer T extends AnyTensor,
  ...infer R extends readonly AnyTensor[],
]
  ? [T['dtype'], D] extends [D, T['dtype']]
    ? Differ<A, T['shape'], -1> extends infer E
      ? E extends string
        ? Fault<I['length'], `stack: ${Show<A>} and ${Show<T['shape']>}${E}`>
        : AllSame<R, A, D, [...I, 0]>
      : never
    : Fault<I['length'], `stack: the first is ${D & string} but tensor ${I['length']} is ${T['dtype']}; cast one of them`>
  : A
/** The shape of `stack`, or a fault. */
export type StackRule<Ts extends readonly AnyTensor[], Ax extends number> = Ts extends readonly [
  infer T extends AnyTensor,
  ...infer R extends readonly AnyTensor[],
]
  ? Known<Ts[number]['shape'], Ax> extends false
    ? Shape
    : AllSame<R, T['shape'], T['dtype']> extends infer A
      ? A extends Shape
        ? Insert<A, Ax, Ts['length'] & Dim> extends infer S
          ? [S] extends [never]
            ? `stack: axis ${Ax} is out of range for ${Show<A>}`
            : S
          : never
        : A
      : never
  : Ts extends readonly []
    ? 'stack: no tensors are given'
    : Shape
export type Stack<Ts extends readonly AnyTensor[], Ax extends number> = Plain<StackRule<Ts, Ax>>
/** The position of the new axis. */
export const stackAxis = (xs: readonly Typed[], axis: number): Checked<number> => {
  if (xs.length === 0) return fail('stack: no tensors are given')
  for (const [i, x] of xs.entries()) {
    if (x.dtype !== xs[0].dtype) return fail(`stack: the first is ${xs[0].dtype} but tensor ${i} is ${x.dtype}; cast one of them`)
    const why = differ(xs[0].shape, x.shape, -1)
    if (why !== null) return fail(`stack: ${showShape(xs[0].shape)} and ${showShape(x.shape)}${why}`)
  }
  return newAxis('stack', xs[0].shape, axis)
}
