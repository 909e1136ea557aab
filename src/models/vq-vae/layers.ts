/** The convolutions of a VQ-VAE: encoder and decoder, each with residual blocks at a quarter of the picture's height and width. */
import { add, conv2d, conv2dTranspose, f32, parameter, relu } from '../../dsl/ops/index.js'
import { init } from '../../dsl/params/index.js'
import type { Dim, Tensor } from '../../dsl/tensor.js'

/** A kernel and a bias for each channel that comes out. */
export type Convolution<I extends Dim, O extends Dim> = { readonly w: Tensor<[number, number, I, O]>; readonly b: Tensor<[O]> }
/** A transposed convolution: its kernel leads from the channels that come out to those that go in. */
export type Transposed<I extends Dim, O extends Dim> = { readonly w: Tensor<[number, number, O, I]>; readonly b: Tensor<[O]> }
/** x + widen(relu(narrow(relu(x)))), of half the channels inside. */
export type Residual = { readonly narrow: Convolution<number, number>; readonly widen: Convolution<number, number> }
/** Two halvings, a mix, residual blocks, the features of an entry. */
export type Encoder<C extends Dim, D extends Dim> = {
  readonly down: readonly [Convolution<C, number>, Convolution<number, number>]
  readonly mix: Convolution<number, number>
  readonly blocks: readonly Residual[]
  readonly out: Convolution<number, D>
}
/** The way back: a mix, residual blocks, two doublings. */
export type Decoder<C extends Dim, D extends Dim> = {
  readonly mix: Convolution<D, number>
  readonly blocks: readonly Residual[]
  readonly up: readonly [Transposed<number, number>, Transposed<number, C>]
}

type Maps = Tensor<['B', number, number, number]>
// Of He's gain: residual blocks begin near the identity and pictures near 0, which saves hundreds of steps.
const small = 0.1
const convolution = (size: number, from: number, to: number, scale = 1): Convolution<number, number> =>
  ({ w: parameter([size, size, from, to], init.heNormal(scale * Math.SQRT2)), b: f32(to) })
// a pixel of a transposed convolution with stride 2 hears a quarter of the kernel
const transposed = (size: number, from: number, to: number, scale = 1): Transposed<number, number> =>
  ({ w: parameter([size, size, to, from], init.normal(scale * Math.sqrt(2 / (from * size * size / 4)))), b: f32(to) })
const residual = (width: number): Residual =>
  ({ narrow: convolution(3, width, width / 2), widen: convolution(1, width / 2, width, small) })
const residuals = (count: number, width: number): Residual[] => Array.from({ length: count }, () => residual(width))

const same = ({ w, b }: Convolution<number, number>, x: Maps): Maps => add(conv2d(x, w, { padding: 'same' }), b)
const halve = ({ w, b }: Convolution<number, number>, x: Maps): Maps => add(conv2d(x, w, { stride: 2, padding: 1 }), b)
const double = ({ w, b }: Transposed<number, number>, x: Maps): Maps => add(conv2dTranspose(x, w, { stride: 2, padding: 1 }), b)
const throughBlocks = (blocks: readonly Residual[], x: Maps): Maps =>
  relu(blocks.reduce((h, { narrow, widen }) => add(h, same(widen, relu(same(narrow, relu(h))))), x))

/** The parameters of an encoder. */
export const encoder = (channels: number, width: number, blocks: number, features: number): Encoder<number, number> => ({
  down: [convolution(4, channels, width / 2), convolution(4, width / 2, width)],
  mix: convolution(3, width, width), blocks: residuals(blocks, width), out: convolution(1, width, features),
})
/** The parameters of a decoder. */
export const decoder = (channels: number, width: number, blocks: number, features: number): Decoder<number, number> => ({
  mix: convolution(3, features, width), blocks: residuals(blocks, width),
  up: [transposed(4, width, width / 2), transposed(4, width / 2, channels, small)],
})

/** [B, H, W, C] to [B, H/4, W/4, D]. */
export const encode = ({ down: [first, second], mix, blocks, out }: Encoder<number, number>, x: Maps): Maps =>
  same(out, throughBlocks(blocks, same(mix, relu(halve(second, relu(halve(first, x)))))))
/** [B, H, W, D] to [B, 4H, 4W, C]. */
export const decode = ({ mix, blocks, up: [first, second] }: Decoder<number, number>, z: Maps): Maps =>
  double(second, relu(double(first, throughBlocks(blocks, same(mix, z)))))
