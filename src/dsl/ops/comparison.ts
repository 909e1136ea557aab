/** Comparisons, logic, and choosing by a condition. No gradient flows through a truth value. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import { broadcastShape } from '../shape/broadcast.js'
import type { Arg, Ok, Operand, AnyTensor } from '../shape/check.js'
import type { DTypeClass } from '../shape/dtype.js'
import type { Comparison, Condition, Connective, DTypeIn, Pair, Predicate, Unary, Where } from '../shape/elementwise.js'
import type { Tensor } from '../tensor.js'
import { aligned, must, nodeOfClass, tensorOf } from './typed.js'

const comparison =
  <Op extends string, C extends DTypeClass>(op: Op, dtypes: C, build: (a: Node, b: Node) => Node): Comparison<Op, C> =>
  (a: unknown, b: unknown) =>
    tensorOf<never, 'bool'>(build(...aligned(op, a, b, dtypes)))
const connective =
  <Op extends string>(op: Op, build: (a: Node, b: Node) => Node): Connective<Op> =>
  (a: unknown, b: unknown) =>
    tensorOf<never, 'bool'>(build(...aligned(op, a, b, 'bool')))

/**
 * Whether two elements are equal.
 *
 * @example
 * ```ts
 * equal(tensor([1, 2]), tensor([1, 3])) // [true, false]
 * ```
 */
export const equal = comparison('equal', 'any', core.equal)
/**
 * Whether two elements differ; true where one is NaN.
 *
 * @example
 * ```ts
 * notEqual(tensor([1, 2]), 1) // [false, true]
 * ```
 */
export const notEqual = comparison('notEqual', 'any', (a, b) => core.not(core.equal(a, b)))
/**
 * Whether an element is below another.
 *
 * @example
 * ```ts
 * less(tensor([1, 2]), 2) // [true, false]
 * ```
 */
export const less = comparison('less', 'numeric', core.less)
/**
 * Whether an element is not above another.
 *
 * @example
 * ```ts
 * lessEqual(tensor([1, 2]), 1) // [true, false]
 * ```
 */
export const lessEqual = comparison('lessEqual', 'numeric', core.lessEqual)
/**
 * Whether an element is above another.
 *
 * @example
 * ```ts
 * greater(tensor([1, 2]), 1) // [false, true]
 * ```
 */
export const greater = comparison('greater', 'numeric', (a, b) => core.less(b, a))
/**
 * Whether an element is not below another.
 *
 * @example
 * ```ts
 * greaterEqual(tensor([1, 2]), 2) // [false, true]
 * ```
 */
export const greaterEqual = comparison('greaterEqual', 'numeric', (a, b) => core.lessEqual(b, a))

/**
 * Logical conjunction, elementwise.
 *
 * @example
 * ```ts
 * and(tensor([true, false]), tensor([true, true])) // [true, false]
 * ```
 */
export const and = connective('and', core.and)
/**
 * Logical disjunction, elementwise.
 *
 * @example
 * ```ts
 * or(tensor([true, false]), tensor([false, false])) // [true, false]
 * ```
 */
export const or = connective('or', core.or)
/**
 * Whether exactly one of two elements is true.
 *
 * @example
 * ```ts
 * xor(tensor([true, false]), tensor([true, true])) // [false, true]
 * ```
 */
export const xor = connective('xor', (a, b) => core.not(core.equal(a, b)))
/**
 * Logical negation, elementwise.
 *
 * @example
 * ```ts
 * not(tensor([true, false])) // [false, true]
 * ```
 */
export const not: Unary<'not', 'bool'> = (x: unknown) => tensorOf<never, never>(core.not(nodeOfClass('not', x, 'bool')))

/**
 * Whether an element is NaN.
 *
 * @example
 * ```ts
 * isNan(tensor([1, NaN])) // [false, true]
 * ```
 */
export const isNan: Predicate<'isNan', 'float32'> = (x: unknown) => {
  const node = nodeOfClass('isNan', x, 'float32')
  return tensorOf<never, 'bool'>(core.not(core.equal(node, node)))
}
/**
 * Whether an element is neither infinite nor NaN.
 *
 * @example
 * ```ts
 * isFinite(tensor([1, Infinity])) // [true, false]
 * ```
 */
export const isFinite: Predicate<'isFinite', 'float32'> = (x: unknown) =>
  tensorOf<never, 'bool'>(core.less(core.abs(nodeOfClass('isFinite', x, 'float32')), Infinity))

/**
 * `a` where the condition is true, `b` elsewhere; numbers and equal trailing axes broadcast.
 *
 * @example
 * ```ts
 * where(tensor([true, false]), tensor([1, 2]), 0) // [1, 0]
 * ```
 */
export function where<C extends AnyTensor, X extends Operand, Y extends Operand>(
  condition: Arg<Condition<C, X, Y>, C>,
  a: X,
  b: Arg<Pair<'where', X, Y, 'any'>, Y>,
): Tensor<Ok<Where<C, X, Y>>, DTypeIn<X, Y> & DTypeIn<Y, X>> {
  const [x, y] = aligned('where', a, b, 'any')
  const c = nodeOfClass('where', condition, 'bool')
  const shape = must(broadcastShape('where', c.shape, x.shape))
  return tensorOf(core.select(core.broadcastTo(c, shape), core.broadcastTo(x, shape), core.broadcastTo(y, shape)))
}
