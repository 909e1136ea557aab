/** Sliding windows over height and width: how many fit, for convolutions, pooling and patches. */
import type { Dim } from '../tensor.js'
import type { Add, Mul, Sub } from './arith.js'
import { fail, ok, type Checked, type Fault } from './check.js'
import { addDim, floorDivDim, subDim } from './dim.js'
import type { AddDim, CeilDivDim, FloorDivDim, SubDim } from './dim-types.js'

/** One number for both axes, or [height, width]. */
export type Both<T = number> = T | readonly [height: T, width: T]
/** Zeros on every side, as a number or [[top, bottom], [left, right]], or 'same' (ceil(n / stride) windows) or 'valid' (no zeros). */
export type Padding = number | 'same' | 'valid' | readonly [readonly [number, number], readonly [number, number]]
/** Where windows lie: apart by 1, on nothing but the image, without holes, unless said otherwise. */
export interface WindowOptions {
  /** How far windows stand apart. */
  readonly stride?: Both
  readonly padding?: Padding
  /** How far the elements of a window stand apart. */
  readonly dilation?: Both
}

/* Reading the options */
export type Option<O, K extends string, Default> = O extends { readonly [P in K]: infer V } ? V : Default
export type Of<V, I extends 0 | 1> = V extends readonly [unknown, unknown] ? V[I] : V
type AxisName<I extends 0 | 1> = I extends 0 ? 'height' : 'width'
type NotPositive = `-${string}` | `${string}.${string}` | '0'
type Positive<Op extends string, Name extends string, V> = V extends number
  ? `${V}` extends NotPositive
    ? Fault<'options', `${Op}: ${Name} ${V} is not a positive integer`>
    : 0
  : 0
/** The first fault among stride, dilation and padding along one axis, or 0. */
export type OptionFault<Op extends string, S, D, P> =
  Positive<Op, 'stride', S> extends infer E
    ? E extends 0
      ? Positive<Op, 'dilation', D> extends infer F
        ? F extends 0
          ? P extends number
            ? `${P}` extends `-${string}` | `${string}.${string}`
              ? Fault<'options', `${Op}: padding ${P} is not an amount: use 0, 1, 2, ...`>
              : 0
            : 0
          : F
        : never
      : E
    : never

/** How many elements a window of K covers when its elements stand D apart. */
export type Span<K extends number, D> = D extends 1 ? K : number extends K | D ? number : Add<Mul<Sub<K, 1>, D & number>, 1>
/** The zeros on both sides together. */
export type Total<P, I extends 0 | 1> = P extends number
  ? Add<P, P>
  : P extends readonly [unknown, unknown]
    ? P[I] extends readonly [infer L extends number, infer H extends number]
      ? Add<L, H>
      : number
    : 0

/** N + Plus - Minus with one sum or difference; `never` when it is negative. */
export type Shift<N extends Dim, Plus extends number, Minus extends number> = [Sub<Plus, Minus>] extends [never]
  ? SubDim<N, Sub<Minus, Plus>>
  : AddDim<N, Sub<Plus, Minus>>
/** floor((n + pads - span) / stride) + 1 as one sum and one division: floor((n + pads + stride - span) / stride). */
type Fit<
  N extends Dim,
  Size extends number,
  Pads extends number,
  S extends number,
  Op extends string,
  What extends string,
  I extends 0 | 1,
  At extends string,
> =
  Shift<N, Add<Pads, S>, Size> extends infer Room
    ? [Room] extends [never]
      ? TooLarge<N, Size, Pads, Op, What, I, At>
      : FloorDivDim<Room & Dim, S> extends infer C
        ? C extends 0
          ? TooLarge<N, Size, Pads, Op, What, I, At>
          : C
        : never
    : never
type TooLarge<
  N extends Dim,
  Size extends number,
  Pads extends number,
  Op extends string,
  What extends string,
  I extends 0 | 1,
  At extends string,
