/**
 * REINFORCE (Williams, 1992): climb the expected return by the log-probability of what was done.
 *
 *   repeat
 *     play N episodes s_0, a_0, r_0, s_1, ... with a_t ~ π(·|s_t)
 *     G_t = r_t + γ r_{t+1} + γ² r_{t+2} + ...        the return of each step
 *     Â_t = G_t - v(s_t)                              v is a baseline, or 0
 *     climb   E_π[Σ_t log π(a_t|s_t) Â_t]             in the parameters of π, with Â held fixed
 *     descend E_π[mean_t (G_t - v(s_t))²]             in the parameters of v
 *
 * Differences from the paper: a step averages N episodes, any optimiser takes the step, and the weights γ^t of later steps are left out, as
 * is usual. Where time runs out, the baseline stands for what was not played; without a baseline nothing does.
 */
import { placeholders } from '../dsl/core/placeholders.js'
import type { Tree } from '../dsl/define/tree.js'
import type { Apply, TypeFunction } from '../dsl/define/type-function.js'
import { splitKey, type Key } from '../dsl/keys.js'
import { add, div, mean, mul, named, square, stopGradient, sub, sum, zeros } from '../dsl/ops/index.js'
import type { Optimiser } from '../dsl/optim/transform.js'
import type { Arg } from '../dsl/shape/check.js'
import type { Objective } from '../dsl/statement.js'
import type { Shape, Tensor } from '../dsl/tensor.js'
import { trainStep, type Training } from '../dsl/train.js'
import type { Environment } from './environment.js'
import { checkFits, checkSees, count, type Fits, type Sees } from './fits.js'
import type { ValueFunction } from './policies.js'
import type { Policy } from './policy.js'
import { inUnit, normalise, returns } from './returns.js'
import { firstEpisodes, rolloutOf, type Trajectory } from './rollout.js'
import type { ActionSpace } from './spaces.js'

/** The parameters of the policy, and of the baseline where there is one. */
export type ReinforceParams<P extends Tree, V extends Tree> = { readonly policy: P; readonly baseline: V }
/** Steps of the environments in all that was played. */
export type Experience = { readonly environmentSteps: Tensor<[]> }
/** What a step reports; `meanReturn` is of its episodes, `environmentSteps` of the run. */
export type ReinforceMetrics = {
  readonly meanReturn: Tensor<[]>
  readonly objective: Tensor<[]>
  readonly baselineLoss: Tensor<[]>
  readonly entropy: Tensor<[]>
  readonly gradientNorm: Tensor<[]>
  readonly environmentSteps: Tensor<[]>
}

/** What REINFORCE trains, where, and how. */
export interface ReinforceOptions<S extends Tree, O extends Shape, A extends ActionSpace, Pi, V extends Tree, F extends TypeFunction,
  Q extends Shape = O> {
  readonly environment: Environment<S, O, A>
  readonly policy: Arg<Fits<'reinforce', O, A, Pi>, Pi>
  /** v(s), subtracted from returns; nothing is when absent. */
  readonly baseline?: Arg<Sees<'reinforce', O, Q>, ValueFunction<V, Q>>
  /** N, the episodes of one step. */
  readonly episodes: number
  /** γ in [0, 1]. */
  readonly discount: number
  /** Whether the advantages of a step are put on one scale; false when absent. */
  readonly normalised?: boolean
  /** Of policy and baseline. */
  readonly optimiser: Optimiser<F>
}

/** REINFORCE as a training. */
export type Reinforce<P extends Tree, V extends Tree, F extends TypeFunction> =
  Training<ReinforceParams<P, V>, Apply<F, ReinforceParams<P, V>>, Experience, {}, ReinforceMetrics>

type Grid = [number, number]
type Moments = Tensor<Grid>

/**
 * What a step climbs and descends, for trajectories that begin with episodes; later episodes of an environment are not counted. Nothing in
 * a trajectory has a gradient.
 */
