/** Activation functions, elementwise, and the softmax family. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import { axisAt, type Axis } from '../shape/axes.js'
import type { Same } from '../define/type-function.js'
import type { Arg, Ok } from '../shape/check.js'
import type { Accepts } from '../shape/dtype.js'
import type { KeepAxis } from '../shape/reduce.js'
import type { DType, Shape, Tensor } from '../tensor.js'
import { must, nodeOfClass, tensorOf } from './typed.js'
import { unary } from './of-one.js'

/**
 * The rectifier max(x, 0); its gradient at 0 is 0, elementwise; takes float32 or int32.
 *
 * @example
 * ```ts
 * relu(tensor([-1, 2])) // [0, 2]
 * ```
 */
export const relu = unary('relu', 'numeric', x => core.select(core.less(0, x), x, core.full(0, x.shape, x.dtype)))
/**
 * log(sigmoid(x)) without overflow, elementwise; takes float32.
 *
 * @example
 * ```ts
 * logSigmoid(tensor([0, -100])) // [-0.693, -100]
 * ```
 */
export const logSigmoid = unary('logSigmoid', 'float32', x => core.neg(core.softplus(core.neg(x))))
/**
 * x · sigmoid(x), also called swish (Elfwing et al., 2017), elementwise; takes float32.
 *
 * @example
 * ```ts
 * silu(tensor([0, 1])) // [0, 0.731]
 * ```
 */
export const silu = unary('silu', 'float32', x => core.mul(x, core.sigmoid(x)))
/**
 * x · Φ(x), the Gaussian error linear unit (Hendrycks and Gimpel, 2016), elementwise; takes float32.
 *
 * @example
 * ```ts
 * gelu(tensor([0, 1])) // [0, 0.841]
 * ```
 */
export const gelu = unary('gelu', 'float32', x => core.mul(core.mul(0.5, x), core.add(1, core.erf(core.mul(Math.SQRT1_2, x)))))
/**
 * x above 0, exp(x) - 1 below (Clevert et al., 2015), elementwise; takes float32.
 *
 * @example
 * ```ts
 * elu(tensor([-1, 1])) // [-0.632, 1]
 * ```
 */
export const elu = unary('elu', 'float32', x => core.select(core.less(0, x), x, core.expm1(core.minimum(x, 0))))

const normalised = (x: Node, axis: number, log: boolean): Node => {
  const over = (n: Node): Node => core.broadcastTo(core.keep(n, x.shape, [axis]), x.shape)
  const shifted = core.sub(x, over(core.stopGradient(core.max(x, [axis]))))
  const exps = core.exp(shifted)
  const total = core.sum(exps, [axis])
  return log ? core.sub(shifted, over(core.log(total))) : core.div(exps, over(total))
}

/** A function of a tensor that normalises along an axis and keeps the shape; as a step of `seq` it says so. */
export interface Normalisation<Op extends string> {
  readonly shapes?: Same
  <S extends Shape, D extends DType, const Ax extends Axis = -1>(
    x: Arg<Accepts<Op, D, 'float32'>, Tensor<S, D>>,
    axis?: Arg<KeepAxis<S, Ax, Op>, Ax>,
  ): Tensor<Ok<KeepAxis<S, Ax, Op>>, 'float32'>
}
const normalisation = <Op extends string>(op: Op, log: boolean): Normalisation<Op> => (x: unknown, axis: unknown = -1) => {
  const node = nodeOfClass(op, x, 'float32')
  return tensorOf<never, never>(normalised(node, must(axisAt(op, node.shape, axis as Axis)), log))
}

/**
 * exp(x) / Σ exp(x) along an axis (the last by default): positive numbers that sum to 1.
 *
 * @example
 * ```ts
 * softmax(tensor([0, Math.log(3)])) // [0.25, 0.75]
 * ```
 */
export const softmax = normalisation('softmax', false)
/**
 * log softmax(x) along an axis (the last by default), without the loss of accuracy of taking the logarithm afterwards.
 *
 * @example
 * ```ts
 * logSoftmax(tensor([0, 1000])) // [-1000, 0]
 * ```
 */
export const logSoftmax = normalisation('logSoftmax', true)
