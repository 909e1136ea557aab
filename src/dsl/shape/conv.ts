/** Convolutions of images [batch, height, width, channels] with kernels [KH, KW, Cin, Cout]. */
import type { Dim, Shape } from '../tensor.js'
import type { Add, DivMod } from './arith.js'
import { fail, ok, type Checked, type Fault, type Plain } from './check.js'
import { addDim, divDim, mulDim, sameDim, showShape, subDim } from './dim.js'
import type { MulDim, Show, Unify } from './dim-types.js'
import {
  along,
  axisNames,
  checkOptions,
  halves,
  windowPlan,
  type Of,
  type Option,
  type OptionFault,
  type Plan,
  type Shift,
  type Span,
  type Total,
  type WindowOptions,
  type Windows,
} from './window.js'

/** Where the windows of a convolution lie, and its groups. */
export interface ConvOptions extends WindowOptions {
  /** Into how many groups the channels are parted; each output channel sees one group of input channels. */
  readonly groups?: number
}

type Groups<O> = Option<O, 'groups', 1> & number
type NotPositive = `-${string}` | `${string}.${string}` | '0'
type BadGroups<Op extends string, G extends number> = Fault<'options', `${Op}: groups ${G} is not a positive integer`>

type Spatial<B extends Dim, H, W, C extends Dim> = H extends Dim ? (W extends Dim ? [B, H, W, C] : W) : H
type ConvShape<
  B extends Dim,
  H extends Dim,
  W extends Dim,
  C extends Dim,
  KH extends number,
  KW extends number,
  CI extends Dim,
  CO extends Dim,
  O,
  G extends number,
> = `${G}` extends NotPositive
  ? BadGroups<'conv2d', G>
  : [Unify<C, MulDim<CI, G>>] extends [never]
    ? Fault<'w', `conv2d: input has ${C} channels but the kernel expects ${MulDim<CI, G>}`>
    : Divides<CO, G> extends false
      ? Fault<'w', `conv2d: ${CO} output channels do not divide into ${G} groups`>
      : Spatial<B, Windows<H, KH, O, 0, 'conv2d', 'kernel', 'w'>, Windows<W, KW, O, 1, 'conv2d', 'kernel', 'w'>, CO>
type Divides<C extends Dim, G extends number> = G extends 1
  ? true
  : C extends number
    ? number extends C | G
      ? true
      : DivMod<C, G>[1] extends 0
        ? true
        : false
    : true
/** The shape of `conv2d`, or a fault. */
export type ConvRule<X extends Shape, K extends Shape, O> = number extends X['length'] | K['length']
  ? Shape
  : X extends readonly [infer B extends Dim, infer H extends Dim, infer W extends Dim, infer C extends Dim]
    ? K extends readonly [infer KH extends number, infer KW extends number, infer CI extends Dim, infer CO extends Dim]
      ? ConvShape<B, H, W, C, KH, KW, CI, CO, O, Groups<O>>
      : Fault<'w', `conv2d: kernel ${Show<K>} is not [KH, KW, Cin, Cout]`>
    : Fault<'x', `conv2d: input ${Show<X>} is not [batch, height, width, channels]`>
export type Conv2d<X extends Shape, K extends Shape, O = {}> = Plain<ConvRule<X, K, O>>

/** The geometry of a convolution, for the graph. */
export interface Placement {
  readonly stride: readonly [number, number]
  readonly dilation: readonly [number, number]
  readonly padding: readonly [readonly [number, number], readonly [number, number]]
}
export const placement = (h: Plan, w: Plan): Placement => ({
  stride: [h.stride, w.stride],
  dilation: [h.dilation, w.dilation],
  padding: [h.padding, w.padding],
})

const kernelSize = (op: string, w: Shape, letters: string): Checked<readonly [number, number]> =>
  w.length === 4 && typeof w[0] === 'number' && typeof w[1] === 'number'
    ? ok([w[0], w[1]])
    : fail(`${op}: kernel ${showShape(w)} is not [${letters}]`)
const isImage = (op: string, x: Shape): Checked<Shape> =>
  x.length === 4 ? ok(x) : fail(`${op}: input ${showShape(x)} is not [batch, height, width, channels]`)
const positiveGroups = (op: string, groups: number): Checked<number> =>
  Number.isInteger(groups) && groups > 0 ? ok(groups) : fail(`${op}: groups ${groups} is not a positive integer`)

/** Where the windows lie and the shape. */
export const convPlan = (x: Shape, w: Shape, o: ConvOptions): Checked<Placement & { shape: Shape; groups: number }> => {
  const image = isImage('conv2d', x)
  if (image._tag === 'Left') return image
  const kernel = kernelSize('conv2d', w, 'KH, KW, Cin, Cout')
  if (kernel._tag === 'Left') return kernel
  const groups = positiveGroups('conv2d', o.groups ?? 1)
  if (groups._tag === 'Left') return groups
  const expected = mulDim(w[2], groups.right)
  if (!sameDim(x[3], expected)) return fail(`conv2d: input has ${x[3]} channels but the kernel expects ${expected}`)
  if (typeof w[3] === 'number' && divDim(w[3], groups.right) === undefined)
    return fail(`conv2d: ${w[3]} output channels do not divide into ${groups.right} groups`)
  const h = windowPlan('conv2d', 'kernel', x[1], kernel.right[0], o, 0)
  if (h._tag === 'Left') return h
  const v = windowPlan('conv2d', 'kernel', x[2], kernel.right[1], o, 1)
  if (v._tag === 'Left') return v
  return ok({ ...placement(h.right, v.right), shape: [x[0], h.right.size, v.right.size, w[3]], groups: groups.right })
}

