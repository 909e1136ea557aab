/** Sizes at the type level: the twins of dim.ts. `number` is a size known at run time only: it absorbs every computation. */
import type { Dim, Shape } from '../tensor.js'
import type { Add, DivExact, DivFloor, Mul, ProductDigits, Sub } from './arith.js'
import type { NormalPoly, SubstitutePoly } from './poly-normal.js'
import type { DimOf, Poly, PolyOf } from './poly-text.js'
import type { AddPoly, DivPoly, FloorDivPoly, MulPoly, SubPoly } from './poly-types.js'

/** A size in normal form: `'T+S'` and `'S+T'` are both `'S+T'`. */
export type NormalDim<D extends Dim> = D extends `${string}${'+' | '-' | '*' | '('}${string}` ? DimOf<NormalPoly<D>> : D

type BothNumbers<A, B> = A extends number ? (B extends number ? true : false) : false

export type AddDim<A extends Dim, B extends Dim> =
  BothNumbers<A, B> extends true
    ? Add<A & number, B & number>
    : number extends A | B
      ? number
      : B extends 0
        ? A
        : A extends 0
          ? B
          : DimOf<AddPoly<PolyOf<A>, PolyOf<B>>>
/** `never` when both are numbers and the difference is negative. */
export type SubDim<A extends Dim, B extends Dim> =
  BothNumbers<A, B> extends true
    ? Sub<A & number, B & number>
    : number extends A | B
      ? number
      : B extends 0
        ? A
        : A extends B
          ? 0
          : DimOf<SubPoly<PolyOf<A>, PolyOf<B>>>
export type MulDim<A extends Dim, B extends Dim> =
  BothNumbers<A, B> extends true
    ? Mul<A & number, B & number>
    : number extends A | B
      ? number
      : A extends 1
        ? B
        : B extends 1
          ? A
          : 0 extends A | B
            ? 0
            : DimOf<MulPoly<PolyOf<A>, PolyOf<B>>>
/** The exact quotient; `never` when B does not divide A. */
export type DivDim<A extends Dim, B extends Dim> =
  BothNumbers<A, B> extends true
    ? DivExact<A & number, B & number>
    : number extends A | B
      ? number
      : B extends 1
        ? A
        : A extends B
          ? 1
          : DivPoly<PolyOf<A>, PolyOf<B>> extends infer Q
            ? [Q] extends [never]
              ? never
              : Q extends Poly
                ? DimOf<Q>
                : never
            : never
/** floor(A / N) for a positive literal N. */
export type FloorDivDim<A extends Dim, N extends number> = A extends number
  ? DivFloor<A, N>
  : number extends N
    ? number
    : DimOf<FloorDivPoly<PolyOf<A>, N>>
/** ceil(A / N) for a positive literal N. */
export type CeilDivDim<A extends Dim, N extends number> = N extends 1 ? A : FloorDivDim<AddDim<A, Sub<N, 1>>, N>

/** The more specific of two sizes, or `never` when they differ. */
export type Unify<A extends Dim, B extends Dim> = A extends B ? A : number extends A ? B : number extends B ? A : never

/** Replaces symbols by sizes or other symbols; `number` where a symbol becomes one. */
export type SubstituteDim<D extends Dim, Z> = D extends string
  ? D extends keyof Z
    ? Z[D] & Dim
    : D extends `${string}${'+' | '-' | '*' | '('}${string}`
      ? number extends Z[keyof Z]
        ? SubstituteDynamic<D, Z>
        : DimOf<SubstitutePoly<PolyOf<D>, Z>>
      : D
  : D
/** Some symbols become `number`: so does the size, when it uses one of them. */
type SubstituteDynamic<D extends string, Z> =
  DimOf<SubstitutePoly<PolyOf<D>, { [K in keyof Z as number extends Z[K] ? K : never]: 1 }>> extends infer E
    ? E extends D
      ? DimOf<SubstitutePoly<PolyOf<D>, { [K in keyof Z as number extends Z[K] ? never : K]: Z[K] }>>
      : number
    : never

/** The number of elements of a shape. */
export type SizeOf<S extends Shape, Out extends Dim = 1> = S extends readonly [infer H extends Dim, ...infer R extends Shape]
  ? SizeOf<R, MulDim<Out, H>>
  : Out
/** The text of a shape in messages. */
export type Show<S extends Shape> = `[${Join<S>}]`
type Join<S extends Shape, Out extends string = ''> = S extends readonly [infer H extends Dim, ...infer R extends Shape]
  ? Join<R, Out extends '' ? `${H}` : `${Out}, ${H}`>
  : Out
/** The product of literals as digits, to compare without parsing. */
export type { ProductDigits }
