/** Matrix products. */
import * as core from '../core/build.js'
import type { Arg, Ok } from '../shape/check.js'
import type { Accepts, BothAccept } from '../shape/dtype.js'
import { matmulShape, type MatMul } from '../shape/matmul.js'
import type { DType, Shape, Tensor } from '../tensor.js'
import { must, nodeOfClass, tensorOf } from './typed.js'

type Rule<A extends Shape, D, B extends Shape, E> =
  BothAccept<'matmul', D, E, 'float32'> extends infer F ? (F extends string ? F : MatMul<A, B>) : never

/**
 * The matrix product `[..., M, K] x [..., K, N]` over the last two axes; leading axes are a batch, and a matrix on the right
 * serves all of it.
 *
 * @example
 * ```ts
 * matmul(tensor([[1, 2], [3, 4]]), tensor([[1], [1]])) // [[3], [7]]
 * ```
 */
export function matmul<A extends Shape, D extends DType, B extends Shape, E extends DType>(
  a: Arg<Accepts<'matmul', D, 'float32'>, Tensor<A, D>>,
  b: Arg<Rule<A, D, B, E>, Tensor<B, E>>,
): Tensor<Ok<Rule<A, D, B, E>>, 'float32'> {
  const [x, y] = [nodeOfClass('matmul', a, 'float32'), nodeOfClass('matmul', b, 'float32')]
  const shape = must(matmulShape(x.shape, y.shape))
  const batch = shape.slice(0, -2)
  if (y.shape.length === 2) return tensorOf(core.matmul(x, y))
  return tensorOf(core.matmul(core.broadcastTo(x, [...batch, ...x.shape.slice(-2)]), core.broadcastTo(y, [...batch, ...y.shape.slice(-2)])))
}
