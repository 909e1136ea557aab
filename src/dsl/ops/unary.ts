/** Functions of one tensor, elementwise. */
import * as core from '../core/build.js'
import { fail, ok, type Arg, type Checked } from '../shape/check.js'
import { sameShape, showShape } from '../shape/dim.js'
import type { Show } from '../shape/dim-types.js'
import type { DType, Shape, Tensor } from '../tensor.js'
import { unary } from './of-one.js'
import { must, nodeOf, nodeOfClass, tensorOf } from './typed.js'

/**
 * Negation, elementwise; takes float32 or int32.
 *
 * @example
 * ```ts
 * neg(tensor([1, -2])) // [-1, 2]
 * ```
 */
export const neg = unary('neg', 'numeric', core.neg)
/**
 * The absolute value; its gradient at 0 is 0, elementwise; takes float32 or int32.
 *
 * @example
 * ```ts
 * abs(tensor([-1, 2])) // [1, 2]
 * ```
 */
export const abs = unary('abs', 'numeric', core.abs)
/**
 * The sign: -1, 0 or 1, elementwise; takes float32 or int32.
 *
 * @example
 * ```ts
 * sign(tensor([-3, 0, 2])) // [-1, 0, 1]
 * ```
 */
export const sign = unary('sign', 'numeric', core.sign)
/**
 * The square, elementwise; takes float32 or int32.
 *
 * @example
 * ```ts
 * square(tensor([1, -2])) // [1, 4]
 * ```
 */
export const square = unary('square', 'numeric', x => core.mul(x, x))
/**
 * The largest integer not above, elementwise; takes float32.
 *
 * @example
 * ```ts
 * floor(tensor([1.5, -1.5])) // [1, -2]
 * ```
 */
export const floor = unary('floor', 'float32', core.floor)
/**
 * The smallest integer not below, elementwise; takes float32.
 *
 * @example
 * ```ts
 * ceil(tensor([1.5, -1.5])) // [2, -1]
 * ```
 */
export const ceil = unary('ceil', 'float32', core.ceil)
/**
 * The nearest integer, halves to even, elementwise; takes float32.
 *
 * @example
 * ```ts
 * round(tensor([0.5, 1.5])) // [0, 2]
 * ```
 */
export const round = unary('round', 'float32', core.round)
/**
 * The exponential, elementwise; takes float32.
 *
 * @example
 * ```ts
 * exp(tensor([0, 1])) // [1, 2.718]
 * ```
 */
export const exp = unary('exp', 'float32', core.exp)
/**
 * The natural logarithm, elementwise; takes float32.
 *
 * @example
 * ```ts
 * log(tensor([1, Math.E])) // [0, 1]
 * ```
 */
export const log = unary('log', 'float32', core.log)
/**
 * log(1 + x), accurate near 0, elementwise; takes float32.
 *
 * @example
 * ```ts
 * log1p(tensor([0, 1e-9]))
 * ```
 */
export const log1p = unary('log1p', 'float32', core.log1p)
/**
 * exp(x) - 1, accurate near 0, elementwise; takes float32.
 *
 * @example
 * ```ts
 * expm1(tensor([0, 1e-9]))
 * ```
 */
export const expm1 = unary('expm1', 'float32', core.expm1)
/**
 * The square root, elementwise; takes float32.
 *
 * @example
 * ```ts
 * sqrt(tensor([4, 9])) // [2, 3]
 * ```
 */
export const sqrt = unary('sqrt', 'float32', core.sqrt)
/**
 * One over the square root, elementwise; takes float32.
 *
 * @example
 * ```ts
 * rsqrt(tensor([4, 16])) // [0.5, 0.25]
 * ```
 */
export const rsqrt = unary('rsqrt', 'float32', x => core.div(1, core.sqrt(x)))
/**
 * One over each element, elementwise; takes float32.
 *
 * @example
 * ```ts
 * reciprocal(tensor([2, 4])) // [0.5, 0.25]
 * ```
 */
export const reciprocal = unary('reciprocal', 'float32', x => core.div(1, x))
/**
 * The sine of an angle in radians, elementwise; takes float32.
 *
 * @example
 * ```ts
 * sin(tensor([0, 1])) // [0, 0.841]
 * ```
 */
