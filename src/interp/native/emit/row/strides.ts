/** How a loop over rows reads its operands: from row to row, and along a row. */
import { denseStrides, merged, reshaped } from '../../plan/views.js'
import type { Operand } from '../operands.js'
import type { RowGraph } from './graph.js'

export interface RowStrides {
  /** By operand, strides over the axes before the row. */
  readonly lead: readonly (readonly number[])[]
  /** By operand, the stride along the row; 0 for one number a row. */
  readonly along: readonly number[]
  /** Operands that are one number a row in memory, too: their views have no axis for the row. */
  readonly perRow: ReadonlySet<Operand>
  alongOf(o: Operand): number
  /** The C expression for element `c` of the row. */
  load(o: Operand): string
}

export const rowStrides = ({ members, domain, lead, ends, sourcesOf }: RowGraph): RowStrides => {
  const perRow = new Set(members.filter(m => m.kind === 'row')
    .flatMap(m => sourcesOf(m.node).flatMap(x => 'operand' in x ? [x.operand] : [])))
  const along = new Map(ends.operands.map(o =>
    [o, perRow.has(o) ? 0 : merged(domain.slice(lead.length), [o.read.view.strides.slice(lead.length)]).strides[0].at(-1) ?? 0]))
  const texts = new Map([...along].flatMap(([o, s]) => s === 0 || s === 1 ? [] : [[o, ` * ${ends.number(s)}`] as const]))
  return {
    lead: ends.operands.map(({ read: { view } }, k) => perRow.has(ends.operands[k])
      ? reshaped(view, lead)?.strides ?? denseStrides(lead) : view.strides.slice(0, lead.length)),
    along: [...along.values()], perRow,
    alongOf: o => along.get(o) ?? 0,
    load: o => along.get(o) === 0 ? `${o.name}s` : `${o.name}[${o.name}_ + c${texts.get(o) ?? ''}]`,
  }
}
