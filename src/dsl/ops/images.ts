/** Convolutions, pooling, patches and upsampling of images [batch, height, width, channels]. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import type { ArgAt, Fault, Ok } from '../shape/check.js'
import { convPlan, convTransposePlan, type ConvOptions, type ConvRule, type ConvTransposeRule } from '../shape/conv.js'
import { acceptsDType, type Accepts } from '../shape/dtype.js'
import { poolPlan, upsampleShape, type PoolRule, type UpsampleRule } from '../shape/pool.js'
import type { Both, WindowOptions } from '../shape/window.js'
import type { DType, Shape, Tensor } from '../tensor.js'
import { must, nodeOf, tensorOf } from './typed.js'

/** Images and kernels are float32. */
type Floats<Op extends string, D, At extends string, R> =
  Accepts<Op, D, 'float32'> extends infer E ? (E extends string ? Fault<At, E> : R) : never
const floats = (op: string, x: unknown): Node => {
  const node = nodeOf(op, x)
  must(acceptsDType(op, node.dtype, 'float32'))
  return node
}
type Conv<X extends Shape, D, K extends Shape, E, O> = Floats<'conv2d', D, 'x', Floats<'conv2d', E, 'w', ConvRule<X, K, O>>>
type ConvTranspose<X extends Shape, D, K extends Shape, E, O> = Floats<
  'conv2dTranspose',
  D,
  'x',
  Floats<'conv2dTranspose', E, 'w', ConvTransposeRule<X, K, O>>
>

/**
 * The cross-correlation of images [B, H, W, Cin] with a kernel [KH, KW, Cin / groups, Cout]. Padding is a number of zeros on every side,
 * 'same' (ceil(n / stride) outputs) or 'valid' (none, the default).
 *
 * @example
 * ```ts
 * conv2d(f32('B', 28, 28, 1), f32(3, 3, 1, 32), { stride: 2, padding: 1 }).shape // ['B', 14, 14, 32]
 * conv2d(f32('B', 'H', 'W', 3), f32(3, 3, 3, 8), { padding: 'same' }).shape // ['B', 'H', 'W', 8]
 * ```
 */
export function conv2d<X extends Shape, D extends DType, K extends Shape, E extends DType, const O extends ConvOptions = {}>(
  x: ArgAt<Conv<X, D, K, E, O>, 'x', Tensor<X, D>>,
  w: ArgAt<Conv<X, D, K, E, O>, 'w', Tensor<K, E>>,
  options?: ArgAt<Conv<X, D, K, E, O>, 'options', O>,
): Tensor<Ok<Conv<X, D, K, E, O>>, 'float32'> {
  const [image, kernel] = [floats('conv2d', x), floats('conv2d', w)]
  const { shape: _, ...plan } = must(convPlan(image.shape, kernel.shape, (options ?? {}) as ConvOptions))
  return tensorOf(core.conv2d(image, kernel, plan))
}
/**
 * The transposed convolution of images [B, H, W, Cin] with a kernel [KH, KW, Cout / groups, Cin], the gradient of `conv2d` in its
 * input: (n - 1) · stride - padding + dilation · (k - 1) + 1 outputs an axis, or n · stride with padding 'same'.
 *
 * @example
 * ```ts
 * conv2dTranspose(f32('B', 7, 7, 32), f32(4, 4, 16, 32), { stride: 2, padding: 1 }).shape // ['B', 14, 14, 16]
 * ```
 */
export function conv2dTranspose<X extends Shape, D extends DType, K extends Shape, E extends DType, const O extends ConvOptions = {}>(
  x: ArgAt<ConvTranspose<X, D, K, E, O>, 'x', Tensor<X, D>>,
  w: ArgAt<ConvTranspose<X, D, K, E, O>, 'w', Tensor<K, E>>,
  options?: ArgAt<ConvTranspose<X, D, K, E, O>, 'options', O>,
): Tensor<Ok<ConvTranspose<X, D, K, E, O>>, 'float32'> {
  const [image, kernel] = [floats('conv2dTranspose', x), floats('conv2dTranspose', w)]
  const { shape, ...plan } = must(convTransposePlan(image.shape, kernel.shape, (options ?? {}) as ConvOptions))
  return tensorOf(core.conv2dInput(image, kernel, { ...plan, size: [shape[1], shape[2]] }))
}

