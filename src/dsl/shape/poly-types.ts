/** Sums, products and quotients of polynomials at the type level: the twins of poly.ts. */
import type { AddInt, DivModInt, MulInt, Negate } from './arith.js'
import type { Atoms, OpenFloor, Poly, PolyOf, ShowPoly, Term, Unwrap } from './poly-text.js'

export type { OpenFloor, Poly, PolyOf } from './poly-text.js'

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

type FloorAtom<P extends Poly, N extends number> = P extends readonly [Term] ? `floor(${ShowPoly<P>}/${N})` : `floor((${ShowPoly<P>})/${N})`

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
