/** Where the inputs of a loop's nodes come from. */
import type { Node } from '../../../dsl/core/node.js'
import type { Memory, Read } from '../plan/steps.js'
import type { Ends, Operand } from './operands.js'

/** What the loop's maker knows of the plan: where an input is, or that it is a local or a number. */
export interface Access {
  readonly local: (node: Node, via: Node) => Node | null
  readonly literal: (via: Node) => string | null
  /** Where the input's elements lie; the inner axis has a stride of 0 or 1 where `node` is large. */
  readonly read: (node: Node, via: Node) => Read
  /** The memory of a node's result, or null where only the loop needs it. */
  readonly memory: (node: Node) => Memory | null
}

/** Where an input comes from: a node of the same loop, a number, or memory. */
export type Source = { readonly own: Node } | { readonly text: string } | { readonly operand: Operand }

/** The sources of every node's inputs; what comes from memory becomes an operand of the loop. */
export const sourcesOf = (nodes: readonly Node[], access: Access, ends: Ends): Map<Node, readonly Source[]> =>
  new Map(nodes.map(node => [node, node.inputs.map((via): Source => {
    const own = access.local(node, via)
    if (own) return { own }
    const text = access.literal(via)
    return text === null ? { operand: ends.operand(access.read(node, via)) } : { text }
  })]))

/** Names the outputs of a loop: a node that must be in memory has one. */
export const outputsOf = (nodes: readonly Node[], access: Access, ends: Ends): Map<Node, string> =>
  new Map(nodes.flatMap(node => {
    const memory = access.memory(node)
    return memory ? [[node, ends.output(memory)] as const] : []
  }))
