/** The body of a loop over steps, planned: its memories are pointers that the loop moves. */
import type { NodeOf } from '../../../dsl/core/table.js'
import type { Node } from '../../../dsl/core/node.js'
import { sizeOf } from '../../../dsl/value.js'
import { concrete } from '../../program.js'
import { layout, type Layout } from './layout.js'
import { schedule } from './schedule.js'
import { arena, type Memory, type Step } from './steps.js'
import type { Context, PlanBody, Target } from './targets.js'

export interface Carry {
  /** The carry before a step and after it: pointers. */
  readonly current: Memory
  readonly next: Memory
  /** Where the carry after the last step is wanted. */
  readonly last: Memory
  /** The carries before every step, where a gradient keeps them. */
  readonly stack: Memory | undefined
  /** The place that `last` alternates with; null for a carry that is replaced in place or lies in the stack. */
  readonly spare: Memory | null
  readonly inPlace: boolean
}

export interface ScanBody {
  readonly carries: readonly Carry[]
  /** One step's part of the inputs that are scanned over, and what all steps read: pointers. */
  readonly xs: readonly Memory[]
  readonly consts: readonly Memory[]
  /** One step's part of a result, a pointer, and the whole. */
  readonly rows: readonly { readonly memory: Memory; readonly all: Memory }[]
  readonly steps: readonly Step[]
  readonly layout: Layout
  /** The working memory of a step. */
  readonly working: Memory
  readonly temps: readonly Memory[]
}

export const scanBody = (
  { attrs: { body } }: NodeOf<'scan'>, results: ReadonlyMap<number, Memory>, context: Context, planBody: PlanBody,
): ScanBody => {
  const [nc, ny] = [body.carry.length, body.ys.length]
  const moved = (prefix: string, n: Node): Memory =>
    ({ dtype: n.dtype, size: sizeOf(concrete(n)), home: { kind: 'pointer', name: `${prefix}${context.names++}` } })
  const current = body.carry.map(c => moved('c', c))
  const xs = body.xs.map(x => moved('x', x))
  const consts = body.consts.map(c => moved('w', c))
  const next = body.carry.map(c => moved('n', c))
  const rows = body.ys.map(y => moved('y', y)).flatMap((memory, i) => {
    const all = results.get(nc + i)
    return all ? [{ node: body.ys[i], memory, all }] : []
  })
  const stacks = body.carry.map((_, i) => results.get(nc + ny + i))
  const targets: Target[] = [
    // In a stack the next carry has a place of its own.
    ...body.next.map((node, i) => ({ node, memory: next[i], ...stacks[i] === undefined && { over: current[i] } })),
    ...rows,
  ]
  const pairs = [[body.carry, current], [body.xs, xs], [body.consts, consts]] as const
  const bound = new Map(pairs.flatMap(([nodes, memories]) => nodes.map((n, i) => [n, memories[i]] as const)))
  const planned = planBody(bound, targets)
  const order = schedule(planned.steps, planned.replacements)
  const place = layout(order.steps, context.without)
  const working = arena('bool', place.bytes)
  const carries = current.map((c, i): Carry => {
    const inPlace = order.inPlace.has(next[i]) || planned.unchanged.has(next[i])
    return {
      current: c, next: next[i], stack: stacks[i], inPlace,
      last: results.get(i) ?? arena(c.dtype, c.size),
      spare: inPlace || stacks[i] ? null : arena(c.dtype, c.size),
    }
  })
  const spares = carries.flatMap(c => c.spare ? [c.spare] : [])
  const unread = carries.filter((_, i) => !results.has(i)).map(c => c.last)
  return { carries, xs, consts, rows, steps: order.steps, layout: place, working, temps: [working, ...spares, ...unread] }
}
