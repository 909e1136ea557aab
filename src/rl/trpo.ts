/**
 * TRPO, trust region policy optimisation (Schulman et al., 2015), with generalised advantages (Schulman et al., 2016).
 *
 *   repeat
 *     act T steps in N environments with π_old:  s_t, a_t, r_t
 *     δ_t = r_t + γ v(s_{t+1}) - v(s_t),   Â_t = Σ_k (γλ)^k δ_{t+k},   R̂_t = Â_t + v(s_t)
 *     θ ← argmax E[π_θ(a|s) / π_old(a|s) Â]  subject to  E[KL(π_old(·|s) ‖ π_θ(·|s))] <= δ        eq. 14, solved as in appendix C
 *     w ← K steps on E[(v_w(s) - R̂)²]
 *
 * Differences from the paper: Â by GAE in place of a sum of rewards, brought to mean 0 and deviation 1 in a batch; the Fisher matrix is
 * damped; an optimiser fits v, on the whole batch. Rewards may be scaled for v's sake; the returns reported are not.
 */
import { placeholders } from '../dsl/core/placeholders.js'
import type { Tree } from '../dsl/define/tree.js'
import type { Apply, TypeFunction } from '../dsl/define/type-function.js'
import { splitKey, type Key } from '../dsl/keys.js'
import { add, div, exp, mean, mul, named, square, stopGradient, sub, variance } from '../dsl/ops/index.js'
import type { Arg } from '../dsl/shape/check.js'
import type { DType, Shape, Tensor } from '../dsl/tensor.js'
import type { Training } from '../dsl/train.js'
import { atMost, naturalGradient, trustRegion, type TrustRegionReport, type TrustRegionSolver } from '../dsl/trust-region/index.js'
import type { Environment } from './environment.js'
import { checkFits, checkSees, count, type Fits, type Sees } from './fits.js'
import type { ValueFunction } from './policies.js'
import type { Policy } from './policy.js'
import { gae, inUnit, normalise } from './returns.js'
import { rolloutOf } from './rollout.js'
import type { ActionSpace, ActionTensor } from './spaces.js'
import { critic, type CriticOptions, type Targets } from './trpo-critic.js'

type Grid = [number, number]

/** What a batch of decisions was and how good it proved: states, actions, advantages Â and returns R̂, both as seen by v. */
interface Judged<O extends Shape, A extends ActionSpace> extends Targets<O> {
  readonly a: ActionTensor<A, Grid>
  readonly advantage: Tensor<Grid>
}

/** Whom to improve, where, and how. */
export interface TrpoOptions<S extends Tree, O extends Shape, A extends ActionSpace, Pi extends { readonly params: Tree }, V extends Tree,
  F extends TypeFunction, Q extends Shape = O> {
  readonly environment: Environment<S, O, A>
  readonly policy: Arg<Fits<'trpo', O, A, Pi>, Pi>
  readonly value: Arg<Sees<'trpo', O, Q>, ValueFunction<V, Q>>
  readonly critic: CriticOptions<F>
  /** T, steps of each environment an update. */
  readonly steps: number
  /** N. */
  readonly environments: number
  /** γ; 0.99 when absent. */
  readonly discount?: number
  /** λ; 0.97 when absent. */
  readonly lambda?: number
  /** δ, the most that the mean KL divergence of an update may be, in nats; 0.01 when absent. */
  readonly bound?: number
  /** 10 conjugate gradient steps, damping 0.1, at most 10 lengths each 0.8 of the one before, when absent. */
  readonly solver?: TrustRegionSolver
  /** Rewards are multiplied by it before anything is learnt from them; 1 when absent. */
  readonly rewardScale?: number
}

/** What an update reports: the returns of the episodes that ended while acting, the trust region step, and the fit of v. */
export type TrpoMetrics = TrustRegionReport & {
  /** The mean return of the episodes that ended, or of the last ones that did; and how many there were. */
  readonly meanReturn: Tensor<[]>
  readonly episodes: Tensor<[]>
  /** Of the policy that acted, in nats a decision. */
  readonly entropy: Tensor<[]>
  /** The mean squared error of v before it is fitted. */
  readonly valueLoss: Tensor<[]>
  /** 1 - Var(R̂ - v) / Var(R̂) before v is fitted: 1 for a perfect v, 0 for a constant. */
  readonly explainedVariance: Tensor<[]>
}

type Params<P extends Tree, V extends Tree> = { readonly policy: P; readonly value: V }

