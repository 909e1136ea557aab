/** One player's single update: its payoff differentiated in its own parameters and in nothing else. */
import * as core from '../core/build.js'
import { gradient, variable } from '../core/gradient.js'
import type { Node } from '../core/node.js'
import { substitute } from '../core/substitute.js'
import { leavesOf } from '../core/trees.js'
import type { Tree } from '../define/tree.js'
import { TypegradError } from '../errors.js'
import type { Key } from '../keys.js'
import { globalNorm } from '../optim/norm.js'
import { applyUpdates, mapTrees } from '../optim/transform.js'
import { nodeOf, tensorOf } from '../ops/typed.js'
import { showShape } from '../shape/dim.js'
import type { Constraint } from '../statement.js'
import type { Tensor } from '../tensor.js'
import { like } from '../transform/linearise.js'
import type { Player } from './player.js'

/** A scalar of all players' parameters, one minibatch and a key. */
export type Payoff<Ps, B> = (players: Ps, batch: B, key: Key) => Tensor<[]>
/** What a player is held to: terms and bounds, or a function of what a payoff is given; the noise of one key is the same in both. */
export type Held<Ps, B> = readonly Constraint[] | ((players: Ps, batch: B, key: Key) => readonly Constraint[])

/** The parameters, or the optimisers' states, of all players. */
export type Trees = Readonly<Record<string, Tree>>
/** A player as it plays: with its name, what it moves by and what it is held to. */
export interface Seat {
  readonly name: string
  readonly player: Player
  readonly payoff: Payoff<Trees, unknown>
  readonly constraints: Held<Trees, unknown>
}

/** The numbers of a move, of the parameters before it. */
export interface MoveFigures {
  /** The payoff, without constraints. */
  readonly value: Tensor<[]>
  readonly gradientNorm: Tensor<[]>
  /** The weighted penalties, where there are some. */
  readonly penalty?: Tensor<[]>
}
/** A player's own part of the state after its move. */
export interface Moved { readonly params: Tree; readonly optimiser: Tree; readonly figures: MoveFigures }

/** The scalar that a function of the game gives, or the sentence about it. */
export const scalarOf = (what: string, x: unknown): Node => {
  const node = nodeOf(`game: ${what}`, x)
  if (node.dtype !== 'float32' || node.shape.length > 0)
    throw new TypegradError('shape',
      `game: ${what} is ${node.dtype} ${showShape(node.shape)} but a float32 scalar was expected; take its mean`)
  return node
}

/** The players' parameters for a function of the game: a name that nobody has is told, where plain JavaScript would read `undefined`. */
export const known = (players: Trees): Trees => new Proxy(players, {
  get: (all, name, self) => {
    if (typeof name === 'string' && !(name in all))
      throw new TypegradError('value', `game: ${name} does not play; the players are ${Object.keys(all).join(' and ')}`)
    const own: unknown = Reflect.get(all, name, self)
    return own
  },
})

/** The payoff of a player and what holds it, at given parameters. */
export const termsOf = ({ name, payoff, constraints }: Seat, players: Trees, batch: unknown, key: Key) => ({
  value: scalarOf(`the payoff of ${name}`, payoff(known(players), batch, key)),
  constraints: (typeof constraints === 'function' ? constraints(known(players), batch, key) : constraints).map(c => checked(name, c)),
})
const checked = (player: string, c: Constraint): Constraint => {
  if (c.kind === 'penalty') scalarOf(`the ${c.name} of ${player}`, c.value)
  else if (c.kind !== 'clip')
    throw new TypegradError('value', `game: ${player} is held by ${JSON.stringify(c.kind)}, but a game knows penalties and clipWeights`)
  return c
}

/** The parameters brought back into the sets that the player is held to. */
const projected = (params: Tree, constraints: readonly Constraint[]): Tree => constraints.reduce((p, c) =>
  c.kind === 'clip' ? mapTrees(([x]) => core.maximum(core.minimum(x, c.bound), -c.bound), p) : p, params)

/** One update of `seat`. The others' parameters are read and never differentiated: only variables of its own stand for what moves. */
export const moveOf = (seat: Seat, all: Trees, state: Tree, batch: unknown, key: Key): Moved => {
  const { name, player: { sense, optimiser } } = seat
  const own = all[name]
  const leaves = leavesOf<Node>(own).map(({ path, leaf }) => ({ at: nodeOf('game', leaf), as: variable(leaf, `${name}.${path}`) }))
  const variables = leaves.map(l => l.as)
  const { value, constraints } = termsOf(seat, { ...all, [name]: like(own, variables) }, batch, key)
  const held = constraints.flatMap(c => c.kind === 'penalty' ? [core.mul(c.weight, nodeOf('game', c.value))] : [])
  const loss = held.reduce((sum, p) => core.add(sum, p), sense === 'maximise' ? core.neg(value) : value)
  const penalty = held.length === 0 ? [] : [held.reduce((sum, p) => core.add(sum, p))]
  const [at, ...rest] = substitute([value, ...penalty, ...gradient(loss, variables)], new Map(leaves.map(l => [l.as, l.at])))
  const grads = like(own, rest.slice(penalty.length))
  const { updates, state: next } = optimiser.update(grads, state, own)
  return {
    params: projected(applyUpdates(own, updates), constraints), optimiser: next as Tree,
    figures: {
      value: tensorOf(at), gradientNorm: globalNorm(grads),
      ...penalty.length > 0 && { penalty: tensorOf<[], 'float32'>(rest[0]) },
    },
  }
}
