/** Where every node's elements are: in a memory of its own, or in another's, seen through a view. */
import type { Node } from '../../../dsl/core/node.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import { concrete } from '../../program.js'
import { cut, dense, repeated, reshaped, reversed, transposed, type View } from './views.js'

/** `root` is the node in whose memory, dense, the elements are. */
export interface Place { readonly root: Node; readonly view: View }

/** Moves that only read elsewhere; null where the elements must be copied. */
const moved = (node: Node, v: View): View | null => {
  switch (node.op) {
    case 'reshape': return reshaped(v, concrete(node))
    case 'transpose': return transposed(v, (node as NodeOf<'transpose'>).attrs.perm)
    case 'broadcastTo': return repeated(v, concrete(node))
    case 'slice': return cut(v, (node as NodeOf<'slice'>).attrs.starts, concrete(node))
    case 'reverse': return reversed(v, (node as NodeOf<'reverse'>).attrs.axes)
    case 'stopGradient': case 'straightThrough': case 'customVjp': case 'named': return v
    default: return null
  }
}

/** The places of nodes, which come in order of dependence; `bound` nodes are roots whatever they are. */
export const placesOf = (nodes: readonly Node[], bound: ReadonlySet<Node>): Map<Node, Place> => {
  const places = new Map<Node, Place>()
  for (const node of nodes) {
    const from = bound.has(node) ? undefined : places.get(node.inputs[0])
    const view = from === undefined ? null : moved(node, from.view)
    places.set(node, from && view ? { root: from.root, view } : { root: node, view: dense(concrete(node)) })
  }
  return places
}
