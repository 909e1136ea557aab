/**
 * Generative adversarial networks (Goodfellow et al., 2014): a discriminator D tells real samples from generated ones, a generator G makes
 * them indistinguishable, min_G max_D V(D, G) = E log D(x) + E log(1 - D(G(z))) (eq. 1, algorithm 1).
 *
 * Differences from the paper: D's last layer gives log-odds ℓ, and log D = -softplus(-ℓ), log(1 - D) = -softplus(ℓ) are computed from
 * them, which keeps their gradients finite; hidden layers are leaky rectifiers in D and rectifiers in G, without maxout or dropout.
 */
import type { Key } from '../dsl/keys.js'
import { add, block, mean, named, neg, reshape, sigmoid, softplus, sub } from '../dsl/ops/index.js'
import type { Dim, Tensor } from '../dsl/tensor.js'
import { literal } from './literal.js'
import { generator, layers, leakyRelu, throughLayers, type GeneratorNetwork, type Layers, type Range, type Rows } from './networks.js'

/** The players of a GAN. */
export interface GanOptions<D extends number, L extends number> {
  /** Numbers in a sample. */
  readonly dims: D
  /** Normal variates in the noise z from which the generator makes a sample. */
  readonly latent: L
  /** Units of the hidden layers of each player. */
  readonly hidden: { readonly discriminator: readonly number[]; readonly generator: readonly number[] }
  /** Where generated samples lie: anywhere, or each number in (0, 1). */
  readonly range?: Range
}
/** The parameters of both players. */
export type GanParams = { readonly discriminator: Layers; readonly generator: Layers }

/** A GAN over samples of `D` numbers. */
export interface Gan<D extends number, L extends number> extends GeneratorNetwork<D, L> {
  readonly params: GanParams
  /** ℓ(x), the log-odds that samples are real. */
  logits<N extends Dim>(discriminator: Layers, x: Tensor<[N, D]>): Tensor<[N]>
  /** V(D, G), which both players play for (eq. 1). */
  value(players: GanParams, x: Tensor<['B', D]>, key: Key): Tensor<[]>
  /** -E log D(G(z)), what the generator lowers in its place while D rejects its samples with confidence (section 3). */
  nonSaturating(players: GanParams, key: Key): Tensor<[]>
}

/**
 * A GAN of fully connected players: what a `game` needs of it. Throws a `TypegradError` when a size is not a whole number from 1 on.
 *
 * @example
 * ```ts
 * import { gan } from 'typegrad/models'
 * const model = gan({ dims: 2, latent: 2, hidden: { discriminator: [64], generator: [64] } })
 * const training = game({
 *   players: {
 *     discriminator: maximiser({ params: model.params.discriminator, optimiser: adam(1e-3) }),
 *     generator: minimiser({ params: model.params.generator, optimiser: adam(1e-3) }),
 *   },
 *   value: (players, { x }: { x: Tensor<['B', 2]> }, key) => model.value(players, x, key),
 *   payoffs: { generator: (players, _, key) => model.nonSaturating(players, key) },
 * })
 * ```
 */
export const gan = <const D extends number, const L extends number>(options: GanOptions<D, L>): Gan<D, L> => {
  const { dims, latent, hidden, range = 'real' }: GanOptions<number, number> = options
  const ell = block('ℓ', (p: Layers, x: Rows) => reshape(throughLayers(p, x, leakyRelu), [x.shape[0]]), { latex: '\\ell' })
  const G = generator(latent, range), generated = G.sample
  // D stands in formulas, what is computed are its logarithms from log-odds.
  const D = block('D', (p: Layers, x: Rows) => sigmoid(ell(p, x)))
  const logD = (p: Layers, x: Rows): Tensor<['B']> => logarithm(D(p, x), neg(softplus(neg(ell(p, x)))))
  const logNotD = (p: Layers, x: Rows): Tensor<['B']> => logarithm(sub(1, D(p, x)), neg(softplus(ell(p, x))))
  const params: GanParams = {
    discriminator: layers('gan', [dims, ...hidden.discriminator, 1]),
    generator: layers('gan', [latent, ...hidden.generator, dims], range),
  }
  const model = {
    params,
    logits: ell, ...G,
    value: ({ discriminator, generator }: GanParams, x: Rows, key: Key) =>
      add(mean(logD(discriminator, named('x', x))), mean(logNotD(discriminator, generated(generator, key, 'B')))),
    nonSaturating: ({ discriminator, generator }: GanParams, key: Key) =>
      neg(mean(logD(discriminator, generated(generator, key, 'B')))),
  }
  return literal(model)
}

/** The logarithm of `of`, computed as `by`: readers are told of what it is one. */
const logarithm = (of: Tensor<['B']>, by: Tensor<['B']>): Tensor<['B']> =>
  block('log', (_: Tensor<['B']>) => by, { latex: '\\log' })(of)
