/** Arithmetic on two operands: tensors of one dtype, or plain numbers. A scalar, or equal trailing axes, broadcast. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import { TypegradError } from '../errors.js'
import type { Arg } from '../shape/check.js'
import type { Accepts, DTypeClass, Only } from '../shape/dtype.js'
import type { Binary } from '../shape/elementwise.js'
import type { DType, Shape, Tensor } from '../tensor.js'
import { aligned, nodeOfClass, scalarLike, tensorOf } from './typed.js'

const binary =
  <Op extends string, C extends DTypeClass>(op: Op, dtypes: C, build: (a: Node, b: Node) => Node): Binary<Op, C> =>
  (a: unknown, b: unknown) =>
    tensorOf<never, never>(build(...aligned(op, a, b, dtypes)))

/**
 * The sum of two tensors, elementwise; `[B, 784] + [784]` repeats the second.
 *
 * @example
 * ```ts
 * add(tensor([[1, 2], [3, 4]]), tensor([10, 20])) // [[11, 22], [13, 24]]
 * add(tensor([1, 2]), 1) // [2, 3]
 * ```
 */
export const add = binary('add', 'numeric', core.add)
/**
 * The difference of two tensors, elementwise.
 *
 * @example
 * ```ts
 * sub(1, tensor([0.25, 0.5])) // [0.75, 0.5]
 * ```
 */
export const sub = binary('sub', 'numeric', core.sub)
/**
 * The product of two tensors, elementwise.
 *
 * @example
 * ```ts
 * mul(tensor([1, 2]), 3) // [3, 6]
 * ```
 */
export const mul = binary('mul', 'numeric', core.mul)
/**
 * The quotient of two float32 tensors, elementwise.
 *
 * @example
 * ```ts
 * div(tensor([1, 2]), 2) // [0.5, 1]
 * ```
 */
export const div = binary('div', 'float32', core.div)
/**
 * A power of float32 tensors, elementwise; a negative base needs an integer exponent.
 *
 * @example
 * ```ts
 * pow(tensor([2, 3]), 2) // [4, 9]
 * ```
 */
export const pow = binary('pow', 'float32', core.pow)
/**
 * The remainder with the sign of the divisor, elementwise.
 *
 * @example
 * ```ts
 * mod(tensor([5, -1]), 3) // [2, 2]
 * ```
 */
export const mod = binary('mod', 'numeric', core.mod)
/**
 * The larger of two elements; at a tie each operand gets half the gradient.
 *
 * @example
 * ```ts
 * maximum(tensor([-1, 2]), 0) // [0, 2]
 * ```
 */
export const maximum = binary('maximum', 'numeric', core.maximum)
/**
 * The smaller of two elements; at a tie each operand gets half the gradient.
 *
 * @example
 * ```ts
 * minimum(tensor([-1, 2]), 0) // [-1, 0]
 * ```
 */
export const minimum = binary('minimum', 'numeric', core.minimum)

/**
 * Each element, or the nearest limit when it lies outside low..high; the gradient is 1 inside and at the limits, 0 outside.
 *
 * @example
 * ```ts
 * clip(tensor([-2, 0.5, 2]), -1, 1) // [-1, 0.5, 1]
 * ```
 */
export function clip<S extends Shape, D extends DType>(
  x: Arg<Accepts<'clip', D, 'numeric'>, Tensor<S, D>>,
  low: number,
  high: number,
): Tensor<S, Only<D, 'numeric'>> {
  if (low > high) throw new TypegradError('value', `clip: the low limit ${low} is above the high limit ${high}`)
  const node = nodeOfClass('clip', x, 'numeric')
  const at = (limit: number): Node => core.broadcastTo(scalarLike('clip', limit, node.dtype), node.shape)
  const raised = core.select(core.less(node, at(low)), at(low), node)
  return tensorOf(core.select(core.less(at(high), node), at(high), raised))
}
