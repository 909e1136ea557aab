/** The table of results: what counts, ratios, and Markdown. */
import { table } from './markdown.js'
import type { Result, Row } from './row.js'
import { geometricMean } from './statistics.js'

const fastest = (results: readonly Result[]): Result | undefined =>
  results.filter(r => r.void === undefined).sort((a, b) => a.ms - b.ms)[0]
/** The fastest variant of a peer whose loss agrees. */
export const best = (row: Row, ...names: readonly string[]): Result | undefined => fastest(row.peers.filter(p => names.includes(p.name)))
/** peer / typegrad. */
export const ratio = (row: Row, ...names: readonly string[]): number | null => {
  const peer = best(row, ...names)
  return peer === undefined ? null : peer.ms / row.typegrad.ms
}

/** The geometric means over the training workloads of best of PyTorch and JAX / typegrad: of each number of threads, and of all. */
export const geomean = (rows: readonly Row[]): { readonly all: number | null; readonly [threads: string]: number | null } => {
  const of = (some: readonly Row[]) => geometricMean(some.filter(r => r.training).flatMap(r => ratio(r, 'torch', 'jax') ?? []))
  const counts = [...new Set(rows.map(r => r.threads))]
  return { ...Object.fromEntries(counts.map(n => [String(n), of(rows.filter(r => r.threads === n))])), all: of(rows) }
}

const number = (x: number): string => x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x >= 1 ? x.toFixed(2) : x.toPrecision(2)
const percent = (x: number): string => `±${(x * 100).toFixed(0)} %`
const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`
/** What stands beside a figure: the variant, the spread, and what the others had more of. */
const told = (variant: string, { spread, rounds, threads }: Result): string => [
  variant, percent(spread), ...rounds === undefined ? [] : [counted(rounds, 'round')],
  ...threads === undefined ? [] : [counted(threads, 'thread')],
].join(', ')
const cell = (row: Row, name: string): string => {
  const r = best(row, name)
  if (r !== undefined) return `${number(r.ms)} (${told(r.variant, r)})`
  return row.peers.some(p => p.name === name) ? 'void' : '-'
}
const times = (row: Row, ...names: readonly string[]): string => {
  const x = ratio(row, ...names)
  return x === null ? '-' : x.toFixed(2)
}
const difference = (row: Row): string => {
  const apart = row.peers.filter(p => p.void === undefined).map(p => Math.abs(p.loss / row.typegrad.loss - 1))
  return apart.length === 0 ? '-' : Math.max(...apart).toExponential(0)
}
const memory = (row: Row): string => {
  const torch = best(row, 'torch', 'sb3')
  return torch === undefined ? '-' : (row.typegrad.peak / torch.peak).toFixed(2)
}
/** By threads, billions of operations a second: the most that a row found the machine to do. */
const speeds = (rows: readonly Row[]): ReadonlyMap<number, number> => new Map(rows.map(({ threads }) =>
  [threads, Math.max(...rows.filter(r => r.threads === threads).map(r => r.gflops ?? 0))]))
/** Milliseconds that the products of a training step take at the machine's speed: what no engine can do without; undefined if unknown. */
const floor = ({ training, flops = 0, threads }: Row, speed: ReturnType<typeof speeds>): number | undefined => {
  const gflops = speed.get(threads) ?? 0
  return training && flops > 0 && gflops > 0 ? flops / gflops / 1e6 : undefined
}
/** How far ahead of tfjs anything could be that did nothing but the products, at the machine's speed. */
const limits = (rows: readonly Row[], speed: ReturnType<typeof speeds>): string[] => {
  const found = rows.flatMap(row => {
    const least = floor(row, speed), tfjs = best(row, 'tfjs')
    if (least === undefined || tfjs === undefined) return []
    return [`${row.workload} on ${counted(row.threads, 'thread')} ${(tfjs.ms / least).toFixed(1)}`]
  })
  return found.length === 0 ? []
    : [`- tfjs's best time over that of the products alone, which nothing on this machine can exceed: ${found.join(', ')}`]
}
const heads = [
  'workload', 'threads', 'products alone ms', 'typegrad ms', 'PyTorch ms', 'JAX ms', 'tfjs ms', 'jax-js ms',
  'best of PyTorch and JAX / typegrad', 'tfjs / typegrad', 'jax-js / typegrad', 'memory / PyTorch', 'losses apart',
]

