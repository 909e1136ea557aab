/** A report as text for the terminal. */
import type { FlowCell, FlowRow } from './flow.js'
import type { AuditReport, GameRow } from './report.js'
import { listed } from './verdicts.js'

const words: Readonly<Record<FlowCell['status'], string>> =
  { 'reached': 'reached', 'straight-through': 'straight-through', 'stopped': 'stopped', 'not reached': '-', 'frozen': 'frozen' }
const clipped = (text: string, width: number): string => text.length <= width ? text : `${text.slice(0, width - 1)}…`
/** Terms in so many letters: where beginnings are alike the ends are shown, and where these are alike too, a number. */
const labelled = (terms: readonly string[], width: number): ((term: string) => string) => {
  const ending = (t: string): string => t.length <= width ? t : `…${t.slice(1 - width)}`
  const alone = (t: string, label: (t: string) => string): boolean => terms.every(u => u === t || label(u) !== label(t))
  const start = (t: string): string => clipped(t, width)
  const labels = new Map(terms.map((t, i) => [t, alone(t, start) ? start(t) : alone(t, ending) ? ending(t)
    : `${clipped(t, width - 4)} (${i + 1})`]))
  return t => labels.get(t) ?? start(t)
}
const termsIn = (rows: readonly FlowRow[]): string[] => [...new Set(rows.map(r => r.term))]
const plural = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

const aligned = (rows: readonly (readonly string[])[]): string[] => {
  const widths = rows[0].map((_, c) => Math.max(...rows.map(r => r[c].length)))
  return rows.map(r => `  ${r.map((text, c) => text.padEnd(widths[c])).join('  ').trimEnd()}`)
}
const cellText = (c: FlowCell): string => {
  return Object.keys(c.except).length === 0 ? words[c.status] : `${words[c.status]} in part`
}
const weightText = ({ weight: { value, text }, kind }: FlowRow): string => kind === 'bound' ? 'bound'
  : value === null || text === `${value}` ? clipped(text, 18) : `${clipped(text, 12)} = ${Number(value.toPrecision(4))}`

const head = ({ player, sense, by, steps, moves, constraints, against }: GameRow): string => [
  `${player} ${sense}s, moving ${together(moves, player) || 'nothing'}`,
  by === '' ? '' : `, by ${by}`, steps === 1 ? '' : `, ${steps} updates a step`,
  constraints.length === 0 ? '' : `, subject to ${constraints.join(', ')}`,
  against.length === 0 ? '' : `, zero-sum against ${against.join(', ')}`,
].join('')

/** Groups below one entry that fare alike in every term are one: `critic.0`, `critic.1` become `critic`. */
const folded = (rows: readonly FlowRow[]): FlowRow[] => {
  const groups = rows[0].cells.map(c => c.group)
  const parent = (g: string): string => g.slice(0, Math.max(0, g.lastIndexOf('.')))
  const alike = (same: readonly number[]): boolean =>
    rows.every(r => same.every(i => cellText(r.cells[i]) === cellText(r.cells[same[0]])))
  const merged = groups.map(g => {
    const family = groups.flatMap((other, i) => parent(other) === parent(g) ? [i] : [])
    return parent(g) !== '' && family.length > 1 && alike(family) ? parent(g) : g
  })
  return rows.map(r => ({ ...r, cells: r.cells.flatMap((c, i) => merged.indexOf(merged[i]) === i ? [{ ...c, group: merged[i] }] : []) }))
}

/** What a terminal shows in one line. */
const widest = 110
const fits = (lines: readonly string[]): boolean => lines.every(l => l.length <= widest)
/** A term in words: which groups fare how, but for those that it does not reach. */
const sentence = (r: FlowRow, label: (term: string) => string): string => {
  const statuses = [...new Set(r.cells.map(cellText))].filter(s => s !== words['not reached'])
  const each = statuses.map(s => `${s} ${listed(r.cells.filter(c => cellText(c) === s).map(c => c.group), 8)}`)
  return `  ${label(r.term)} (${weightText(r)}): ${each.join('; ') || 'reaches nothing'}`
}

/** The table with a term a row; turned around where groups are many; a sentence a term where both are. */
const table = (all: readonly FlowRow[]): string[] => {
  const rows = folded(all)
  const [long, narrow] = [40, 28].map(width => labelled(termsIn(rows), width))
  const upright = [
    ['term', 'weight', ...rows[0].cells.map(c => c.group)],
    ...rows.map(r => [long(r.term), weightText(r), ...r.cells.map(cellText)]),
  ]
  const lines = aligned(upright)
  if (fits(lines)) return lines
  const turned = aligned([
    ['', ...rows.map(r => narrow(r.term))], ['weight', ...rows.map(weightText)],
    ...rows[0].cells.map((c, i) => [c.group, ...rows.map(r => cellText(r.cells[i]))]),
  ])
  return fits(turned) ? turned : rows.map(r => sentence(r, long))
}
const stopLines = (rows: readonly FlowRow[]): string[] => {
  const label = labelled(termsIn(rows), 40)
  return rows.flatMap(r => r.cells.flatMap(c =>
    c.stoppedBy.length === 0 ? [] : [`  ${c.group} is stopped in ${label(r.term)} by ${c.stoppedBy.join(', ')}`]))
}
const exceptLines = (rows: readonly FlowRow[], label = labelled(termsIn(rows), 40)): string[] => rows.flatMap(r => {
  const paths = r.cells.flatMap(c => Object.entries(c.except))
  const each = [...new Set(paths.map(([, s]) => s))].map(s => `${s} ${listed(paths.filter(([, t]) => t === s).map(([p]) => p))}`)
  return each.length === 0 ? [] : [`  in ${label(r.term)}: ${each.join('; ')}`]
})
/** `critic` for all of its entries. */
const together = (groups: readonly string[], player: string): string =>
  groups.length > 1 && groups.every(g => g.startsWith(`${player}.`)) ? player : listed(groups, 6)

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
  ...[...report.causality, ...report.agreement].map(c => c.sentence),
  report.untried !== null ? `No trial run: ${report.untried}.` : report.nonFinite === null ? 'A trial run with random inputs was finite.'
    : `Trial run: ${report.nonFinite}`,
  ...report.failures.length === 0 ? [] : [plural(report.failures.length, 'failure'), ...report.failures.map(f => `  ${f}`)],
  ...report.warnings.length === 0 ? report.failures.length === 0 ? ['Nothing is wrong.'] : []
    : [`${report.failures.length === 0 ? 'Nothing is proved wrong; ' : ''}${plural(report.warnings.length, 'warning')}`,
      ...report.warnings.map(w => `  ${w}`)],
].join('\n')
