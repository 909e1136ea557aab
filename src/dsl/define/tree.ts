/**
 * Parameter trees: records and tuples, nested to any depth, whose leaves are tensors. One tree type serves three readings: specs, symbols
 * inside a definition's body, values. Unification walks keys in ASCII order, in types and at run time, so that both find
 * the same clash first.
 */
import { isLeaf } from '../core/trees.js'
import type { DType, Shape, Tensor } from '../tensor.js'
import type { Substitute, SymbolsOf } from '../shape/subst.js'
import type { Apply, TypeFunction } from './type-function.js'

/** A tensor of any shape and dtype. */
export type AnyTensor = Tensor<Shape, DType>
/** Records and tuples of tensors, to any depth. */
export type Tree = AnyTensor | readonly Tree[] | { readonly [key: string]: Tree }

/**
 * A value whose type is computed from a shape by a type function, such as a distribution: substituting sizes in it applies the
 * function to the substituted shape.
 */
export interface Sized<F extends TypeFunction, S extends Shape> { readonly sized?: readonly [F, S] }

/** A tree, or any record of tensors, with the sizes of `Z` put for its symbols. */
export type SubstituteTree<T, Z> =
  T extends Tensor<infer S, infer D> ? Tensor<Substitute<S, Z>, D>
    : 'sized' extends keyof T ? SubstituteSized<T, Z>
      : T extends (...args: never) => unknown ? T
        : { readonly [K in keyof T]: SubstituteTree<T[K], Z> }
type SubstituteSized<T, Z> = T extends { readonly sized?: readonly [infer F extends TypeFunction, infer S extends Shape] }
  ? Apply<F, Substitute<S, Z>> : T

/** The symbols that occur in the shapes of a tree. */
export type SymbolsIn<T> =
  T extends Tensor<infer S, DType> ? SymbolsOf<S[number]>
    : 'sized' extends keyof T ? T extends { readonly sized?: readonly [TypeFunction, infer S extends Shape] } ? SymbolsOf<S[number]> : never
    : T extends (...args: never) => unknown ? never
      : T extends readonly unknown[] ? Tree extends T[number] ? never : SymbolsIn<T[number]>
        : T extends object ? string extends keyof T ? never : { [K in keyof T]: SymbolsIn<T[K]> }[keyof T] : never

/** The entries of a branch in walking order: tuples by position, records by key in ASCII order. */
export const entriesOf = (branch: object): [key: string, value: unknown][] => {
  const entries = Object.entries(branch)
  return Array.isArray(branch) ? entries : entries.sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)
}

/**
 * Why `actual` is not a branch like the branch `spec`: another kind, another length, a key missing or `unknown` to it; undefined when the
 * two may be compared part by part.
 */
export const branchFault = (spec: object, actual: unknown, where: string, unknown: string): string | undefined => {
  if (Array.isArray(spec)) {
    if (!Array.isArray(actual)) return `${where}: a tuple was expected`
    return actual.length === spec.length ? undefined
      : `${where}: a tuple of ${spec.length} was expected but one of ${actual.length} is given`
  }
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual) || isLeaf(actual)) return `${where}: a record was expected`
  const missing = entriesOf(spec).find(([key]) => !Object.hasOwn(actual, key))
  if (missing) return `${where}: key ${missing[0]} is missing`
  const extra = entriesOf(actual).find(([key]) => !Object.hasOwn(spec, key))
  return extra && `${where}: key ${extra[0]} is ${unknown}`
}
