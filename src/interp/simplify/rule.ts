/** What a rewrite is, and what rewrites ask of nodes. */
import * as b from '../../dsl/core/build.js'
import type { Node } from '../../dsl/core/node.js'
import type { NodeOf } from '../../dsl/core/table.js'

/** Whether a node has no more than one user, for rewrites that would compute it a second time. */
export type Once = (n: Node) => boolean

/** A rewrite that keeps the value: it sees one node whose inputs are already simple, and answers with a simpler one or null. */
export interface Rule { readonly name: string; readonly ops: readonly string[]; readonly apply: (n: Node, once: Once) => Node | null }

/** The number that every element equals, where that is known. */
export const uniformValue = (n: Node): number | null => {
  if (n.op === 'broadcastTo' || n.op === 'reshape') return uniformValue(n.inputs[0])
  if (n.op !== 'constant') return null
  const { value } = (n as NodeOf<'constant'>).attrs
  return value.data.length === 1 ? value.data[0] : null
}
/** Whether every element is known to equal `x`. */
export const is = (n: Node, x: number): boolean => uniformValue(n) === x
/** `x` repeated to the type of `n`. */
export const like = (x: number, n: Node): Node => b.full(x, n.shape, n.dtype)
