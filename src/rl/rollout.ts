/**
 * Rollouts: a policy acts in many environments at once, and everything that happens is one expression, a loop. Environments start again
 * by a choice, element by element. The randomness of all steps is drawn before the loop, whose body is then small.
 */
import type { Node } from '../dsl/core/node.js'
import { leavesOf, mapTree } from '../dsl/core/trees.js'
import * as core from '../dsl/core/build.js'
import type { Tree } from '../dsl/define/tree.js'
import { splitKey, type Key } from '../dsl/keys.js'
import { add, cast, cumsum, div, equal, greater, named, or, randomBits, stopGradient, sub, sum, where, zeros } from '../dsl/ops/index.js'
import { nodeOf, tensorOf } from '../dsl/ops/typed.js'
import type { Arg } from '../dsl/shape/check.js'
import { scan } from '../dsl/transform/scan.js'
import type { Dim, DType, Shape, Tensor } from '../dsl/tensor.js'
import type { Environment, States } from './environment.js'
import { checkFits, count, type Fits } from './fits.js'
import type { Policy } from './policy.js'
import type { ActionSpace, ActionTensor } from './spaces.js'

/** What happened in T steps of N environments; no gradient flows into it. */
export interface Trajectory<T extends Dim, N extends Dim, O extends Shape, A extends ActionSpace> {
  /** s_t, [T, N, ...O]. */
  readonly observation: Tensor<[T, N, ...O]>
  /** a_t. */
  readonly action: ActionTensor<A, [T, N]>
  /** r_t. */
  readonly reward: Tensor<[T, N]>
  /** The task ended with this step: nothing follows. */
  readonly terminated: Tensor<[T, N], 'bool'>
  /** Time ran out with this step: the episode is cut, but what would follow has a value. */
  readonly truncated: Tensor<[T, N], 'bool'>
  /** s_{t+1} [T, N, ...O] as the step left it, before a new episode began: of this state a value is taken. */
  readonly nextObservation: Tensor<[T, N, ...O]>
  /** log π(a_t|s_t) of the policy that acted, [T, N]. */
  readonly logProb: Tensor<[T, N]>
}

/** What goes from one rollout into the next. */
export type RolloutState<S, N extends Dim> = {
  readonly environment: States<S, N>
  /** The rewards so far of each episode under way. */
  readonly returns: Tensor<[N]>
  /** The mean return of the last rollout in which an episode ended. */
  readonly recent: Tensor<[]>
}

/** What a rollout gives. */
export interface Collected<S, T extends Dim, N extends Dim, O extends Shape, A extends ActionSpace> {
  readonly trajectory: Trajectory<T, N, O, A>
  readonly state: RolloutState<S, N>
  readonly episodes: {
    /** How many episodes ended in this rollout. */
    readonly count: Tensor<[]>
    /** Their mean return without discount; when none ended, that of the last rollout in which one did, and 0 before there is any. */
    readonly meanReturn: Tensor<[]>
  }
}

/** A policy at work in an environment. */
export interface Rollout<S, P, T extends Dim, N extends Dim, O extends Shape, A extends ActionSpace> {
  /** New episodes in every environment. */
  init(key: Key): RolloutState<S, N>
  /** T steps of the policy at `params`. */
  run(params: P, state: RolloutState<S, N>, key: Key): Collected<S, T, N, O, A>
}

type Any = Tensor<Shape, DType>
/** Environments and policies over trees and shapes known at run time only. */
interface AnyEnvironment {
  reset(key: Key, n: number): Tree
  observe(state: Tree): Any
  step(state: Tree, action: Any, key: Key): {
    readonly state: Tree; readonly reward: Tensor<['N']>
    readonly terminated: Tensor<['N'], 'bool'>; readonly truncated: Tensor<['N'], 'bool'>
  }
}
interface AnyPolicy {
  noise(key: Key, batch: Shape): Any
  act(params: Tree, observation: Any, noise: Any): Any
  mode(params: Tree, observation: Any): Any
  logProb(params: Tree, observation: Any, action: Any): Any
}
type AnyScan = (body: (carry: Carry, x: Drawn) => readonly [Carry, object], init: Carry, xs: Drawn) => readonly [Carry, unknown]
interface Carry { readonly state: Tree; readonly returns: Tensor<['N']> }
interface Drawn { readonly noise: Any; readonly fresh: Tree; readonly key: Tensor<Shape, 'int32'> }

const node = (x: unknown): Node => nodeOf('rollout', x)
const mapNodes = (tree: Tree, f: (x: Node) => Node): Tree => {
  const mapped: unknown = mapTree<Node, Node>(tree, f)
  return mapped as Tree
}
/** Leaf by leaf, the first tree's where `which` [N] says so, else the second's. */
const choose = (which: Tensor<['N'], 'bool'>, a: Tree, b: Tree): Tree => {
  const others = leavesOf<Node>(b).map(l => l.leaf)
  let i = 0
  return mapNodes(a, x => {
    const column = core.reshape(node(which), [x.shape[0], ...x.shape.slice(1).map(() => 1)])
    return core.select(core.broadcastTo(column, x.shape), x, others[i++])
  })
}

/** What a rollout is made of. */
export interface RolloutOptions<S extends Tree, O extends Shape, A extends ActionSpace, Pi, T extends number, N extends number> {
  readonly environment: Environment<S, O, A>
  readonly policy: Arg<Fits<'rollout', O, A, Pi>, Pi>
  /** T. */
  readonly steps: T
  /** N. */
  readonly environments: N
  /** Whether the most probable action is taken in place of a draw; false when absent. */
  readonly greedy?: boolean
}

