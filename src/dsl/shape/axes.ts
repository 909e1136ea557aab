/** Naming axes: by position, by negative position from the end, or by the symbol that stands there. */
import type { Dim, Shape } from '../tensor.js'
import { fail, ok, type Arg, type Checked } from './check.js'
import { sameDim, showShape } from './dim.js'
import type { Show } from './dim-types.js'

/** An axis as a user names it. */
export type Axis = number | string
/** One axis, or a list of them. */
export type Axes = Axis | readonly Axis[]
/** One axis as a list of one. */
export type Listed<A> = A extends Axis ? readonly [A] : A extends readonly Axis[] | undefined ? A : never
/** The type of a parameter for axes, given the result `R` of the rule for the list. */
export type AxesArg<A, R> = [A] extends [Axis] ? Arg<R, A> : A & Arg<R, unknown>
/** The run-time twin of `Listed`. */
export const listed = (axes: Axes): readonly Axis[] => Array.isArray(axes) ? axes as readonly Axis[] : [axes as Axis]

type FromEnd<S extends Shape, Ax extends string, Seen extends 0[] = [0]> = S extends readonly [...infer P extends Shape, Dim]
  ? Ax extends `-${Seen['length']}`
    ? P['length']
    : FromEnd<P, Ax, [...Seen, 0]>
  : never
type BySymbol<S extends Shape, Ax extends string, Before extends 0[] = [], Found = never> = S extends readonly [
  infer H,
  ...infer R extends Shape,
]
  ? H extends Ax
    ? [Found] extends [never]
      ? BySymbol<R, Ax, [...Before, 0], Before['length']>
      : 'twice'
    : BySymbol<R, Ax, [...Before, 0], Found>
  : Found
/** The position of an axis; `never` when there is none, 'twice' when a symbol names two. */
export type Position<S extends Shape, Ax> = Ax extends number
  ? `${Ax}` extends keyof S
    ? Ax
    : FromEnd<S, `${Ax}`>
  : Ax extends string
    ? BySymbol<S, Ax>
    : never
/** The message about an axis that cannot be found. */
type Unfound<S extends Shape, Ax, P, Op extends string> = [P] extends [never]
  ? `${Op}: axis ${Ax & Axis} is not in ${Show<S>}`
  : `${Op}: axis ${Ax & Axis} names two axes of ${Show<S>}; use a position`

/** Whether a shape's rank and an axis are both known to the type checker. */
export type Known<S extends Shape, Ax> = number extends S['length'] | Ax ? false : string extends Ax ? false : true
/** The position of one axis, or the message. */
export type OneAxis<S extends Shape, Ax, Op extends string> =
  Position<S, Ax> extends infer P ? ([P] extends [never] ? Unfound<S, Ax, P, Op> : P extends number ? P : Unfound<S, Ax, P, Op>) : never
/** The positions of a list of axes in its order, or the message. */
export type AxisList<
  S extends Shape,
  Axes extends readonly unknown[],
  Op extends string,
  Out extends number[] = [],
> = Axes extends readonly [infer H, ...infer R]
  ? OneAxis<S, H, Op> extends infer P
    ? P extends number
      ? P extends Out[number]
        ? `${Op}: axis ${H & Axis} of ${Show<S>} is given twice`
        : AxisList<S, R, Op, [...Out, P]>
      : P
    : never
  : Out

/** Puts `To` in the place of the axes at the positions `P`; `never` drops them. */
export type ReplaceAt<S extends Shape, P, To extends Dim, I extends 0[] = [], Out extends Shape = []> = S extends readonly [
  infer H extends Dim,
  ...infer R extends Shape,
]
  ? ReplaceAt<R, P, To, [...I, 0], I['length'] extends P ? ([To] extends [never] ? Out : [...Out, To]) : [...Out, H]>
  : Out

/** The position of one axis. */
export const axisAt = (op: string, s: Shape, axis: Axis): Checked<number> => {
  if (typeof axis === 'number') {
    const at = axis < 0 ? axis + s.length : axis
    return Number.isInteger(at) && at >= 0 && at < s.length ? ok(at) : fail(`${op}: axis ${axis} is not in ${showShape(s)}`)
  }
  if (typeof axis !== 'string') return fail(`${op}: an axis is a position or a symbol, not ${axis === null ? 'null' : typeof axis}`)
  const first = s.findIndex(d => sameDim(d, axis))
  if (first < 0) return fail(`${op}: axis ${axis} is not in ${showShape(s)}`)
  return s.slice(first + 1).some(d => sameDim(d, axis))
    ? fail(`${op}: axis ${axis} names two axes of ${showShape(s)}; use a position`)
    : ok(first)
}

/** The positions of a list of axes, in its order. */
export const axesAt = (op: string, s: Shape, axes: Axes): Checked<readonly number[]> => {
  const out: number[] = []
  for (const axis of listed(axes)) {
    const at = axisAt(op, s, axis)
    if (at._tag === 'Left') return at
    if (out.includes(at.right)) return fail(`${op}: axis ${axis} of ${showShape(s)} is given twice`)
    out.push(at.right)
  }
  return ok(out)
}
