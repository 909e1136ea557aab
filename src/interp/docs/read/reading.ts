/** What rules know of the reader that calls them. */
import type { Node } from '../../../dsl/core/node.js'
import type { Expr, Sym } from '../math/expr.js'
import type { Known } from './facts.js'
import type { Symbols } from './symbols.js'

/**
 * The element that is meant, axis by axis: a letter picks one along the axis; `silent` does too, but is not written, where a mean runs over
 * all of them; `null` leaves the axis whole. The batch axis is never written.
 */
export type At = readonly (Sym | 'silent' | null)[]

export const isLetter = (s: At[number]): s is Sym => s !== null && s !== 'silent'

export interface Reading {
  readonly read: (n: Node, at: At) => Expr
  /** The written indices. */
  readonly shown: (n: Node, at: At) => Expr[]
  /** A function of a whole tensor, of which indices pick elements. */
  readonly picked: (e: Expr, n: Node, at: At) => Expr
  /** A letter for an index that is neither among these nor in use around; the wished one where it can be. */
  readonly letter: (inUse: readonly Sym[], wished?: string) => Sym
  /** Reads with letters in use. */
  readonly within: <T>(syms: readonly Sym[], f: () => T) => T
  /** A letter for an index that is in use nowhere around. */
  readonly index: (wished?: string) => Sym
  readonly symbols: Symbols
  readonly known: Known
}
