/**
 * Loops over steps. The carry alternates between two memories, or lies in the stack of carries where the gradient keeps one, or stays
 * where it is when the body can replace it in place; the last carry ends up where the result is wanted.
 */
import type { NodeOf } from '../../../dsl/core/table.js'
import type { Node } from '../../../dsl/core/node.js'
import { sizeOf } from '../../../dsl/value.js'
import { concrete } from '../../program.js'
import { copyText, type Plan } from '../emit/calls.js'
import { pointer } from '../emit/c.js'
import { layout } from './layout.js'
import { schedule } from './schedule.js'
import { arena, bytesOf, elementBytes, type Memory, type Step, type Surroundings } from './steps.js'
import type { Names, PlanBody, Target } from './targets.js'
import { dense } from './views.js'

/** A loop as one step; `results` are the memories of those of its results that somebody uses. */
export const scanSteps = (
  plan: Plan, node: NodeOf<'scan'>, results: ReadonlyMap<number, Memory>, names: Names, planBody: PlanBody,
): Step => {
  const { body, reverse } = node.attrs
  const length = node.attrs.length as number
  const [nc, nx, ny] = [body.carry.length, body.xs.length, body.ys.length]
  const initial = node.inputs.slice(0, nc).map(i => plan.read(i))
  const given = node.inputs.slice(nc).map(i => plan.dense(i))
  const moved = (prefix: string, n: Node): Memory =>
    ({ dtype: n.dtype, size: sizeOf(concrete(n)), home: { kind: 'pointer', name: `${prefix}${names.count++}` } })
  const current = body.carry.map(c => moved('c', c))
  const inputs = [...body.xs.map(x => moved('x', x)), ...body.consts.map(c => moved('w', c))]
  const next = body.carry.map(c => moved('n', c))
  const rows = body.ys.map(y => moved('y', y))
  const stacks = body.carry.map((_, i) => results.get(nc + ny + i))
  const targets: Target[] = [
    ...body.next.map((n, i) => ({ node: n, memory: next[i], ...stacks[i] === undefined && { over: current[i] } })),
    ...body.ys.flatMap((y, j) => results.has(nc + j) ? [{ node: y, memory: rows[j] }] : []),
  ]
  const bound = new Map<Node, Memory>([
    ...body.carry.map((c, i) => [c, current[i]] as const), ...[...body.xs, ...body.consts].map((x, i) => [x, inputs[i]] as const),
  ])
  const inner = planBody(bound, targets)
  const order = schedule(inner.steps, inner.replacements)
  const place = layout(order.steps)
  const working = arena('bool', place.bytes)

  const last = body.carry.map((c, i) => results.get(i) ?? arena(c.dtype, sizeOf(concrete(c))))
  const inPlace = next.map(m => order.inPlace.has(m) || inner.unchanged.has(m))
  const other = body.carry.map((c, i) => inPlace[i] || stacks[i] ? null : arena(c.dtype, sizeOf(concrete(c))))
  const temps = [working, ...other.flatMap(m => m ? [m] : []), ...last.filter((_, i) => !results.has(i))]

  const emit = (s: Surroundings): string => {
    const nameOf = (m: Memory): string => m.home.kind === 'pointer' ? m.home.name : ''
    const within: Surroundings = {
      ...s,
      at: m => {
        const offset = place.offsets.get(m)
        return m.home.kind === 'pointer' && current.concat(inputs, next, rows).includes(m) ? nameOf(m)
          : offset === undefined ? s.at(m) : `(${s.at(working)} + ${offset})`
      },
    }
    const [step, t] = [s.fresh('s'), s.fresh('t')]
    const row = (stack: Memory, size: number, at: string): string => `(${s.at(stack)} + (${at}) * ${size})`
    /** Where the carry lies before step `at` of the run. */
    const carryAt = (i: number, at: string): string => {
      const stack = stacks[i]
      const spare = other[i]
      if (stack) return row(stack, bytesOf(current[i]), reverse ? `${length - 1} - (${at})` : at)
      if (!spare) return s.at(last[i])
      // So that the last step writes where the result is wanted.
      const [even, odd] = length % 2 === 0 ? [last[i], spare] : [spare, last[i]]
      return `((${at}) % 2 == 0 ? ${s.at(even)} : ${s.at(odd)})`
    }
    const start = initial.map((from, i) => {
      const to: Memory = length === 0 ? last[i] : { ...current[i], home: { kind: 'pointer', name: carryAt(i, '0') } }
      const at = (m: Memory): string => m === to && to.home.kind === 'pointer' ? to.home.name : s.at(m)
      return copyText({ ...s, at }, from, to, dense(from.view.shape))
    })
    if (length === 0) return start.join('\n')
    const constants = inputs.slice(nx).map((m, i) => `char *const ${nameOf(m)} = (char *)(${pointer(s, given[nx + i])});`)
    const moving = [
      `const long ${t} = ${reverse ? `${length - 1} - ${step}` : step};`,
      ...current.map((m, i) => `char *const ${nameOf(m)} = ${carryAt(i, step)};`),
      ...next.map((m, i) => `char *const ${nameOf(m)} = ${inPlace[i] ? nameOf(current[i])
        : stacks[i] ? `${step} == ${length - 1} ? ${s.at(last[i])} : ${carryAt(i, `${step} + 1`)}` : carryAt(i, `${step} + 1`)};`),
      ...inputs.slice(0, nx).map((m, i) => `char *const ${nameOf(m)} = (char *)(${pointer(s, given[i])}) + ${t} * ${
        m.size * elementBytes(m.dtype)};`),
      ...rows.flatMap((m, j) => {
        const to = results.get(nc + j)
        return to ? [`char *const ${nameOf(m)} = ${row(to, bytesOf(m), t)};`] : []
      }),
      ...[...current, ...next, ...inputs.slice(0, nx)].map(m => `(void)${nameOf(m)};`), `(void)${t};`,
    ]
    return ['{', ...start, ...constants, ...inputs.slice(nx).map(m => `(void)${nameOf(m)};`),
      `for (long ${step} = 0; ${step} < ${length}; ${step}++) {`, ...moving, ...order.steps.map(x => x.emit(within)), '}', '}'].join('\n')
  }
  return { order: node.id, reads: [...initial, ...given], writes: [...results.values()], temps, emit }
}
