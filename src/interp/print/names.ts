/** Names for the nodes of a graph: placeholders and named nodes keep theirs, the rest are numbered. */
import type { Node } from '../../dsl/core/node.js'

/** Gives every node one name, unique and the same from run to run. */
export const namer = (): ((n: Node) => string) => {
  const given = new Map<Node, string>()
  const taken = new Set<string>()
  let next = 1
  return n => {
    const known = given.get(n)
    if (known !== undefined) return known
    const wished = n.op === 'input' || n.op === 'named' ? (n.attrs as { name: string }).name : ''
    let name = wished === '' ? (n.op === 'input' ? `x${next++}` : `v${next++}`) : wished
    for (let k = 2; taken.has(name); k++) name = `${wished === '' ? 'v' : wished}_${k}`
    given.set(n, name)
    taken.add(name)
    return name
  }
}
