/**
 * A loop over rows with sums over a row in it. A row is passed over once for each depth of sums: what a later pass needs again is kept in
 * a buffer of one row, which stays in the nearest cache.
 */
import { sizeOf } from '../../../../dsl/value.js'
import type { Step } from '../../plan/steps.js'
import { isWhole } from '../../plan/views.js'
import { callKernel, define } from '../kernel.js'
import { eachRow } from '../offsets.js'
import type { Operand } from '../operands.js'
import type { Access } from '../sources.js'
import { rowGraph, type RowGraph, type RowMember } from './graph.js'
import { keptRows } from './kept.js'
import { rowStrides, type RowStrides } from './strides.js'
import { rowText } from './text.js'

/** What a row costs beside its elements: finding it, and the start and end of its sums. */
const rowCost = 20

/** Whether an output may lie over the operand: no pass reads the operand after the output's first element is written. */
const isAligned = ({ members, domain, outputs, passes, isFull, passOf, sourcesOf }: RowGraph, { perRow }: RowStrides):
((o: Operand) => boolean) => {
  const size = sizeOf(domain)
  const firstWrite = Math.min(passes, ...[...outputs.keys()].filter(isFull).map(passOf))
  const lastRead = (o: Operand): number =>
    Math.max(0, ...members.filter(m => sourcesOf(m.node).some(x => 'operand' in x && x.operand === o)).map(m => passOf(m.node)))
  return o => isWhole(o.read.view, size) && size === o.read.memory.size && !perRow.has(o) && lastRead(o) <= firstWrite
}

/** The step that computes `members`, in order of dependence, over a domain cut into rows of `cols`. */
export const rowLoop = (members: readonly RowMember[], domain: readonly number[], cols: number, access: Access): Step => {
  const graph = rowGraph(members, domain, cols, access)
  const { ends, lead } = graph
  const strides = rowStrides(graph)
  const colsText = ends.number(cols)
  const kept = keptRows(graph, strides)
  const { lines, uses, cost } = rowText(graph, strides, kept)
  const rows = eachRow(ends, lead, strides.lead, ends.operands.map(o => `${o.name}_`), strides.along.map(s => s * cols), lines)
  const definition = define(ends, [`const long cols = ${colsText};`, ...kept.declarations, ...rows], uses)
  const aligned = isAligned(graph, strides)
  const reads = ends.operands.map(o => ({ ...o.read, aligned: aligned(o) }))
  return {
    order: members[0].node.id, reads, writes: ends.outputs, temps: [],
    loop: { definition, numbers: ends.numbers, size: sizeOf(domain), turn: cols },
    emit: s => callKernel(s, definition, ends, sizeOf(lead), cost * cols + rowCost),
  }
}
