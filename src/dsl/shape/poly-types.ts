/**
 * The type-level half of symbolic sizes: polynomials over atoms, as in poly.ts, whose normal form they share letter for letter.
 * A polynomial is a tuple of terms by falling degree, then by atoms in ASCII order.
 */
import type { AddInt, DivModInt, MulInt, Negate, Negative } from './arith.js'

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
interface Piece {
  readonly negative: boolean
  readonly factors: Atoms
}
type Pieces<
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

/** Any text of integers, symbols, `+ - *`, brackets and `floor(P/n)`, whatever its order. */
export type NormalPoly<D> = D extends `${string}${'+' | '-' | '*' | '('}${string}`
  ? NormalPieces<Pieces<D>>
  : D extends `${infer N extends number}`
    ? PolyOf<N>
    : PolyOf<D>
type NormalPieces<Ps extends Piece[], Out extends Poly = []> = Ps extends [infer P extends Piece, ...infer R extends Piece[]]
  ? NormalFactors<P['factors']> extends infer Q extends Poly
    ? NormalPieces<R, AddPoly<Out, P['negative'] extends true ? ScalePoly<Q, -1> : Q>>
    : never
  : Out
type NormalFactors<F extends Atoms, Out extends Poly = [[1, []]]> = F extends readonly [infer H extends string, ...infer R extends Atoms]
  ? NormalFactors<R, MulPoly<Out, NormalFactor<H>>>
  : Out
type NormalFactor<F extends string> = F extends `${infer N extends number}`
  ? PolyOf<N>
  : F extends `(${infer In})`
    ? NormalPoly<In>
    : OpenFloor<F> extends [infer P extends string, infer N extends number]
      ? FloorDivPoly<NormalPoly<P>, N>
      : [[1, [F]]]

/* ---------- writing ---------- */

/** A polynomial as a size: a number when it has no atoms. */
export type DimOf<P extends Poly> = P extends readonly [] ? 0 : P extends readonly [readonly [infer N, readonly []]] ? N : ShowPoly<P>
type ShowPoly<P extends Poly, Out extends string = ''> = P extends readonly [infer T extends Term, ...infer R extends Poly]
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

/* ---------- order ---------- */

type Ascii = '()*+-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'
type LessString<A extends string, B extends string> = A extends `${infer X}${infer P}`
  ? B extends `${infer Y}${infer Q}`
    ? X extends Y
      ? LessString<P, Q>
      : Ascii extends `${string}${X}${string}${Y}${string}`
        ? true
        : false
    : false
  : true
/** 0 when equal, -1 when A stands before B, 1 when after. */
type CompareAtoms<A extends Atoms, B extends Atoms> = A extends B
  ? 0
  : Longer<A, B> extends true
    ? -1
    : Longer<B, A> extends true
      ? 1
      : CompareEach<A, B>
type Longer<A extends Atoms, B extends Atoms> = A extends readonly [string, ...infer P extends Atoms]
  ? B extends readonly [string, ...infer Q extends Atoms]
    ? Longer<P, Q>
    : true
  : false
type CompareEach<A extends Atoms, B extends Atoms> = A extends readonly [infer X extends string, ...infer P extends Atoms]
  ? B extends readonly [infer Y extends string, ...infer Q extends Atoms]
    ? X extends Y
      ? CompareEach<P, Q>
      : LessString<X, Y> extends true
        ? -1
        : 1
    : 0
  : 0

/* ---------- arithmetic ---------- */

export type AddPoly<A extends Poly, B extends Poly, Out extends Poly = []> = A extends readonly [
  infer S extends Term,
  ...infer P extends Poly,
]
  ? B extends readonly [infer T extends Term, ...infer Q extends Poly]
    ? CompareAtoms<S[1], T[1]> extends infer C
      ? C extends -1
        ? AddPoly<P, B, [...Out, S]>
        : C extends 1
          ? AddPoly<A, Q, [...Out, T]>
          : AddInt<S[0], T[0]> extends infer N extends number
            ? AddPoly<P, Q, N extends 0 ? Out : [...Out, [N, S[1]]]>
            : never
      : never
    : [...Out, ...A]
  : [...Out, ...B]
export type ScalePoly<P extends Poly, N extends number> = { readonly [K in keyof P]: readonly [MulInt<P[K][0], N>, P[K][1]] }
export type SubPoly<A extends Poly, B extends Poly> = AddPoly<A, ScalePoly<B, -1>>

type MergeAtoms<A extends Atoms, B extends Atoms, Out extends Atoms = []> = A extends readonly [
  infer X extends string,
  ...infer P extends Atoms,
]
  ? B extends readonly [infer Y extends string, ...infer Q extends Atoms]
    ? LessString<Y, X> extends true
      ? MergeAtoms<A, Q, [...Out, Y]>
      : MergeAtoms<P, B, [...Out, X]>
    : [...Out, ...A]
  : [...Out, ...B]
type MulTerm<P extends Poly, T extends Term> = { readonly [K in keyof P]: readonly [MulInt<P[K][0], T[0]>, MergeAtoms<P[K][1], T[1]>] }
export type MulPoly<A extends Poly, B extends Poly, Out extends Poly = []> = A extends readonly [
  infer T extends Term,
  ...infer R extends Poly,
]
  ? MulPoly<R, B, Out extends readonly [] ? MulTerm<B, T> : AddPoly<Out, MulTerm<B, T>>>
  : Out

