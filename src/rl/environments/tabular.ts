/** Finite Markov decision processes as environments. */
import { TypegradError } from '../../dsl/errors.js'
import { add, broadcastTo, categorical, gather, greater, log, mul, oneHot, reshape, tensor } from '../../dsl/ops/index.js'
import { nodeOf, tensorOf } from '../../dsl/ops/typed.js'
import type { Tensor } from '../../dsl/tensor.js'
import { environment, type Environment } from '../environment.js'
import { discrete, type Discrete } from '../spaces.js'

/** A finite Markov decision process of S states and A actions. */
export interface Mdp<S extends number, A extends number> {
  /** P(s'|s, a), [S, A, S]: each row sums to 1. */
  readonly transitions: Tensor<[S, A, S]>
  /** r(s, a), [S, A]. */
  readonly rewards: Tensor<[S, A]>
  /** The distribution of first states, [S]. */
  readonly start: Tensor<[S]>
  /** The states that end an episode when they are entered; none when absent. */
  readonly terminal?: readonly number[]
}

/** 1 for the states that end an episode, [S]. */
export const terminalStates = ({ terminal = [], start }: Mdp<number, number>): Tensor<[number]> => {
  const states = nodeOf('tabular', start).shape[0] as number
  const bad = terminal.find(s => !(Number.isInteger(s) && s >= 0 && s < states))
  if (bad !== undefined) throw new TypegradError('value', `tabular: ${bad} is no terminal state; states are 0 to ${states - 1}`)
  const flags: number[] = Array.from({ length: states }, (_, s) => terminal.includes(s) ? 1 : 0)
  return tensor(flags)
}

/**
 * A finite Markov decision process as an environment: the observation is the state as a one-hot vector [S].
 *
 * @throws TypegradError when a terminal state is not one of the states
 * @example
 * ```ts
 * import { tabular } from 'typegrad/rl'
 * const twoRooms = tabular({
 *   transitions: tensor([[[1, 0], [0, 1]], [[0, 1], [1, 0]]]),
 *   rewards: tensor([[0, 1], [2, 0]]),
 *   start: tensor([1, 0]),
 * }, { horizon: 20 })
 * twoRooms.observe(twoRooms.reset(key(0), 2)) // [[1, 0], [1, 0]]
 * ```
 */
export const tabular = <const S extends number, const A extends number>(
  mdp: Mdp<S, A>, { horizon }: { readonly horizon: number },
): Environment<Tensor<['N'], 'int32'>, [S], Discrete<A>> => {
  const plain: unknown = mdp
  const { transitions, rewards, start } = plain as Mdp<number, number>
  const [states, actions] = nodeOf('tabular', rewards).shape as readonly number[]
  const ends = terminalStates(plain as Mdp<number, number>)
  const rows = reshape(log(transitions), [states * actions, states])
  const made: unknown = environment<Tensor<['N'], 'int32'>, [number], Discrete<number>>({
    name: 'tabular', observation: [states], action: discrete(actions), horizon,
    reset: (key, n) => categorical(key, broadcastTo(log(start), [n, states])),
    observe: state => oneHot(state, states),
    step: (state, action, key) => {
      const at = add(mul(state, actions), action)
      const next = categorical(key, tensorOf<['N', number], 'float32'>(nodeOf('tabular', gather(rows, at, 0))))
      return { state: next, reward: gather(reshape(rewards, [states * actions]), at, 0), terminated: greater(gather(ends, next, 0), 0.5) }
    },
  })
  return made as Environment<Tensor<['N'], 'int32'>, [S], Discrete<A>>
}