export const reinforceTerms = <O extends Shape, A extends ActionSpace, P extends Tree, V extends Tree>(
  { policy, baseline, discount, normalised = false }: {
    readonly policy: Policy<P, O, A>
    readonly baseline?: ValueFunction<V, O>
    readonly discount: number
    readonly normalised?: boolean
  }, p: ReinforceParams<P, V>, τ: Trajectory<number, number, O, A>,
) => {
  const played: Moments = named('m', firstEpisodes(τ), { latex: 'm_t' })
  const steps = sum(played)
  const value = (s: typeof τ.observation): Moments => baseline ? baseline.value<Grid>(p.baseline, s) : mul(played, 0)

  const v = value(τ.observation)
  const G = returns(τ, { discount, nextValues: stopGradient(value(τ.nextObservation)) })
  const difference = sub(G, v)
  const advantage = named('Â', stopGradient(mul(normalised ? normalise(difference, played) : difference, played)), { latex: '\\hat{A}_t' })
  const logProb = policy.logProb<Grid>(p.policy, τ.observation, τ.action)
  return {
    objective: mean(sum(mul(logProb, advantage), [0])),
    baselineLoss: div(sum(mul(square(difference), played)), steps),
    meanReturn: mean(sum(mul(τ.reward, played), [0])),
    entropy: div(sum(mul(policy.entropy<Grid>(p.policy, τ.observation), played)), steps),
    steps,
  }
}

/**
 * REINFORCE (Williams, 1992) as a training: every step plays N whole episodes and climbs the gradient of
 * E_π[Σ_t log π(a_t|s_t) Â_t] with Â_t = G_t - v(s_t). Batches are `{}`: everything is drawn from the key.
 *
 * @throws TypegradError when the policy or the baseline does not fit the environment, or a number is out of its range
 * @example
 * ```ts
 * import { cartPole, categoricalPolicy, reinforce, valueFunction } from 'typegrad/rl'
 * const training = reinforce({
 *   environment: cartPole,
 *   policy: categoricalPolicy({ observation: 4, hidden: [64], actions: 2 }),
 *   baseline: valueFunction({ observation: 4, hidden: [64] }),
 *   episodes: 8, discount: 0.99, optimiser: adam(3e-3),
 * })
 * const { metrics } = training.step(training.init(key(0)), {}, key(1))
 * metrics.meanReturn.shape // []
 * ```
 */
export const reinforce = <S extends Tree, O extends Shape, A extends ActionSpace, Pi extends { readonly params: Tree },
  F extends TypeFunction, V extends Tree = {}, Q extends Shape = O>(
  options: ReinforceOptions<S, O, A, Pi, V, F, Q>,
): Reinforce<Pi['params'], V, F> => {
  const { environment, episodes, optimiser } = options
  const untyped: unknown = options
  const { policy, baseline } = untyped as { readonly policy: Policy<Pi['params'], O, A>; readonly baseline?: ValueFunction<V, O> }
  checkFits('reinforce', environment, policy)
  if (baseline !== undefined) checkSees('reinforce', environment, baseline)
  count('reinforce', 'episodes', episodes)
  inUnit('reinforce', 'discount', options.discount)
  const collect = rolloutOf<S, O, A, Pi['params']>({ environment, policy, steps: environment.horizon, environments: episodes })
  type Params = ReinforceParams<Pi['params'], V>
  const params: Params = { policy: policy.params, baseline: baseline?.params ?? {} as V }
  const problem = (p: Params, key: Key) => {
    const { start, play } = splitKey(key, 'start', 'play')
    return reinforceTerms({ ...options, policy, baseline }, p, collect.run(p.policy, collect.init(start), play).trajectory)
  }

  const none: Experience = { environmentSteps: zeros([]) }
  const training = trainStep({
    params, optimiser, aux: none,
    // One descent for both: no parameter is shared, and each term reaches its own.
    loss: (p: Params, _: {}, key: Key, aux: Experience) => {
      const { objective, baselineLoss, meanReturn, entropy, steps } = problem(p, key)
      const environmentSteps = add(aux.environmentSteps, steps)
      return {
        loss: sub(baselineLoss, objective), aux: { environmentSteps },
        metrics: { meanReturn, objective, baselineLoss, entropy, environmentSteps },
      }
    },
  })
  return {
    params, init: training.init,
    step: (state, batch, key) => {
      // The sum of the two terms says nothing that they do not.
      const { state: next, metrics: { loss: _, ...metrics } } = training.step(state, batch, key)
      return { state: next, metrics }
    },
    statement: (_, key) => {
      const at = placeholders(params)
      const { objective, baselineLoss } = problem(at, key)
      const both = { steps: 1, constraints: [], optimiser: optimiser.described }
      const climbs: Objective = { player: 'policy', sense: 'maximise', moves: at.policy, value: objective, ...both }
      const descends: Objective = { player: 'baseline', sense: 'minimise', moves: at.baseline, value: baselineLoss, ...both }
      return { params: at, aux: {}, objectives: baseline ? [climbs, descends] : [climbs] }
    },
  }
}
