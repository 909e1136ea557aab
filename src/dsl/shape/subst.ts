/** Substitution of sizes for symbols, in types and at run time; simultaneous, so that what is put in is never looked at again. */
import type { Dim, Shape } from '../tensor.js'
import { substituteDim, symbolsOf } from './dim.js'
import type { SubstituteDim } from './dim-types.js'
import type { OpenFloor, PolyOf } from './poly-types.js'

/** Sizes for symbols: `{ I: 784, O: 'H' }`. */
export type Sizes = Readonly<Record<string, Dim>>

/** A size computed from others: `2*H`, `T+1`, `floor(H/2)`. */
export type Compound = `${string}${'+' | '-' | '*' | '('}${string}`

/** A shape with the sizes of `Z` put for its symbols. */
export type Substitute<S extends Shape, Z> = {
  -readonly [K in keyof S]:
  S[K] extends number ? S[K] : S[K] extends keyof Z ? Z[S[K]] & Dim : S[K] extends Compound ? SubstituteDim<S[K], Z> : S[K]
}

/** The symbols of a size, as a union. */
export type SymbolsOf<D> =
  D extends string ? D extends Compound ? SymbolsOfAtom<PolyOf<D>[number][1][number]> : string extends D ? never : D : never
type SymbolsOfAtom<A extends string> =
  A extends string
    ? OpenFloor<A> extends [infer P extends string, number] ? P extends `(${infer In})` ? SymbolsOf<In> : SymbolsOf<P> : A
    : never

/** A shape with sizes put for its symbols. */
export const substituteShape = (shape: Shape, sizes: Sizes): Dim[] => shape.map(d => substituteDim(d, sizes))

/** The symbols of a shape, each once. */
export const symbolsOfShape = (shape: Shape): string[] => [...new Set(shape.flatMap(symbolsOf))]