/** Who did not take part: a sentence once, with the workloads that it is about. */
const absences = (rows: readonly Row[]): string[] => {
  const found = rows.flatMap(({ workload, missing }) =>
    Object.entries(missing).map(([name, why]) => ({ workload, who: `no ${name}: ${why}` })))
  return [...new Set(found.map(f => f.who))]
    .map(who => `- ${[...new Set(found.filter(f => f.who === who).map(f => f.workload))].join(', ')}: ${who}`)
}

/** The backends of tfjs that are not the fastest: which one a user has depends on what can be installed. */
const backends = (row: Row): string[] => row.peers.filter(p => p.name === 'tfjs' && p !== best(row, 'tfjs') && p.void === undefined)
  .map(p => `- ${row.workload}, ${counted(row.threads, 'thread')}, tfjs on another backend: ${number(p.ms)} ms (${told(p.variant, p)}), `
    + `${(p.ms / row.typegrad.ms).toFixed(2)} times typegrad's`)

/** How many of what it makes each has a second. */
const rates = (row: Row): string[] => {
  if (row.makes === undefined) return []
  const { what, each } = row.makes
  const of = [row.typegrad, ...row.peers].map(r => `${r.name} ${(each / r.ms * 1000).toFixed(0)} (${r.variant})`)
  return [`- ${row.workload}, ${counted(row.threads, 'thread')}, ${what} a second: ${of.join(', ')}`]
}

/** Rows as Markdown, and what is void or missing below. */
export const markdown = (rows: readonly Row[]): string => {
  const speed = speeds(rows)
  const least = (row: Row): string => {
    const ms = floor(row, speed)
    return ms === undefined ? '-' : number(ms)
  }
  const body = rows.map(row => [
    row.workload + (row.training ? '' : ' *'), String(row.threads), least(row),
    `${number(row.typegrad.ms)} (${told(row.typegrad.version.split(' ')[0], row.typegrad)})`,
    cell(row, row.peers.some(p => p.name === 'sb3') ? 'sb3' : 'torch'), ...['jax', 'tfjs', 'jax-js'].map(n => cell(row, n)),
    times(row, 'torch', 'jax', 'sb3'), times(row, 'tfjs'), times(row, 'jax-js'), memory(row), difference(row),
  ])
  const faults = rows.flatMap(row => row.peers.filter(p => p.void !== undefined)
    .map(p => `- void: ${row.workload}, ${counted(row.threads, 'thread')}, ${p.name}:${p.variant}: ${p.void}`))
  const missing = absences(rows)
  const means = Object.entries(geomean(rows))
    .map(([n, x]) => `${n === 'all' ? 'all' : counted(Number(n), 'thread')}: ${x === null ? '-' : x.toFixed(2)}`)
  const notes = [...rows.flatMap(rates), ...rows.flatMap(backends), ...limits(rows, speed), ...faults, ...missing]
  const all = rows.flatMap(r => r.peers)
  const footnotes = [
    '`*` does not count in the geometric mean.',
    ...[...speed].filter(([, gflops]) => gflops > 0).map(([threads, gflops]) =>
      `\`products alone\`, ${counted(threads, 'thread')}: a step's matrix products and convolutions at the ${number(gflops)} GFLOP/s `
        + 'that this machine does of multiply-adds in registers.'),
    ...all.some(p => p.rounds !== undefined) ? ['A figure with a number of rounds is of a peer too slow for all of them.'] : [],
    ...all.some(p => p.threads !== undefined)
      ? ['`1 thread`: the peer has no more in Node; where the run has a row of one thread, the figure is that row\'s.'] : [],
  ]
  return [
    table(heads, body), '',
    `Geometric mean over the training workloads of best of PyTorch and JAX / typegrad: ${means.join(', ')}.`,
    '', footnotes.join('\n'), ...notes.length > 0 ? ['', ...notes] : [],
  ].join('\n')
}
