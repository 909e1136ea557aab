/** The C of one row: numbers of the row and passes over it, in turn. */
import type { Node } from '../../../../dsl/core/node.js'
import { cLocal, cType } from '../c.js'
import type { Source } from '../sources.js'
import { Statements } from '../statements.js'
import type { RowGraph } from './graph.js'
import type { KeptRows } from './kept.js'
import type { RowStrides } from './strides.js'

export interface RowText {
  readonly lines: readonly string[]
  readonly uses: ReadonlySet<string>
  /** What an element of the row costs. */
  readonly cost: number
}

export const rowText = (graph: RowGraph, strides: RowStrides, kept: KeptRows): RowText => {
  const { members, ends, outputs, sourcesOf, passOf, isFull } = graph
  const statements = new Statements(members.map(m => m.node))
  const nameOf = (n: Node): string => statements.nameOf(n)
  const isEarlier = (n: Node, pass: number): boolean => isFull(n) && passOf(n) < pass

  /** A number a row: outside of the loops over the row. */
  const perRow = (x: Source): string => 'text' in x ? x.text : 'operand' in x ? `${x.operand.name}s` : nameOf(x.own)
  /** An element in a pass: what an earlier pass kept is loaded under another name. */
  const element = (x: Source, pass: number): string =>
    'text' in x ? x.text : 'operand' in x ? `${x.operand.name}v` : isEarlier(x.own, pass) ? `${nameOf(x.own)}v` : nameOf(x.own)
  const summed = (x: Source): string =>
    'own' in x ? kept.rowOf(x.own) : 'operand' in x ? kept.staged.get(x.operand) ?? `${x.operand.name} + ${x.operand.name}_` : ''

  const reduce = (node: Node): string => {
    statements.cost += 1
    return `const float ${nameOf(node)} = R->row_${node.op}(${summed(sourcesOf(node)[0])}, cols);`
  }
  const numbers = (pass: number): string[] => members.flatMap(({ node, kind }) => kind === 'full' || passOf(node) !== pass ? []
    : [kind === 'reduce' ? reduce(node) : statements.assign(node, sourcesOf(node).map(perRow))])
  const elements = (pass: number): string[] => {
    const here = members.map(m => m.node).filter(n => isFull(n) && passOf(n) === pass)
    if (here.length === 0) return []
    const sources = here.flatMap(sourcesOf)
    const operands = new Set(sources.flatMap(x => 'operand' in x ? [x.operand] : []))
    const earlier = new Set(sources.flatMap(x => 'own' in x && isEarlier(x.own, pass) ? [x.own] : []))
    statements.cost += operands.size + earlier.size
    return [
      'TG_APART', 'for (long c = 0; c < cols; c++) {',
      ...[...operands].map(o => `const ${cLocal(o.read.memory.dtype)} ${o.name}v = ${strides.load(o)};`),
      ...[...earlier].map(n => `const ${cLocal(n.dtype)} ${nameOf(n)}v = ${kept.rowOf(n)}[c];`),
      ...here.map(n => statements.assign(n, sourcesOf(n).map(x => element(x, pass)))),
      ...here.flatMap(n => kept.store(n, nameOf(n))),
      '}',
    ]
  }
  const lines = [
    ...ends.operands.filter(o => strides.alongOf(o) === 0)
      .map(o => `const ${cLocal(o.read.memory.dtype)} ${o.name}s = ${o.name}[${o.name}_];`),
    ...[...kept.staged].flatMap(([o, b]) => ['TG_APART', `for (long c = 0; c < cols; c++) ${b}[c] = ${strides.load(o)};`]),
    ...Array.from({ length: graph.passes }, (_, pass) => [...numbers(pass), ...elements(pass)]).flat(),
    ...[...outputs].flatMap(([n, name]) => isFull(n) ? [] : [`${name}[r] = (${cType(n.dtype)})${nameOf(n)};`]),
  ]
  return { lines, uses: statements.uses, cost: statements.cost + outputs.size }
}
