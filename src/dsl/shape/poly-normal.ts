/** Bringing any text into normal form, and putting sizes in for symbols, at the type level. */
import type { Atoms, OpenFloor, Piece, Pieces, Poly, PolyOf, Term, Unwrap } from './poly-text.js'
import type { AddPoly, FloorDivPoly, MulPoly, ScalePoly } from './poly-types.js'

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
