/**
 * Games: players who each move their own parameters for their own payoff, one after the other. Signs, freezing, order and inner steps
 * follow from the players; the whole round is one expression.
 */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import { placeholders } from '../core/placeholders.js'
import { leavesOf, mapTree } from '../core/trees.js'
import type { Tree } from '../define/tree.js'
import { TypegradError } from '../errors.js'
import { foldIn, splitKey, type Key } from '../keys.js'
import { nodeOf, tensorOf } from '../ops/typed.js'
import { initialise } from '../params/initialise.js'
import type { Show } from '../shape/dim-types.js'
import type { DType, Shape, Tensor } from '../tensor.js'
import type { Metrics, Training, TrainState } from '../train.js'
import type { ScalarLoss } from '../transform/check.js'
import { like } from '../transform/linearise.js'
import { scan, type Stacked } from '../transform/scan.js'
import { known, moveOf, termsOf, type Held, type MoveFigures, type Payoff, type Seat, type Trees } from './move.js'
import { checkPlayers, type Candidates, type OptimisersOf, type ParamsOf, type Players, type PlayersFault } from './player.js'

/** `[]`, or the message when a payoff is not a scalar. */
type Scalar<L> = L extends Tensor<infer S extends Shape, infer D extends DType>
  ? ScalarLoss<L, 'game'> extends string ? `game: the payoff is ${D} ${Show<S>} but a float32 scalar was expected; take its mean` : []
  : 'game: the payoff is no tensor, but a float32 scalar was expected'

/** What a game is made of. */
export interface GameSpec<Ps extends Candidates, B, M extends Metrics, L = Tensor<[]>> {
  /** In the order in which they move. */
  readonly players: Ps & PlayersFault<Ps>
  /** The payoff that all players share: of their parameters, a minibatch, and the key of the move, which is where noise comes from. */
  readonly value?: Scalar<L> extends string ? Scalar<L> : (players: ParamsOf<Ps>, batch: B, key: Key) => L
  /** Payoffs of players who do not play for the shared one. */
  readonly payoffs?: { readonly [K in keyof Ps]?: Payoff<ParamsOf<Ps>, B> }
  /** What players are held to. */
  readonly constraints?: ConstraintsOf<Ps, B>
  /** Further numbers to report, of the parameters before the round and its first minibatch. */
  readonly metrics?: (players: ParamsOf<Ps>, batch: B, key: Key) => M
}

/** What players are held to, by name. */
export type ConstraintsOf<Ps, B> = { readonly [K in keyof Ps]?: Held<ParamsOf<Ps>, B> }

/** Of each player, at its last move of a round: its payoff before the move, and the norm of its gradient. */
export type GameMetrics<Ps> = { readonly [K in `${keyof Ps & string}${'Value' | 'GradientNorm'}`]: Tensor<[]> }

/** The state of a game: an entry a player in `params` and in `optimiser`. */
export type GameState<Ps> = TrainState<ParamsOf<Ps>, OptimisersOf<Ps>, {}>

/** A game, as a training run whose step is one round. */
export interface Game<Ps extends Candidates, B, M extends Metrics>
  extends Training<ParamsOf<Ps>, OptimisersOf<Ps>, {}, Stacked<B, number>, M & GameMetrics<Ps>> {
  readonly batches: number
  /** One update of one player on one minibatch: a function of the state that leaves everything of the others as it is. */
  move(player: keyof Ps & string): (state: GameState<Ps>, batch: B, key: Key) => MoveFigures & { readonly state: GameState<Ps> }
}

type State = TrainState<Trees, Trees, {}>

