/** Policies: a softmax over actions, a Gaussian of actions, a table; and value functions. */
import { categorical, diagonalNormal, type Categorical, type Independent } from '../dsl/distributions/index.js'
import type { NormalOf } from '../dsl/distributions/normal.js'
import type { Tree } from '../dsl/define/tree.js'
import { add, argMax, block, exp, log, matmul, mul, neg, normal, parameter, reshape, uniform } from '../dsl/ops/index.js'
import { nodeOf, tensorOf } from '../dsl/ops/typed.js'
import { init } from '../dsl/params/index.js'
import type { Shape, Tensor } from '../dsl/tensor.js'
import { applyNetwork, network, type Network } from './network.js'
import { makePolicy, type ObservationTensor, type Policy } from './policy.js'
import { continuous, discrete, type Continuous, type Discrete } from './spaces.js'

/** A policy over K actions; `distribution` gives its probabilities. */
export interface CategoricalPolicy<P extends Tree, O extends Shape, K extends number> extends Policy<P, O, Discrete<K>> {
  /** π(·|s) of each observation. */
  distribution<B extends Shape>(params: P, observation: ObservationTensor<O, B>): Categorical<[...B, K]>
}
/** A policy over vectors of K numbers; `distribution` gives their density. */
export interface GaussianPolicy<P extends Tree, O extends Shape, K extends number> extends Policy<P, O, Continuous<K>> {
  /** π(·|s) of each observation. */
  distribution<B extends Shape>(params: P, observation: ObservationTensor<O, B>): Independent<NormalOf, [...B, K], [-1]>
}
/** The mean's layers, and log σ [K], which does not depend on the observation. */
export type GaussianParams<K extends number> = { readonly mean: Network; readonly logStd: Tensor<[K]> }

type Any = Tensor<Shape>
/** The axes of a batch, then the actions': sizes are known at run time. */
const withActions = (batch: Shape, actions: number): number[] => [...batch as readonly number[], actions]
const typed = (x: unknown): Any => tensorOf(nodeOf('policy', x))
const perceptron = (name: string, latex: string) =>
  block(name, (layers: Network, x: Any): Any => tensorOf(applyNetwork(layers, nodeOf(name, x))), { latex })

/** A draw from a softmax is the largest of its logits with Gumbel noise (Gumbel, 1954). */
const softmaxPolicy = <P extends Tree, O extends Shape, K extends number>(
  name: string, params: P, observation: O, actions: K, logits: (params: P, x: Any) => Any,
): CategoricalPolicy<P, O, K> =>
  makePolicy<P, Categorical<Shape>, CategoricalPolicy<P, O, K>>({
    name, params, observation, action: discrete(actions),
    distribution: (p, x) => categorical(logits(p, x)),
    noise: (key, batch) => neg(log(neg(log(uniform(key, withActions(batch, actions)))))),
    act: (d, noise) => argMax(typed(add(d.logits, noise)), -1),
    mode: d => argMax(d.logits, -1),
  })

/**
 * π(a|s), a softmax over K actions of a perceptron of the observation [I], with tanh between layers. Orthogonal weights; the last layer's
 * are scaled by 0.01, so that the first policy is close to uniform (Andrychowicz et al., 2021).
 *
 * @throws TypegradError when a size is not a whole number above 0
 * @example
 * ```ts
 * import { categoricalPolicy } from 'typegrad/rl'
 * const policy = categoricalPolicy({ observation: 4, hidden: [64, 64], actions: 2 })
 * const action: Tensor<['B'], 'int32'> = policy.sample(policy.params, f32('B', 4), key(0))
 * const nats: Tensor<['B']> = policy.logProb(policy.params, f32('B', 4), action)
 * ```
 */
export const categoricalPolicy = <const I extends number, const K extends number>(
  { observation, hidden = [], actions }: { readonly observation: I; readonly hidden?: readonly number[]; readonly actions: K },
): CategoricalPolicy<Network, [I], K> => {
  const params = network('categoricalPolicy', { inputs: observation, hidden, outputs: actions, gain: 0.01 })
  return softmaxPolicy<Network, [I], K>('categoricalPolicy', params, [observation], actions, perceptron('ℓ', '\\ell'))
}

