/**
 * A loop over rows with sums over a row in it. A row is passed over once for each depth of sums: what a later pass needs again is kept in
 * a buffer of one row, which stays in the nearest cache.
 */
import type { Node } from '../../../dsl/core/node.js'
import { sizeOf } from '../../../dsl/value.js'
import type { Kind } from '../plan/members.js'
import type { Memory, Step, Surroundings } from '../plan/steps.js'
import { denseStrides, isWhole, merged, reshaped } from '../plan/views.js'
import { cLocal, cType } from './c.js'
import { expressionOf } from './expressions.js'
import { callKernel, define } from './kernel.js'
import type { Access, Source } from './loop.js'
import { Ends, type Operand } from './operands.js'
import { rowOffsets } from './rows.js'

export interface Member { readonly node: Node; readonly kind: Kind }

/** The axes before the row, whose sizes make up the number of rows. */
const leading = (domain: readonly number[], cols: number): number[] => {
  let [lead, count] = [domain.length, 1]
  while (lead > 0 && count < cols) count *= domain[--lead]
  return domain.slice(0, lead)
}

export const rowLoop = (members: readonly Member[], domain: readonly number[], cols: number, access: Access): Step => {
  const ends = new Ends()
  const kinds = new Map(members.map(m => [m.node, m.kind]))
  const sources = new Map<Node, Source[]>(members.map(({ node }) => [node, node.inputs.map((via): Source => {
    const own = access.local(node, via)
    if (own) return { own }
    const text = access.literal(via)
    return text === null ? { operand: ends.operand(access.read(node, via)) } : { text }
  })]))
  const of = (n: Node): Source[] => sources.get(n) ?? []

  // The pass in which a node is computed: a sum is known once its row has been passed over.
  const pass = new Map<Node, number>()
  for (const { node, kind } of members) {
    const before = Math.max(0, ...of(node).map(x => 'own' in x ? pass.get(x.own) ?? 0 : 0))
    pass.set(node, before + (kind === 'reduce' ? 1 : 0))
  }
  const passOf = (n: Node): number => pass.get(n) ?? 0
  const passes = Math.max(...pass.values()) + 1

  const lead = leading(domain, cols)
  const rows = sizeOf(lead)
  const outputs = new Map<Node, { name: string; memory: Memory }>()
  for (const { node } of members) {
    const memory = access.memory(node)
    if (memory) outputs.set(node, { name: ends.output(memory), memory })
  }

  // Strides: over the leading axes to find a row, and along the row.
  const perRow = new Set<Operand>()
  for (const { node, kind } of members) if (kind === 'row') for (const x of of(node)) if ('operand' in x) perRow.add(x.operand)
  const leadStrides = ends.operands.map(o => perRow.has(o) ? reshaped(o.read.view, lead)?.strides ?? denseStrides(lead)
    : o.read.view.strides.slice(0, lead.length))
  const along = ends.operands.map(o => {
    if (perRow.has(o)) return 0
    const m = merged(domain.slice(lead.length), [o.read.view.strides.slice(lead.length)])
    return m.strides[0].length === 0 ? 0 : m.strides[0][m.strides[0].length - 1]
  })
  const alongOf = new Map(ends.operands.map((o, k) => [o, along[k]]))
  const strideText = new Map(ends.operands.flatMap((o, k) => along[k] === 0 || along[k] === 1 ? [] : [[o, ends.number(along[k])] as const]))

  // What a later pass or a sum reads is kept, in the output where there is one.
  const summed = new Set(members.filter(m => m.kind === 'reduce').flatMap(m => of(m.node).map(x => 'own' in x ? x.own : null)))
  const kept = members.filter(({ node, kind }) => kind === 'full' && (summed.has(node)
    || members.some(u => u.kind === 'full' && passOf(u.node) > passOf(node) && of(u.node).some(x => 'own' in x && x.own === node))))
    .map(m => m.node)
  const buffer = new Map(kept.filter(n => !outputs.has(n)).map((n, i) => [n, `b${i}`]))
  // A row that a sum reads from memory, elements apart, is first brought together.
  const staged = new Map<Operand, string>()
  for (const m of members) if (m.kind === 'reduce') for (const x of of(m.node))
    if ('operand' in x && alongOf.get(x.operand) !== 1 && !staged.has(x.operand)) staged.set(x.operand, `b${buffer.size + staged.size}`)
  const buffers = buffer.size + staged.size

  const names = new Map(members.map(({ node }, i) => [node, `t${i}`]))
  const nameOf = (n: Node): string => names.get(n) ?? ''
  const uses = new Set<string>()
  let cost = outputs.size
  const C = ends.number(cols)
  const load = (o: Operand): string => {
    const s = alongOf.get(o) ?? 0
    return s === 0 ? `${o.name}s` : `${o.name}[${o.name}_ + c${s === 1 ? '' : ` * ${strideText.get(o)}`}]`
  }
  const assign = (node: Node, texts: readonly string[]): string => {
    const e = expressionOf(node, texts)
    e.uses?.forEach(u => uses.add(u))
    cost += e.cost
    return `const ${cLocal(node.dtype)} ${nameOf(node)} = ${e.text};`
  }
  /** A kept row in memory: its first element. */
  const rowOf = (n: Node): string => {
    const out = outputs.get(n)
    return out ? `(${out.name} + r * cols)` : buffer.get(n) ?? ''
  }
  const textOf = (x: Source, at: number, inLoop: boolean): string => {
    if ('text' in x) return x.text
    if ('operand' in x) return inLoop ? `${x.operand.name}v` : `${x.operand.name}s`
    return inLoop && kinds.get(x.own) === 'full' && passOf(x.own) < at ? `${nameOf(x.own)}v` : nameOf(x.own)
  }

  const lines: string[] = []
  const scalars = ends.operands.filter(o => alongOf.get(o) === 0)
  lines.push(...scalars.map(o => `const ${cLocal(o.read.memory.dtype)} ${o.name}s = ${o.name}[${o.name}_];`))
  for (const [o, b] of staged) lines.push('TG_APART', `for (long c = 0; c < cols; c++) ${b}[c] = ${load(o)};`)
  for (let p = 0; p < passes; p++) {
    for (const { node, kind } of members) {
      if (passOf(node) !== p || kind === 'full') continue
      if (kind === 'row') lines.push(assign(node, of(node).map(x => textOf(x, p, false))))
      else {
        const [x] = of(node)
        const row = 'own' in x ? rowOf(x.own) : 'operand' in x ? staged.get(x.operand) ?? `${x.operand.name} + ${x.operand.name}_` : ''
        lines.push(`const float ${nameOf(node)} = R->row_${node.op}(${row}, cols);`)
        cost += 1
      }
    }
    const here = members.filter(m => m.kind === 'full' && passOf(m.node) === p).map(m => m.node)
    if (here.length === 0) continue
    const xs = here.flatMap(of)
    const loaded = new Set(xs.flatMap(x => 'operand' in x ? [x.operand] : []))
    const again = new Set(xs.flatMap(x => 'own' in x && kinds.get(x.own) === 'full' && passOf(x.own) < p ? [x.own] : []))
    cost += loaded.size + again.size
    lines.push('TG_APART', 'for (long c = 0; c < cols; c++) {',
      ...[...loaded].map(o => `const ${cLocal(o.read.memory.dtype)} ${o.name}v = ${load(o)};`),
      ...[...again].map(n => `const ${cLocal(n.dtype)} ${nameOf(n)}v = ${rowOf(n)}[c];`),
      ...here.map(n => assign(n, of(n).map(x => textOf(x, p, true)))),
      ...here.flatMap(n => outputs.has(n) || buffer.has(n) ? [`${rowOf(n)}[c] = (${storedType(n, outputs.has(n))})${nameOf(n)};`] : []),
      '}')
  }
  for (const { node, kind } of members) {
    const out = outputs.get(node)
    if (out && kind !== 'full') lines.push(`${out.name}[r] = (${cType(out.memory.dtype)})${nameOf(node)};`)
  }
  const offsets = rowOffsets(ends, lead, leadStrides, ends.operands.map(o => `${o.name}_`), along.map(s => s * cols))
  const bufferLines = [...buffer].map(([n, b]) => [b, cLocal(n.dtype)] as const)
    .concat([...staged.values()].map(b => [b, 'float'] as const))
    .map(([b, t], i) => `${t} *${b} = (${t} *)(w + ${i} * 4 * ((cols + 15) & ~15L));`)
  const text = [
    `const long cols = ${C};`,
    ...buffers > 0 ? [`char *w = R->scratch(worker, 0, ${buffers} * 4 * (size_t)((cols + 15) & ~15L));`, ...bufferLines] : [],
    'for (long r = lo; r < hi; r++) {', ...offsets, ...lines, '}',
  ]
  // An output may lie over an operand that no pass reads after the output's first element is written.
  const firstWrite = Math.min(passes, ...[...outputs.keys()].map(n => kinds.get(n) === 'full' ? passOf(n) : passes))
  const readersOf = (o: Operand): Node[] =>
    members.filter(m => of(m.node).some(x => 'operand' in x && x.operand === o)).map(m => m.node)
  const lastRead = (o: Operand): number => Math.max(0, ...readersOf(o).map(passOf))
  const reads = ends.operands.map(o => ({ ...o.read, aligned: isWhole(o.read.view, sizeOf(domain)) && sizeOf(domain) === o.read.memory.size
    && !perRow.has(o) && lastRead(o) <= firstWrite }))
  const definition = define(ends, text, uses, sizeOf(domain))
  return {
    order: members[0].node.id, reads, writes: ends.outputs, temps: [],
    emit: (s: Surroundings) => callKernel(s, definition, ends, rows, cost * cols + 20),
  }
}

const storedType = (n: Node, inMemory: boolean): string => inMemory ? cType(n.dtype) : cLocal(n.dtype)
