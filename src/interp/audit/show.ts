/** A report as text for the terminal. */
import type { FlowCell, FlowRow } from './flow.js'
import type { AuditReport, GameRow } from './report.js'

const words: Readonly<Record<FlowCell['status'], string>> =
  { 'reached': 'reached', 'straight-through': 'straight-through', 'stopped': 'stopped', 'not reached': '-', 'frozen': 'frozen' }
const clipped = (text: string, width: number): string => text.length <= width ? text : `${text.slice(0, width - 1)}…`
const plural = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

const aligned = (rows: readonly (readonly string[])[]): string[] => {
  const widths = rows[0].map((_, c) => Math.max(...rows.map(r => r[c].length)))
  return rows.map(r => `  ${r.map((text, c) => text.padEnd(widths[c])).join('  ').trimEnd()}`)
}
const cellText = (c: FlowCell): string => {
  const others = Object.keys(c.except).length
  return others === 0 ? words[c.status] : `${words[c.status]} (${others} not)`
}
const weightText = ({ weight: { value, text }, kind }: FlowRow): string => kind === 'bound' ? 'bound'
  : value === null || text === `${value}` ? clipped(text, 18) : `${clipped(text, 12)} = ${Number(value.toPrecision(4))}`

const head = ({ player, sense, by, steps, moves, constraints, against }: GameRow): string => [
  `${player} ${sense}s by ${moves.join(', ') || 'nothing'}`,
  by === '' ? '' : `, ${by}`, steps === 1 ? '' : `, ${steps} updates a step`,
  constraints.length === 0 ? '' : `, subject to ${constraints.join(', ')}`,
  against.length === 0 ? '' : `, zero-sum against ${against.join(', ')}`,
].join('')

/** The table with a term a row, or turned around where there are more groups than a terminal is wide. */
const table = (rows: readonly FlowRow[]): string[] => {
  const upright = [
    ['term', 'weight', ...rows[0].cells.map(c => c.group)],
    ...rows.map(r => [clipped(r.term, 40), weightText(r), ...r.cells.map(cellText)]),
  ]
  const lines = aligned(upright)
  if (Math.max(...lines.map(l => l.length)) <= 110) return lines
  return aligned([
    ['', ...rows.map(r => clipped(r.term, 28))], ['weight', ...rows.map(weightText)],
    ...rows[0].cells.map((c, i) => [c.group, ...rows.map(r => cellText(r.cells[i]))]),
  ])
}
const stopLines = (rows: readonly FlowRow[]): string[] => rows.flatMap(r => r.cells.flatMap(c =>
  c.stoppedBy.length === 0 ? [] : [`  ${c.group} is stopped in ${clipped(r.term, 40)} by ${c.stoppedBy.join(', ')}`]))
const exceptLines = (rows: readonly FlowRow[]): string[] => rows.flatMap(r => r.cells.flatMap(c => {
  const paths = Object.entries(c.except)
  return paths.length === 0 ? [] : [`  in ${clipped(r.term, 40)} ${paths.slice(0, 3).map(([p, s]) => `${p} is ${s}`).join(', ')}${
    paths.length > 3 ? `, and ${paths.length - 3} more` : ''}`]
}))

/**
 * A report as aligned text: a table a player, what stops gradients, promises about orders, the trial run, warnings and failures.
 *
 * @example
 * ```ts
 * import { audit, showAudit } from 'typegrad/audit'
 * const training = trainStep({ params: { w: f32(2) }, optimiser: sgd(0.1), loss: (p, x: Tensor<[2]>) => sum(mul(x, p.w)) })
 * const text = showAudit(audit(training.statement(f32(2), key(0))))
 * ```
 */
export const showAudit = (report: AuditReport): string => [
  ...report.games.flatMap(game => {
    const rows = report.gradientFlow.filter(r => r.player === game.player)
    return [head(game), ...rows.length === 0 ? [] : [...table(rows), ...stopLines(rows), ...exceptLines(rows)], '']
  }),
  ...report.causality.map(c => c.sentence),
  report.untried !== null ? `No trial run: ${report.untried}.` : report.nonFinite === null ? 'A trial run with random inputs was finite.'
    : `Trial run: ${report.nonFinite}`,
  ...report.warnings.length === 0 ? [] : [plural(report.warnings.length, 'warning'), ...report.warnings.map(w => `  ${w}`)],
  report.failures.length === 0 ? 'Nothing is wrong.' : plural(report.failures.length, 'failure'),
  ...report.failures.map(f => `  ${f}`),
].join('\n')