/**
 * π(a|s), K independent normal numbers whose means are a perceptron of the observation [I], with tanh between layers, and whose standard
 * deviations are parameters of their own; log σ starts at `logStd`, 0 when absent. Actions are not bounded: environments clip them.
 *
 * @throws TypegradError when a size is not a whole number above 0
 * @example
 * ```ts
 * import { gaussianPolicy } from 'typegrad/rl'
 * const policy = gaussianPolicy({ observation: 3, hidden: [64, 64], actions: 1 })
 * const action: Tensor<['B', 1]> = policy.sample(policy.params, f32('B', 3), key(0))
 * ```
 */
export const gaussianPolicy = <const I extends number, const K extends number>({ observation, hidden = [], actions, logStd = 0 }:
{ readonly observation: I; readonly hidden?: readonly number[]; readonly actions: K; readonly logStd?: number },
): GaussianPolicy<GaussianParams<K>, [I], K> => {
  const layers = network('gaussianPolicy', { inputs: observation, hidden, outputs: actions, gain: 0.01 })
  const spread: Tensor<[K]> = tensorOf(nodeOf('gaussianPolicy', parameter(withActions([], actions), init.constant(logStd))))
  const params: GaussianParams<K> = { mean: layers, logStd: spread }
  const mean = perceptron('μ', '\\mu')
  type Normals = Independent<NormalOf, Shape, [-1]>
  return makePolicy<GaussianParams<K>, Normals, GaussianPolicy<GaussianParams<K>, [I], K>>({
    name: 'gaussianPolicy', params, observation: [observation], action: continuous(actions),
    distribution: (p, x) => diagonalNormal(mean(p.mean, x), exp(typed(p.logStd))),
    noise: (key, batch) => normal(key, withActions(batch, actions)),
    act: (d, noise) => typed(add(d.parts.mean, typed(mul(d.parts.std, noise)))),
    mode: d => d.parts.mean,
  })
}

/**
 * π(a|s) of a finite problem: a softmax of one row of θ [S, A] for each state; states are seen as one-hot vectors [S]. θ starts at 0.
 *
 * @example
 * ```ts
 * import { tabularPolicy } from 'typegrad/rl'
 * const policy = tabularPolicy({ states: 3, actions: 2 })
 * const probs: Tensor<[3, 2]> = policy.distribution(policy.params, eye(3)).probs
 * ```
 */
export const tabularPolicy = <const S extends number, const K extends number>(
  { states, actions }: { readonly states: S; readonly actions: K },
): CategoricalPolicy<{ readonly θ: Tensor<[S, K]> }, [S], K> => {
  const θ: Tensor<[S, K]> = tensorOf(nodeOf('tabularPolicy', parameter(withActions([states], actions), init.zeros())))
  return softmaxPolicy('tabularPolicy', { θ }, [states] as [S], actions, (p, x) => typed(matmul(x, typed(p.θ))))
}

/** v(s): parameters `P`, observations of shape `O`. */
export interface ValueFunction<P extends Tree, O extends Shape> {
  /** The parameters' specs. */
  readonly params: P
  /** The shape of one observation. */
  readonly observation: O
  /** v(s) of each observation. */
  value<B extends Shape>(params: P, observation: ObservationTensor<O, B>): Tensor<B>
}

/**
 * v(s), a perceptron of the observation [I] with tanh between layers.
 *
 * @throws TypegradError when a size is not a whole number above 0
 * @example
 * ```ts
 * import { valueFunction } from 'typegrad/rl'
 * const critic = valueFunction({ observation: 4, hidden: [64, 64] })
 * const v: Tensor<['T', 'N']> = critic.value(critic.params, f32('T', 'N', 4))
 * ```
 */
export const valueFunction = <const I extends number>(
  { observation, hidden = [] }: { readonly observation: I; readonly hidden?: readonly number[] },
): ValueFunction<Network, [I]> => {
  const value = block('v', (layers: Network, x: Any): Any =>
    reshape(tensorOf<Shape, 'float32'>(applyNetwork(layers, nodeOf('v', x))), [...x.shape.slice(0, -1)]))
  const made: unknown = {
    params: network('valueFunction', { inputs: observation, hidden, outputs: 1, gain: 1 }), observation: [observation], value,
  }
  return made as ValueFunction<Network, [I]>
}
