/** Loops: members of one domain and level that read one another's values. */
import type { Node } from '../../../dsl/core/node.js'
import type { Member } from './members.js'

/** Sets of members connected by `local` reads, each in order of dependence. */
export const components = (
  members: readonly Member[], local: (user: Node, via: Node) => boolean, rootOf: (n: Node) => Node,
): Member[][] => {
  const parent = new Map<Node, Node>(members.map(m => [m.node, m.node]))
  const find = (n: Node): Node => {
    let top = n
    for (let p = parent.get(top); p !== undefined && p !== top; p = parent.get(top)) top = p
    parent.set(n, top)
    return top
  }
  for (const { node } of members) for (const via of node.inputs) if (local(node, via)) parent.set(find(node), find(rootOf(via)))
  const groups = new Map<Node, Member[]>()
  for (const m of members) {
    const top = find(m.node)
    const known = groups.get(top)
    if (known) known.push(m)
    else groups.set(top, [m])
  }
  return [...groups.values()].map(g => g.sort((a, b) => a.node.id - b.node.id))
}
