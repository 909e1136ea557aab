/**
 * The type-level half of symbolic sizes: polynomials over atoms, as in poly.ts, whose normal form they share letter for letter.
 * A polynomial is a tuple of terms by falling degree, then by atoms in ASCII order. This file reads and writes them.
 */
import type { Negate, Negative } from './arith.js'

export type Atoms = readonly string[]
export type Term = readonly [coef: number, atoms: Atoms]
export type Poly = readonly Term[]

/* ---------- reading ---------- */

/** A size in normal form as a polynomial. */
export type PolyOf<D> = D extends number
  ? D extends 0
    ? []
    : [[D, []]]
  : D extends `${string}${'+' | '-' | '*' | '('}${string}`
    ? D extends `${string}(${string}`
      ? ReadPieces<Pieces<D>>
      : ReadSum<D>
    : [[1, [D & string]]]

/** Without parentheses: split at `+`, then at `-`. */
type ReadSum<S extends string, Out extends Poly = []> = S extends `${infer P}+${infer R}`
  ? ReadSum<R, ReadDifference<P, Out>>
  : ReadDifference<S, Out>
type ReadDifference<S extends string, Out extends Poly> = S extends `${infer P}-${infer R}`
  ? ReadNegatives<R, P extends '' ? Out : [...Out, ReadTerm<P>]>
  : [...Out, ReadTerm<S>]
type ReadNegatives<S extends string, Out extends Poly> = S extends `${infer P}-${infer R}`
  ? ReadNegatives<R, [...Out, NegateTerm<ReadTerm<P>>]>
  : [...Out, NegateTerm<ReadTerm<S>>]
type ReadTerm<S extends string> = S extends `${infer N extends number}*${infer R}`
  ? [N, SplitStar<R>]
  : S extends `${infer N extends number}`
    ? [N, []]
    : [1, SplitStar<S>]
type SplitStar<S extends string, Out extends Atoms = []> = S extends `${infer A}*${infer R}` ? SplitStar<R, [...Out, A]> : [...Out, S]
type NegateTerm<T extends Term> = [Negate<T[0]>, T[1]]

/** With parentheses: letter by letter into signed terms, each a list of factors. */
export interface Piece {
  readonly negative: boolean
  readonly factors: Atoms
}
export type Pieces<
  S extends string,
  Neg extends boolean = false,
  Factors extends Atoms = [],
  Word extends string = '',
  Depth extends 0[] = [],
  Out extends Piece[] = [],
> = S extends `${infer C}${infer R}`
  ? C extends '('
    ? Pieces<R, Neg, Factors, `${Word}(`, [...Depth, 0], Out>
    : Depth extends [0, ...infer Less extends 0[]]
      ? Pieces<R, Neg, Factors, `${Word}${C}`, C extends ')' ? Less : Depth, Out>
      : C extends '*'
        ? Pieces<R, Neg, [...Factors, Word], '', [], Out>
        : C extends '+' | '-'
          ? Pieces<
              R,
              C extends '-' ? true : false,
              [],
              '',
              [],
              Word extends '' ? Out : [...Out, { negative: Neg; factors: [...Factors, Word] }]
            >
          : Pieces<R, Neg, Factors, `${Word}${C}`, [], Out>
  : [...Out, { negative: Neg; factors: [...Factors, Word] }]
type ReadPieces<Ps extends Piece[], Out extends Poly = []> = Ps extends [infer P extends Piece, ...infer R extends Piece[]]
  ? ReadFactors<P['factors']> extends infer T extends Term
    ? ReadPieces<R, [...Out, P['negative'] extends true ? NegateTerm<T> : T]>
    : never
  : Out
type ReadFactors<F extends Atoms> = F extends readonly [`${infer N extends number}`, ...infer R extends Atoms] ? [N, R] : [1, F]

/** The parts [text of P, n] of a `floor(P/n)` atom (the last slash divides), or 0. */
export type OpenFloor<A extends string> = A extends `floor(${infer R})` ? LastSlash<R> : 0
type LastSlash<S extends string, P extends string = ''> = S extends `${infer H}/${infer T}`
  ? LastSlash<T, P extends '' ? H : `${P}/${H}`>
  : S extends `${infer N extends number}`
    ? [P, N]
    : 0
export type Unwrap<S extends string> = S extends `(${infer In})` ? In : S

/* ---------- writing ---------- */

/** A polynomial as a size: a number when it has no atoms. */
export type DimOf<P extends Poly> = P extends readonly [] ? 0 : P extends readonly [readonly [infer N, readonly []]] ? N : ShowPoly<P>
export type ShowPoly<P extends Poly, Out extends string = ''> = P extends readonly [infer T extends Term, ...infer R extends Poly]
  ? ShowPoly<R, Out extends '' ? ShowTerm<T> : `${T[0]}` extends Negative ? `${Out}${ShowTerm<T>}` : `${Out}+${ShowTerm<T>}`>
  : Out
type ShowTerm<T extends Term> = T[1] extends readonly []
  ? `${T[0]}`
  : T[0] extends 1
    ? JoinAtoms<T[1]>
    : T[0] extends -1
      ? `-${JoinAtoms<T[1]>}`
      : `${T[0]}*${JoinAtoms<T[1]>}`
type JoinAtoms<A extends Atoms, Out extends string = ''> = A extends readonly [infer H extends string, ...infer R extends Atoms]
  ? JoinAtoms<R, Out extends '' ? H : `${Out}*${H}`>
  : Out
