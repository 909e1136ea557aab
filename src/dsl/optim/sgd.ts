/** Stochastic gradient descent, plain and with momentum (Polyak, 1964; Nesterov in the form of Sutskever et al., 2013). */
import { add, mul } from '../core/build.js'
import type { TypeFunction } from '../define/type-function.js'
import { rateText, scaleByLearningRate, type LearningRate } from './scale.js'
import { chain, describedAs, mapTrees, zerosOf, type ChainState, type Counted, type Optimiser, type Transform } from './transform.js'

/** The decaying sum of past updates. */
export interface Trace<P> { readonly trace: P }
export interface TraceState extends TypeFunction { readonly out: Trace<this['in']> }

/**
 * Updates as a decaying sum of all so far: v ← decay · v + u; with `nesterov` the sum one step ahead, u + decay · v.
 *
 * @example
 * ```ts
 * const optimiser = chain(trace(0.9), scaleByLearningRate(0.1))
 * ```
 */
export const trace = (decay: number, { nesterov: ahead = false }: { nesterov?: boolean } = {}): Transform<TraceState> => ({
  described: { name: ahead ? 'Nesterov momentum' : 'momentum', settings: { decay } },
  init: params => ({ trace: zerosOf(params) }),
  update: (updates, state) => {
    const next = mapTrees(([v, u]) => add(mul(v, decay), u), state.trace, updates)
    return { updates: ahead ? mapTrees(([u, v]) => add(u, mul(v, decay)), updates, next) : next, state: { trace: next } }
  },
})

/**
 * Stochastic gradient descent.
 *
 * @example
 * ```ts
 * const optimiser = sgd(0.1)
 * ```
 */
export const sgd = (learningRate: LearningRate): Optimiser<Counted> =>
  describedAs('SGD', { learningRate: rateText(learningRate) }, scaleByLearningRate(learningRate))
/**
 * Gradient descent with momentum.
 *
 * @example
 * ```ts
 * const optimiser = momentum(0.1, 0.9)
 * ```
 */
export const momentum = (learningRate: LearningRate, decay = 0.9): Optimiser<ChainState<[TraceState, Counted]>> =>
  describedAs('SGD with momentum', { learningRate: rateText(learningRate), momentum: decay },
    chain(trace(decay), scaleByLearningRate(learningRate)))
/**
 * Gradient descent with Nesterov's momentum.
 *
 * @example
 * ```ts
 * const optimiser = nesterov(0.1, 0.9)
 * ```
 */
export const nesterov = (learningRate: LearningRate, decay = 0.9): Optimiser<ChainState<[TraceState, Counted]>> =>
  describedAs("SGD with Nesterov's momentum", { learningRate: rateText(learningRate), momentum: decay },
    chain(trace(decay, { nesterov: true }), scaleByLearningRate(learningRate)))