> = Fault<At, `${Op}: ${What} ${AxisName<I>} ${Size} is larger than the padded input ${AddDim<N, Pads>}`>
/** How many windows of K fit along an axis of N, or the fault. */
export type Windows<
  N extends Dim,
  K extends number,
  O,
  I extends 0 | 1,
  Op extends string,
  What extends string,
  At extends string,
  S0 = 1,
> = [Of<Option<O, 'stride', S0>, I>, Of<Option<O, 'dilation', 1>, I>, Option<O, 'padding', 'valid'>] extends [infer S, infer D, infer P]
  ? OptionFault<Op, S, D, P> extends infer E
    ? E extends 0
      ? P extends 'same'
        ? N extends number
          ? CeilDivDim<N, S & number>
          : S extends 1
            ? N
            : Fault<'options', `${Op}: padding same with stride ${S & number} needs a known ${AxisName<I>}, not ${N}`>
        : Fit<N, Span<K, D>, Total<P, I>, S & number, Op, What, I, At>
      : E
    : never
  : never

/* The same at run time */
export interface Plan {
  readonly size: Dim
  readonly stride: number
  readonly dilation: number
  readonly padding: readonly [number, number]
}
export const along = <T>(v: Both<T>, i: 0 | 1): T => (Array.isArray(v) ? (v[i] as T) : (v as T))
const positive = (op: string, name: string, v: number): Checked<number> =>
  Number.isInteger(v) && v > 0 ? ok(v) : fail(`${op}: ${name} ${v} is not a positive integer`)
/** The first fault among stride, dilation and padding along one axis. */
export const checkOptions = (op: string, stride: number, dilation: number, padding: Padding): Checked<unknown> => {
  const s = positive(op, 'stride', stride)
  if (s._tag === 'Left') return s
  const d = positive(op, 'dilation', dilation)
  if (d._tag === 'Left') return d
  if (typeof padding === 'string' && padding !== 'same' && padding !== 'valid')
    return fail(`${op}: padding ${String(padding)} is not a number, same or valid`)
  const amounts: readonly number[] = typeof padding === 'number' ? [padding] : typeof padding === 'string' ? [] : padding.flat()
  const bad = amounts.find(p => !Number.isInteger(p) || p < 0)
  return bad === undefined ? ok(0) : fail(`${op}: padding ${bad} is not an amount: use 0, 1, 2, ...`)
}
const sides = (padding: number | readonly [readonly [number, number], readonly [number, number]], i: 0 | 1): readonly [number, number] =>
  typeof padding === 'number' ? [padding, padding] : padding[i]
export const axisNames = ['height', 'width'] as const

/** Zeros that centre `total` over both ends, the odd one after. */
export const halves = (total: number): readonly [number, number] => [Math.floor(total / 2), Math.ceil(total / 2)]

/** Where the windows of one axis lie. */
export const windowPlan = (op: string, what: string, n: Dim, k: number, o: WindowOptions, i: 0 | 1, defaultStride = 1): Checked<Plan> => {
  const stride = along(o.stride ?? defaultStride, i),
    dilation = along(o.dilation ?? 1, i),
    padding = o.padding ?? 'valid'
  const good = checkOptions(op, stride, dilation, padding)
  if (good._tag === 'Left') return good
  const span = (k - 1) * dilation + 1
  if (padding === 'same') {
    if (typeof n === 'number') {
      const size = Math.ceil(n / stride)
      return ok({ size, stride, dilation, padding: halves(Math.max((size - 1) * stride + span - n, 0)) })
    }
    return stride === 1
      ? ok({ size: n, stride, dilation, padding: halves(span - 1) })
      : fail(`${op}: padding same with stride ${stride} needs a known ${axisNames[i]}, not ${n}`)
  }
  const pads = sides(padding === 'valid' ? 0 : padding, i)
  const room = subDim(addDim(n, pads[0] + pads[1]), span)
  return typeof room === 'number' && room < 0
    ? fail(`${op}: ${what} ${axisNames[i]} ${span} is larger than the padded input ${addDim(n, pads[0] + pads[1])}`)
    : ok({ size: addDim(floorDivDim(room, stride), 1), stride, dilation, padding: pads })
}
