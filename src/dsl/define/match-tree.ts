/** Whether a tree has the types of another: what comes out of a loop's body against its carry, tangents against what they belong to. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js'
import { isLeaf } from '../core/trees.js'
import { sameShape, showShape } from '../shape/dim.js'
import type { Show, Unify } from '../shape/dim-types.js'
import type { Dim, DType, Shape, Tensor } from '../tensor.js'
import type { First, KeysOf } from './keys.js'
import { branchFault, entriesOf } from './tree.js'

/* ---------- in types ---------- */

/** `[]` when the tree `X` has the types of `T`, else the message; `W` says where. */
export type MatchTree<T, X, W extends string> = [X] extends [never] ? [] : [X, T] extends [T, X] ? [] : Differ<T, X, W>

type Differ<T, X, W extends string> =
  T extends Tensor<infer S, infer D>
    ? X extends Tensor<infer Y extends Shape, infer E extends DType>
      ? E extends D ? SameShape<S, Y> extends true ? [] : `${W}: ${Show<S>} was expected but ${Show<Y>} is given`
        : `${W}: ${D} was expected but ${E} is given`
      : `${W}: a tensor was expected`
    : T extends readonly unknown[]
      ? X extends readonly unknown[]
        ? T['length'] extends X['length'] ? MatchEach<T, X, W>
          : `${W}: a tuple of ${T['length']} was expected but one of ${X['length']} is given`
        : `${W}: a tuple was expected`
      : X extends Tensor<Shape, DType> | readonly unknown[] ? `${W}: a record was expected`
        : X extends object
          ? [keyof T] extends [keyof X]
            ? [keyof X] extends [keyof T] ? MatchKeys<T, X, W, KeysOf<T>> : `${W}: key ${First<Exclude<keyof X, keyof T>>} is not expected`
            : `${W}: key ${First<Exclude<keyof T, keyof X>>} is missing`
          : `${W}: a record was expected`

type MatchEach<T extends readonly unknown[], X extends readonly unknown[], W extends string, I extends 0[] = []> =
  T extends readonly [infer H, ...infer R]
    ? X extends readonly [infer Y, ...infer Q]
      ? MatchTree<H, Y, `${W}.${I['length']}`> extends infer M ? M extends string ? M : MatchEach<R, Q, W, [...I, 0]> : never
      : []
    : []
type MatchKeys<T, X, W extends string, Ks> =
  Ks extends readonly [infer K extends keyof T & keyof X & string, ...infer R]
    ? MatchTree<T[K], X[K], `${W}.${K}`> extends infer M ? M extends string ? M : MatchKeys<T, X, W, R> : never
    : []

type SameShape<S extends Shape, Y extends Shape> =
  number extends S['length'] | Y['length'] ? true
    : S extends readonly [infer A extends Dim, ...infer R extends Shape]
      ? Y extends readonly [infer B extends Dim, ...infer Q extends Shape] ? [Unify<A, B>] extends [never] ? false : SameShape<R, Q> : false
      : Y extends readonly [] ? true : false

/* ---------- at run time ---------- */

/** The run-time twin of `MatchTree`. */
export const matchTree = (spec: unknown, actual: unknown, where: string): Either<string, void> => {
  if (isLeaf(spec)) {
    if (!isLeaf(actual)) return left(`${where}: a tensor was expected`)
    if (actual.dtype !== spec.dtype) return left(`${where}: ${spec.dtype} was expected but ${actual.dtype} is given`)
    return sameShape(spec.shape, actual.shape) ? right(undefined)
      : left(`${where}: ${showShape(spec.shape)} was expected but ${showShape(actual.shape)} is given`)
  }
  const fault = branchFault(spec as object, actual, where, 'not expected')
  if (fault !== undefined) return left(fault)
  for (const [key, part] of entriesOf(spec as object)) {
    const matched = matchTree(part, (actual as Record<string, unknown>)[key], `${where}.${key}`)
    if (isLeft(matched)) return matched
  }
  return right(undefined)
}