type Pool<X extends Shape, D, V, O, Op extends string> = Floats<Op, D, 'x', PoolRule<X, V, O, Op>>
/** A pooling of images. */
export interface Pooling<Op extends string> {
  <X extends Shape, D extends DType, const V extends Both, const O extends WindowOptions = {}>(
    x: ArgAt<Pool<X, D, V, O, Op>, 'x', Tensor<X, D>>,
    window: ArgAt<Pool<X, D, V, O, Op>, 'window', V>,
    options?: ArgAt<Pool<X, D, V, O, Op>, 'options', O>,
  ): Tensor<Ok<Pool<X, D, V, O, Op>>, 'float32'>
}
/** The window axes of patches [B, OH, OW, KH, KW, C]. */
const windowAxes = [3, 4]
const pooling =
  <Op extends string>(op: Op, reduce: (windows: (x: Node, fill: number) => Node, x: Node, padded: boolean) => Node): Pooling<Op> =>
  (x: unknown, window: unknown, options?: unknown) => {
    const image = floats(op, x)
    const { size: _, ...plan } = must(poolPlan(op, image.shape, window as Both, (options ?? {}) as WindowOptions, true))
    return tensorOf<never, never>(
      reduce(
        (y, fill) => core.patches(y, { ...plan, fill }),
        image,
        plan.padding.flat().some(p => p > 0),
      ),
    )
  }
/**
 * The largest element of each window; windows stand side by side unless a stride is given, and padding never wins.
 *
 * @example
 * ```ts
 * maxPool2d(f32('B', 28, 28, 8), 2).shape // ['B', 14, 14, 8]
 * ```
 */
export const maxPool2d = pooling('maxPool2d', (windows, x) => core.max(windows(x, -Infinity), windowAxes))
/**
 * The mean of each window; windows stand side by side unless a stride is given, and padding is not counted.
 *
 * @example
 * ```ts
 * avgPool2d(f32('B', 28, 28, 8), 2).shape // ['B', 14, 14, 8]
 * ```
 */
export const avgPool2d = pooling('avgPool2d', (windows, x, padded) => {
  const total = core.sum(windows(x, 0), windowAxes)
  if (padded) return core.div(total, core.sum(windows(core.full(1, x.shape), 0), windowAxes))
  const [, , , kh, kw] = windows(x, 0).shape
  return core.mul(total, 1 / (Number(kh) * Number(kw)))
})

type PatchesOf<X extends Shape, D, V, O> = Floats<
  'patches',
  D,
  'x',
  PoolRule<X, V, O, 'patches', 1, V extends readonly [infer H extends number, infer W extends number] ? [H, W] : [V & number, V & number]>
>
/**
 * The windows of images [B, H, W, C] as [B, OH, OW, KH, KW, C], one a step of the stride (1 by default).
 *
 * @example
 * ```ts
 * patches(f32('B', 28, 28, 3), [7, 7], { stride: 7 }).shape // ['B', 4, 4, 7, 7, 3]
 * ```
 */
export function patches<X extends Shape, D extends DType, const V extends Both, const O extends WindowOptions = {}>(
  x: ArgAt<PatchesOf<X, D, V, O>, 'x', Tensor<X, D>>,
  window: ArgAt<PatchesOf<X, D, V, O>, 'window', V>,
  options?: ArgAt<PatchesOf<X, D, V, O>, 'options', O>,
): Tensor<Ok<PatchesOf<X, D, V, O>>, 'float32'> {
  const image = floats('patches', x)
  const { size: _, ...plan } = must(poolPlan('patches', image.shape, window as Both, (options ?? {}) as WindowOptions, false))
  return tensorOf(core.patches(image, { ...plan, fill: 0 }))
}
/**
 * Repeats each pixel `factor` times along height and width (nearest neighbour).
 *
 * @example
 * ```ts
 * upsample2d(f32('B', 7, 7, 32), 2).shape // ['B', 14, 14, 32]
 * ```
 */
export function upsample2d<X extends Shape, D extends DType, const F extends Both>(
  x: ArgAt<UpsampleRule<X, F>, 'x', Tensor<X, D>>,
  factor: ArgAt<UpsampleRule<X, F>, 'factor', F>,
): Tensor<Ok<UpsampleRule<X, F>>, D> {
  const image = nodeOf('upsample2d', x)
  const shape = must(upsampleShape(image.shape, factor as Both))
  const [fh, fw] = typeof factor === 'number' ? [factor, factor] : (factor as readonly [number, number])
  const [b, h, w, c] = image.shape
  return tensorOf(core.reshape(core.broadcastTo(core.reshape(image, [b, h, 1, w, 1, c]), [b, h, fh, w, fw, c]), shape))
}