/**
 * A policy at work in N environments for T steps at a time, as one expression: where an episode ends, the next begins. The state of the
 * environments goes from one rollout into the next.
 *
 * @throws TypegradError when the policy does not fit the environment, or a number is not whole and above 0
 * @example
 * ```ts
 * import { cartPole, categoricalPolicy, rollout } from 'typegrad/rl'
 * const policy = categoricalPolicy({ observation: 4, hidden: [32], actions: 2 })
 * const collect = rollout({ environment: cartPole, policy, steps: 128, environments: 8 })
 * const { trajectory } = collect.run(policy.params, collect.init(key(0)), key(1))
 * trajectory.observation.shape // [128, 8, 4]
 * ```
 */
export const rollout = <S extends Tree, O extends Shape, A extends ActionSpace, Pi extends { readonly params: Tree },
  const T extends number, const N extends number>(
  options: RolloutOptions<S, O, A, Pi, T, N>,
): Rollout<S, Pi['params'], T, N, O, A> => {
  const [steps, n] = [count('rollout', 'steps', options.steps), count('rollout', 'environments', options.environments)]
  const { greedy = false } = options
  const given: unknown = options
  checkFits('rollout', options.environment, (given as { policy: Policy<Tree, Shape, ActionSpace> }).policy)
  const { environment, policy } = given as { environment: AnyEnvironment; policy: AnyPolicy }
  const loop: unknown = scan

  const init = (key: Key) => ({ environment: environment.reset(key, n), returns: zeros([n]), recent: zeros([]) })
  const run = (params: Tree, state: { environment: Tree; returns: Tensor<['N']>; recent: Tensor<[]> }, key: Key) => {
    // What happened is data: no gradient goes through how it came about.
    const acting = mapNodes(params, core.stopGradient)
    const keys = splitKey(key, 'noise', 'fresh', 'steps')
    const fresh = mapNodes(environment.reset(keys.fresh, steps * n), x => core.reshape(x, [steps, n, ...x.shape.slice(1)]))
    const drawn: Drawn = { noise: policy.noise(keys.noise, [steps, n]), fresh, key: randomBits(keys.steps, [steps, 2]) }
    const body = (carry: Carry, x: Drawn): readonly [Carry, object] => {
      const observation = environment.observe(carry.state)
      const action = greedy ? policy.mode(acting, observation) : policy.act(acting, observation, x.noise)
      const { state: next, reward, terminated, truncated } = environment.step(carry.state, action, tensorOf(node(x.key)))
      const ended = or(terminated, truncated)
      const total = add(carry.returns, reward)
      return [
        { state: choose(ended, x.fresh, next), returns: where(ended, 0, total) },
        {
          observation, action, reward, terminated, truncated, nextObservation: environment.observe(next),
          finished: where(ended, total, 0),
        },
      ]
    }
    const [carry, kept] = (loop as AnyScan)(body, { state: state.environment, returns: state.returns }, drawn)
    const { finished, ...happened } = kept as Omit<Trajectory<'T', 'N', [], ActionSpace>, 'logProb'> & { finished: Tensor<['T', 'N']> }
    // The names of the papers, for formulas.
    const τ = {
      ...happened,
      observation: named('s', happened.observation, { latex: 's_t' }), action: named<Shape, DType>('a', happened.action, { latex: 'a_t' }),
      terminated: named('terminated', happened.terminated, { latex: '\\mathrm{terminated}_t' }),
      truncated: named('truncated', happened.truncated, { latex: '\\mathrm{truncated}_t' }),
      reward: named('r', happened.reward, { latex: 'r_t' }), nextObservation: named('s′', happened.nextObservation, { latex: 's_{t+1}' }),
    }
    const ended = sum(cast(or(happened.terminated, happened.truncated), 'float32'))
    const recent = where(greater(ended, 0), div(sum(finished), add(ended, cast(equal(ended, 0), 'float32'))), state.recent)
    return {
      trajectory: { ...τ, logProb: stopGradient(policy.logProb(acting, τ.observation, τ.action)) },
      state: { environment: carry.state, returns: carry.returns, recent },
      episodes: { count: ended, meanReturn: recent },
    }
  }
  const made: unknown = { init, run }
  return made as Rollout<S, Pi['params'], T, N, O, A>
}

/** `rollout` for a policy of any action space, whose fit only a check at run time tells: the one place that vouches for the types. */
export const rolloutOf = <S extends Tree, O extends Shape, A extends ActionSpace, P extends Tree>(
  options: Omit<RolloutOptions<S, O, A, Policy<P, O, A>, number, number>, 'policy'> & { readonly policy: unknown },
): Rollout<S, P, number, number, O, A> => {
  const made: unknown = rollout({ ...options, policy: options.policy as never })
  return made as Rollout<S, P, number, number, O, A>
}

/**
 * 1 within the first episode of each environment, 0 after it, [T, N]: with rollouts that begin with new episodes and are as long as the
 * horizon, the weights of whole episodes.
 *
 * @example
 * ```ts
 * import { firstEpisodes } from 'typegrad/rl'
 * const no = tensor([[false], [false], [false]])
 * firstEpisodes({ terminated: tensor([[false], [true], [false]]), truncated: no }) // [[1], [1], [0]]
 * ```
 */
export const firstEpisodes = <T extends Dim, N extends Dim>(
  { terminated, truncated }: { readonly terminated: Tensor<[T, N], 'bool'>; readonly truncated: Tensor<[T, N], 'bool'> },
): Tensor<[T, N]> => {
  const truth = (x: unknown): Tensor<['T', 'N'], 'bool'> => tensorOf(node(x))
  const ended = cast(or(truth(terminated), truth(truncated)), 'float32')
  return tensorOf(node(cast(equal(sub(cumsum(ended, 0), ended), 0), 'float32')))
}
