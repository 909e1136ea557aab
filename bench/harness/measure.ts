/** One workload on so many threads: typegrad and every peer, in alternation. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { workloads } from '../workloads/index.js'
import { peers, typegrad } from './peers.js'
import type { Peer } from './process.js'
import type { Start } from './protocol.js'
import { median, spread } from './statistics.js'
import type { Sizes, Workload } from './workload.js'

/** How long and how often. */
export interface Effort {
  /** Seconds of one peer's turn. */
  readonly turn: number
  readonly rounds: number
  /** Steps after which losses are compared. */
  readonly steps: number
}
export interface Asked {
  readonly workload: string
  readonly sizes: Sizes
  readonly threads: number
  readonly engine: string
  /** Peers by name; all when absent. */
  readonly peers?: readonly string[]
  readonly device: string
  readonly effort: Effort
  readonly say: (line: string) => void
}

/** What one contestant did. */
export interface Result {
  readonly name: string
  readonly variant: string
  readonly version: string
  /** Milliseconds a step: the median of the rounds, and half the distance of the quartiles over it. */
  readonly ms: number
  readonly spread: number
  /** Seconds until the step was ready. */
  readonly start: number
  /** The loss after the compared steps, and why the result does not count. */
  readonly loss: number
  readonly void?: string
  /** The most resident memory, in bytes. */
  readonly peak: number
}
export interface Row {
  readonly workload: string
  readonly title: string
  readonly training: boolean
  readonly threads: number
  readonly sizes: Sizes
  readonly makes?: Workload['makes']
  readonly typegrad: Result
  readonly peers: readonly Result[]
  /** Peers that did not take part, and why. */
  readonly missing: Readonly<Record<string, string>>
}

interface Contestant {
  readonly name: string
  readonly variant: string
  readonly process: Peer
  version: string
  start: number
  loss: number
}

const words = (e: unknown): string => e instanceof Error ? e.message : String(e)
const pause = (ms: number) => new Promise(resolve => { setTimeout(resolve, ms) })

const contestants = (work: Workload, asked: Asked, missing: Record<string, string>): Contestant[] => {
  const wanted = (name: string, variant: string) => asked.peers?.some(p => p === name || p === `${name}:${variant}`) ?? true
  const others = Object.entries(work.peers).flatMap(([name, all]) => {
    const variants = all.filter(variant => wanted(name, variant))
    if (variants.length === 0) return []
    const found = peers[name]()
    if ('missing' in found) {
      missing[name] = found.missing
      return []
    }
    return variants.map(variant => ({ name, variant, process: found.start(), version: '', start: 0, loss: NaN }))
  })
  Object.assign(missing, work.why)
  return [{ name: 'typegrad', variant: asked.engine, process: typegrad(), version: '', start: 0, loss: NaN }, ...others]
}

/** Brings one to the compared loss; a peer that cannot is missing, typegrad must. */
const compared = async (c: Contestant, start: Start, asked: Asked, missing: Record<string, string>): Promise<boolean> => {
  const label = c.name === 'typegrad' ? c.name : `${c.name}:${c.variant}`
  try {
    const { version, seconds } = await c.process.start({ ...start, variant: c.variant })
    const { loss } = await c.process.steps(asked.effort.steps)
    Object.assign(c, { version, start: seconds, loss })
    asked.say(`  ${label}: ${version}, ready in ${seconds.toFixed(1)} s, loss ${loss}`)
    return true
  } catch (e) {
    if (c.name === 'typegrad') throw e
    missing[label] = words(e)
    asked.say(`  ${label}: ${words(e)}`)
    c.process.close()
    return false
  }
}

/** Milliseconds a step of each contestant, round by round: everyone has a turn in each round. */
const alternate = async (all: readonly Contestant[], { turn, rounds }: Effort): Promise<number[][]> => {
  const steps: number[] = []
  for (const c of all) {
    const { seconds } = await c.process.steps(1)
    const more = seconds < turn ? (await c.process.steps(3)).seconds / 3 : seconds
    steps.push(Math.max(1, Math.min(100_000, Math.round(turn / more))))
  }
  const times: number[][] = all.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [i, c] of all.entries()) {
      // Who is very slow has three turns, which tell as much.
      if (round >= 3 && times[i][0] > 4000 * turn) continue
      // Threads of the one before may still spin; the first steps bring code and data back into the caches.
      await pause(30)
      if (steps[i] > 1) await c.process.steps(1)
      const { seconds } = await c.process.steps(steps[i])
      times[i].push(seconds / steps[i] * 1000)
    }
  }
  return times
}

const verdict = (c: Contestant, ours: number, tolerance: number): string | undefined =>
  Math.abs(c.loss - ours) <= tolerance * Math.abs(ours) ? undefined
    : `its loss is ${c.loss} and typegrad's ${ours}, further apart than ${tolerance}`

/** Runs one workload. */
export const measure = async (asked: Asked): Promise<Row> => {
  const work = workloads[asked.workload](asked.sizes)
  const folder = mkdtempSync(join(tmpdir(), 'typegrad-bench-'))
  const missing: Record<string, string> = {}
  const { workload, threads, sizes, device } = asked
  asked.say(`${workload}, ${threads} ${threads === 1 ? 'thread' : 'threads'}: ${work.title}`)
  const first = typegrad()
  let all: Contestant[] = []
  try {
    await first.start({ do: 'prepare', workload, sizes, folder, variant: 'auto' })
    first.close()
    all = contestants(work, asked, missing)
    const ready: Contestant[] = []
    for (const c of all)
      if (await compared(c, { do: 'init', workload, variant: '', threads, folder, device, sizes }, asked, missing)) ready.push(c)
    const times = await alternate(ready, asked.effort)
    const results: Result[] = []
    for (const [i, c] of ready.entries()) {
      const { peak } = await c.process.memory()
      const fault = verdict(c, ready[0].loss, work.tolerance)
      results.push({ name: c.name, variant: c.variant, version: c.version, ms: median(times[i]), spread: spread(times[i]), start: c.start,
        loss: c.loss, peak, ...fault !== undefined && { void: fault } })
    }
    asked.say(`  ms a step: ${results.map(r => `${r.name}:${r.variant} ${r.ms.toPrecision(3)}`).join(', ')}`)
    const { title, training, makes } = work
    return { workload, title, training, threads, sizes, makes, typegrad: results[0], peers: results.slice(1), missing }
  } finally {
    for (const c of [first, ...all.map(a => a.process)]) c.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
