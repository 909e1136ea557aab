/** Activation functions with a setting. */
import * as core from '../core/build.js'
import { nodeOfClass, tensorOf } from '../ops/typed.js'
import type { Arg } from '../shape/check.js'
import type { Accepts } from '../shape/dtype.js'
import type { DType, Shape, Tensor } from '../tensor.js'

/**
 * x above 0, `slope` · x below (Maas et al., 2013); the gradient at 0 is the slope.
 *
 * @example
 * ```ts
 * leakyRelu(tensor([-1, 2]), 0.1) // [-0.1, 2]
 * ```
 */
export function leakyRelu<S extends Shape, D extends DType>(
  x: Arg<Accepts<'leakyRelu', D, 'float32'>, Tensor<S, D>>, slope = 0.01,
): Tensor<S> {
  const node = nodeOfClass('leakyRelu', x, 'float32')
  return tensorOf(core.select(core.less(0, node), node, core.mul(node, slope)))
}
