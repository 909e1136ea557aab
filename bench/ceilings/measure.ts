/** Operation by operation: everyone computes the same arrays, results are compared, and everyone has a turn in each round. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Value } from 'typegrad'
import { alternate, type Effort, type Runner } from '../harness/alternate.js'
import { readArrays, type Arrays } from '../harness/arrays.js'
import { words } from '../harness/errors.js'
import type { Peer } from '../harness/process.js'
import { median, spread } from '../harness/statistics.js'
import type { Op } from './op.js'
import { find, type Column } from './peers.js'

/** Seconds a call: the median of the rounds; and why it does not count. */
export interface Timed { readonly seconds: number; readonly spread: number; readonly void?: string }
export interface Row {
  readonly op: string
  readonly unit: Op['unit']
  readonly work: number
  readonly footprint: number
  readonly threads: number
  readonly times: Readonly<Partial<Record<Column, Timed>>>
  /** Who does not take part, and why. */
  readonly missing: Readonly<Partial<Record<Column, string>>>
}
export interface Measured {
  readonly rows: readonly Row[]
  readonly versions: readonly string[]
}

/** The largest difference that counts as the same, over the largest number of the array. */
const TOLERANCE = 1e-4

const apart = (a: Value, b: Value | undefined): number => {
  if (b === undefined || a.data.length !== b.data.length) return Infinity
  let most = 0, scale = 0
  for (let i = 0; i < a.data.length; i++) {
    const difference = Math.abs(a.data[i] - b.data[i])
    // A NaN is never within the tolerance.
    if (!(difference <= most)) most = Number.isNaN(difference) ? Infinity : difference
    scale = Math.max(scale, Math.abs(a.data[i]))
  }
  return most === 0 ? 0 : most / scale
}

/** Why results differ from a reference's, or undefined; a peer may keep less of the state than an engine. */
const verdict = (reference: Arrays, results: Arrays, by: Column): string | undefined => {
  const common = Object.keys(reference).filter(k => k in results)
  if (common.length === 0) return `it has no result that ${by} has`
  const most = Math.max(...common.map(k => apart(reference[k], results[k])))
  return most <= TOLERANCE ? undefined : `its result is ${most.toExponential(0)} away from ${by}'s`
}

interface Contestant extends Runner { readonly column: Column }
interface Asked { readonly threads: number; readonly effort: Effort; readonly say: (line: string) => void }

const one = async (op: Op, processes: ReadonlyMap<Column, Peer>, absent: Row['missing'], versions: Set<string>,
  { threads, effort, say }: Asked): Promise<Row> => {
  const folder = mkdtempSync(join(tmpdir(), 'typegrad-ceilings-'))
  const missing: Partial<Record<Column, string>> = { ...absent }
  const all: Contestant[] = [], results = new Map<Column, Arrays>()
  try {
    op.prepare(folder)
    for (const [column, process] of processes) {
      try {
        const start = { do: 'init', workload: op.name, variant: column, threads, folder, device: 'cpu', sizes: {} } as const
        versions.add((await process.start(start)).version)
        results.set(column, readArrays(join(folder, `${column.replace(':', '-')}.safetensors`)))
        all.push({ column, process })
      } catch (e) {
        missing[column] = words(e)
      }
    }
    const seconds = await alternate(all, effort)
    // Another's kernels judge ours where there are any.
    const by = (['torch', 'jax', 'onnx'] as const).find(c => results.has(c))
    const times = Object.fromEntries(all.map(({ column }, i) => {
      const fault = by === undefined || by === column ? undefined : verdict(results.get(by) ?? {}, results.get(column) ?? {}, by)
      return [column, { seconds: median(seconds[i]), spread: spread(seconds[i]), ...fault !== undefined && { void: fault } }]
    }))
    say(`${op.name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}: us ${all.map(({ column }, i) =>
      `${column} ${(median(seconds[i]) * 1e6).toPrecision(3)}`).join(', ')}`)
    const { name, unit, work, footprint } = op
    return { op: name, unit, work, footprint, threads, times, missing }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Measures every operation on so many threads. */
export const measure = async (ops: readonly Op[], wanted: readonly Column[], asked: Asked): Promise<Measured> => {
  const processes = new Map<Column, Peer>(), absent: Partial<Record<Column, string>> = {}, versions = new Set<string>()
  for (const column of wanted) {
    const found = find(column)
    if ('missing' in found) absent[column] = found.missing
    else processes.set(column, found.start())
  }
  try {
    const rows: Row[] = []
    for (const op of ops) rows.push(await one(op, processes, absent, versions, asked))
    return { rows, versions: [...versions] }
  } finally {
    for (const process of processes.values()) process.close()
  }
}
