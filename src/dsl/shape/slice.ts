/** Cutting along an axis, and padding. */
import type { Dim, Shape } from '../tensor.js'
import type { LessThan } from './arith.js'
import { axisAt, type Axis, type Known, type OneAxis, type ReplaceAt } from './axes.js'
import { fail, ok, type Checked, type Fault, type Plain } from './check.js'
import { addDim, divDim, normalDim, showShape, subDim } from './dim.js'
import type { AddDim, DivDim, Show, SubDim } from './dim-types.js'

type NotASize = `-${string}` | `${string}.${string}`

type Pieces<S extends Shape, P, D extends Dim, N extends number> = `${N}` extends NotASize | '0'
  ? Indivisible<D, N>
  : DivDim<D, N> extends infer Q
    ? [Q] extends [never]
      ? Indivisible<D, N>
      : ReplaceAt<S, P, Q & Dim>
    : never
type Indivisible<D extends Dim, N extends number> = Fault<'n', `split: ${D} is not divisible by ${N}`>
/** The shape of each part of `split`, or a fault. */
export type SplitRule<S extends Shape, N extends number, Ax> =
  Known<S, Ax> extends false
    ? Shape
    : OneAxis<S, Ax, 'split'> extends infer P
      ? P extends number
        ? Pieces<S, P, S[P], N>
        : Fault<'axis', P & string>
      : never
export type Split<S extends Shape, N extends number, Ax> = Plain<SplitRule<S, N, Ax>>
type Repeat<T, N extends number, Out extends readonly T[] = readonly []> = Out['length'] extends N
  ? Out
  : Repeat<T, N, readonly [...Out, T]>
/** A tuple of N tensors; from 100 on an array, which costs the type checker less. */
export type Parts<T, N extends number> = number extends N
  ? readonly T[]
  : `${N}` extends NotASize
    ? readonly T[]
    : `${N}` extends `${infer _}${infer _}${infer C}`
      ? C extends ''
        ? Repeat<T, N>
        : readonly T[]
      : Repeat<T, N>
/** The position of the axis and the size of each part. */
export const splitShape = (s: Shape, n: number, axis: Axis): Checked<{ axis: number; size: Dim }> => {
  const at = axisAt('split', s, axis)
  if (at._tag === 'Left') return at
  const size = Number.isInteger(n) && n > 0 ? divDim(s[at.right], n) : undefined
  return size === undefined ? fail(`split: ${s[at.right]} is not divisible by ${n}`) : ok({ axis: at.right, size })
}

/** Where a slice ends: a negative number counts from the end, and none means the end. */
type End<D extends Dim, T> = T extends number ? (`${T}` extends `-${infer M extends number}` ? SubDim<D, M> : T) : T extends Dim ? T : D
type Cut<S extends Shape, P, D extends Dim, F extends number, T> = `${F}` extends NotASize
  ? Fault<'from', `slice: start ${F} is not a position: use 0, 1, 2, ...`>
  : End<D, T> extends infer E
    ? [E] extends [never]
      ? Fault<'to', `slice: end ${T & number} is before the start of axis ${P & number} of size ${D}`>
      : LessThanDim<D, E> extends true
        ? Fault<'to', `slice: end ${E & Dim} is past axis ${P & number} of size ${D}`>
        : SubDim<E & Dim, F> extends infer N
          ? [N] extends [never]
            ? Fault<undefined extends T ? 'from' : 'to', `slice: start ${F} is past end ${E & Dim}`>
            : ReplaceAt<S, P, N & Dim>
          : never
    : never
type LessThanDim<A, B> = A extends number ? (B extends number ? LessThan<A, B> : false) : false
/** The shape of `slice`, or a fault. */
export type SliceRule<S extends Shape, Ax, F extends number, T extends Dim | undefined> =
  Known<S, Ax> extends false
    ? Shape
    : OneAxis<S, Ax, 'slice'> extends infer P
      ? P extends number
        ? Cut<S, P, S[P], F, T>
        : Fault<'axis', P & string>
      : never
export type Slice<S extends Shape, Ax, F extends number, T extends Dim | undefined> = Plain<SliceRule<S, Ax, F, T>>
/** The position of the axis and the end. */
export const sliceRange = (s: Shape, axis: Axis, from: number, to: Dim | undefined): Checked<{ axis: number; end: Dim }> => {
  const at = axisAt('slice', s, axis)
  if (at._tag === 'Left') return at
  const size = s[at.right]
  if (!Number.isInteger(from) || from < 0) return fail(`slice: start ${from} is not a position: use 0, 1, 2, ...`)
  const end = to === undefined ? size : typeof to === 'number' && to < 0 ? addDim(size, to) : normalDim(to)
  if (typeof end === 'number' && end < 0) return fail(`slice: end ${to} is before the start of axis ${at.right} of size ${size}`)
  if (typeof end === 'number' && typeof size === 'number' && end > size)
    return fail(`slice: end ${end} is past axis ${at.right} of size ${size}`)
  const length = subDim(end, from)
  if (typeof end === 'number' && from > end) return fail(`slice: start ${from} is past end ${end}`)
  return typeof length === 'number' && !Number.isInteger(length)
    ? fail(`slice: end ${end} is not a position: use 0, 1, 2, ...`)
    : ok({ axis: at.right, end })
}

/** How many elements to add before and after an axis. */
export type Amount = readonly [before: number, after: number]
type Grow<S extends Shape, P extends readonly unknown[], Out extends Shape = []> = S extends readonly [
  infer D extends Dim,
  ...infer R extends Shape,
]
  ? P extends readonly [readonly [infer L extends number, infer H extends number], ...infer Q]
    ? `${L}` extends NotASize
      ? `pad: ${L} is not an amount: use 0, 1, 2, ...`
      : `${H}` extends NotASize
        ? `pad: ${H} is not an amount: use 0, 1, 2, ...`
        : Grow<R, Q, [...Out, AddDim<AddDim<D, L>, H>]>
    : never
  : Out
/** The shape of `pad`: one [before, after] an axis. */
export type Pad<S extends Shape, P extends readonly Amount[]> = number extends S['length'] | P['length']
  ? Shape
  : P['length'] extends S['length']
    ? Grow<S, P>
    : `pad: ${P['length']} pairs are given for the ${S['length']} axes of ${Show<S>}`
export const padShape = (s: Shape, amounts: readonly Amount[]): Checked => {
  if (amounts.length !== s.length) return fail(`pad: ${amounts.length} pairs are given for the ${s.length} axes of ${showShape(s)}`)
  const bad = amounts.flat().find(p => !Number.isInteger(p) || p < 0)
  return bad === undefined
    ? ok(s.map((d, i) => addDim(d, amounts[i][0] + amounts[i][1])))
    : fail(`pad: ${bad} is not an amount: use 0, 1, 2, ...`)
}
