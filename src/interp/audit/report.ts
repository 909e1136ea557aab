/** What an audit finds, as plain data. */
import type { FlowRow } from './flow.js'

/** What one player does in a training step. */
export interface GameRow {
  readonly player: string
  readonly sense: 'minimise' | 'maximise'
  /** Updates in one training step. */
  readonly steps: number
  /** The groups of parameters that it moves, and those that it holds fixed although its objective depends on them. */
  readonly moves: readonly string[]
  readonly frozen: readonly string[]
  /** `adam(lr 0.001)`, or the solver of a constrained problem. */
  readonly by: string
  /** `|w| <= 0.01`, `KL <= 0.01`, `10 gradient penalty`. */
  readonly constraints: readonly string[]
  /** The players that move the same value the other way. */
  readonly against: readonly string[]
}

/** What became of a promise about an order. */
export interface CausalResult {
  readonly name: string
  /** `not proved`: a rule that is careful rather than sharp sees a dependence that no trial shows. */
  readonly status: 'holds' | 'violated' | 'not proved'
  /** Variables and outputs. */
  readonly variables: number
  readonly outputs: number
  /** Perturbations that were tried. */
  readonly trials: number
  /** An output and a variable on which it depends although it must not. */
  readonly offending: { readonly output: number; readonly variable: number } | null
  /** From the variable to the output, by names and formulas. */
  readonly path: readonly string[]
  readonly sentence: string
}

/** What became of a promise that two expressions are one function. */
export interface AgreementResult {
  readonly name: string
  readonly status: 'agrees' | 'differs' | 'not tried'
  /** Random parameters and inputs that were tried. */
  readonly trials: number
  /** The largest difference, and at which element along axis 1 it is; null when none was seen. */
  readonly largest: { readonly difference: number | 'not finite'; readonly at: number } | null
  readonly sentence: string
}

/** A group of parameters in numbers. */
export interface ShapeRow { readonly what: string; readonly shape: string; readonly size: number | string }

/** All that an audit finds; `failures` is empty when nothing is wrong. */
export interface AuditReport {
  readonly gradientFlow: readonly FlowRow[]
  readonly games: readonly GameRow[]
  readonly causality: readonly CausalResult[]
  readonly agreement: readonly AgreementResult[]
  /** Parameter leaves, then the inputs that a step reads. */
  readonly shapes: readonly ShapeRow[]
  /** Terms that no parameter changes. */
  readonly constants: readonly string[]
  /** What a trial run with random small inputs found not finite; null when all was finite. */
  readonly nonFinite: string | null
  /** Why there was no trial run; null when there was one. */
  readonly untried: string | null
  readonly warnings: readonly string[]
  /** Sentences: each is a mistake in the program. */
  readonly failures: readonly string[]
}
