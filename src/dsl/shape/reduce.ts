/** Reductions over axes: all of them when none are named. */
import type { Dim, Shape } from '../tensor.js'
import { axesAt, type Axes, type Axis, type AxisList, type Known, type OneAxis, type ReplaceAt } from './axes.js'
import { ok, type Checked } from './check.js'

type AllKept<S extends Shape> = { -readonly [K in keyof S]: 1 }
/** The shape after reducing: axes are dropped, or kept with size 1. `undefined` stands for all axes. */
export type Reduce<
  S extends Shape,
  At extends readonly Axis[] | undefined,
  Keep extends boolean | undefined = false,
  Op extends string = 'reduce',
> = At extends readonly Axis[]
  ? Known<S, At[number]> extends false
    ? Shape
    : boolean extends Keep
      ? Shape
      : AxisList<S, At, Op> extends infer P
        ? P extends number[]
          ? ReplaceAt<S, P[number], Keep extends true ? 1 : never>
          : P
        : never
  : Keep extends true
    ? AllKept<S>
    : []
/** The shape after dropping one axis. */
export type DropAxis<S extends Shape, Ax, Op extends string> =
  Known<S, Ax> extends false ? Shape : OneAxis<S, Ax, Op> extends infer P ? (P extends number ? ReplaceAt<S, P, never> : P) : never
/** The shape itself, once the axis is found. */
export type KeepAxis<S extends Shape, Ax, Op extends string> =
  Known<S, Ax> extends false ? S : OneAxis<S, Ax, Op> extends infer P ? (P extends number ? S : P) : never

/** The positions to reduce and the shape that is left, before and after keeping axes of size 1. */
export const reduceShape = (
  op: string,
  s: Shape,
  axes: Axes | undefined,
  keepDims: boolean,
): Checked<{ axes: readonly number[]; shape: Shape }> => {
  const at = axes === undefined ? ok([...s.keys()]) : axesAt(op, s, axes)
  if (at._tag === 'Left') return at
  const shape: readonly Dim[] = keepDims ? s.map((d, i) => (at.right.includes(i) ? 1 : d)) : s.filter((_, i) => !at.right.includes(i))
  return ok({ axes: at.right, shape })
}
