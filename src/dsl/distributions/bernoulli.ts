/** The Bernoulli distribution. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import type { Sized } from '../define/tree.js'
import type { TypeFunction } from '../define/type-function.js'
import { nodeOf, nodeOfClass, tensorOf } from '../ops/typed.js'
import type { Arg } from '../shape/check.js'
import type { Accepts } from '../shape/dtype.js'
import type { DType, Shape, Tensor } from '../tensor.js'
import { distribution, divergence, type Distribution } from './distribution.js'

/** Independent truth values as float32 zeros and ones, one for each element: batch shape `S`, a single number an event. */
export interface Bernoulli<S extends Shape> extends Distribution<S, 'float32', S>, Sized<BernoulliOf, S> {
  /** log p(1) - log p(0). */
  readonly logits: Tensor<S>
  /** The probability of 1, which is the mean. */
  readonly probs: Tensor<S>
  kl(other: Bernoulli<S>): Tensor<S>
}
export interface BernoulliOf extends TypeFunction { readonly out: this['in'] extends infer S extends Shape ? Bernoulli<S> : never }

const fromLogits = <S extends Shape>(l: Node): Bernoulli<S> => {
  const p = core.sigmoid(l)
  return {
    ...distribution<S, 'float32', S>('bernoulli', {
      shape: l.shape, outcome: 'float32',
      // x log σ(l) + (1 - x) log σ(-l), without the logarithm of a rounded 0.
      logProb: x => core.sub(core.mul(x, l), core.softplus(l)),
      sample: key => core.cast(core.less(core.uniform(key, l.shape), p), 'float32'),
      entropy: () => core.sub(core.softplus(l), core.mul(p, l)),
    }),
    logits: tensorOf(l),
    probs: tensorOf(p),
    kl: divergence<Bernoulli<S>, S>('bernoulli', l.shape, q => {
      const m = nodeOf('kl', q.logits)
      return core.add(core.mul(p, core.sub(l, m)), core.sub(core.softplus(m), core.softplus(l)))
    }),
  }
}

/**
 * Independent Bernoulli variables from their log-odds, [...] each of its own; sum over an event with `independent`.
 *
 * @example
 * ```ts
 * const pixels = dist.bernoulli(f32('B', 784))
 * const each: Tensor<['B', 784]> = pixels.logProb(f32('B', 784))
 * const images: Tensor<['B']> = dist.independent(pixels, [-1]).logProb(f32('B', 784))
 * ```
 */
export function bernoulli<S extends Shape, D extends DType>(logits: Arg<Accepts<'bernoulli', D, 'float32'>, Tensor<S, D>>): Bernoulli<S> {
  return fromLogits(nodeOfClass('bernoulli', logits, 'float32'))
}

/**
 * Independent Bernoulli variables from their probabilities, strictly between 0 and 1.
 *
 * @example
 * ```ts
 * const fair = dist.bernoulliFromProbs(tensor([0.5, 0.5]))
 * ```
 */
export function bernoulliFromProbs<S extends Shape, D extends DType>(
  probs: Arg<Accepts<'bernoulli', D, 'float32'>, Tensor<S, D>>,
): Bernoulli<S> {
  const p = nodeOfClass('bernoulli', probs, 'float32')
  return fromLogits(core.sub(core.log(p), core.log1p(core.neg(p))))
}
