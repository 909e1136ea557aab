/** Learning rates over time: functions of the integer step, 0 at the first. Each takes sizes in steps. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import { TypegradError } from '../errors.js'
import { nodeOf, tensorOf } from '../ops/typed.js'
import type { Tensor } from '../tensor.js'

/** A value for each step. */
export interface Schedule {
  (step: Tensor<[], 'int32'>): Tensor<[]>
  /** What documents print for it, as in `cosine from 0.001 to 0 over 1000 steps`. */
  readonly text?: string
}

const steps = (name: string, what: string, n: number): number => {
  if (!Number.isInteger(n) || n < 1) throw new TypegradError('value', `${name}: ${what} is ${n} but a positive whole number was expected`)
  return n
}
const schedule = (text: string, f: (step: Node) => Node): Schedule =>
  Object.assign((step: Tensor<[], 'int32'>) => tensorOf<[], 'float32'>(f(nodeOf('schedule', step))), { text })
const overSteps = (n: number): string => `over ${n} step${n === 1 ? '' : 's'}`
const textOf = (s: Schedule): string => s.text ?? 'a schedule'
/** Steps over a length, from 0 to 1, and 1 after it. */
const progress = (step: Node, length: number): Node => core.div(core.cast(core.minimum(step, length), 'float32'), length)

/**
 * The same value at every step.
 *
 * @example
 * ```ts
 * const optimiser = sgd(schedule.constant(0.1))
 * ```
 */
export const constant = (value: number): Schedule => schedule(`${value}`, () => core.scalar(value))
/**
 * A straight line from one value to another over some steps, then the last.
 *
 * @example
 * ```ts
 * const optimiser = sgd(schedule.linear({ from: 0.1, to: 0.01, steps: 1000 }))
 * ```
 */
export const linear = ({ from, to, steps: n }: { from: number; to: number; steps: number }): Schedule => {
  const length = steps('linear', 'steps', n)
  return schedule(`linear from ${from} to ${to} ${overSteps(length)}`, t => core.add(core.mul(progress(t, length), to - from), from))
}
/**
 * Half a cosine from one value to another (0) over some steps, then the last (Loshchilov and Hutter, 2017, eq. 5).
 *
 * @example
 * ```ts
 * const optimiser = adam(schedule.cosine({ from: 1e-3, steps: 10_000 }))
 * ```
 */
export const cosine = ({ from, to = 0, steps: n }: { from: number; to?: number; steps: number }): Schedule => {
  const length = steps('cosine', 'steps', n)
  return schedule(`cosine from ${from} to ${to} ${overSteps(length)}`, t =>
    core.add(core.mul(core.add(core.cos(core.mul(progress(t, length), Math.PI)), 1), (from - to) / 2), to))
}
/**
 * Multiplied by a factor every so many steps.
 *
 * @example
 * ```ts
 * const optimiser = sgd(schedule.step({ from: 0.1, factor: 0.5, every: 1000 }))
 * ```
 */
export const step = ({ from, factor, every }: { from: number; factor: number; every: number }): Schedule => {
  const length = steps('step', 'every', every)
  if (!(factor > 0)) throw new TypegradError('value', `step: the factor is ${factor} but a positive number was expected`)
  return schedule(`${from}, times ${factor} every ${length} steps`, t =>
    core.mul(core.pow(factor, core.floor(core.div(core.cast(t, 'float32'), length))), from))
}
/**
 * Multiplied smoothly: by `factor` over each `steps` steps.
 *
 * @example
 * ```ts
 * const optimiser = sgd(schedule.exponential({ from: 0.1, factor: 0.5, steps: 1000 }))
 * ```
 */
export const exponential = ({ from, factor, steps: n = 1 }: { from: number; factor: number; steps?: number }): Schedule => {
  const length = steps('exponential', 'steps', n)
  if (!(factor > 0)) throw new TypegradError('value', `exponential: the factor is ${factor} but a positive number was expected`)
  return schedule(`${from}, times ${factor} smoothly ${overSteps(length)}`, t =>
    core.mul(core.exp(core.mul(core.div(core.cast(t, 'float32'), length), Math.log(factor))), from))
}
/**
 * One schedule after another: each `until` is the step at which the next takes over, and every schedule counts from its own first step.
 *
 * @example
 * ```ts
 * const rate = schedule.join([schedule.constant(1e-3), schedule.cosine({ from: 1e-3, steps: 9000 })], [1000])
 * ```
 */
export const join = (parts: readonly Schedule[], until: readonly number[]): Schedule => {
  if (parts.length !== until.length + 1 || parts.length === 0)
    throw new TypegradError('value',
      `join: ${parts.length} schedules have ${parts.length - 1} boundaries between them, but ${until.length} are given`)
  const bad = until.find((b, i) => !Number.isInteger(b) || b <= (i === 0 ? 0 : until[i - 1]))
  if (bad !== undefined) throw new TypegradError('value', `join: boundary ${bad} is not a whole number above the one before it`)
  const text = parts.map((part, i) => i < until.length ? `${textOf(part)} until step ${until[i]}` : textOf(part)).join(', then ')
  return schedule(text, t => {
    const values = parts.map((part, i) => nodeOf('join', part(tensorOf(core.maximum(core.sub(t, i === 0 ? 0 : until[i - 1]), 0)))))
    return values.reduce((before, value, i) => core.select(core.less(t, until[i - 1]), before, value))
  })
}
/**
 * A straight line from 0 (or `from`) up to the first value of a schedule, which then takes over.
 *
 * @example
 * ```ts
 * const optimiser = adam(schedule.warmUp({ steps: 500, then: schedule.cosine({ from: 1e-3, steps: 9500 }) }))
 * ```
 */
export const warmUp = ({ steps: n, from = 0, then }: { steps: number; from?: number; then: number | Schedule }): Schedule => {
  const length = steps('warmUp', 'steps', n)
  const after = typeof then === 'number' ? constant(then) : then
  const first = nodeOf('warmUp', after(tensorOf(core.scalar(0, 'int32'))))
  const rise = schedule(`rising linearly from ${from}`, t => core.add(core.mul(progress(t, length), core.sub(first, from)), from))
  return join([rise, after], [length])
}
