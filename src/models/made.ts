/**
 * MADE, the masked autoencoder for distribution estimation (Germain et al., 2015): an autoencoder whose weights are masked so that output
 * d sees the variables before d only; one pass gives every conditional of log p(x) = Σ_d log p(x_d | x_<d) (eq. 2-11).
 *
 * Differences from the paper: degrees are drawn once from a seed instead of anew every so many batches, in as many alternatives as
 * `masks` says, and a density with several masks is the mean of their densities.
 */
import { f32 } from '../dsl/ops/index.js'
import type { Dim } from '../dsl/tensor.js'
import { autoregressive, type Alternatives } from './autoregressive.js'
import { checkOrdering, randomOrdering, type Ordering } from './degrees.js'
import { literal } from './literal.js'
import { maskedNetwork, positive, type MadeParams } from './masked-autoencoder.js'

/** The architecture of a masked autoencoder, and where it starts. */
export interface MadeOptions<D extends number> {
  /** How many binary variables. */
  readonly dims: D
  /** Units of each hidden layer; one or more layers. */
  readonly hidden: readonly number[]
  /** A masked linear connection from inputs to outputs; true unless said otherwise. */
  readonly direct?: boolean
  /** `natural`, `random` (another for each mask), or the place of each variable. */
  readonly ordering?: 'natural' | 'random' | Ordering
  /** How many alternative masks; 1 when absent. */
  readonly masks?: number
  /** Of degrees and random orderings; 0 when absent. */
  readonly seed?: number
  /** Each variable's mean in the data: the output biases start at their log-odds, at 0 when absent. */
  readonly means?: ArrayLike<number>
}

/** A masked autoencoder over `D` binary variables. */
export type Made<D extends Dim> = Alternatives<MadeParams<D>, readonly [D]>

const orderingsOf = ({ dims, ordering = 'natural', masks = 1, seed = 0 }: MadeOptions<number>): Ordering[] =>
  Array.from({ length: masks }, (_, k) => ordering === 'natural' ? Array.from({ length: dims }, (_, i) => i)
    : ordering === 'random' ? randomOrdering(dims, seed, k * 64) : checkOrdering('made', dims, ordering))

/**
 * A masked autoencoder over `dims` binary variables.
 *
 * @throws TypegradError when sizes are not positive whole numbers, there is no hidden layer, or the ordering is not a permutation
 * @example
 * ```ts
 * import { made } from 'typegrad/models'
 * const model = made({ dims: 784, hidden: [500] })
 * const nats = model.logProb(model.params, f32('B', 784)) // Tensor<['B']>
 * ```
 */
export const made = <const D extends number>(options: MadeOptions<D>): Made<D> => {
  const { hidden, direct = true, seed = 0, masks = 1, means } = options
  const dims: number = options.dims
  positive('made', 'dims', dims)
  positive('made', 'masks', masks)
  const orderings = orderingsOf(options)
  const { params, conditional, recurrence } = maskedNetwork('made', { dims, hidden, direct, orderings, seed, means })
  return literal(autoregressive({
    params, orderings,
    over: f32(dims),
    conditional: (p, x, mask) => conditional(p, x, mask),
    recurrence: (p, mask) => recurrence(p, mask),
  }))
}
