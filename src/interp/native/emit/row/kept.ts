/** Rows that a later pass or a sum reads: kept in the output where there is one, else in a buffer of one row in the nearest cache. */
import type { Node } from '../../../../dsl/core/node.js'
import { cLocal, cType } from '../c.js'
import type { Operand } from '../operands.js'
import type { RowGraph } from './graph.js'
import type { RowStrides } from './strides.js'

export interface KeptRows {
  /** Operands whose rows a sum reads but lie apart in memory: they are first brought together here. */
  readonly staged: ReadonlyMap<Operand, string>
  /** C statements that make room. */
  readonly declarations: readonly string[]
  /** The first element of a node's kept row. */
  rowOf(n: Node): string
  /** The statement that keeps element `c`; none where nobody reads it later. */
  store(n: Node, value: string): string[]
}

export const keptRows = ({ members, outputs, sourcesOf, passOf, isFull }: RowGraph, { alongOf }: RowStrides): KeptRows => {
  const reads = (user: Node, n: Node): boolean => sourcesOf(user).some(x => 'own' in x && x.own === n)
  const isKept = (n: Node): boolean => members.some(({ node: user, kind }) =>
    (kind === 'reduce' || kind === 'full' && passOf(user) > passOf(n)) && reads(user, n))
  const own = members.map(m => m.node).filter(n => isFull(n) && !outputs.has(n) && isKept(n))
  const buffers = new Map(own.map((n, i) => [n, `b${i}`]))
  const apart = new Set(members.filter(m => m.kind === 'reduce')
    .flatMap(m => sourcesOf(m.node).flatMap(x => 'operand' in x && alongOf(x.operand) !== 1 ? [x.operand] : [])))
  const staged = new Map([...apart].map((o, i) => [o, `b${buffers.size + i}`]))

  // Each buffer begins at a multiple of 64 bytes.
  const room = '4 * ((cols + 15) & ~15L)'
  const typed = [...[...buffers].map(([n, b]) => [b, cLocal(n.dtype)]), ...[...staged.values()].map(b => [b, 'float'])]
  const declarations = typed.length === 0 ? [] : [
    `char *w = R->scratch(worker, 0, ${typed.length} * 4 * (size_t)((cols + 15) & ~15L));`,
    ...typed.map(([b, t], i) => `${t} *${b} = (${t} *)(w + ${i} * ${room});`),
  ]
  const rowOf = (n: Node): string => {
    const out = outputs.get(n)
    return out === undefined ? buffers.get(n) ?? '' : `(${out} + r * cols)`
  }
  return {
    staged, declarations, rowOf,
    store: (n, value) => outputs.has(n) ? [`${rowOf(n)}[c] = (${cType(n.dtype)})${value};`]
      : buffers.has(n) ? [`${rowOf(n)}[c] = (${cLocal(n.dtype)})${value};`] : [],
  }
}
