/** The table: figures in each operation's unit, the ratio to the best peer, and the share of the machine's ceiling. */
import { table } from '../harness/markdown.js'
import { geometricMean } from '../harness/statistics.js'
import type { Ceilings } from '../harness/machine.js'
import type { Row, Timed } from './measure.js'
import { columns, peers, type Column } from './peers.js'

const counted = (row: Row, column: Column): Timed | undefined => {
  const found = row.times[column]
  return found?.void === undefined ? found : undefined
}
/** Work a second in GFLOP/s or GB/s; microseconds of a part. */
export const figure = ({ unit, work }: Row, seconds: number): number => unit === 'us' ? seconds / work * 1e6 : work / seconds / 1e9

const best = (row: Row): number | undefined => {
  const all = peers.flatMap(p => counted(row, p)?.seconds ?? [])
  return all.length === 0 ? undefined : Math.min(...all)
}
/** Time of the best of the peers over an engine's, above 1 where the engine is faster; null where either is missing. */
export const ratio = (row: Row, column: Column): number | null => {
  const other = best(row), own = counted(row, column)
  return other === undefined || own === undefined ? null : other / own.seconds
}
/** What the machine could do of this operation's unit. */
export const ceiling = ({ unit, footprint }: Row, machine: Ceilings): number | undefined =>
  unit === 'GFLOP/s' ? machine.gflops : unit === 'GB/s' ? machine.copies[String(footprint)] : undefined

const number = (x: number): string => x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(2)
const cell = (row: Row, column: Column): string => {
  const found = row.times[column]
  return found === undefined ? '-' : found.void !== undefined ? 'void' : number(figure(row, found.seconds))
}
const share = (row: Row, machine: Ceilings | string): string => {
  const most = typeof machine === 'string' ? undefined : ceiling(row, machine), own = counted(row, 'native')
  return most === undefined || own === undefined ? '-' : `${Math.round(figure(row, own.seconds) / most * 100)} %`
}
const names: Readonly<Record<Column, string>> =
  { native: 'native', onnx: 'onnx', 'tfjs:wasm': 'tfjs:wasm', 'tfjs:node': 'tfjs:node', torch: 'PyTorch', jax: 'JAX (XLA)' }

/** One sentence for each reason, with the operations that it is about. */
const notes = (rows: readonly Row[], all: (row: Row) => readonly (readonly [Column, string])[]): string[] => {
  const found = rows.flatMap(row => all(row).map(([column, why]) => ({ op: row.op, said: `${names[column]}: ${why}` })))
  return [...new Set(found.map(f => f.said))].map(said => {
    const about = found.filter(f => f.said === said).map(f => f.op)
    return `- ${said} (${about.length === rows.length ? 'all operations' : about.join('; ')})`
  })
}
const entries = <T>(record: Readonly<Partial<Record<Column, T>>>): [Column, T][] => Object.entries(record) as [Column, T][]

const means = (rows: readonly Row[], column: Column): string => {
  const mean = geometricMean(rows.flatMap(row => ratio(row, column) ?? []))
  return `${names[column]} ${mean === null ? '-' : mean.toFixed(2)}`
}

/** What the machine does, in a sentence. */
const described = (machine: Ceilings | string, threads: number): string => {
  if (typeof machine === 'string') return `${machine[0].toUpperCase()}${machine.slice(1)}.`
  const copies = Object.entries(machine.copies).map(([size, rate]) => [Number(size), rate] as const).sort((a, b) => a[0] - b[0])
  return `The machine: ${number(machine.gflops)} GFLOP/s of multiply-adds in registers of ${machine.vector} bytes on ${threads} `
    + `${threads === 1 ? 'thread' : 'threads'}; copies in GB/s read and written, by bytes of both arrays: `
    + `${copies.map(([size, rate]) => `${(size / 1e6).toFixed(1)} MB ${number(rate)}`).join(', ')}.`
}

/** Rows of one number of threads as Markdown. */
export const markdown = (rows: readonly Row[], machine: Ceilings | string, threads: number): string => {
  const shown = columns.filter(c => rows.some(r => c in r.times))
  const body = rows.map(row => {
    const times = ratio(row, 'native')
    return [row.op, row.unit, ...shown.map(c => cell(row, c)), times === null ? '-' : times.toFixed(2), share(row, machine)]
  })
  const heads = ['operation', 'unit', ...shown.map(c => names[c]), 'best of PyTorch and JAX / native, in time',
    "native's share of the machine"]
  const engines = shown.filter(c => !peers.includes(c))
  const faults = notes(rows, row => entries(row.times).flatMap(([c, t]) => t.void === undefined ? [] : [[c, t.void] as const]))
  const missing = notes(rows, row => entries(row.missing))
  return [
    `## ${threads} ${threads === 1 ? 'thread' : 'threads'}`, described(machine, threads), '',
    table(heads, body), '',
    `Geometric means of best of PyTorch and JAX / engine, in time: ${engines.map(c => means(rows, c)).join(', ')}.`,
    ...faults.length > 0 ? ['', 'Void:', ...faults] : [], ...missing.length > 0 ? ['', 'Missing:', ...missing] : [],
  ].join('\n')
}
