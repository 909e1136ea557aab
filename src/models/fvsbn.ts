/**
 * FVSBN, the fully visible sigmoid belief network (Frey, 1998; Gan et al., 2015): logistic regression of each variable on those before it,
 * p(x_d = 1 | x_<d) = σ(b_d + Σ_{j<d} W_jd x_j). Its likelihood is concave in the parameters.
 */
import { bernoulli } from '../dsl/distributions/index.js'
import { add, broadcastTo, einsum, f32, gather, iota, matmul, mul, named } from '../dsl/ops/index.js'
import type { Dim, Tensor } from '../dsl/tensor.js'
import { autoregressive, type Autoregressive } from './autoregressive.js'
import { recurrence } from './autoregressive/recurrence.js'
import { literal } from './literal.js'
import { outputBias } from './marginals.js'
import { strictlyBefore } from './masks.js'

/** Weights from variable j (row) to variable d (column), of which j < d are used, and biases. */
export type FvsbnParams<D extends Dim> = { readonly w: Tensor<[D, D]>; readonly b: Tensor<[D]> }

/** A fully visible sigmoid belief network over `D` binary variables, in their natural order. */
export type Fvsbn<D extends Dim> = Autoregressive<FvsbnParams<D>, readonly [D]>

/** The size of a sigmoid belief network, and where it starts. */
export interface FvsbnOptions<D extends number> {
  /** How many binary variables. */
  readonly dims: D
  /** Each variable's mean in the data: the biases start at their log-odds, at 0 when absent. */
  readonly means?: ArrayLike<number>
}

/**
 * A fully visible sigmoid belief network over `dims` binary variables.
 *
 * @example
 * ```ts
 * import { fvsbn } from 'typegrad/models'
 * const model = fvsbn({ dims: 784 })
 * const nats = model.logProb(model.params, f32('B', 784)) // Tensor<['B']>
 * ```
 */
export const fvsbn = <const D extends number>({ dims, means }: FvsbnOptions<D>): Fvsbn<D> => {
  const size: number = dims
  const places = Array.from({ length: dims }, (_, i) => i)
  // The mask lets variable j speak to d only when j < d; applied to the weights, it also masks their gradients.
  const weights = (p: FvsbnParams<number>): Tensor<[number, number]> => mul(p.w, strictlyBefore(places, places))
  const params: FvsbnParams<number> = { w: f32(size, size), b: outputBias('fvsbn', size, means) }
  return literal(autoregressive({
    params,
    over: f32(size),
    conditional: (p, x) => bernoulli(named('logits', add(matmul(x, weights(p)), p.b))),
    // Each value is added to the log-odds of all that come after.
    recurrence: p => recurrence({
      own: { d: iota(size), w: weights(p) },
      start: rows => ({ logits: broadcastTo(p.b, [rows, size]) }),
      conditional: ({ logits }, { d }) => bernoulli(gather(logits, d, 1)),
      next: ({ logits }, { w }, x) => ({ logits: add(logits, einsum('b,d->bd', x, w)) }),
    }),
  }))
}