const seatsOf = ({ players, value, payoffs = {}, constraints = {} }: GameSpec<Players, unknown, Metrics>): readonly Seat[] => {
  checkPlayers(players)
  const names = Object.keys(players)
  for (const [what, given] of [['payoffs', payoffs], ['constraints', constraints]] as const) {
    const stranger = Object.keys(given).find(name => !names.includes(name))
    if (stranger !== undefined)
      throw new TypegradError('value', `game: ${what} names ${stranger}, but the players are ${names.join(' and ')}`)
  }
  return names.map(name => {
    const payoff = payoffs[name] ?? value
    if (payoff === undefined)
      throw new TypegradError('value', `game: ${name} has no payoff; give the value that all share, or payoffs.${name}`)
    return { name, player: players[name], payoff, constraints: constraints[name] ?? [] }
  })
}

/** Minibatches `from` to `from + count` of every field. */
const minibatches = (batch: unknown, moves: number, from: number, count: number): unknown => mapTree<Node, Node>(batch, (leaf, path) => {
  const node = nodeOf('game', leaf)
  if (node.shape[0] !== moves)
    throw new TypegradError('shape', `game: batch.${path} is [${node.shape.join(', ')}], but a round takes ${moves} minibatches, `
      + `a field [${moves}, B, ...]`)
  return core.slice(node, [from, ...node.shape.slice(1).map(() => 0)], [from + count, ...node.shape.slice(1)])
})
const only = (batch: unknown): unknown => mapTree<Node, Node>(batch, x => core.reshape(x, x.shape.slice(1)))

/** A round's placeholders as those of one of its minibatches, under the same names. */
const oneOf = (batch: unknown, moves: number): unknown => mapTree<Node, Node>(batch, leaf => {
  const node = nodeOf('game', leaf)
  // A minibatch by itself begins with the symbol of its rows, a round with the number of its moves.
  if (node.shape[0] !== moves) return node
  return node.op === 'input'
    ? core.input({ shape: node.shape.slice(1), dtype: node.dtype, name: (node.attrs as { readonly name: string }).name })
    : core.reshape(core.slice(node, [0], [1]), node.shape.slice(1))
})

/** A loop over the moves of one player, its trees' types forgotten. */
const loop: (
  body: (carry: readonly Tree[], x: { move: Tensor<[], 'int32'>; batch: Tree }) => readonly [readonly Tree[], MoveFigures],
  start: readonly Tree[], xs: { move: Tensor<[number], 'int32'>; batch: Tree },
) => readonly [readonly Tree[], MoveFigures] = scan as never

