/** Where in the working memory every piece lies: pieces that are not needed at the same time share a place. */
import type { Without } from '../passes.js'
import { bytesOf, type Memory, type Step } from './steps.js'

export interface Layout { readonly offsets: ReadonlyMap<Memory, number>; readonly bytes: number }

const line = 64
const rounded = (bytes: number): number => Math.max(line, Math.ceil(bytes / line) * line)

interface Gap { from: number; to: number }

/** Free places, in order; the smallest that fits is taken. */
class Free {
  private gaps: Gap[] = []
  end = 0
  take(bytes: number): number {
    let best: Gap | undefined
    for (const g of this.gaps) if (g.to - g.from >= bytes && (!best || g.to - g.from < best.to - best.from)) best = g
    if (!best) {
      // A gap at the very end is stretched.
      const atEnd = this.gaps.at(-1)?.to === this.end ? this.gaps.pop() : undefined
      const from = atEnd?.from ?? this.end
      this.end = from + bytes
      return from
    }
    const from = best.from
    best.from += bytes
    if (best.from === best.to) this.gaps = this.gaps.filter(g => g !== best)
    return from
  }
  give(from: number, bytes: number): void {
    const to = from + bytes
    const at = this.gaps.findIndex(g => g.from >= to)
    this.gaps.splice(at < 0 ? this.gaps.length : at, 0, { from, to })
    this.gaps = this.gaps.reduce<Gap[]>((done, g) => {
      const last = done.at(-1)
      if (last?.to === g.from) last.to = g.to
      else done.push(g)
      return done
    }, [])
  }
}

/** Every piece in a place of its own. */
const apart = (steps: readonly Step[]): Layout => {
  const offsets = new Map<Memory, number>()
  let bytes = 0
  for (const m of steps.flatMap(s => [...s.writes.filter(w => w.home.kind === 'arena'), ...s.temps])) {
    offsets.set(m, bytes)
    bytes += rounded(bytesOf(m))
  }
  return { offsets, bytes }
}

export const layout = (steps: readonly Step[], without: Without): Layout => {
  if (without.has('sharing')) return apart(steps)
  const lastUse = new Map<Memory, number>()
  steps.forEach((s, i) => {
    for (const m of s.writes) lastUse.set(m, i)
    for (const { memory } of s.reads) lastUse.set(memory, i)
  })
  const offsets = new Map<Memory, number>()
  const free = new Free()
  steps.forEach((s, i) => {
    const dying = new Set(s.reads.map(r => r.memory).filter(m => m.home.kind === 'arena' && lastUse.get(m) === i && offsets.has(m)))
    for (const m of s.writes) {
      if (m.home.kind !== 'arena') continue
      // Over an operand that nobody needs any more, where the step reads it element by element.
      const over = [...dying].find(d => bytesOf(d) === bytesOf(m) && s.reads.every(r => r.memory !== d || r.aligned === true))
      if (over) dying.delete(over)
      offsets.set(m, over ? offsets.get(over) ?? 0 : free.take(rounded(bytesOf(m))))
    }
    for (const m of s.temps) offsets.set(m, free.take(rounded(bytesOf(m))))
    for (const m of s.temps) free.give(offsets.get(m) ?? 0, rounded(bytesOf(m)))
    for (const d of dying) free.give(offsets.get(d) ?? 0, rounded(bytesOf(d)))
    for (const m of s.writes) if (m.home.kind === 'arena' && lastUse.get(m) === i) free.give(offsets.get(m) ?? 0, rounded(bytesOf(m)))
  })
  return { offsets, bytes: free.end }
}