/**
 * Trust region policy optimisation as a training: each step acts for `steps` in `environments` copies of the environment, improves the
 * policy within the trust region and fits the value function, all as one expression. The carried state is that of the environments.
 *
 * @throws TypegradError when the policy or the value function does not fit the environment, or a setting is out of its range
 * @example
 * ```ts
 * import { cartPole, categoricalPolicy, trpo, valueFunction } from 'typegrad/rl'
 * const training = trpo({
 *   environment: cartPole,
 *   policy: categoricalPolicy({ observation: 4, hidden: [32], actions: 2 }),
 *   value: valueFunction({ observation: 4, hidden: [32] }),
 *   critic: { optimiser: adam(1e-3), updates: 20 },
 *   steps: 128, environments: 8, bound: 0.01,
 * })
 * const { state, metrics } = training.step(training.init(key(0)), {}, key(1))
 * ```
 */
export const trpo = <S extends Tree, O extends Shape, A extends ActionSpace, Pi extends { readonly params: Tree }, V extends Tree,
  F extends TypeFunction, Q extends Shape = O>(options: TrpoOptions<S, O, A, Pi, V, F, Q>,
): Training<Params<Pi['params'], V>, Apply<F, V>, Tree, {}, TrpoMetrics> => {
  type P = Pi['params']
  const { environment, steps, environments, solver = naturalGradient() } = options
  const { discount = 0.99, lambda = 0.97, bound = 0.01, rewardScale = 1 } = options
  const untyped: unknown = options
  const { policy, value } = untyped as { readonly policy: Policy<P, O, A>; readonly value: ValueFunction<V, O> }
  checkFits('trpo', environment, policy)
  checkSees('trpo', environment, value)
  count('trpo', 'steps', steps)
  count('trpo', 'environments', environments)
  inUnit('trpo', 'discount', discount)
  inUnit('trpo', 'λ', lambda)
  const collect = rolloutOf<S, O, A, P>({ environment, policy, steps, environments })

  const problem = trustRegion<P, Judged<O, A>>({
    player: 'policy', params: policy.params, solver,
    maximise: (θ, old, { s, a, advantage }) =>
      mean(mul(exp(sub(policy.logProb<Grid>(θ, s, a), policy.logProb<Grid>(old, s, a))), advantage)),
    subjectTo: (θ, old, { s }) => atMost(bound, mean(policy.kl<Grid>(old, θ, s))),
  })
  const v = critic(value, options.critic)

  const actions = (a: ActionTensor<A, Grid>): ActionTensor<A, Grid> => {
    const called: unknown = named('a', a as Tensor<Shape, DType>)
    return called as ActionTensor<A, Grid>
  }
  /** What the parameters did in the environments, and how good it was. */
  const experience = (params: Params<P, V>, environments: Tree, key: Key) => {
    const { trajectory: τ, state, episodes } = collect.run(params.policy, environments as never, key)
    const s = named('s', τ.observation)
    const [values, nextValues] = [value.value<Grid>(params.value, s), value.value<Grid>(params.value, τ.nextObservation)]
    const outcomes = { ...τ, reward: mul(τ.reward, rewardScale) }
    const estimate = named('A_GAE', gae(outcomes, { values, nextValues, discount, lambda }), { latex: 'A^{\\mathrm{GAE}}' })
    const judged: Judged<O, A> = {
      s, a: actions(τ.action),
      advantage: named('Â', stopGradient(normalise(estimate)), { latex: '\\hat{A}' }),
      target: named('R̂', stopGradient(add(estimate, values)), { latex: '\\hat{R}' }),
    }
    return { judged, state, episodes, values }
  }
  return {
    params: { policy: policy.params, value: value.params },
    init: key => {
      const keys = splitKey(key, 'policy', 'value', 'environments')
      const first = v.init(keys.value)
      const environments: unknown = collect.init(keys.environments)
      return {
        params: { policy: problem.init(keys.policy).params, value: first.params },
        optimiser: first.optimiser, aux: environments as Tree,
      }
    },
    step: ({ params, optimiser, aux }, _, key) => {
      const keys = splitKey(key, 'act', 'fit')
      const { judged, state, episodes, values } = experience(params, aux, keys.act)
      const improved = problem.improve(params.policy, judged)
      const fit = v.fit(params.value, optimiser, judged, keys.fit)
      const environments: unknown = state
      const missed = sub(judged.target, values)
      return {
        state: { params: { policy: improved.params, value: fit.params }, optimiser: fit.optimiser, aux: environments as Tree },
        metrics: {
          meanReturn: episodes.meanReturn, episodes: episodes.count, ...improved.report,
          entropy: mean(policy.entropy<Grid>(params.policy, judged.s)),
          valueLoss: mean(square(missed)), explainedVariance: sub(1, div(variance(missed), variance(judged.target))),
        },
      }
    },
    statement: (_, key) => {
      const at = placeholders({ policy: policy.params, value: value.params })
      const start: unknown = collect.init(key)
      const aux = placeholders(start as Tree, 'aux')
      const { judged } = experience(at, aux, key)
      return { params: at, aux, objectives: [problem.objective(at.policy, judged), v.objective(at.value, judged)] }
    },
    remark: problem.remark,
  }
}
