/** Dropout. */
import * as core from '../core/build.js'
import { TypegradError } from '../errors.js'
import type { Key } from '../keys.js'
import { nodeOf, nodeOfClass, tensorOf } from '../ops/typed.js'
import type { Arg } from '../shape/check.js'
import type { Accepts } from '../shape/dtype.js'
import type { DType, Shape, Tensor } from '../tensor.js'

/**
 * Each element set to 0 with probability `rate` and divided by 1 - rate otherwise, so that the mean stays (Srivastava et al., 2014). Leave
 * it out to evaluate: there is no mode. Throws a `TypegradError` when the rate is not from 0 to below 1.
 *
 * @example
 * ```ts
 * const h = dropout(f32('B', 128), key(0), 0.5)
 * ```
 */
export function dropout<S extends Shape, D extends DType>(
  x: Arg<Accepts<'dropout', D, 'float32'>, Tensor<S, D>>, key: Key, rate: number,
): Tensor<S> {
  if (typeof rate !== 'number')
    throw new TypegradError('value', 'dropout: the key comes before the rate, which is a number from 0 to below 1')
  if (!(rate >= 0 && rate < 1)) throw new TypegradError('value', `dropout: the rate is ${rate} but a number from 0 to below 1 was expected`)
  const node = nodeOfClass('dropout', x, 'float32')
  if (rate === 0) return tensorOf(node)
  const kept = core.lessEqual(rate, core.uniform(nodeOf('dropout', key), node.shape))
  return tensorOf(core.select(kept, core.div(node, 1 - rate), core.full(0, node.shape)))
}
