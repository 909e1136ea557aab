/** The figures of several seeds side by side, and how far they lie apart. */
import { figure } from './markdown.js'

/** The figures of the run of one seed. */
export interface SeedFigures { readonly seed: number; readonly figures: Readonly<Record<string, number>> }

/** A figure over seeds; the standard deviation is the sample's (n - 1), null for a single seed. */
export interface Spread {
  readonly values: readonly number[]
  readonly mean: number
  readonly min: number
  readonly max: number
  readonly deviation: number | null
}

const spread = (values: readonly number[]): Spread => {
  const mean = values.reduce((total, v) => total + v, 0) / values.length
  const squares = values.reduce((total, v) => total + (v - mean) ** 2, 0)
  return {
    values, mean, min: Math.min(...values), max: Math.max(...values),
    deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : null,
  }
}

const namesOf = (runs: readonly SeedFigures[]): readonly string[] => [...new Set(runs.flatMap(r => Object.keys(r.figures)))]

/** Every figure over the seeds. */
export const spreadOf = (runs: readonly SeedFigures[]): Readonly<Record<string, Spread>> =>
  Object.fromEntries(namesOf(runs).map(name => [name, spread(runs.map(r => r.figures[name] ?? NaN))]))

/** A row a seed, then mean, min, max and standard deviation; a column a figure. */
const rowsOf = (runs: readonly SeedFigures[]): readonly (readonly string[])[] => {
  const spreads = Object.entries(spreadOf(runs))
  const row = (name: string, of: (s: Spread, i: number) => number | null) =>
    [name, ...spreads.map(([, s], i) => { const v = of(s, i); return v === null ? '-' : figure(v) })]
  return [
    ['seed', ...spreads.map(([name]) => name)],
    ...runs.map(({ seed }, r) => row(String(seed), s => s.values[r])),
    row('mean', s => s.mean), row('min', s => s.min), row('max', s => s.max), row('std. dev.', s => s.deviation),
  ]
}

/** The table for a terminal. */
export const seedLines = (runs: readonly SeedFigures[]): readonly string[] => {
  const rows = rowsOf(runs)
  const widths = rows[0].map((_, c) => Math.max(...rows.map(r => r[c].length)))
  return rows.map(r => `  ${r.map((text, c) => c === 0 ? text.padEnd(widths[c]) : text.padStart(widths[c])).join('  ')}`)
}

/** The text of the report over all seeds. */
export const seedMarkdown = (recipe: string, summary: string, seeds: readonly number[], runs: readonly SeedFigures[]): string => {
  const [head, ...body] = rowsOf(runs)
  const table = [head, head.map(() => '---'), ...body].map(r => `| ${r.join(' | ')} |`).join('\n')
  const missing = seeds.filter(s => !runs.some(r => r.seed === s))
  return [
    `# ${recipe}, ${runs.length} seed${runs.length === 1 ? '' : 's'}`, summary, table,
    ...missing.length > 0 ? [`Not finished: seed ${missing.join(', ')}.`] : [],
    `The run of a seed is in its folder: ${runs.map(r => `[seed ${r.seed}](seed-${r.seed}/report.md)`).join(', ')}.`,
  ].join('\n\n') + '\n'
}