/* The transpose: (n - 1) stride - pads + dilation (k - 1) + 1; with padding same, n * stride. */
type Grown<N extends Dim, Size extends number, Pads extends number, S extends number, I extends 0 | 1> = N extends 0
  ? 0
  : Shift<MulDim<N, S>, Size, Add<Pads, S>> extends infer R
    ? [R] extends [never]
      ? Fault<'options', `conv2dTranspose: the padding leaves no ${I extends 0 ? 'height' : 'width'}`>
      : R
    : never
type Spread<N extends Dim, K extends number, O, I extends 0 | 1> = [
  Of<Option<O, 'stride', 1>, I>,
  Of<Option<O, 'dilation', 1>, I>,
  Option<O, 'padding', 'valid'>,
] extends [infer S extends number, infer D, infer P]
  ? OptionFault<'conv2dTranspose', S, D, P> extends infer E
    ? E extends 0
      ? P extends 'same'
        ? MulDim<N, S>
        : Grown<N, Span<K, D>, Total<P, I>, S, I>
      : E
    : never
  : never
type TransposeShape<
  B extends Dim,
  H extends Dim,
  W extends Dim,
  C extends Dim,
  KH extends number,
  KW extends number,
  CO extends Dim,
  CI extends Dim,
  O,
  G extends number,
> = `${G}` extends NotPositive
  ? BadGroups<'conv2dTranspose', G>
  : [Unify<C, CI>] extends [never]
    ? Fault<'w', `conv2dTranspose: input has ${C} channels but the kernel expects ${CI}`>
    : Divides<CI, G> extends false
      ? Fault<'w', `conv2dTranspose: ${CI} channels do not divide into ${G} groups`>
      : Spatial<B, Spread<H, KH, O, 0>, Spread<W, KW, O, 1>, MulDim<CO, G>>
/** The shape of `conv2dTranspose`, or a fault. */
export type ConvTransposeRule<X extends Shape, K extends Shape, O> = number extends X['length'] | K['length']
  ? Shape
  : X extends readonly [infer B extends Dim, infer H extends Dim, infer W extends Dim, infer C extends Dim]
    ? K extends readonly [infer KH extends number, infer KW extends number, infer CO extends Dim, infer CI extends Dim]
      ? TransposeShape<B, H, W, C, KH, KW, CO, CI, O, Groups<O>>
      : Fault<'w', `conv2dTranspose: kernel ${Show<K>} is not [KH, KW, Cout, Cin]`>
    : Fault<'x', `conv2dTranspose: input ${Show<X>} is not [batch, height, width, channels]`>
export type Conv2dTranspose<X extends Shape, K extends Shape, O = {}> = Plain<ConvTransposeRule<X, K, O>>

const spread = (n: Dim, k: number, o: ConvOptions, i: 0 | 1): Checked<Plan> => {
  const stride = along(o.stride ?? 1, i),
    dilation = along(o.dilation ?? 1, i),
    padding = o.padding ?? 'valid'
  const good = checkOptions('conv2dTranspose', stride, dilation, padding)
  if (good._tag === 'Left') return good
  const span = (k - 1) * dilation + 1
  if (padding === 'same') return ok({ size: mulDim(n, stride), stride, dilation, padding: halves(Math.max(span - stride, 0)) })
  const pads = padding === 'valid' ? ([0, 0] as const) : typeof padding === 'number' ? ([padding, padding] as const) : padding[i]
  const size = n === 0 ? 0 : subDim(addDim(mulDim(n, stride), span), pads[0] + pads[1] + stride)
  return typeof size === 'number' && size < 0
    ? fail(`conv2dTranspose: the padding leaves no ${axisNames[i]}`)
    : ok({ size, stride, dilation, padding: pads })
}
export const convTransposePlan = (x: Shape, w: Shape, o: ConvOptions): Checked<Placement & { shape: Shape; groups: number }> => {
  const image = isImage('conv2dTranspose', x)
  if (image._tag === 'Left') return image
  const kernel = kernelSize('conv2dTranspose', w, 'KH, KW, Cout, Cin')
  if (kernel._tag === 'Left') return kernel
  const groups = positiveGroups('conv2dTranspose', o.groups ?? 1)
  if (groups._tag === 'Left') return groups
  if (!sameDim(x[3], w[3])) return fail(`conv2dTranspose: input has ${x[3]} channels but the kernel expects ${w[3]}`)
  if (typeof w[3] === 'number' && divDim(w[3], groups.right) === undefined)
    return fail(`conv2dTranspose: ${w[3]} channels do not divide into ${groups.right} groups`)
  const h = spread(x[1], kernel.right[0], o, 0)
  if (h._tag === 'Left') return h
  const v = spread(x[2], kernel.right[1], o, 1)
  if (v._tag === 'Left') return v
  return ok({ ...placement(h.right, v.right), shape: [x[0], h.right.size, v.right.size, mulDim(w[2], groups.right)], groups: groups.right })
}
