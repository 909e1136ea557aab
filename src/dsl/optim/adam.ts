/** Adam (Kingma and Ba, 2015, algorithm 1) and AdamW (Loshchilov and Hutter, 2019, algorithm 2). */
import { add, broadcastTo, cast, div, expm1, mul, neg, sqrt } from '../core/build.js'
import type { Node } from '../core/node.js'
import type { TypeFunction } from '../define/type-function.js'
import { nodeOf } from '../ops/typed.js'
import type { Described } from '../statement.js'
import type { Tensor } from '../tensor.js'
import { rateText, scaleByLearningRate, type LearningRate } from './scale.js'
import {
  chain, describedAs, mapTrees, nextCount, zeroCount, zerosOf, type ChainState, type Counted, type Optimiser, type Stateless,
  type Transform,
} from './transform.js'
import { addDecayedWeights, type DecayOptions } from './weight-decay.js'

/** Running means of gradients (`mu`) and squared gradients (`nu`), and the number of steps. */
export interface Moments<P> { readonly count: Tensor<[], 'int32'>; readonly mu: P; readonly nu: P }
export interface AdamState extends TypeFunction { readonly out: Moments<this['in']> }
/** Decay of both running means (0.9 and 0.999 unless said otherwise) and what keeps the root from 0 (1e-8). */
export interface AdamOptions { readonly beta1?: number; readonly beta2?: number; readonly epsilon?: number }

/** 1 - betaᵗ from the whole number t: a running product would drift in float32, and 1 - pow(beta, t) would cancel. */
const correction = (beta: number, t: Node): Node => neg(expm1(mul(t, Math.log(beta))))
/** An exponential moving average, one step. */
const average = (beta: number, before: Node, now: Node): Node => add(mul(before, beta), mul(now, 1 - beta))

/**
 * Updates as the ratio m̂ / (√v̂ + ε) of the bias-corrected moments.
 *
 * @example
 * ```ts
 * const optimiser = chain(scaleByAdam({ beta2: 0.99 }), scaleByLearningRate(1e-3))
 * ```
 */
export const scaleByAdam = ({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {}): Transform<AdamState> => ({
  described: { name: 'scale by Adam', settings: { beta1, beta2, epsilon } },
  init: params => ({ count: zeroCount(), mu: zerosOf(params), nu: zerosOf(params) }),
  update: (grads, state) => {
    const count = nextCount(state.count)
    const t = cast(nodeOf('scaleByAdam', count), 'float32')
    const [c1, c2] = [correction(beta1, t), correction(beta2, t)]
    // m̂ / (√v̂ + ε) = m / (√v · c1 / √c2 + ε c1): the corrections are folded on scalars.
    const [ratio, eps] = [div(c1, sqrt(c2)), mul(c1, epsilon)]
    const mu = mapTrees(([m, g]) => average(beta1, m, g), state.mu, grads)
    const nu = mapTrees(([v, g]) => average(beta2, v, mul(g, g)), state.nu, grads)
    const updates = mapTrees(([m, v]) => div(m, add(mul(sqrt(v), broadcastTo(ratio, v.shape)), broadcastTo(eps, v.shape))), mu, nu)
    return { updates, state: { count, mu, nu } }
  },
})

const adamSettings = (rate: LearningRate, { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions): Described['settings'] =>
  ({ learningRate: rateText(rate), beta1, beta2, epsilon })

/**
 * Adam: steps along the mean gradient over the root of the mean squared gradient.
 *
 * @example
 * ```ts
 * const optimiser = adam(1e-3, { beta2: 0.99 })
 * ```
 */
export const adam = (learningRate: LearningRate, options: AdamOptions = {}): Optimiser<ChainState<[AdamState, Counted]>> =>
  describedAs('Adam', adamSettings(learningRate, options), chain(scaleByAdam(options), scaleByLearningRate(learningRate)))

/**
 * Adam with weight decay that does not pass through the moments.
 *
 * @example
 * ```ts
 * const optimiser = adamW(1e-3, { weightDecay: 0.01, decays: path => !path.endsWith('b') })
 * ```
 */
export const adamW = (
  learningRate: LearningRate, { weightDecay = 0.01, decays, ...options }: AdamOptions & DecayOptions & { weightDecay?: number } = {},
): Optimiser<ChainState<[AdamState, Stateless, Counted]>> =>
  describedAs('AdamW', { ...adamSettings(learningRate, options), weightDecay },
    chain(scaleByAdam(options), addDecayedWeights(weightDecay, { decays }), scaleByLearningRate(learningRate)))