/** The rounds of a game whose types are forgotten. */
const rounds = (seats: readonly Seat[], metrics: GameSpec<Players, unknown, Metrics>['metrics']): Game<Players, unknown, Metrics> => {
  const params = Object.fromEntries(seats.map(({ name, player }) => [name, player.params]))
  const movesOf = ({ player: { steps = 1 } }: Seat): number => steps
  const batches = seats.reduce((n, seat) => n + movesOf(seat), 0)
  /** The state with one player's part replaced: the others' parts are the same expressions. */
  const after = (state: State, { name }: Seat, own: Tree, optimiser: Tree): State =>
    ({ ...state, params: { ...state.params, [name]: own }, optimiser: { ...state.optimiser, [name]: optimiser } })

  const single = (seat: Seat, state: State, batch: unknown, key: Key): MoveFigures & { readonly state: State } => {
    const { params: own, optimiser, figures } = moveOf(seat, state.params, state.optimiser[seat.name], batch, key)
    return { ...figures, state: after(state, seat, own, optimiser) }
  }
  /** All moves of a player in a round, a loop when there are several; the figures are the last move's. */
  const turn = (seat: Seat, state: State, batch: unknown, key: Key): MoveFigures & { readonly state: State } => {
    const moves = movesOf(seat)
    if (moves === 1) return single(seat, state, only(batch), foldIn(key, 0))
    const start: readonly Tree[] = [state.params[seat.name], state.optimiser[seat.name]]
    const [[own, optimiser], figures] = loop(([p, s], { move, batch: one }) => {
      const moved = moveOf(seat, { ...state.params, [seat.name]: p }, s, one, foldIn(key, move))
      return [[moved.params, moved.optimiser], moved.figures]
    }, start, { move: tensorOf(core.iota(moves)), batch: batch as Tree })
    const last = like(figures, leavesOf<Node>(figures).map(({ leaf }) => core.reshape(core.slice(leaf, [moves - 1], [moves]), [])))
    return { ...last, state: after(state, seat, own, optimiser) }
  }

  return {
    params, batches,
    init: key => {
      const first = initialise(params, splitKey(key, 'params').params)
      return { params: first, aux: {}, optimiser: Object.fromEntries(seats.map(s => [s.name, s.player.optimiser.init(first[s.name])])) }
    },
    step: (state, batch, key) => {
      const report = metrics?.(known(state.params), only(minibatches(batch, batches, 0, 1)), splitKey(key, 'metrics').metrics)
      let [now, at, figures]: [State, number, Metrics] = [state as State, 0, { ...report }]
      for (const seat of seats) {
        const { name } = seat
        const played = turn(seat, now, minibatches(batch, batches, at, movesOf(seat)), splitKey(key, name)[name])
        figures = { ...figures, [`${name}Value`]: played.value, [`${name}GradientNorm`]: played.gradientNorm }
        if (played.penalty) figures = { ...figures, [`${name}Penalty`]: played.penalty }
        now = played.state
        at += movesOf(seat)
      }
      return { state: now, metrics: figures }
    },
    statement: (batch, key) => {
      const at = placeholders(params)
      const one = oneOf(batch, batches)
      return {
        params: at, aux: {},
        objectives: seats.map(seat => ({
          player: seat.name, sense: seat.player.sense, moves: at[seat.name], ...termsOf(seat, at, one, key),
          steps: movesOf(seat), optimiser: seat.player.optimiser.described,
        })),
      }
    },
    move: player => {
      const seat = seats.find(s => s.name === player)
      if (!seat)
        throw new TypegradError('value', `game: ${player} does not play; the players are ${seats.map(s => s.name).join(' and ')}`)
      return (state, batch, key) => single(seat, state as State, batch, key)
    },
  }
}

/**
 * A game as a training run: each step is a round in which the players move one after the other, in the order of `players`, each as often
 * as its `steps` say, on a minibatch and a key of its own for each move (a round's batch is [moves, B, ...]). A maximiser raises its payoff
 * and a minimiser lowers it; whoever does not move is held fixed. Penalties count against the player that they hold, and clipping follows
 * each of its updates.
 *
 * The metrics are each player's payoff, gradient norm and weighted penalty at its last move of the round, and those of `metrics`. Throws
 * a `TypegradError` for fewer than two players, a sense that is none, a player without payoff, a name that is no player's, and a payoff
 * that is not a float32 scalar. See Goodfellow et al., 2014, algorithm 1.
 *
 * @example
 * ```ts
 * const adversaries = game({
 *   players: {
 *     discriminator: maximiser({ params: { w: f32(2, 1) }, optimiser: adam(1e-3), steps: 5 }),
 *     generator: minimiser({ params: { shift: f32(2) }, optimiser: adam(1e-3) }),
 *   },
 *   value: ({ discriminator: d, generator: g }, { x }: { x: Tensor<['B', 2]> }, key) =>
 *     sub(mean(matmul(x, d.w)), mean(matmul(add(normal(key, ['B', 2]), g.shift), d.w))),
 *   constraints: { discriminator: [clipWeights(0.01)] },
 * })
 * adversaries.batches // 6
 * ```
 */
export function game<const Ps extends Candidates, B = {}, M extends Metrics = {}, const L = Tensor<[]>>(
  spec: GameSpec<Ps, B, M, L>,
): Game<Ps, B, M>
export function game(spec: unknown): unknown {
  const { metrics, ...rest } = spec as GameSpec<Players, unknown, Metrics>
  return rounds(seatsOf(rest), metrics)
}
