/** Unification of a definition's trees (parameters first, then arguments) with the actual ones, in types and at run time. */
import { chain, isLeft, left, right, type Either } from 'fp-ts/lib/Either.js'
import type { DType, Shape, Tensor } from '../tensor.js'
import { unifyShape, type Known, type UnifyShape } from '../shape/unify.js'
import type { Sizes } from '../shape/subst.js'
import { isLeaf } from '../core/trees.js'
import { branchFault, entriesOf } from './tree.js'
import type { First, KeysOf } from './keys.js'

/* ---------- in types ---------- */

/** `Z` extended by what the tree `T` against the actual `X` says, or the message. */
export type UnifyTree<T, X, Z, W extends string> =
  [X] extends [never] ? never
    : T extends Tensor<infer S, infer D>
      ? X extends Tensor<infer Y extends Shape, infer E extends DType>
        ? E extends D ? UnifyShape<S, Y, Z, W> : `${W}: ${D} was expected but ${E} is given`
        : `${W}: a tensor was expected`
      : T extends readonly unknown[]
        ? X extends readonly unknown[] ? UnifyList<T, X, Z, W> : `${W}: a tuple was expected`
        : X extends Tensor<Shape, DType> | readonly unknown[] ? `${W}: a record was expected`
          : X extends object ? UnifyRecord<T, X, Z, W> : `${W}: a record was expected`

type UnifyList<T extends readonly unknown[], X extends readonly unknown[], Z, W extends string> =
  number extends T['length'] | X['length']
    ? number extends T['length'] ? UnifyTree<T[number], X[number], Z, W> : UnifyEach<T, { [K in keyof T]: X[number] }, Z, W>
    : T['length'] extends X['length'] ? UnifyEach<T, X, Z, W>
      : `${W}: a tuple of ${T['length']} was expected but one of ${X['length']} is given`
type UnifyEach<T extends readonly unknown[], X extends readonly unknown[], Z, W extends string, I extends 0[] = []> =
  T extends readonly [infer H, ...infer R]
    ? X extends readonly [infer Y, ...infer Q]
      ? UnifyTree<H, Y, Z, `${W}.${I['length']}`> extends infer E ? E extends string ? E : UnifyEach<R, Q, E, W, [...I, 0]> : never
      : never
    : Z

type UnifyRecord<T, X, Z, W extends string> =
  [keyof T] extends [keyof X]
    ? [keyof X] extends [keyof T] ? UnifyKeys<T, X, Z, W, KeysOf<T>>
      : `${W}: key ${First<Exclude<keyof X, keyof T>>} is not in the definition`
    : `${W}: key ${First<Exclude<keyof T, keyof X>>} is missing`
type UnifyKeys<T, X, Z, W extends string, Ks> =
  Ks extends readonly [infer K extends keyof T & keyof X & string, ...infer R]
    ? UnifyTree<T[K], X[K], Z, `${W}.${K}`> extends infer E ? E extends string ? E : UnifyKeys<T, X, E, W, R> : never
    : Z

type UnifyArguments<A extends readonly unknown[], X extends readonly unknown[], Z, I extends 0[] = [0]> =
  A extends readonly [infer H, ...infer R]
    ? X extends readonly [infer Y, ...infer Q]
      ? UnifyTree<H, Y, Z, `argument ${I['length']}`> extends infer E ? E extends string ? E : UnifyArguments<R, Q, E, [...I, 0]> : never
      : Z
    : Z

/** The sizes with which the parameters `P` and arguments `A` of a definition become `Q` and `X`, or the message. */
export type Solve<P, A extends readonly unknown[], Q, X extends readonly unknown[], Z = {}> =
  UnifyTree<P, Q, Z, 'params'> extends infer E ? E extends string ? E : Settle<P, A, Q, X, Z, UnifyArguments<A, X, E>> : never
/** Goes round again while equations wait and something was learnt. */
type Settle<P, A extends readonly unknown[], Q, X extends readonly unknown[], Before, Z> =
  [Z] extends [never] ? never : Z extends string ? Z
    : '?' extends keyof Z
      ? [Exclude<keyof Z, keyof Before | '?'>] extends [never] ? Z['?' & keyof Z] : Solve<P, A, Q, X, Omit<Z, '?'>>
      : Z

/* ---------- at run time ---------- */

/** The run-time twin of `UnifyTree`. */
export const unifyTree = (spec: unknown, actual: unknown, known: Known, where: string): Either<string, Known> => {
  if (isLeaf(spec)) {
    if (!isLeaf(actual)) return left(`${where}: a tensor was expected`)
    if (actual.dtype !== spec.dtype) return left(`${where}: ${spec.dtype} was expected but ${actual.dtype} is given`)
    return unifyShape(spec.shape, actual.shape, known, where)
  }
  const fault = branchFault(spec as object, actual, where, 'not in the definition')
  if (fault !== undefined) return left(fault)
  return entriesOf(spec as object).reduce<Either<string, Known>>((state, [key, leaf]) =>
    chain((now: Known) => unifyTree(leaf, (actual as Record<string, unknown>)[key], now, `${where}.${key}`))(state), right(known))
}

/** The run-time twin of `Solve`; without argument specs only the parameters are unified. */
export const solve = (
  params: unknown, args: readonly unknown[] | undefined, actualParams: unknown, actualArgs: readonly unknown[], known: Sizes = {},
): Either<string, Sizes> => {
  let state = unifyTree(params, actualParams, { sizes: known }, 'params')
  args?.forEach((arg, i) => { state = chain((now: Known) => unifyTree(arg, actualArgs[i], now, `argument ${i + 1}`))(state) })
  if (isLeft(state)) return state
  const { sizes, waiting } = state.right
  if (waiting === undefined) return right(sizes)
  const learnt = Object.keys(sizes).length > Object.keys(known).length
  return learnt ? solve(params, args, actualParams, actualArgs, sizes) : args ? left(waiting) : right(sizes)
}
