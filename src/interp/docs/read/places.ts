/** Which element of an operand is meant, and which symbols an expectation runs over. */
import { reachable, type Node } from '../../../dsl/core/node.js'
import { symbolsOf, type Expr } from '../math/expr.js'
import type { Known } from './facts.js'
import type { At } from './reading.js'

/** Where an element of a repeated or reshaped node comes from. */
export const atBelow = (n: Node, at: At): At => {
  const [x] = n.inputs
  if (n.op === 'broadcastTo') {
    const lead = n.shape.length - x.shape.length
    return x.shape.map((d, i) => d === 1 ? null : at[lead + i])
  }
  const kept = at.filter((_, i) => n.shape[i] !== 1)
  let next = 0
  return x.shape.map(d => d === 1 ? null : kept[next++])
}

/**
 * The random symbols over which a body is averaged: those that no parameter moves; else the only one there is, as x̂; else the data below.
 */
export const randomIn = (body: Expr, known: Known): Node[] => {
  const random = (n: Node): boolean => known.of(n).data || known.of(n).noise
  const nodes = symbolsOf([body]).filter(s => s.role !== 'parameter' && s.role !== 'constant' && !/[(|]/.test(s.latex))
    .flatMap(s => s.node !== undefined && random(s.node) ? [s.node] : [])
  const free = nodes.filter(n => !known.of(n).moved)
  if (free.length > 0 || nodes.length === 1) return free.length > 0 ? free : nodes
  const below = new Set(reachable(symbolsOf([body]).flatMap(s => s.node ? [s.node] : [])))
  return known.data.filter(n => below.has(n) && known.batched(n))
}
