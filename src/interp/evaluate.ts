/** The value of an expression, here and now: on the reference engine, for a look at a small result. */
import type { Node } from '../dsl/core/node.js'
import type { Sizes } from '../dsl/core/substitute.js'
import { leavesOf, treeLike, type TreeOf } from '../dsl/core/trees.js'
import { stridesOf } from './js/arrays.js'
import type { Value } from '../dsl/value.js'
import type { ValuesOf } from './compile.js'
import { evaluate as evaluateNodes } from './js/evaluate.js'
import { program } from './program.js'

/**
 * The values of a tensor or a tree of tensors, computed in float64; what runs often is compiled instead (see `compile`). Throws a
 * `TypegradError` when a symbol has no size or a placeholder has no value.
 *
 * @example
 * ```ts
 * import { evaluate, toArray } from 'typegrad/engines'
 * toArray(evaluate(add(tensor([1, 2]), 1))) // [2, 3]
 * ```
 */
export const evaluate = <T>(tree: T, sizes: Sizes = {}): ValuesOf<T> => {
  const { outputs } = program([], leavesOf<Node>(tree).map(l => l.leaf), [], sizes)
  const values: TreeOf<Value> = treeLike(tree, evaluateNodes(outputs, new Map()))
  return values as ValuesOf<T>
}

/** Numbers (or truth values) nested as deep as the shape is long. */
export type NestedArray = number | boolean | NestedArray[]

/** A value as nested arrays, row by row. */
export const toArray = ({ shape, dtype, data }: Value): NestedArray => {
  const strides = stridesOf(shape)
  const at = (axis: number, from: number): NestedArray =>
    axis === shape.length ? (dtype === 'bool' ? data[from] !== 0 : data[from])
      : Array.from({ length: shape[axis] }, (_, i) => at(axis + 1, from + i * strides[axis]))
  return at(0, 0)
}
