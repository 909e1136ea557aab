/**
 * Environments as pure functions of many states at once. Their dynamics are written for `N` environments, a symbol in types; the time limit
 * is added here, as Gymnasium's TimeLimit does, because running out of time is not an end of the task: what follows still has a value.
 */
import type { SubstituteTree, Tree } from '../dsl/define/tree.js'
import { TypegradError } from '../dsl/errors.js'
import type { Key } from '../dsl/keys.js'
import { add, greaterEqual, zeros } from '../dsl/ops/index.js'
import type { Dim, Shape, Tensor } from '../dsl/tensor.js'
import { traced, type Dynamics } from './dynamics.js'
import type { ActionSpace, ActionTensor } from './spaces.js'

/** A tree of states written for `N` environments, with another number put for `N`. */
export type Batched<S, N extends Dim> = SubstituteTree<S, { readonly N: N }>

/** The states of `N` environments and how many steps the episode of each has taken. */
export type States<S, N extends Dim> = { readonly at: Batched<S, N>; readonly steps: Tensor<[N], 'int32'> }

/** What a step gives: the next states, and for each environment its reward and whether, and how, its episode ended. */
export interface Stepped<S, N extends Dim> {
  readonly state: States<S, N>
  readonly reward: Tensor<[N]>
  /** The task ended: nothing follows, its value is 0. */
  readonly terminated: Tensor<[N], 'bool'>
  /** Time ran out: the episode is cut, but the last state has a value. */
  readonly truncated: Tensor<[N], 'bool'>
}

/**
 * An environment: pure functions of many states at once. `S` is the tree of states over the symbol `N`, `O` the shape of one observation,
 * `A` the space of actions. It does not start a new episode by itself: `rollout` does.
 */
export interface Environment<S extends Tree, O extends Shape, A extends ActionSpace> {
  readonly name: string
  /** The shape of one observation. */
  readonly observation: O
  readonly action: A
  /** Steps after which an episode is truncated. */
  readonly horizon: number
  /** The first states of `n` episodes. */
  reset<const N extends Dim>(key: Key, n: N): States<S, N>
  /** What a policy sees of the states: [N, ...O]. */
  observe<N extends Dim>(state: States<S, N>): Tensor<[N, ...O]>
  /** One step of each. Throws a `TypegradError` when states and actions are not of one batch. */
  step<N extends Dim>(state: States<S, N>, action: ActionTensor<A, [NoInfer<N>]>, key: Key): Stepped<S, N>
}

/**
 * An environment from its dynamics, which are written for the symbol `N`: a step says the next state, the reward and whether the task
 * ended; the environment counts the steps and truncates an episode at its horizon. The dynamics are built once, for `N`, and `N` takes the
 * size of a batch when one is given.
 *
 * @throws TypegradError when the horizon is not a positive whole number, or the dynamics give anything but a state whose every tensor
 *   begins with `N`, observations [N, ...O], a next state like the state, a reward float32 [N] and `terminated`, bool [N]
 * @example
 * ```ts
 * import { discrete, environment } from 'typegrad/rl'
 * const walk = environment({
 *   name: 'walk', observation: [1], action: discrete(2), horizon: 20,
 *   reset: (_, n) => zeros([n]),
 *   observe: x => expandDims(x, 1),
 *   step: (x, action) => {
 *     const next = add(x, sub(mul(cast(action, 'float32'), 2), 1))
 *     return { state: next, reward: neg(abs(next)), terminated: greater(abs(next), 5) }
 *   },
 * })
 * walk.observe(walk.reset(key(0), 4)).shape // [4, 1]
 * ```
 */
export const environment = <S extends Tree, const O extends Shape, A extends ActionSpace>(
  dynamics: Dynamics<S, O, A>,
): Environment<S, O, A> => {
  const { name, observation, action: space, horizon } = dynamics
  if (!(Number.isInteger(horizon) && horizon > 0))
    throw new TypegradError('value', `environment ${name}: the horizon is ${horizon} but a positive whole number of steps was expected`)
  const { reset, observe, step } = traced(dynamics)
  interface Inside { readonly at: Tree; readonly steps: Tensor<['N'], 'int32'> }
  const untyped: unknown = {
    name, observation, action: space, horizon,
    reset: (key: Key, n: 'N') => ({ at: reset(n, { key }), steps: zeros([n], 'int32') }),
    observe: ({ at, steps }: Inside) => observe(steps.shape[0], { state: at }),
    step: ({ at, steps }: Inside, action: Tree, key: Key) => {
      const moved = step(steps.shape[0], { state: at, action, key }) as Omit<Stepped<S, Dim>, 'truncated'>
      const next = add(steps, 1)
      return { ...moved, state: { at: moved.state, steps: next }, truncated: greaterEqual(next, horizon) }
    },
  }
  return untyped as Environment<S, O, A>
}
