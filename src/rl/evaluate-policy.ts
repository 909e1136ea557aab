/** How well a policy does. */
import type { Tree } from '../dsl/define/tree.js'
import { splitKey, type Key } from '../dsl/keys.js'
import { mul, sum } from '../dsl/ops/index.js'
import { nodeOf, tensorOf } from '../dsl/ops/typed.js'
import type { Arg } from '../dsl/shape/check.js'
import type { Dim, Shape, Tensor } from '../dsl/tensor.js'
import type { Environment } from './environment.js'
import { checkFits, count, type Fits } from './fits.js'
import { firstEpisodes, rolloutOf } from './rollout.js'
import type { ActionSpace } from './spaces.js'

/** Whom to evaluate, where, for how many episodes. */
export interface EvaluationOptions<
  S extends Tree, O extends Shape, A extends ActionSpace, Pi extends { readonly params: Tree }, E extends Dim,
> {
  readonly environment: Environment<S, O, A>
  readonly policy: Arg<Fits<'evaluatePolicy', O, A, Pi>, Pi>
  readonly params: Pi['params']
  readonly key: Key
  readonly episodes: E
  /** Whether the most probable action is taken in place of a draw; false when absent. */
  readonly greedy?: boolean
}

/**
 * The return, without discount, of each of a number of whole episodes that begin anew, as [episodes].
 *
 * @throws TypegradError when the policy does not fit the environment, or the number of episodes is not whole and above 0
 * @example
 * ```ts
 * import { cartPole, categoricalPolicy, evaluatePolicy } from 'typegrad/rl'
 * const policy = categoricalPolicy({ observation: 4, hidden: [32], actions: 2 })
 * const each = evaluatePolicy({ environment: cartPole, policy, params: policy.params, key: key(0), episodes: 100 })
 * const meanReturn = mean(each)
 * ```
 */
export const evaluatePolicy = <S extends Tree, O extends Shape, A extends ActionSpace, Pi extends { readonly params: Tree },
  const E extends number>(options: EvaluationOptions<S, O, A, Pi, E>): Tensor<[E]> => {
  const { environment, policy, params, key, episodes, greedy } = options
  checkFits('evaluatePolicy', environment, policy)
  count('evaluatePolicy', 'episodes', episodes)
  const keys = splitKey(key, 'start', 'steps')
  const collect = rolloutOf<S, O, A, Pi['params']>({ environment, policy, steps: environment.horizon, environments: episodes, greedy })
  const { trajectory } = collect.run(params, collect.init(keys.start), keys.steps)
  const wide = (x: unknown): Tensor<['T', 'N']> => tensorOf(nodeOf('evaluatePolicy', x))
  return tensorOf(nodeOf('evaluatePolicy', sum(mul(wide(trajectory.reward), wide(firstEpisodes(trajectory))), [0])))
}
