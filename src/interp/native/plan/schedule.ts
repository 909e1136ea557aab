/** The order of steps, and which outputs may be written over the memory that they replace. */
import { bytesOf, type Memory, type Step } from './steps.js'

/** `to` replaces `over` after the run (a parameter and its next value): perhaps in the same memory. */
export interface Replacement { readonly to: Memory; readonly over: Memory }

export interface Schedule { readonly steps: readonly Step[]; readonly inPlace: ReadonlySet<Memory> }

/** A queue of steps, the least order first. */
class Queue {
  private readonly heap: { key: number; step: Step }[] = []
  get size(): number { return this.heap.length }
  push(key: number, step: Step): void {
    let [lo, hi] = [0, this.heap.length]
    while (lo < hi) {
      const mid = (lo + hi) >> 1
      if (this.heap[mid].key > key) lo = mid + 1
      else hi = mid
    }
    this.heap.splice(lo, 0, { key, step })
  }
  pop(): Step | undefined { return this.heap.pop()?.step }
}

export const schedule = (steps: readonly Step[], replacements: readonly Replacement[]): Schedule => {
  const maker = new Map<Memory, Step>()
  for (const s of steps) for (const m of s.writes) maker.set(m, s)
  const readers = new Map<Memory, Set<Step>>()
  const after = new Map<Step, Set<Step>>(steps.map(s => [s, new Set()]))
  for (const s of steps) for (const { memory } of s.reads) {
    const known = readers.get(memory)
    if (known) known.add(s)
    else readers.set(memory, new Set([s]))
    const from = maker.get(memory)
    if (from && from !== s) after.get(from)?.add(s)
  }
  const reaches = (from: Step, targets: ReadonlySet<Step>): boolean => {
    const seen = new Set<Step>()
    const stack = [from]
    for (let s = stack.pop(); s; s = stack.pop()) for (const next of after.get(s) ?? []) {
      if (targets.has(next)) return true
      if (!seen.has(next)) {
        seen.add(next)
        stack.push(next)
      }
    }
    return false
  }
  // Over what it replaces an output is written once everyone else has read it, where that asks nobody to wait for himself.
  const inPlace = new Set<Memory>()
  const eager = new Set<Step>()
  for (const { to, over } of replacements) {
    const writer = maker.get(to)
    if (!writer || bytesOf(to) !== bytesOf(over)) continue
    if (writer.reads.some(r => r.memory === over && r.aligned !== true)) continue
    const others = new Set([...readers.get(over) ?? []].filter(s => s !== writer))
    if (reaches(writer, others)) continue
    for (const s of others) after.get(s)?.add(writer)
    inPlace.add(to)
    eager.add(writer)
  }

  const waiting = new Map(steps.map(s => [s, 0]))
  for (const next of after.values()) for (const s of next) waiting.set(s, (waiting.get(s) ?? 0) + 1)
  const queue = new Queue()
  // What replaces a parameter goes as soon as it can: its gradient is still in the cache, and its memory is free afterwards.
  const key = (s: Step): number => eager.has(s) ? -1 : s.order
  for (const s of steps) if (waiting.get(s) === 0) queue.push(key(s), s)
  const ordered: Step[] = []
  for (let s = queue.pop(); s; s = queue.pop()) {
    ordered.push(s)
    for (const next of after.get(s) ?? []) {
      const left = (waiting.get(next) ?? 0) - 1
      waiting.set(next, left)
      if (left === 0) queue.push(key(next), next)
    }
  }
  return { steps: ordered, inPlace }
}
