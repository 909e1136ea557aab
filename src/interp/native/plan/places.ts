/** Where every node's elements are: in a memory of its own, or in another's, seen through a view. */
import type { Node } from '../../../dsl/core/node.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import { concrete } from '../../program.js'
import { uniformValue } from '../../simplify/rules.js'
import type { Without } from '../passes.js'
import { cut, dense, repeated, reshaped, reversed, transposed, windowed, type View } from './views.js'

const identities: ReadonlySet<string> = new Set(['stopGradient', 'straightThrough', 'customVjp', 'named'])

/** `root` is the node in whose memory, dense, the elements are. */
export interface Place { readonly root: Node; readonly view: View }

/** What a move sees of a view, or null where the elements must be copied. */
export const moved = (node: Node, v: View): View | null => {
  switch (node.op) {
    case 'reshape': return reshaped(v, concrete(node))
    case 'transpose': return transposed(v, (node as NodeOf<'transpose'>).attrs.perm)
    case 'broadcastTo': return repeated(v, concrete(node))
    case 'slice': return cut(v, (node as NodeOf<'slice'>).attrs.starts, concrete(node))
    case 'reverse': return reversed(v, (node as NodeOf<'reverse'>).attrs.axes)
    case 'patches': return windowed(v, concrete(node), (node as NodeOf<'patches'>).attrs)
    default: return identities.has(node.op) ? v : null
  }
}

/** Without views only what copies nothing in any case is one: what has no elements of its own, or one number for all. */
const isFree = (node: Node): boolean => identities.has(node.op) || uniformValue(node) !== null

/** The places of nodes, which come in order of dependence; `bound` nodes are roots whatever they are. */
export const placesOf = (nodes: readonly Node[], bound: ReadonlySet<Node>, without: Without): Map<Node, Place> => {
  const places = new Map<Node, Place>()
  for (const node of nodes) {
    const from = bound.has(node) ? undefined : places.get(node.inputs[0])
    const view = from === undefined || without.has('views') && !isFree(node) ? null : moved(node, from.view)
    places.set(node, from && view ? { root: from.root, view } : { root: node, view: dense(concrete(node)) })
  }
  return places
}
