/** Activation functions, elementwise, and the softmax family. */
import * as core from '../core/build.js'
import { unary } from './unary.js'

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
