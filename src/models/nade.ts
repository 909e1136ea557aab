/**
 * NADE, the neural autoregressive distribution estimator (Larochelle and Murray, 2011; Uria et al., 2016): one hidden layer that hears one
 * more variable at a time, p(x_d = 1 | x_<d) = σ(b_d + V_d·h_d), h_d = σ(c + Σ_{j<d} W_j x_j). The sum is carried from variable to
 * variable, so that all conditionals cost O(DH): a scan, which is also the sampler.
 */
import { bernoulli } from '../dsl/distributions/index.js'
import { add, broadcastTo, einsum, f32, named, sigmoid } from '../dsl/ops/index.js'
import type { Dim, Tensor } from '../dsl/tensor.js'
import { autoregressive, type Autoregressive } from './autoregressive.js'
import { recurrence } from './autoregressive/recurrence.js'
import { literal } from './literal.js'
import { outputBias } from './marginals.js'
import { positive } from './masked-autoencoder.js'

/** Weights from each variable to the hidden units and from those to each variable, and biases of both. */
export type NadeParams<D extends Dim> = {
  readonly W: Tensor<[D, number]>
  readonly c: Tensor<[number]>
  readonly V: Tensor<[D, number]>
  readonly b: Tensor<[D]>
}

/** A neural autoregressive distribution estimator over `D` binary variables, in their natural order. */
export type Nade<D extends Dim> = Autoregressive<NadeParams<D>, readonly [D]>

/** The size of a neural autoregressive distribution estimator, and where it starts. */
export interface NadeOptions<D extends number> {
  /** How many binary variables. */
  readonly dims: D
  /** How many hidden units. */
  readonly hidden: number
  /** Each variable's mean in the data: the output biases start at their log-odds, at 0 when absent. */
  readonly means?: ArrayLike<number>
}

/**
 * A neural autoregressive distribution estimator over `dims` binary variables.
 *
 * @throws TypegradError when sizes are not positive whole numbers
 * @example
 * ```ts
 * import { nade } from 'typegrad/models'
 * const model = nade({ dims: 784, hidden: 500 })
 * const nats = model.logProb(model.params, f32('B', 784)) // Tensor<['B']>
 * ```
 */
export const nade = <const D extends number>({ dims, hidden, means }: NadeOptions<D>): Nade<D> => {
  const [size, units]: readonly number[] = [positive('nade', 'dims', dims), positive('nade', 'hidden', hidden)]
  const params: NadeParams<number> = { W: f32(size, units), c: f32(units), V: f32(size, units), b: outputBias('nade', size, means) }
  return literal(autoregressive({
    params,
    over: f32(size),
    recurrence: ({ W, c, V, b }) => recurrence({
      own: { W, V, b },
      start: rows => ({ a: broadcastTo(c, [rows, units]) }),
      conditional: ({ a }, { V, b }) => {
        const h = named('h', sigmoid(a))
        return bernoulli(add(einsum('bh,h->b', h, V), b))
      },
      next: ({ a }, { W }, x) => ({ a: add(a, einsum('b,h->bh', x, W)) }),
    }),
  }))
}
