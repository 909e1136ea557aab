/** AdaGrad (Duchi et al., 2011, figure 1, diagonal). */
import { add, div, full, mul, sqrt } from '../core/build.js'
import type { TypeFunction } from '../define/type-function.js'
import { rateText, scaleByLearningRate, type LearningRate } from './scale.js'
import { chain, describedAs, mapTrees, type ChainState, type Counted, type Optimiser, type Transform } from './transform.js'

/** The sum of squared gradients. */
export interface SquareSum<P> { readonly sum: P }
export interface SquareSumState extends TypeFunction { readonly out: SquareSum<this['in']> }
/** What keeps the root from 0 (1e-10 unless said otherwise) and where the sums start (0). */
export interface AdagradOptions { readonly epsilon?: number; readonly initial?: number }

/**
 * Updates over the root of the sum of their squares.
 *
 * @example
 * ```ts
 * const optimiser = chain(scaleByRootOfSum(), scaleByLearningRate(0.1))
 * ```
 */
export const scaleByRootOfSum = ({ epsilon = 1e-10, initial = 0 }: AdagradOptions = {}): Transform<SquareSumState> => ({
  described: { name: 'scale by root of sum of squares', settings: { epsilon, initial } },
  init: params => ({ sum: mapTrees(([p]) => full(initial, p.shape), params) }),
  update: (updates, state) => {
    const sum = mapTrees(([s, u]) => add(s, mul(u, u)), state.sum, updates)
    return { updates: mapTrees(([u, s]) => div(u, add(sqrt(s), epsilon)), updates, sum), state: { sum } }
  },
})

/**
 * AdaGrad: a learning rate for each element, which falls with the squared gradients it has seen.
 *
 * @example
 * ```ts
 * const optimiser = adagrad(0.1)
 * ```
 */
export const adagrad = (learningRate: LearningRate, options: AdagradOptions = {}): Optimiser<ChainState<[SquareSumState, Counted]>> =>
  describedAs('AdaGrad', { learningRate: rateText(learningRate), epsilon: options.epsilon ?? 1e-10 },
    chain(scaleByRootOfSum(options), scaleByLearningRate(learningRate)))