export const sin = unary('sin', 'float32', core.sin)
/**
 * The cosine of an angle in radians, elementwise; takes float32.
 *
 * @example
 * ```ts
 * cos(tensor([0, 1])) // [1, 0.540]
 * ```
 */
export const cos = unary('cos', 'float32', core.cos)
/**
 * The hyperbolic tangent, elementwise; takes float32.
 *
 * @example
 * ```ts
 * tanh(tensor([0, 1])) // [0, 0.762]
 * ```
 */
export const tanh = unary('tanh', 'float32', core.tanh)
/**
 * The logistic function 1 / (1 + exp(-x)), elementwise; takes float32.
 *
 * @example
 * ```ts
 * sigmoid(tensor([0, 100])) // [0.5, 1]
 * ```
 */
export const sigmoid = unary('sigmoid', 'float32', core.sigmoid)
/**
 * log(1 + exp(x)) without overflow, elementwise; takes float32.
 *
 * @example
 * ```ts
 * softplus(tensor([0, 100])) // [0.693, 100]
 * ```
 */
export const softplus = unary('softplus', 'float32', core.softplus)
/**
 * The error function, elementwise; takes float32.
 *
 * @example
 * ```ts
 * erf(tensor([0, 1])) // [0, 0.843]
 * ```
 */
export const erf = unary('erf', 'float32', core.erf)

/** The message for a name that is not a dtype. */
type IsDType<E> = E extends DType ? [] : `cast: ${E & string} is not a dtype; use float32, int32 or bool`
const dtypeNamed = (name: string): Checked<DType> =>
  name === 'float32' || name === 'int32' || name === 'bool' ? ok(name) : fail(`cast: ${name} is not a dtype; use float32, int32 or bool`)
/**
 * Converts elements to another dtype: to int32 by truncation, to bool by comparison with zero. Gradients flow between float32 only.
 *
 * @example
 * ```ts
 * cast(tensor([0.5, 1.5]), 'int32') // [0, 1]
 * ```
 */
export function cast<S extends Shape, const E extends string>(x: Tensor<S, DType>, dtype: Arg<IsDType<E>, E>): Tensor<S, E & DType> {
  return tensorOf(core.cast(nodeOf('cast', x), must(dtypeNamed(dtype))))
}

/**
 * The identity, through which no gradient flows.
 *
 * @example
 * ```ts
 * const x = tensor([1, 2])
 * grad((y: Tensor<[2]>) => sum(mul(y, stopGradient(y))))(x) // [1, 2]
 * ```
 */
export function stopGradient<S extends Shape, D extends DType>(x: Tensor<S, D>): Tensor<S, D> {
  return tensorOf(core.stopGradient(nodeOf('stopGradient', x)))
}

type Alike<H extends Shape, S extends Shape> =
  [H, S] extends [S, H] ? [] : `straightThrough: the hard value is ${Show<H>} but the soft one ${Show<S>}; they must have one shape`
/**
 * The hard value, with the gradient of the identity in the soft one: sg[hard - soft] + soft, but exactly `hard` (Bengio et al., 2013;
 * van den Oord et al., 2017, section 3.2). Both are float32 of one shape.
 *
 * @example
 * ```ts
 * const x = tensor([0.3, 0.8])
 * straightThrough(round(x), x) // [0, 1]
 * grad((y: Tensor<[2]>) => sum(square(straightThrough(round(y), y))))(x) // [0, 2]
 * ```
 */
export function straightThrough<H extends Shape, S extends Shape>(hard: Tensor<H>, soft: Arg<Alike<H, S>, Tensor<S>>): Tensor<S> {
  const [h, s] = [nodeOfClass('straightThrough', hard, 'float32'), nodeOfClass('straightThrough', soft, 'float32')]
  if (!sameShape(h.shape, s.shape))
    must(fail(`straightThrough: the hard value is ${showShape(h.shape)} but the soft one ${showShape(s.shape)}; they must have one shape`))
  return tensorOf(core.straightThrough(h, s))
}
