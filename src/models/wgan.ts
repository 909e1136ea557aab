/**
 * Wasserstein GANs (Arjovsky et al., 2017): a 1-Lipschitz critic f estimates the distance of Kantorovich and Rubinstein between real and
 * generated samples, W = max_f E f(x) - E f(G(z)) (eq. 2), and the generator lowers it. What keeps the critic Lipschitz is a constraint:
 * weight clipping (algorithm 1), or the gradient penalty λE(‖∇f(x̂)‖ - 1)² of WGAN-GP (Gulrajani et al., 2017, eq. 3, algorithm 1).
 *
 * Differences from the papers: both players are fully connected on every data set.
 */
import { clipWeights, gradientPenalty } from '../dsl/game/index.js'
import type { Key } from '../dsl/keys.js'
import { block, mean, named, relu, reshape, sub } from '../dsl/ops/index.js'
import type { Constraint } from '../dsl/statement.js'
import type { Dim, Tensor } from '../dsl/tensor.js'
import { literal } from './literal.js'
import { generator, layers, leakyRelu, throughLayers, type GeneratorNetwork, type Layers, type Range, type Rows } from './networks.js'

/** How the critic is kept Lipschitz: by a bound on each weight, or by the weight λ of a gradient penalty. */
export type Lipschitz = { readonly clip: number } | { readonly penalty: number }

/** The players of a Wasserstein GAN. */
export interface WganOptions<D extends number, L extends number> {
  /** Numbers in a sample. */
  readonly dims: D
  /** Normal variates in the noise z from which the generator makes a sample. */
  readonly latent: L
  /** Units of the hidden layers of each player. */
  readonly hidden: { readonly critic: readonly number[]; readonly generator: readonly number[] }
  readonly lipschitz: Lipschitz
  /** The critic's hidden layers: `leakyRelu` when absent; both papers' toy problems have `relu`. */
  readonly activation?: 'relu' | 'leakyRelu'
  /** Where generated samples lie: anywhere, or each number in (0, 1). */
  readonly range?: Range
}
/** The parameters of both players. */
export type WganParams = { readonly critic: Layers; readonly generator: Layers }

/** A Wasserstein GAN over samples of `D` numbers. */
export interface Wgan<D extends number, L extends number> extends GeneratorNetwork<D, L> {
  readonly params: WganParams
  /** f(x). */
  critic<N extends Dim>(critic: Layers, x: Tensor<[N, D]>): Tensor<[N]>
  /** E f(x) - E f(G(z)), which the critic raises and the generator lowers; at its best it is the distance. */
  value(players: WganParams, x: Tensor<['B', D]>, key: Key): Tensor<[]>
  /** What the critic is held to. */
  constraints(players: WganParams, x: Tensor<['B', D]>, key: Key): readonly Constraint[]
}

/**
 * A Wasserstein GAN of fully connected players: what a `game` needs of it. Throws a `TypegradError` when a size is not a whole number from
 * 1 on, or a bound or weight is not positive.
 *
 * @example
 * ```ts
 * import { wgan } from 'typegrad/models'
 * const model = wgan({ dims: 2, latent: 2, hidden: { critic: [64, 64], generator: [64, 64] }, lipschitz: { penalty: 10 } })
 * const optimiser = adam(1e-4, { beta1: 0, beta2: 0.9 })
 * const training = game({
 *   players: {
 *     critic: maximiser({ params: model.params.critic, optimiser, steps: 5 }),
 *     generator: minimiser({ params: model.params.generator, optimiser }),
 *   },
 *   value: (players, { x }: { x: Tensor<['B', 2]> }, key) => model.value(players, x, key),
 *   constraints: { critic: (players, { x }, key) => model.constraints(players, x, key) },
 * })
 * ```
 */
export const wgan = <const D extends number, const L extends number>(options: WganOptions<D, L>): Wgan<D, L> => {
  const { dims, latent, hidden, lipschitz, activation = 'leakyRelu', range = 'real' }: WganOptions<number, number> = options
  const h = activation === 'relu' ? relu : leakyRelu
  const f = block('f', (p: Layers, x: Rows) => reshape(throughLayers(p, x, h), [x.shape[0]]))
  const G = generator(latent, range), generated = G.sample
  const model = {
    params: {
      critic: layers('wgan', [dims, ...hidden.critic, 1]), generator: layers('wgan', [latent, ...hidden.generator, dims], range),
    },
    critic: f, ...G,
    value: ({ critic, generator }: WganParams, x: Rows, key: Key) =>
      sub(mean(f(critic, named('x', x))), mean(f(critic, generated(generator, key, 'B')))),
    constraints: ({ critic, generator }: WganParams, x: Rows, key: Key) => {
      if ('clip' in lipschitz) return [clipWeights(lipschitz.clip)]
      const between = [named('x', x), generated(generator, key, 'B')] as const
      return [gradientPenalty({ weight: lipschitz.penalty, of: y => f(critic, y), between, key })]
    },
  }
  return literal(model)
}
