/**
 * Loops over steps. The carry alternates between two memories, or lies in the stack of carries where the gradient keeps one, or stays
 * where it is when the body can replace it in place; the last carry ends up where the result is wanted.
 */
import type { NodeOf } from '../../../dsl/core/table.js'
import { copyText, type Plan } from '../emit/calls.js'
import { pointer } from '../emit/c.js'
import { scanBody, type Carry, type ScanBody } from './scan-body.js'
import { bytesOf, type Memory, type Read, type Step, type Surroundings } from './steps.js'
import type { Context, PlanBody } from './targets.js'
import { dense } from './views.js'

const nameOf = ({ home }: Memory): string => home.kind === 'pointer' ? home.name : ''

/** Part `at` of a memory cut along its first axis. */
const part = (s: Surroundings, all: Memory, bytes: number, at: string): string => `(${s.at(all)} + (${at}) * ${bytes})`

/** Where a carry lies before step `at` of the run. */
const carryAt = (s: Surroundings, { current, last, stack, spare }: Carry, length: number, reverse: boolean, at: string): string => {
  if (stack) return part(s, stack, bytesOf(current), reverse ? `${length - 1} - (${at})` : at)
  if (!spare) return s.at(last)
  // So that the last step writes where the result is wanted.
  const [even, odd] = length % 2 === 0 ? [last, spare] : [spare, last]
  return `((${at}) % 2 == 0 ? ${s.at(even)} : ${s.at(odd)})`
}

/** What the body sees: its pointers by their names, and its working memory within the loop's. */
const inside = (s: Surroundings, { carries, xs, consts, rows, layout, working }: ScanBody): Surroundings => {
  const pointers = new Set([...carries.flatMap(c => [c.current, c.next]), ...xs, ...consts, ...rows.map(r => r.memory)])
  return {
    ...s,
    at: m => {
      if (pointers.has(m)) return nameOf(m)
      const offset = layout.offsets.get(m)
      return offset === undefined ? s.at(m) : `(${s.at(working)} + ${offset})`
    },
  }
}

const declare = (m: Memory, at: string): string => `char *const ${nameOf(m)} = ${at};`
/** Tells the compiler that a variable may go unused. */
const use = (name: string): string => `(void)${name};`

/** A loop as one step; `results` are the memories of those of its results that somebody uses. */
export const scanSteps = (
  plan: Plan, node: NodeOf<'scan'>, results: ReadonlyMap<number, Memory>, context: Context, planBody: PlanBody,
): Step => {
  const { body: { carry, xs: { length: nx } }, reverse } = node.attrs
  const length = node.attrs.length as number
  const initial = node.inputs.slice(0, carry.length).map(i => plan.read(i))
  const given = node.inputs.slice(carry.length).map(i => plan.dense(i))
  const body = scanBody(node, results, context, planBody)
  const { carries, xs, consts, rows } = body

  const start = (s: Surroundings, from: Read, c: Carry): string => {
    const at = length === 0 ? s.at(c.last) : carryAt(s, c, length, reverse, '0')
    return copyText({ ...s, at: m => m === c.current ? at : s.at(m) }, from, c.current, dense(from.view.shape))
  }
  const nextOf = (s: Surroundings, c: Carry, step: string): string => {
    if (c.inPlace) return nameOf(c.current)
    const after = carryAt(s, c, length, reverse, `${step} + 1`)
    return c.stack ? `${step} == ${length - 1} ? ${s.at(c.last)} : ${after}` : after
  }
  /** The pointers of one step. */
  const pointers = (s: Surroundings, step: string, t: string): string[] => [
    `const long ${t} = ${reverse ? `${length - 1} - ${step}` : step};`,
    ...carries.map(c => declare(c.current, carryAt(s, c, length, reverse, step))),
    ...carries.map(c => declare(c.next, nextOf(s, c, step))),
    ...xs.map((m, i) => declare(m, `(char *)(${pointer(s, given[i])}) + ${t} * ${bytesOf(m)}`)),
    ...rows.map(({ memory, all }) => declare(memory, part(s, all, bytesOf(memory), t))),
    ...[...carries.map(c => c.current), ...carries.map(c => c.next), ...xs].map(m => use(nameOf(m))), use(t),
  ]
  const emit = (s: Surroundings): string => {
    const within = inside(s, body)
    const [step, t] = [s.fresh('s'), s.fresh('t')]
    const starts = initial.map((from, i) => start(s, from, carries[i]))
    if (length === 0) return starts.join('\n')
    return [
      '{', ...starts,
      ...consts.map((m, i) => declare(m, `(char *)(${pointer(s, given[nx + i])})`)), ...consts.map(m => use(nameOf(m))),
      `for (long ${step} = 0; ${step} < ${length}; ${step}++) {`, ...pointers(s, step, t), ...body.steps.map(x => x.emit(within)), '}', '}',
    ].join('\n')
  }
  return { order: node.id, reads: [...initial, ...given], writes: [...results.values()], temps: body.temps, emit }
}
