/**
 * Reductions over leading or middle axes of what a loop has just made: one step, which reduces the loop's elements block by block while
 * they are in the nearest cache. Where nobody else reads them they are never in memory. The reduction reads nothing but that loop, so
 * whatever leads to it comes through the loop: two steps as one cannot make others wait in a circle.
 */
import { cLongs, cTag, pointer } from '../emit/c.js'
import { bytesOf, type Columns, type Loop, type Memory, type Step, type Surroundings } from './steps.js'

/** Fewer elements are in a near cache anyway. */
const fewest = 16384
/** Fewer elements of one reduction are not worth a call of the loop; wider rows, of which few fit the cache, no block. TG_WIDEST in C. */
const smallest = 512, widest = 1024

const isWorthwhile = ({ from, sizes: [, n, after] }: Columns, { size, turn }: Loop): boolean =>
  from.home.kind === 'arena' && from.size === size && size >= fewest && n > 1 && after > 1 && after <= widest && n * after >= smallest
    && after % turn === 0

const joined = (loop: Step, made: Loop, reduction: Step, { op, from, sizes }: Columns, kept: boolean): Step => {
  const [out] = reduction.writes
  // The result is written while other elements are still to be read: it lies over no operand.
  const reads = loop.reads.map(r => bytesOf(r.memory) === bytesOf(out) ? { ...r, aligned: false } : r)
  const emit = (s: Surroundings): string => {
    const at = (m: Memory): string => m === from && !kept ? '0' : s.at(m)
    const pointers = [...loop.reads.map(r => `(char *)(${pointer(s, r)})`), ...loop.writes.map(at)]
    const fields = [`${s.kernel(made.definition)}`, `(char *const[]){${pointers.join(', ')}}`, cLongs(made.numbers), pointers.length,
      loop.reads.length + loop.writes.indexOf(from), made.turn]
    return `R->reduce_loop(&(const tg_loop){${fields.join(', ')}}, TG_${op}, ${cTag(out.dtype)}, ${s.at(out)}, ${sizes.join(', ')});`
  }
  return { order: loop.order, reads, writes: [...loop.writes.filter(m => kept || m !== from), out], temps: [], emit }
}

/** The same steps with such pairs made one; of several reductions of one loop, the first. */
export const reducedAsMade = (steps: readonly Step[]): Step[] => {
  const makers = new Map(steps.flatMap(s => s.loop ? s.writes.map(m => [m, s] as const) : []))
  const readers = new Map<Memory, Set<Step>>()
  for (const s of steps) for (const { memory } of s.reads) readers.set(memory, (readers.get(memory) ?? new Set<Step>()).add(s))
  const replaced = new Map<Step, Step | null>()
  for (const s of steps) {
    const maker = s.columns && makers.get(s.columns.from)
    if (!s.columns || !maker?.loop || replaced.has(maker) || !isWorthwhile(s.columns, maker.loop)) continue
    replaced.set(maker, joined(maker, maker.loop, s, s.columns, (readers.get(s.columns.from)?.size ?? 0) > 1))
    replaced.set(s, null)
  }
  return steps.flatMap(s => {
    const other = replaced.get(s)
    return other === undefined ? [s] : other === null ? [] : [other]
  })
}
