/** Fully connected networks: the players of the GANs. */
import { TypegradError } from '../dsl/errors.js'
import { splitKey, type Key } from '../dsl/keys.js'
import { add, block, f32, matmul, maximum, mul, named, normal, parameter, relu, sigmoid } from '../dsl/ops/index.js'
import { init } from '../dsl/params/index.js'
import type { Dim, Tensor } from '../dsl/tensor.js'

/** The parameters of a fully connected network, layer by layer: weights [I, O] and biases [O]. */
export type Layers = readonly { readonly w: Tensor<[number, number]>; readonly b: Tensor<[number]> }[]
/** Samples, a row each. */
export type Rows = Tensor<['B', number]>
/** What stands between two layers. */
export type Activation = (x: Rows) => Rows

/** max(x, 0.2x), the leaky rectifier of DCGAN (Radford et al., 2016); a gradient penalty can be differentiated through it. */
export const leakyRelu: Activation = x => maximum(x, mul(x, 0.2))

/** Where generated samples lie: anywhere, or each number in (0, 1). */
export type Range = 'real' | 'unit'

/**
 * Specs of layers from `sizes[0]` to the last: He normal weights, biases at 0. Numbers in (0, 1) begin at one half: the last weights are
 * small, N(0, 0.02²) as all of DCGAN's, because saturated pixels learn nothing.
 */
export const layers = (what: string, sizes: readonly number[], range: Range = 'real'): Layers => {
  const odd = sizes.findIndex(n => !Number.isInteger(n) || n < 1)
  if (odd >= 0)
    throw new TypegradError('value', `${what}: the sizes are ${sizes.join(', ')}, but whole numbers from 1 on were expected`)
  const small = (l: number): boolean => range === 'unit' && l === sizes.length - 2
  return sizes.slice(1).map((n, l) => ({ w: parameter([sizes[l], n], small(l) ? init.normal(0.02) : init.heNormal()), b: f32(n) }))
}

/** The layers one after the other, [B, I] to [B, O]; an activation follows each but the last. */
export const throughLayers = (p: Layers, x: Rows, activation: Activation): Rows => p.reduce((h, { w, b }, l) => {
  const y = add(matmul(h, w), b)
  return l < p.length - 1 ? activation(y) : y
}, x)

/** A generator G of samples of `D` numbers from `L` normal variates. */
export interface GeneratorNetwork<D extends number, L extends number> {
  /** G(z). */
  generate<N extends Dim>(generator: Layers, z: Tensor<[N, L]>): Tensor<[N, D]>
  /** G of fresh noise, [rows, D]. */
  sample<const N extends Dim>(generator: Layers, key: Key, rows: N): Tensor<[N, D]>
}

/** The same before its sizes are literal. */
export const generator = (latent: number, range: Range) => {
  const generate = block('G', (p: Layers, z: Rows): Rows => {
    const out = throughLayers(p, z, relu)
    return range === 'unit' ? sigmoid(out) : out
  })
  /** The noise z is standard normal. */
  const noise = (key: Key, rows: 'B'): Rows => named('z', normal(splitKey(key, 'noise').noise, [rows, latent]))
  return { generate, sample: (p: Layers, key: Key, rows: 'B'): Rows => generate(p, noise(key, rows)) }
}
