/**
 * Unification of a definition's symbolic shapes with the actual ones of a call: sizes for its symbols, or the sentence that says
 * where they clash. Only the definition's symbols are variables; symbols in the actual shapes are constants. A compound size
 * (`2*H`, `T+1`) is compared once its symbols are bound, or solved when one is unknown; with more unknown it waits until everything
 * else is unified.
 */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js'
import type { Dim, Shape } from '../tensor.js'
import { divDim, normalDim, sameDim, showShape, subDim, substituteDim, symbolsOf } from './dim.js'
import type { DivDim, NormalDim, Show, SubDim, SubstituteDim, Unify } from './dim-types.js'
import type { Compound, Sizes, SymbolsOf } from './subst.js'

/* ---------- in types: Z holds the sizes so far, and under '?' the message of the first equation that waits ---------- */

/** `Z` extended by what `S` against `X` says, or the message; `W` says where: `params.w`, `argument 1`. */
export type UnifyShape<S extends Shape, X extends Shape, Z, W extends string> =
  number extends S['length'] ? Z
    : number extends X['length'] ? UnifyAxes<S, { [K in keyof S]: number }, Z, W, S>
      : X['length'] extends S['length'] ? UnifyAxes<S, X, Z, W, S>
        : `${W}: ${Show<S>} has ${S['length']} axes but ${Show<X>} has ${X['length']}`

type UnifyAxes<S extends Shape, X extends Shape, Z, W extends string, All extends Shape> =
  S extends readonly [infer H extends Dim, ...infer R extends Shape]
    ? X extends readonly [infer Y extends Dim, ...infer Q extends Shape]
      ? UnifyDim<H, Y, Z, W, S, All> extends infer E ? E extends string ? E : UnifyAxes<R, Q, E, W, All> : never
      : never
    : Z

type UnifyDim<H extends Dim, Y extends Dim, Z, W extends string, S extends Shape, All extends Shape> =
  H extends keyof Z ? UnifyBound<H, Z[H] & Dim, Y, Z, W>
    : H extends number ? [Unify<H, Y>] extends [never] ? `${W}: axis ${AxisOf<S, All>} is ${H} but ${Y} here` : Z
      : H extends Compound ? UnifyCompound<H, Y, Z, W>
        : Z & Record<H, Y>
type UnifyBound<H extends Dim, Known extends Dim, Y extends Dim, Z, W extends string> =
  Known extends Y ? Z
    : [UnifyNormal<Known, Y>] extends [never] ? `${W}: ${H} is ${Known} but ${Y} here`
      : number extends Known ? Omit<Z, H> & Record<H, Y> : Z
type UnifyNormal<A extends Dim, B extends Dim> = A | B extends Compound ? Unify<NormalDim<A>, NormalDim<B>> : Unify<A, B>
/** The position of the axis at which `S` begins. */
type AxisOf<S extends Shape, All extends Shape> = All extends readonly [...infer Before, ...S] ? Before['length'] : never

type UnifyCompound<H extends string, Y extends Dim, Z, W extends string> =
  Exclude<SymbolsOf<H>, keyof Z> extends infer U extends string
    ? [U] extends [never] ? UnifyBound<H, SubstituteDim<H, Z>, Y, Z, W>
      : IsUnion<U> extends true ? Wait<Z, `${W}: ${H} is ${Y}, which does not determine its symbols`>
        : Solution<H, U, NormalDim<Y>, Z> extends infer V extends Dim
          ? [V] extends [never] ? `${W}: ${H} cannot be ${Y}` : Z & Record<U, V> : never
    : never

type Wait<Z, M extends string> = '?' extends keyof Z ? Z : Z & Record<'?', M>

/** The size of `U` for which the linear `H` is `Y`: with H = a·U + b, (Y - b) / a; `never` when there is none. */
type Solution<H extends Dim, U extends string, Y extends Dim, Z> =
  number extends Y ? number
    : SubstituteDim<H, Z & Record<U, 0>> extends infer B extends Dim
      ? DivDim<SubDim<Y, B>, SubDim<SubstituteDim<H, Z & Record<U, 1>>, B>> extends infer V extends Dim
        ? [V] extends [never] ? never : SubstituteDim<H, Z & Record<U, V>> extends Y ? V : never
        : never
      : never

type IsUnion<T, Each = T> = T extends unknown ? [Each] extends [T] ? false : true : never

/* ---------- at run time ---------- */

/** What is known: sizes for symbols, and the first equation that waits. */
export interface Known { readonly sizes: Sizes; readonly waiting?: string }

/** The run-time twin of `UnifyShape`. */
export const unifyShape = (spec: Shape, actual: Shape, known: Known, where: string): Either<string, Known> => {
  if (actual.length !== spec.length) {
    return left(`${where}: ${showShape(spec)} has ${spec.length} axes but ${showShape(actual)} has ${actual.length}`)
  }
  let state = known
  for (const [axis, wanted] of spec.entries()) {
    const next = unifyDim(wanted, actual[axis], state, where, axis)
    if (isLeft(next)) return next
    state = next.right
  }
  return right(state)
}

const unifyDim = (wanted: Dim, given: Dim, known: Known, where: string, axis: number): Either<string, Known> => {
  if (typeof wanted === 'number') return sameSize(wanted, given) ? right(known)
    : left(`${where}: axis ${axis} is ${wanted} but ${given} here`)
  const unknown = symbolsOf(wanted).filter(symbol => !Object.hasOwn(known.sizes, symbol))
  if (unknown.length === 0) {
    const size = substituteDim(wanted, known.sizes)
    return sameSize(size, given) ? right(known) : left(`${where}: ${wanted} is ${size} but ${given} here`)
  }
  if (unknown.length > 1) return right({ waiting: `${where}: ${wanted} is ${given}, which does not determine its symbols`, ...known })
  const size = wanted === unknown[0] ? given : solution(wanted, unknown[0], given, known.sizes)
  return size === undefined ? left(`${where}: ${wanted} cannot be ${given}`)
    : right({ ...known, sizes: { ...known.sizes, [unknown[0]]: size } })
}

/** NaN stands for a size that is not known yet (a layer checked before its input is there): it agrees with every size. */
const sameSize = (a: Dim, b: Dim): boolean => Number.isNaN(a) || Number.isNaN(b) || sameDim(a, b)

const solution = (wanted: Dim, symbol: string, given: Dim, sizes: Sizes): Dim | undefined => {
  if (Number.isNaN(given)) return NaN
  const at = (size: Dim): Dim => substituteDim(wanted, { ...sizes, [symbol]: size })
  const constant = at(0)
  const size = divDim(subDim(given, constant), subDim(at(1), constant))
  const fits = size !== undefined && !(typeof size === 'number' && size < 0) && sameDim(at(size), given)
  return fits ? normalDim(size) : undefined
}
