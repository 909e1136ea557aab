/** Values of expressions, by the reference engine. */
import type { Node } from '../../src/dsl/core/node.js'
import { leavesOf } from '../../src/dsl/core/trees.js'
import type { AnyTensor, Tree } from '../../src/dsl/define/tree.js'
import { nodeOf } from '../../src/dsl/ops/typed.js'
import type { Value } from '../../src/dsl/value.js'
import { evaluate } from '../../src/interp/js/evaluate.js'

/** The leaves of a tree, each as a value. */
export const valuesOf = (tree: Tree, bindings: ReadonlyMap<AnyTensor, Value> = new Map()): Value[] => {
  const nodes = leavesOf<Node>(tree).map(l => nodeOf('values', l.leaf))
  return evaluate(nodes, new Map([...bindings].map(([t, v]) => [nodeOf('values', t), v])))
}
/** The elements of one tensor. */
export const numbers = (t: AnyTensor, bindings?: ReadonlyMap<AnyTensor, Value>): number[] => Array.from(valuesOf(t, bindings)[0].data)
/** The only element of a scalar. */
export const number = (t: AnyTensor, bindings?: ReadonlyMap<AnyTensor, Value>): number => numbers(t, bindings)[0]
