/**
 * MADE, the masked autoencoder for distribution estimation (Germain et al., 2015): an autoencoder whose weights are masked so that output
 * d sees the variables before d only; one pass gives every conditional of log p(x) = Σ_d log p(x_d | x_<d) (eq. 2-11).
 *
 * Differences from the paper: degrees are drawn once from a seed instead of anew every so many batches, in as many alternatives as
 * `masks` says, and a density with several masks is the mean of their densities.
 */
import { TypegradError } from '../dsl/errors.js'
import { add, f32, matmul, mul, relu } from '../dsl/ops/index.js'
import type { Dim, Tensor } from '../dsl/tensor.js'
import { autoregressive, type Alternatives } from './autoregressive.js'
import { checkOrdering, degreesOf, randomOrdering, type Ordering } from './degrees.js'
import { outputBias } from './marginals.js'
import { degreeTable, hiddenMask, outputMask, rowOf } from './masks.js'

/** A dense layer's weights [I, O] and biases [O]. */
export interface Dense<I extends Dim, O extends Dim> { readonly w: Tensor<[I, O]>; readonly b: Tensor<[O]> }
/** Hidden layers, output layer, and the direct connection from inputs to outputs where there is one. */
export interface MadeParams<D extends Dim> {
  readonly hidden: readonly Dense<Dim, number>[]
  readonly out: Dense<number, D>
  readonly direct?: { readonly w: Tensor<[D, D]> }
}

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
export type Made<D extends Dim> = Alternatives<MadeParams<D>, D>

const orderingsOf = ({ dims, ordering = 'natural', masks = 1, seed = 0 }: MadeOptions<number>): Ordering[] =>
  Array.from({ length: masks }, (_, k) => ordering === 'natural' ? Array.from({ length: dims }, (_, i) => i)
    : ordering === 'random' ? randomOrdering(dims, seed, k * 64) : checkOrdering('made', dims, ordering))

const positive = (what: string, n: number): number => {
  if (Number.isInteger(n) && n > 0) return n
  throw new TypegradError('value', `made: ${what} must be a whole number above 0, but ${n} is given`)
}

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
  positive('dims', dims)
  positive('masks', masks)
  if (hidden.length === 0) throw new TypegradError('value', 'made: hidden is [], but at least one hidden layer is expected; fvsbn has none')
  hidden.forEach((h, l) => positive(`hidden[${l}]`, h))
  const orderings = orderingsOf(options)
  const degrees = orderings.map((o, k) => degreesOf(o, hidden, seed, k * 64))
  const tables = [dims, ...hidden].map((_, l) => degreeTable(degrees.map(d => d[l])))

  const logits = (p: MadeParams<number>, x: Tensor<['B', number]>, mask: Tensor<[], 'int32'>): Tensor<['B', number]> => {
    const [inputs, ...layers] = tables.map(t => rowOf(t, mask))
    const last = layers[layers.length - 1]
    const h = p.hidden.reduce((below, { w, b }, l) =>
      relu(add(matmul(below, mul(w, hiddenMask(l === 0 ? inputs : layers[l - 1], layers[l]))), b)), x)
    const out = add(matmul(h, mul(p.out.w, outputMask(last, inputs))), p.out.b)
    return p.direct ? add(out, matmul(x, mul(p.direct.w, outputMask(inputs, inputs)))) : out
  }
  const params: MadeParams<number> = {
    hidden: hidden.map((h, l) => ({ w: f32(l === 0 ? dims : hidden[l - 1], h), b: f32(h) })),
    out: { w: f32(hidden[hidden.length - 1], dims), b: outputBias('made', dims, means) },
    ...direct && { direct: { w: f32(dims, dims) } },
  }
  return autoregressive({ params, orderings, logits })
}
