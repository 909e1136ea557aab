/**
 * What is optimised, as data: the expressions about which audits prove things and which documents print. A statement is made by the same
 * functions whose gradients train, so it cannot say anything else than what happens.
 */
import type { AnyTensor, Tree } from './define/tree.js'

/** A thing with a name and settings: an optimiser, a solver. */
export interface Described {
  readonly name: string
  readonly settings: Readonly<Record<string, number | string>>
  /** What it does one after the other, where it is a chain of several. */
  readonly parts?: readonly Described[]
}

/** What a player's parameters are held to. */
export type Constraint =
  /** A term of the player's loss, `weight` times `value`: it counts against the player, whichever way the player's objective goes. */
  | { readonly kind: 'penalty'; readonly name: string; readonly weight: number; readonly value: AnyTensor }
  /** Every parameter stays within [-bound, bound]. */
  | { readonly kind: 'clip'; readonly bound: number }
  /** `value` stays below `bound`. */
  | { readonly kind: 'atMost'; readonly name: string; readonly bound: number; readonly value: AnyTensor }

/** One player's problem; training by a single loss has one player, `model`. */
export interface Objective {
  readonly player: string
  readonly sense: 'minimise' | 'maximise'
  /** The parameters that this objective moves: a part of the statement's, all others are held fixed. */
  readonly moves: Tree
  /** The scalar, without constraints. Two players with one value hold the same expression. */
  readonly value: AnyTensor
  readonly constraints: readonly Constraint[]
  /** Updates of this player in one training step. */
  readonly steps: number
  readonly optimiser?: Described
  /** What solves a constrained problem in place of an optimiser. */
  readonly solver?: Described
}

/** What a training step optimises. */
export interface Statement {
  /** Placeholders for all parameters, named by their paths; of a game, one entry a player. */
  readonly params: Tree
  /** Placeholders for the carried state, named `aux.` and their paths. */
  readonly aux: Tree
  /** What a step makes of the carried state, a tree like `aux`; absent where that is not stated. */
  readonly carries?: Tree
  /** In the order in which a step updates them. */
  readonly objectives: readonly Objective[]
}

/**
 * A promise that output `i` sees only variables before it, which an audit proves from the graph: along axis 1 of `output`, element i may
 * depend on variable j of `input` only where `place[j] < place[i]`.
 */
export interface CausalClaim {
  readonly kind: 'causality'
  readonly name: string
  /** Placeholders that the output reads besides the input. */
  readonly params: Tree
  /** A placeholder of one row, [1, D]. */
  readonly input: AnyTensor
  /** [1, D] or [1, D, ...]. */
  readonly output: AnyTensor
  readonly place: readonly number[]
}
/** A promise that two expressions are one function of parameters and input, which an audit tries with numbers. */
export interface AgreementClaim {
  readonly kind: 'agreement'
  readonly name: string
  /** Placeholders that both read besides the input. */
  readonly params: Tree
  /** A placeholder of one row, [1, D]; its values are zeros and ones, or classes. */
  readonly input: AnyTensor
  /** [1, D] or [1, D, ...], and the same once more. */
  readonly output: AnyTensor
  readonly other: AnyTensor
}
/** What a model promises about itself, in its entry `claims: () => [...]`. */
export type Claim = CausalClaim | AgreementClaim
