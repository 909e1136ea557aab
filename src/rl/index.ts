/**
 * Reinforcement learning: environments as pure functions, returns, and one file an algorithm.
 *
 * @module typegrad/rl
 */
export type { Training } from '../dsl/train.js'
export { continuous, discrete, type ActionSpace, type ActionTensor, type Continuous, type Discrete } from './spaces.js'
export type { Dynamics } from './dynamics.js'
export { environment, type Batched, type Environment, type States, type Stepped } from './environment.js'
export { cartPole, type CartPoleState } from './environments/cart-pole.js'
export { pendulum, type PendulumState } from './environments/pendulum.js'
export { tabular, type Mdp } from './environments/tabular.js'
export type { Dense, Network } from './network.js'
export type { ObservationTensor, Policy } from './policy.js'
export {
  categoricalPolicy, gaussianPolicy, tabularPolicy, valueFunction,
  type CategoricalPolicy, type GaussianParams, type GaussianPolicy, type ValueFunction,
} from './policies.js'
export {
  firstEpisodes, rollout, type Collected, type Rollout, type RolloutOptions, type RolloutState, type Trajectory,
} from './rollout.js'
export { evaluatePolicy, type EvaluationOptions } from './evaluate-policy.js'
export { trpo, type TrpoMetrics, type TrpoOptions } from './trpo.js'
export type { CriticOptions } from './trpo-critic.js'
export { gae, normalise, returns, type GaeOptions, type Outcomes, type ReturnOptions } from './returns.js'
export { exactValues, optimalBaseline, type ExactOptions, type ExactValues } from './tabular-exact.js'
export {
  reinforce, type Experience, type Reinforce, type ReinforceMetrics, type ReinforceOptions, type ReinforceParams,
} from './reinforce.js'
