/** One workload on so many threads: typegrad and every peer, in alternation. */
import { workloads } from '../workloads/index.js'
import { alternate, isSlow, type Effort } from './alternate.js'
import { words } from './errors.js'
import { measureMachine } from './machine.js'
import { oneThread, peers, spare, typegrad } from './peers.js'
import { prepared } from './prepared.js'
import { PATIENCE, type Peer } from './process.js'
import type { Setting } from './report.js'
import type { Result, Row } from './row.js'
import { median, spread } from './statistics.js'
import type { Sizes, Workload } from './workload.js'

export interface Asked extends Setting {
  readonly workload: string
  readonly sizes: Sizes
  /** Turns, and the steps after which losses are compared: two at least. */
  readonly effort: Effort & { readonly steps: number }
  /** Rows of this run: peers that have one thread are not measured anew on more threads. */
  readonly earlier?: readonly Row[]
}

/** One that has done the compared steps. */
interface Contestant extends Pick<Result, 'name' | 'variant' | 'version' | 'start' | 'loss'> {
  readonly process: Peer
  /** Seconds of a step. */
  readonly expected: number
  /** Of typegrad: operations of a step's products. */
  readonly flops?: number
}

const labelOf = (name: string, variant: string): string => name === 'typegrad' ? name : `${name}:${variant}`

/**
 * Starts one and takes the compared steps. `sibling` is the quickest other variant of the peer: one whose steps are long and over ten times
 * as long cannot be the peer's best, and is not measured further.
 */
const compared = async (
  name: string, variant: string, process: Peer, folder: string, asked: Asked, sibling?: Contestant,
): Promise<Contestant> => {
  const { workload, threads, device, sizes, effort, patience = PATIENCE } = asked
  const { version, seconds, flops } = await process.start({ do: 'init', workload, variant, threads, folder, device, sizes })
  // The first step may compile, the second is as any other.
  await process.steps(1)
  const second = await process.steps(1)
  if (sibling !== undefined && isSlow(second.seconds, effort) && second.seconds > 10 * sibling.expected)
    throw new Error(`a step takes ${second.seconds.toFixed(1)} s, over ten times that of ${labelOf(name, sibling.variant)}, which counts`)
  if (second.seconds * effort.steps > patience * 60)
    throw new Error(`a step takes ${second.seconds.toFixed(1)} s, so that ${effort.steps} of them take over ${patience} minutes`)
  const rest = effort.steps > 2 ? await process.steps(effort.steps - 2) : second
  asked.say(`  ${labelOf(name, variant)}: ${version}, ready in ${seconds.toFixed(1)} s, loss ${rest.loss}`)
  return { name, variant, process, version, flops, start: seconds, loss: rest.loss, expected: rest.seconds / Math.max(1, effort.steps - 2) }
}

const fault = (loss: number, ours: number, tolerance: number): Pick<Result, 'void'> => Math.abs(loss - ours) <= tolerance * Math.abs(ours)
  ? {} : { void: `its loss is ${loss} and typegrad's ${ours}, further apart than ${tolerance}` }

/** The variants to try of each peer, and the one that is tried where none of them does the workload. */
const variantsOf = (work: Workload, { peers: wanted }: Asked) => Object.entries(work.peers).flatMap(([name, told]) => {
  const all = new Set([...told, ...name in spare ? [spare[name]] : []])
  const isWhole = wanted?.includes(name) ?? true
  const variants = [...all].filter(v => isWhole && told.includes(v) || wanted?.includes(labelOf(name, v)) === true)
  const last = isWhole && name in spare && !variants.includes(spare[name]) ? spare[name] : undefined
  return variants.length === 0 && last === undefined ? [] : [{ name, variants, last }]
})

