/** Reading and adding at positions held in an int32 tensor. */
import type { Dim, Shape } from '../tensor.js'
import type { LessThan } from './arith.js'
import { axisAt, type Axis, type Known, type OneAxis, type ReplaceAt } from './axes.js'
import { fail, ok, type Checked, type Fault } from './check.js'
import { differ, type Differ } from './concat.js'
import { sameShape, showShape } from './dim.js'
import type { Show } from './dim-types.js'
import type { Accepts } from './dtype.js'

/** Puts the axes of `New` in the place of the axis at position P. */
type Splice<S extends Shape, P, New extends Shape, I extends 0[] = [], Out extends Shape = []> = I['length'] extends P
  ? S extends readonly [Dim, ...infer R extends Shape]
    ? [...Out, ...New, ...R]
    : never
  : S extends readonly [infer H extends Dim, ...infer R extends Shape]
    ? Splice<R, P, New, [...I, 0], [...Out, H]>
    : never

/** The position of the axis, or a fault. */
type AxisOf<S extends Shape, Ax, Op extends string> =
  OneAxis<S, Ax, Op> extends infer P ? (P extends number ? P : Fault<'axis', P & string>) : never

/** The shape of `gather`: the axes of the indices take the place of the axis. */
export type Gather<S extends Shape, I extends Shape, D, Ax> =
  Accepts<'gather: indices', D, 'int32'> extends infer E
    ? E extends string
      ? Fault<'indices', E>
      : Known<S, Ax> extends false
        ? Shape
        : number extends I['length']
          ? Shape
          : AxisOf<S, Ax, 'gather'> extends infer P
            ? P extends number
              ? Splice<S, P, I>
              : P
            : never
    : never
/** The position of the axis and the shape. */
export const gatherShape = (op: string, s: Shape, indices: Shape, axis: Axis): Checked<{ axis: number; shape: Shape }> => {
  const at = axisAt(op, s, axis)
  return at._tag === 'Left' ? at : ok({ axis: at.right, shape: s.toSpliced(at.right, 1, ...indices) })
}

/** The shape of `scatterAdd`: updates have the shape that `gather` would give. */
export type ScatterAdd<S extends Shape, I extends Shape, D, U extends Shape, Ax> =
  Accepts<'scatterAdd: indices', D, 'int32'> extends infer E
    ? E extends string
      ? Fault<'indices', E>
      : Known<S, Ax> extends false
        ? S
        : number extends I['length'] | U['length']
          ? S
          : AxisOf<S, Ax, 'scatterAdd'> extends infer P
            ? P extends number
              ? Updates<S, Splice<S, P, I>, U>
              : P
            : never
    : never
type Updates<S extends Shape, Expected extends Shape, U extends Shape> =
  Differ<U, Expected, -1> extends string ? Fault<'updates', `scatterAdd: updates are ${Show<U>} but ${Show<Expected>} was expected`> : S
export const scatterAxis = (s: Shape, indices: Shape, updates: Shape, axis: Axis): Checked<number> => {
  const to = gatherShape('scatterAdd', s, indices, axis)
  if (to._tag === 'Left') return to
  return sameShape(updates, to.right.shape)
    ? ok(to.right.axis)
    : fail(`scatterAdd: updates are ${showShape(updates)} but ${showShape(to.right.shape)} was expected`)
}

/** The shape of `takeAlong`: the indices', which equal the tensor's axes but for one. */
export type TakeAlong<S extends Shape, I extends Shape, D, Ax, Op extends string = 'takeAlong'> =
  Accepts<`${Op}: indices`, D, 'int32'> extends infer E
    ? E extends string
      ? Fault<'indices', E>
      : Known<S, Ax> extends false
        ? I
        : number extends I['length']
          ? I
          : AxisOf<S, Ax, Op> extends infer P
            ? P extends number
              ? Differ<S, I, P> extends infer W
                ? W extends string
                  ? Fault<'indices', `${Op}: ${Show<S>} and indices ${Show<I>}${W}`>
                  : I
                : never
              : P
            : never
    : never
export const takeAlongAxis = (op: string, s: Shape, indices: Shape, axis: Axis): Checked<number> => {
  const at = axisAt(op, s, axis)
  if (at._tag === 'Left') return at
  const why = differ(s, indices, at.right)
  return why === null ? at : fail(`${op}: ${showShape(s)} and indices ${showShape(indices)}${why}`)
}
/** The shape of `scatterAlong`: the base's; updates have the shape of the indices. */
export type ScatterAlong<S extends Shape, I extends Shape, D, U extends Shape, Ax> =
  TakeAlong<S, I, D, Ax, 'scatterAlong'> extends infer R
    ? R extends Shape
      ? number extends I['length'] | U['length']
        ? S
        : Differ<U, I, -1> extends string
          ? Fault<'updates', `scatterAlong: updates are ${Show<U>} but ${Show<I>} was expected`>
          : S
      : R
    : never
export const scatterAlongAxis = (s: Shape, indices: Shape, updates: Shape, axis: Axis): Checked<number> => {
  const at = takeAlongAxis('scatterAlong', s, indices, axis)
  if (at._tag === 'Left' || differ(updates, indices, -1) === null) return at
  return fail(`scatterAlong: updates are ${showShape(updates)} but ${showShape(indices)} was expected`)
}

type NotASize = `-${string}` | `${string}.${string}`
type Fits<S extends Shape, P extends number, K extends number> = `${K}` extends NotASize
  ? Fault<'k', `topK: ${K} is not a size: use 0, 1, 2, ...`>
  : S[P] extends number
    ? LessThan<S[P], K> extends true
      ? Fault<'k', `topK: ${K} elements are asked of axis ${P} of size ${S[P]}`>
      : ReplaceAt<S, P, K>
    : ReplaceAt<S, P, K>
/** The shape of `topK`: k elements along the axis. */
export type TopK<S extends Shape, K extends number, Ax> =
  Known<S, Ax> extends false ? Shape : AxisOf<S, Ax, 'topK'> extends infer P ? (P extends number ? Fits<S, P, K> : P) : never
export const topKAxis = (s: Shape, k: number, axis: Axis): Checked<number> => {
  const at = axisAt('topK', s, axis)
  if (at._tag === 'Left') return at
  if (!Number.isInteger(k) || k < 0) return fail(`topK: ${k} is not a size: use 0, 1, 2, ...`)
  const n = s[at.right]
  return typeof n === 'number' && k > n ? fail(`topK: ${k} elements are asked of axis ${at.right} of size ${n}`) : at
}
