/** The categorical distribution. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import type { Sized } from '../define/tree.js'
import type { TypeFunction } from '../define/type-function.js'
import type { Leading } from '../nn/alike.js'
import { categorical as draw } from '../ops/random.js'
import { logSoftmax } from '../ops/activation.js'
import { must, nodeOf, nodeOfClass, tensorOf } from '../ops/typed.js'
import { axisAt } from '../shape/axes.js'
import type { Arg } from '../shape/check.js'
import type { Accepts } from '../shape/dtype.js'
import type { DropAxis } from '../shape/reduce.js'
import type { DType, Shape, Tensor } from '../tensor.js'
import { distribution, divergence, type Distribution } from './distribution.js'

/** The batch, or the message when logits have no axis of classes. */
type Classes<S extends Shape, D> =
  Accepts<'categorical', D, 'float32'> extends infer F ? F extends string ? F : DropAxis<S, -1, 'categorical'> : never

/** One of K classes as int32, for each of the leading axes of the logits `S` = [..., K]. */
export interface Categorical<S extends Shape> extends Distribution<Leading<S>, 'int32', Leading<S>>, Sized<CategoricalOf, S> {
  /** Log-probabilities up to a constant, as given. */
  readonly logits: Tensor<S>
  /** Log-probabilities. */
  readonly logProbs: Tensor<S>
  /** Probabilities. */
  readonly probs: Tensor<S>
  kl(other: Categorical<S>): Tensor<Leading<S>>
}
export interface CategoricalOf extends TypeFunction { readonly out: this['in'] extends infer S extends Shape ? Categorical<S> : never }

const fromNode = <S extends Shape>(logits: Node): Categorical<S> => {
  const axis = must(axisAt('categorical', logits.shape, -1))
  const batch = logits.shape.slice(0, -1)
  const logProbs = nodeOf('categorical', logSoftmax(tensorOf<Shape, 'float32'>(logits), axis))
  const probs = core.exp(logProbs)
  // A class of probability 0 adds 0, not 0 · -∞.
  const expected = (x: Node): Node => core.sum(core.select(core.less(0, probs), core.mul(probs, x), core.full(0, x.shape)), [axis])
  return {
    ...distribution<Leading<S>, 'int32', Leading<S>>('categorical', {
      shape: batch, outcome: 'int32',
      logProb: x => core.reshape(core.takeAlong(logProbs, core.reshape(x, [...batch, 1]), axis), batch),
      sample: key => nodeOf('sample', draw(tensorOf<[2], 'int32'>(key), tensorOf<Shape, 'float32'>(logits), axis)),
      entropy: () => core.neg(expected(logProbs)),
    }),
    logits: tensorOf(logits), logProbs: tensorOf(logProbs), probs: tensorOf(probs),
    kl: divergence<Categorical<S>, Leading<S>>('categorical', batch, q => expected(core.sub(logProbs, nodeOf('kl', q.logProbs)))),
  }
}

/**
 * A choice among the K entries of the last axis of logits [..., K]: batch shape [...], a single index an event.
 *
 * @example
 * ```ts
 * const policy = dist.categorical(f32('B', 4))
 * const action: Tensor<['B'], 'int32'> = policy.sample(key(0))
 * const nats: Tensor<['B']> = policy.logProb(action)
 * ```
 */
export function categorical<S extends Shape, D extends DType>(
  logits: Arg<Classes<S, D>, Tensor<S, D>>,
): Categorical<S> {
  return fromNode(nodeOfClass('categorical', logits, 'float32'))
}
