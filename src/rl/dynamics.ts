/**
 * The dynamics of an environment, built once for the symbol `N` that their types speak of. What they give is checked there; a batch then
 * takes their place by substitution, whatever its size.
 */
import type { Node } from '../dsl/core/node.js'
import { placeholders } from '../dsl/core/placeholders.js'
import { substitute } from '../dsl/core/substitute.js'
import { leavesLike, leavesOf, mapTree, treeLike, type Leaf } from '../dsl/core/trees.js'
import { matchTree } from '../dsl/define/match-tree.js'
import type { Tree } from '../dsl/define/tree.js'
import { TypegradError } from '../dsl/errors.js'
import { bool, f32, i32 } from '../dsl/ops/index.js'
import { must } from '../dsl/ops/typed.js'
import { showShape, substituteDim } from '../dsl/shape/dim.js'
import type { Key } from '../dsl/keys.js'
import type { Dim, Shape, Tensor } from '../dsl/tensor.js'
import type { ActionSpace, ActionTensor } from './spaces.js'

/** The dynamics of an environment, for `N` states at once and without a limit of time. */
export interface Dynamics<S extends Tree, O extends Shape, A extends ActionSpace> {
  readonly name: string
  /** The shape of one observation. */
  readonly observation: O
  readonly action: A
  /** Steps after which an episode is truncated. */
  readonly horizon: number
  /** The first states of `n` episodes. */
  reset(key: Key, n: 'N'): S
  /** What a policy sees of the states. */
  observe(state: S): Tensor<['N', ...O]>
  /** The next states, the rewards, and whether the task ended. */
  step(state: S, action: ActionTensor<A, ['N']>, key: Key):
  { readonly state: S; readonly reward: Tensor<['N']>; readonly terminated: Tensor<['N'], 'bool'> }
}

/** What was built for `N` of some arguments, for a batch of `n` and other arguments of the same types. */
type Built<X> = (n: Dim, args: X) => unknown

/** Actions as a step expects them. */
const actionSpec = (space: ActionSpace): Tree => space.kind === 'discrete' ? i32('N') : f32('N', space.size)

/** A function of trees over `N`, as one of trees over any batch; and what it gives for `N`. */
const build = <X extends object, Y>(name: string, specs: X, f: (args: X) => Y): { readonly made: Y; readonly at: Built<unknown> } => {
  const args = placeholders(specs, name)
  const made = f(args)
  const nodes = (tree: unknown): Node[] => leavesOf<Node>(tree).map(l => l.leaf)
  const [from, out] = [nodes(args), nodes(made)]
  const at = (n: Dim, given: unknown): unknown => {
    const sized: unknown = mapTree<Leaf, Leaf>(specs, x => ({ dtype: x.dtype, shape: x.shape.map(d => substituteDim(d, { N: n })) }))
    for (const [part, expected] of Object.entries(sized as object))
      must(matchTree(expected, (given as Record<string, unknown>)[part], `${name}: ${part}`))
    const to = leavesLike<Node>(specs, given, name)
    return treeLike(made, substitute(out, new Map(from.map((x, i) => [x, to[i]])), { N: n }))
  }
  return { made, at }
}

/** Throws the sentence about the first part of a state that does not belong to `N` environments. */
const checkState = (op: string, state: unknown): void => {
  const stray = leavesOf<Leaf>(state).find(({ leaf }) => leaf.shape[0] !== 'N')
  if (stray)
    throw new TypegradError('shape', `${op}: ${stray.path || 'the state'} is ${showShape(stray.leaf.shape)}, but what belongs to N `
      + 'environments begins with the axis N')
}

/** Reset, observation and step for batches of any size; throws the sentence about what the dynamics give that an environment does not. */
export const traced = <S extends Tree, O extends Shape, A extends ActionSpace>(
  dynamics: Dynamics<S, O, A>,
): Readonly<Record<'reset' | 'observe' | 'step', Built<Tree>>> => {
  const { name, observation, action } = dynamics
  const [key, actions] = [i32(2), actionSpec(action) as ActionTensor<A, ['N']>]
  const reset = build(`${name}.reset`, { key }, given => {
    const state = dynamics.reset(given.key, 'N')
    checkState(`${name}.reset`, state)
    return state
  })
  const state = reset.made
  const observe = build(`${name}.observe`, { state }, given => {
    const seen = dynamics.observe(given.state)
    must(matchTree({ shape: ['N', ...observation], dtype: 'float32' }, seen, `${name}.observe`))
    return seen
  })
  const step = build(`${name}.step`, { state, action: actions, key }, given => {
    const { state: next, reward, terminated } = dynamics.step(given.state, given.action, given.key)
    must(matchTree(state, next, `${name}.step: next state`))
    must(matchTree(f32('N'), reward, `${name}.step: reward`))
    must(matchTree(bool('N'), terminated, `${name}.step: terminated`))
    return { state: next, reward, terminated }
  })
  return { reset: reset.at, observe: observe.at, step: step.at }
}
