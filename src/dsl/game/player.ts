/** The players of a game: whose parameters, which way, by which optimiser, how often a round. */
import type { Tree } from '../define/tree.js'
import type { Apply, TypeFunction } from '../define/type-function.js'
import { TypegradError } from '../errors.js'
import type { Optimiser } from '../optim/transform.js'

/** Which way a player moves its payoff. */
export type Sense = 'minimise' | 'maximise'

/** A player: a parameter tree, a sense, an optimiser, and moves a round. */
export interface Player<P extends Tree = Tree, F extends TypeFunction = TypeFunction> {
  readonly sense: Sense
  /** The parameters' specs. */
  readonly params: P
  /** What moves them; it always descends, the sense is the game's business. */
  readonly optimiser: Optimiser<F>
  /** Moves in one round, 1 when absent. */
  readonly steps?: number
}
/** The players of a game, in the order in which they move. */
export type Players = Readonly<Record<string, Player>>
/** Players before their senses are checked. */
export type Candidates = Readonly<Record<string, Omit<Player, 'sense'> & { readonly sense: string }>>

/** What a player is made of, its sense apart. */
export type PlayerSpec<P extends Tree, F extends TypeFunction> = Omit<Player<P, F>, 'sense'>

/** The parameter trees of the players. */
export type ParamsOf<Ps> = { readonly [K in keyof Ps]: Ps[K] extends { readonly params: infer P extends Tree } ? P : never }
/** The optimisers' states of the players. */
export type OptimisersOf<Ps> = {
  readonly [K in keyof Ps]: Ps[K] extends { readonly params: infer P; readonly optimiser: Optimiser<infer F> } ? Apply<F, P> : never
}

/**
 * A player who raises its payoff: the discriminator of a GAN, the critic of a WGAN.
 *
 * @example
 * ```ts
 * const critic = maximiser({ params: { w: f32(2, 1) }, optimiser: adam(1e-4, { beta1: 0.5 }), steps: 5 })
 * ```
 */
export const maximiser = <const P extends Tree, F extends TypeFunction>(player: PlayerSpec<P, F>): Player<P, F> =>
  ({ ...player, sense: 'maximise' })

/**
 * A player who lowers its payoff: the generator of a GAN.
 *
 * @example
 * ```ts
 * const generator = minimiser({ params: { w: f32(8, 2) }, optimiser: adam(1e-4, { beta1: 0.5 }) })
 * ```
 */
export const minimiser = <const P extends Tree, F extends TypeFunction>(player: PlayerSpec<P, F>): Player<P, F> =>
  ({ ...player, sense: 'minimise' })

/** `Ps` where it is a record of two players or more, else the sentence at the culprit. */
export type PlayersFault<Ps> = IsOne<keyof Ps> extends true ? TooFew<keyof Ps & string>
  : { readonly [K in keyof Ps]: Ps[K] extends { readonly sense: infer S } ? S extends Sense ? unknown
    : `game: ${K & string} has the sense ${S & string}, but a player is a minimiser({...}) or a maximiser({...})` : unknown }
type IsOne<K, All = K> =
  [K] extends [never] ? false : string extends K ? false : K extends unknown ? [All] extends [K] ? true : false : never
type TooFew<K extends string> = `game: ${K} is alone, but a game has two players or more; one loss is trained by trainStep({...})`

/** Throws the sentence about the first player that cannot play. */
export const checkPlayers = (players: Players): void => {
  const refuse = (why: string): never => { throw new TypegradError('value', `game: ${why}`) }
  const names = Object.keys(players)
  if (names.length < 2)
    refuse(`${names.length === 0 ? 'nobody plays' : `${names[0]} is alone`}, but a game has two players or more; `
      + 'one loss is trained by trainStep({...})')
  for (const [name, { sense, steps = 1, optimiser, params }] of Object.entries<Partial<Player>>(players)) {
    // A record of parameters, states and metrics is keyed by players: paths are split at dots.
    if (name.includes('.') || name === '') refuse(`a player's name is a word without dots, but one is ${JSON.stringify(name)}`)
    if (sense !== 'minimise' && sense !== 'maximise')
      refuse(`${name} has the sense ${String(sense)}, but a player is a minimiser({...}) or a maximiser({...})`)
    if (!Number.isInteger(steps) || steps < 1) refuse(`${name} moves ${steps} times a round, but a whole number from 1 on was expected`)
    if (typeof optimiser?.update !== 'function') refuse(`${name} has no optimiser, such as adam(1e-4)`)
    if (typeof params !== 'object') refuse(`${name} has no params: the tree of parameters that it moves`)
  }
}
