/** RMSProp (Tieleman and Hinton, 2012, lecture 6.5; the centred form is Graves, 2013, eq. 38-41). */
import { add, div, maximum, mul, sqrt, sub } from '../core/build.js'
import type { TypeFunction } from '../define/type-function.js'
import { rateText, scaleByLearningRate, type LearningRate } from './scale.js'
import { trace, type TraceState } from './sgd.js'
import { chain, describedAs, mapTrees, zerosOf, type ChainState, type Counted, type Optimiser, type Transform } from './transform.js'

/** Running means of gradients and of squared gradients; the first stays 0 where it is not needed. */
export interface RmsMeans<P> { readonly mean: P; readonly square: P }
export interface RmsState extends TypeFunction { readonly out: RmsMeans<this['in']> }
/** Decay of the running mean, what keeps the root from 0, and whether the mean is subtracted. */
export interface RmsOptions { readonly decay?: number; readonly epsilon?: number; readonly centred?: boolean }

/**
 * Updates over the root of the running mean of their squares; centred, over their running standard deviation.
 *
 * @example
 * ```ts
 * const optimiser = chain(scaleByRms({ decay: 0.9 }), scaleByLearningRate(1e-3))
 * ```
 */
export const scaleByRms = ({ decay = 0.99, epsilon = 1e-8, centred = false }: RmsOptions = {}): Transform<RmsState> => ({
  described: { name: 'scale by RMS', settings: { decay, epsilon } },
  init: params => ({ mean: zerosOf(params), square: zerosOf(params) }),
  update: (updates, state) => {
    const mean = centred ? mapTrees(([m, u]) => add(mul(m, decay), mul(u, 1 - decay)), state.mean, updates) : state.mean
    const square = mapTrees(([s, u]) => add(mul(s, decay), mul(mul(u, u), 1 - decay)), state.square, updates)
    const scaled = mapTrees(([u, s, m]) => {
      // Rounding may bring a variance below 0, where the root is NaN.
      const variance = centred ? maximum(sub(s, mul(m, m)), 0) : s
      return div(u, add(sqrt(variance), epsilon))
    }, updates, square, mean)
    return { updates: scaled, state: { mean, square } }
  },
})

/**
 * RMSProp, with momentum on the scaled gradients if wanted.
 *
 * @example
 * ```ts
 * const optimiser = rmsprop(1e-3, { momentum: 0.9, centred: true })
 * ```
 */
export const rmsprop = (
  learningRate: LearningRate, { momentum = 0, ...options }: RmsOptions & { momentum?: number } = {},
): Optimiser<ChainState<[RmsState, TraceState, Counted]>> => {
  const { decay = 0.99, epsilon = 1e-8, centred = false } = options
  const settings = { learningRate: rateText(learningRate), decay, epsilon,
    ...momentum > 0 && { momentum }, ...centred && { centred: 'yes' } }
  return describedAs('RMSProp', settings, chain(scaleByRms(options), trace(momentum), scaleByLearningRate(learningRate)))
}