/** What a row of one thread says of a peer that has no more: its result, or why there is none. */
const before = ({ workload, sizes, threads, earlier = [] }: Asked, label: string): Result | string | undefined => {
  if (threads === 1 || !oneThread.has(label)) return undefined
  const row = earlier.find(r => r.workload === workload && r.threads === 1 && JSON.stringify(r.sizes) === JSON.stringify(sizes))
  return row?.peers.find(p => labelOf(p.name, p.variant) === label) ?? row?.missing[label]
}

const compete = async (work: Workload, asked: Asked, folder: string, kept: (process: Peer) => Peer): Promise<Row> => {
  const { workload, threads, sizes, effort, engine, patience, say } = asked
  const own = await compared('typegrad', engine, kept(typegrad()), folder, asked)
  const missing: Record<string, string> = { ...work.why }
  const all = [own], known: Result[] = []

  /** Whether a peer does the workload with typegrad's loss; one that cannot is missing. */
  const joins = async (name: string, variant: string, start: () => Peer): Promise<boolean> => {
    const label = labelOf(name, variant), told = before(asked, label)
    if (typeof told === 'object') {
      const { void: _, ...result } = told
      known.push({ ...result, ...fault(told.loss, own.loss, work.tolerance) })
      return known[known.length - 1].void === undefined
    }
    const process = told === undefined ? kept(start()) : undefined
    try {
      if (process === undefined) throw new Error(told)
      const siblings = all.filter(c => c.name === name && fault(c.loss, own.loss, work.tolerance).void === undefined)
      const [sibling] = siblings.sort((x, y) => x.expected - y.expected)
      const c = await compared(name, variant, process, folder, asked, sibling)
      all.push(c)
      return fault(c.loss, own.loss, work.tolerance).void === undefined
    } catch (e) {
      process?.close()
      missing[label] = words(e)
      say(`  ${label}: ${words(e)}`)
      return false
    }
  }
  for (const { name, variants, last } of variantsOf(work, asked)) {
    const found = peers[name]()
    if ('missing' in found) {
      missing[name] = found.missing
      continue
    }
    const start = () => found.start({}, patience)
    let isDone = false
    for (const variant of variants) isDone = await joins(name, variant, start) || isDone
    if (!isDone && last !== undefined) await joins(name, last, start)
  }

  // The machine's own speed just before: it changes with what else runs on the processor.
  const machine = asked.device === 'cpu' ? measureMachine(threads, []) : 'not measured'
  const times = await alternate(all, effort)
  const results: Result[] = []
  for (const [i, { name, variant, version, start, loss, process }] of all.entries()) {
    const ms = times[i].map(s => s * 1000), { peak } = await process.memory()
    results.push({
      name, variant, version, ms: median(ms), spread: spread(ms), start, loss, peak,
      ...ms.length < effort.rounds && { rounds: ms.length },
      ...threads > 1 && oneThread.has(labelOf(name, variant)) && { threads: 1 },
      ...fault(loss, own.loss, work.tolerance),
    })
  }
  const { title, training, makes } = work
  const others = [...results.slice(1), ...known.map(r => ({ ...r, threads: 1 }))]
  say(`  ms a step: ${[results[0], ...others].map(r => `${labelOf(r.name, r.variant)} ${r.ms.toPrecision(3)}`).join(', ')}`)
  return {
    workload, title, training, threads, sizes, makes, typegrad: results[0], peers: others, missing,
    ...own.flops !== undefined && { flops: own.flops }, ...typeof machine !== 'string' && { gflops: machine.gflops },
  }
}

/** Runs one workload. Throws where typegrad fails; a peer that fails is named as missing. */
export const measure = (asked: Asked): Promise<Row> => {
  const { workload, threads, sizes, say } = asked, work = workloads[workload](sizes)
  say(`${workload}, ${threads} ${threads === 1 ? 'thread' : 'threads'}: ${work.title}`)
  return prepared(workload, sizes, async folder => {
    const processes: Peer[] = []
    try {
      return await compete(work, asked, folder, process => {
        processes.push(process)
        return process
      })
    } finally {
      for (const process of processes) process.close()
    }
  })
}
