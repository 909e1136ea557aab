/** Scaling of updates: by numbers, and by minus the learning rate, which ends every optimiser. */
import { broadcastTo, mul, neg, scalar } from '../core/build.js'
import { TypegradError } from '../errors.js'
import { nodeOf } from '../ops/typed.js'
import type { Schedule } from './schedules.js'
import { mapTrees, nextCount, stateless, zeroCount, type Counted, type Stateless, type Transform } from './transform.js'

/** A learning rate: a number, or a function of the step. */
export type LearningRate = number | Schedule

/**
 * Updates times a number.
 *
 * @example
 * ```ts
 * const ascent = chain(scale(-1), sgd(0.1))
 * ```
 */
export const scale = (factor: number): Transform<Stateless> =>
  stateless(updates => mapTrees(([u]) => mul(u, factor), updates), { name: 'scale', settings: { factor } })

/** What documents print for a learning rate. */
export const rateText = (rate: LearningRate): number | string => typeof rate === 'number' ? rate : rate.text ?? 'a function of the step'

/**
 * Updates times minus the learning rate; a schedule sees 0 at the first step.
 *
 * @example
 * ```ts
 * const signless = chain(scaleByRms(), scaleByLearningRate(1e-3))
 * ```
 */
export const scaleByLearningRate = (rate: LearningRate): Transform<Counted> => {
  if (typeof rate !== 'function' && !Number.isFinite(rate))
    throw new TypegradError('value', `the learning rate is ${String(rate)} but a number or a schedule was expected`)
  return {
    described: { name: 'gradient descent', settings: { learningRate: rateText(rate) } },
    init: () => ({ count: zeroCount() }),
    update: (updates, { count }) => {
      const factor = typeof rate === 'number' ? scalar(-rate) : neg(nodeOf('scaleByLearningRate', rate(count)))
      return { updates: mapTrees(([u]) => mul(u, broadcastTo(factor, u.shape)), updates), state: { count: nextCount(count) } }
    },
  }
}
