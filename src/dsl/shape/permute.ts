/** Axes moved, added and dropped. */
import type { Dim, Shape } from '../tensor.js'
import { axesAt, listed, type Axes, type Axis, type AxisList, type Known, type OneAxis, type ReplaceAt } from './axes.js'
import { fail, ok, type Checked, type Fault } from './check.js'
import { showShape } from './dim.js'
import type { Show } from './dim-types.js'

type Reversed<S extends Shape, Out extends Shape = []> = S extends readonly [infer H extends Dim, ...infer R extends Shape]
  ? Reversed<R, [H, ...Out]>
  : Out
type Take<S extends Shape, P extends readonly number[]> = { -readonly [K in keyof P]: S[P[K]] }
type ShowAxes<P extends readonly unknown[], Out extends string = ''> = P extends readonly [infer H extends Axis, ...infer R]
  ? ShowAxes<R, Out extends '' ? `${H}` : `${Out}, ${H}`>
  : `[${Out}]`
/** The shape of `transpose`: axis i of the result is the i-th axis named; reversed when none are. */
export type Transpose<S extends Shape, P extends readonly Axis[] | undefined> = P extends readonly Axis[]
  ? Known<S, P[number]> extends false
    ? Shape
    : AxisList<S, P, 'transpose'> extends infer L
      ? L extends number[]
        ? L['length'] extends S['length']
          ? Take<S, L>
          : `transpose: ${ShowAxes<P>} must name all ${S['length']} axes of ${Show<S>}`
        : L
      : never
  : number extends S['length']
    ? Shape
    : Reversed<S>
export const transposePerm = (s: Shape, perm: Axes | undefined): Checked<readonly number[]> => {
  if (perm === undefined) return ok([...s.keys()].reverse())
  const at = axesAt('transpose', s, perm)
  return at._tag === 'Left' || at.right.length === s.length
    ? at
    : fail(`transpose: [${listed(perm).join(', ')}] must name all ${s.length} axes of ${showShape(s)}`)
}

type Swap<S extends Shape, I, J, K extends 0[] = [], R extends Shape = S, Out extends Shape = []> = R extends readonly [
  infer H extends Dim,
  ...infer T extends Shape,
]
  ? Swap<S, I, J, [...K, 0], T, [...Out, K['length'] extends I ? S[J & number] : K['length'] extends J ? S[I & number] : H]>
  : Out
/** The shape of `swapAxes`, or a fault. */
export type SwapAxes<S extends Shape, A, B> =
  Known<S, A | B> extends false
    ? Shape
    : OneAxis<S, A, 'swapAxes'> extends infer I
      ? I extends number
        ? OneAxis<S, B, 'swapAxes'> extends infer J
          ? J extends number
            ? Swap<S, I, J>
            : Fault<'b', J & string>
          : never
        : Fault<'a', I & string>
      : never

type NotOne<S extends Shape, P extends readonly unknown[]> = P extends readonly [infer H extends number, ...infer R]
  ? number extends S[H]
    ? NotOne<S, R>
    : S[H] extends 1
      ? NotOne<S, R>
      : `squeeze: axis ${H} of ${Show<S>} is ${S[H]}, not 1`
  : []
type DropOnes<S extends Shape, Out extends Shape = []> = S extends readonly [infer H extends Dim, ...infer R extends Shape]
  ? DropOnes<R, number extends H ? [...Out, H] : H extends 1 ? Out : [...Out, H]>
  : Out
/** The shape of `squeeze`: named axes of size 1 are dropped; all literal ones when none are named, which needs every size known. */
export type Squeeze<S extends Shape, P extends readonly Axis[] | undefined> = P extends readonly Axis[]
  ? Known<S, P[number]> extends false
    ? Shape
    : AxisList<S, P, 'squeeze'> extends infer L
      ? L extends number[]
        ? NotOne<S, L> extends infer E
          ? E extends string
            ? E
            : ReplaceAt<S, L[number], never>
          : never
        : L
      : never
  : number extends S['length'] | S[number]
    ? Shape
    : DropOnes<S>
export const squeezeAxes = (s: Shape, axes: Axes | undefined): Checked<readonly number[]> => {
  if (axes === undefined) return ok([...s.keys()].filter(i => s[i] === 1))
  const at = axesAt('squeeze', s, axes)
  if (at._tag === 'Left') return at
  const bad = at.right.find(i => s[i] !== 1)
  return bad === undefined ? at : fail(`squeeze: axis ${bad} of ${showShape(s)} is ${s[bad]}, not 1`)
}

type InsertAt<S extends Shape, At, New extends Dim, I extends 0[] = [], Out extends Shape = []> = I['length'] extends At
  ? [...Out, New, ...S]
  : S extends readonly [infer H extends Dim, ...infer R extends Shape]
    ? InsertAt<R, At, New, [...I, 0], [...Out, H]>
    : never
type FromEnd<S extends Shape, Ax extends string, After extends Shape = [], Seen extends 0[] = [0]> = Ax extends `-${Seen['length']}`
  ? After
  : S extends readonly [...infer P extends Shape, infer L extends Dim]
    ? FromEnd<P, Ax, [L, ...After], [...Seen, 0]>
    : never
type Front<S extends Shape, After extends Shape> = S extends readonly [...infer P extends Shape, ...After] ? P : never
/** A new axis of size `New`, at a position counted in the result; `never` when there is no such position. */
export type Insert<S extends Shape, Ax extends number, New extends Dim> = `${Ax}` extends `-${string}`
  ? FromEnd<S, `${Ax}`> extends infer After extends Shape
    ? [After] extends [never]
      ? never
      : [...Front<S, After>, New, ...After]
    : never
  : InsertAt<S, Ax, New>
/** The shape of `expandDims`. */
export type ExpandDims<S extends Shape, Ax extends number> =
  Known<S, Ax> extends false
    ? Shape
    : Insert<S, Ax, 1> extends infer R
      ? [R] extends [never]
        ? `expandDims: axis ${Ax} is out of range for ${Show<S>}`
        : R
      : never
/** The position of a new axis, counted in the result. */
export const newAxis = (op: string, s: Shape, axis: number): Checked<number> => {
  const at = axis < 0 ? axis + s.length + 1 : axis
  return Number.isInteger(at) && at >= 0 && at <= s.length ? ok(at) : fail(`${op}: axis ${axis} is out of range for ${showShape(s)}`)
}
