/** Rebuilding graphs: placeholders become expressions, symbols become sizes. */
import type { Dim } from '../tensor.js'
import { substituteDim } from '../shape/dim.js'
import { reachable, type Node } from './node.js'

export type Sizes = Readonly<Record<string, Dim>>

/**
 * The outputs with nodes replaced and symbols given sizes, all at once: what is put in is not searched again, so a definition's symbols
 * never capture the caller's. Placeholders that are not replaced get the new sizes too.
 */
export const substitute = (outputs: readonly Node[], replacements: ReadonlyMap<Node, Node>, sizes: Sizes = {}): Node[] => {
  const done = new Map<Node, Node>(replacements)
  const resize = Object.keys(sizes).length > 0
  const dim = (d: Dim): Dim => substituteDim(d, sizes)
  for (const node of reachable(outputs)) {
    if (done.has(node)) continue
    const inputs = node.inputs.map(i => done.get(i) ?? i)
    const moved = inputs.some((x, i) => x !== node.inputs[i])
    let attrs = node.attrs
    if (resize && node.prim.mapDims) attrs = node.prim.mapDims(attrs, dim)
    if (resize && node.prim.mapBody) attrs = node.prim.mapBody(attrs, nodes => substitute(nodes, new Map(), sizes))
    if (node.prim.mapRule && (resize || moved))
      attrs = node.prim.mapRule(node, nodes => substitute(nodes, replacements, sizes), scopeOf(replacements, sizes))
    done.set(node, moved || attrs !== node.attrs ? node.prim.make(inputs, attrs) : node)
  }
  return outputs.map(o => done.get(o) ?? o)
}

const scopeOf = (replacements: ReadonlyMap<Node, Node>, sizes: Sizes): string =>
  JSON.stringify([[...replacements].map(([from, to]) => [from.id, to.id]), sizes])
