/** Finite Markov decision processes as environments. */
import { TypegradError } from '../../dsl/errors.js'
import { add, broadcastTo, categorical, gather, greater, log, mul, oneHot, reshape, tensor } from '../../dsl/ops/index.js'
import { nodeOf, tensorOf } from '../../dsl/ops/typed.js'
import { sameShape, showShape } from '../../dsl/shape/dim.js'
import type { Shape, Tensor } from '../../dsl/tensor.js'
import { checkDistributions } from '../distributions.js'
import { environment, type Environment } from '../environment.js'
import { discrete, type Discrete } from '../spaces.js'

/** A finite Markov decision process of S states and A actions. */
export interface Mdp<S extends number, A extends number> {
  /** P(s'|s, a), [S, A, S]: each row sums to 1, which is checked of constants; expressions that are not constant are taken as they are. */
  readonly transitions: Tensor<[S, A, NoInfer<S>]>
  /** r(s, a), [S, A]. */
  readonly rewards: Tensor<[NoInfer<S>, NoInfer<A>]>
  /** The distribution of first states, [S]: it sums to 1, which is checked of constants only. */
  readonly start: Tensor<[NoInfer<S>]>
  /** The states that end an episode when they are entered; none when absent. */
  readonly terminal?: readonly number[]
}

/** Throws the sentence about shapes that do not fit, and about constant rows that are no distributions; gives S and A. */
export const checkMdp = (op: string, { transitions, rewards, start }: Mdp<number, number>): readonly [states: number, actions: number] => {
  const shape = nodeOf(op, transitions).shape
  const [states, actions] = shape as readonly number[]
  const fits = (name: string, got: Shape, expected: Shape, why: string): void => {
    if (!sameShape(got, expected))
      throw new TypegradError('shape', `${op}: ${name} ${showShape(got)}, but ${showShape(expected)} was expected${why}`)
  }
  if (shape.length !== 3 || !shape.every(n => typeof n === 'number' && n > 0) || shape[2] !== states)
    throw new TypegradError('shape',
      `${op}: transitions are ${showShape(shape)}, but [S, A, S] was expected: S states, A actions, S next states`)
  fits('rewards are', nodeOf(op, rewards).shape, [states, actions], `, because transitions are ${showShape(shape)}`)
  fits('start is', nodeOf(op, start).shape, [states], `, because transitions are ${showShape(shape)}`)
  checkDistributions(op, 'transitions', transitions)
  checkDistributions(op, 'start', start)
  return [states, actions]
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
 * Expressions that are not constants have no numbers yet: whether their rows are distributions is not checked.
 *
 * @throws TypegradError when shapes do not fit, a constant row of `transitions` or a constant `start` has a negative entry or does not sum
 *   to 1, or a terminal state is not one of the states
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
  const [states, actions] = checkMdp('tabular', plain as Mdp<number, number>)
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