/* ---------- division ---------- */

/** The atoms of A that are left when those of B are taken away, or `never`. */
type TakeAtoms<A extends Atoms, B extends Atoms> = B extends readonly [infer H extends string, ...infer R extends Atoms]
  ? TakeAtom<A, H> extends infer L extends Atoms
    ? [L] extends [never]
      ? never
      : TakeAtoms<L, R>
    : never
  : A
type TakeAtom<A extends Atoms, X extends string, Out extends Atoms = []> = A extends readonly [
  infer H extends string,
  ...infer R extends Atoms,
]
  ? H extends X
    ? [...Out, ...R]
    : TakeAtom<R, X, [...Out, H]>
  : never
type DivTerm<S extends Term, T extends Term> =
  TakeAtoms<S[1], T[1]> extends infer L extends Atoms
    ? [L] extends [never]
      ? never
      : DivExact<S[0], T[0]> extends infer N extends number
        ? [N] extends [never]
          ? never
          : [N, L]
        : never
    : never
type DivExact<A extends number, B extends number> = `${B}` extends `-${infer P extends number}`
  ? DivExact<Negate<A>, P>
  : DivModInt<A, B> extends [infer Q extends number, 0]
    ? Q
    : never
/** The exact quotient, or `never` when B does not divide A over the integers. */
export type DivPoly<A extends Poly, B extends Poly, Out extends Poly = []> = A extends readonly [infer S extends Term, ...Poly]
  ? B extends readonly [infer T extends Term, ...Poly]
    ? DivTerm<S, T> extends infer Q
      ? [Q] extends [never]
        ? never
        : Q extends Term
          ? DivPoly<SubPoly<A, MulTerm<B, Q>>, B, [...Out, Q]>
          : never
      : never
    : never
  : Out

/** The parts [text of P, n] of a `floor(P/n)` atom (the last slash divides), or 0. */
export type OpenFloor<A extends string> = A extends `floor(${infer R})` ? LastSlash<R> : 0
type LastSlash<S extends string, P extends string = ''> = S extends `${infer H}/${infer T}`
  ? LastSlash<T, P extends '' ? H : `${P}/${H}`>
  : S extends `${infer N extends number}`
    ? [P, N]
    : 0
type FloorAtom<P extends Poly, N extends number> = P extends readonly [Term] ? `floor(${ShowPoly<P>}/${N})` : `floor((${ShowPoly<P>})/${N})`
type Unwrap<S extends string> = S extends `(${infer In})` ? In : S

/** Parts a polynomial into whole multiples of n and the rest. */
type Part<P extends Poly, N extends number, Whole extends Poly = [], Rest extends Poly = []> = P extends readonly [
  infer T extends Term,
  ...infer R extends Poly,
]
  ? DivModInt<T[0], N> extends [infer Q extends number, infer M extends number]
    ? M extends 0
      ? Part<R, N, [...Whole, [Q, T[1]]], Rest>
      : T[1] extends readonly []
        ? Part<R, N, Q extends 0 ? Whole : [...Whole, [Q, []]], [...Rest, [M, []]]>
        : Part<R, N, Whole, [...Rest, T]>
    : never
  : [Whole, Rest]
/** floor(p / n) by the rules of floorDivPoly. */
export type FloorDivPoly<P extends Poly, N extends number> = N extends 1
  ? P
  : Part<P, N> extends [infer W extends Poly, infer R extends Poly]
    ? R extends readonly [] | readonly [readonly [number, readonly []]]
      ? W
      : AddPoly<W, FloorRest<R, N>>
    : never
type FloorRest<R extends Poly, N extends number> = R extends readonly [
  readonly [1, readonly [infer A extends string]],
  ...infer C extends readonly [] | readonly [readonly [number, readonly []]],
]
  ? OpenFloor<A> extends [infer P extends string, infer M extends number]
    ? FloorDivPoly<AddPoly<PolyOf<Unwrap<P>>, ScalePoly<C, M>>, MulInt<M, N>>
    : [[1, [FloorAtom<R, N>]]]
  : [[1, [FloorAtom<R, N>]]]

/* ---------- substitution ---------- */

/** Replaces symbols by the sizes of Z, all at once. */
export type SubstitutePoly<P extends Poly, Z, Out extends Poly = []> = P extends readonly [infer T extends Term, ...infer R extends Poly]
  ? SubstitutePoly<R, Z, AddPoly<Out, SubstituteAtoms<T[1], Z, T[0] extends 0 ? [] : [[T[0], []]]>>>
  : Out
type SubstituteAtoms<A extends Atoms, Z, Out extends Poly> = A extends readonly [infer H extends string, ...infer R extends Atoms]
  ? SubstituteAtoms<R, Z, MulPoly<Out, SubstituteAtom<H, Z>>>
  : Out
type SubstituteAtom<A extends string, Z> = A extends keyof Z
  ? PolyOf<Z[A]>
  : OpenFloor<A> extends [infer P extends string, infer N extends number]
    ? FloorDivPoly<SubstitutePoly<PolyOf<Unwrap<P>>, Z>, N>
    : [[1, [A]]]
