/**
 * Parameter trees: records and tuples, nested to any depth, whose leaves are tensors. One tree type serves three readings: specs, symbols
 * inside a definition's body, values. Keys are walked in ASCII order, in types and at run time, so that errors and checkpoints agree.
 */
import { TypegradError } from '../errors.js'
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
    : T extends { readonly sized?: readonly [infer F extends TypeFunction, infer S extends Shape] } ? Apply<F, Substitute<S, Z>>
      : T extends (...args: never) => unknown ? T
        : { readonly [K in keyof T]: SubstituteTree<T[K], Z> }

/** The symbols that occur in the shapes of a tree. */
export type SymbolsIn<T> =
  T extends Tensor<infer S, DType> ? SymbolsOf<S[number]>
    : T extends (...args: never) => unknown ? never
      : T extends readonly unknown[] ? Tree extends T[number] ? never : SymbolsIn<T[number]>
        : T extends object ? string extends keyof T ? never : { [K in keyof T]: SymbolsIn<T[K]> }[keyof T] : never

/** Whether a value is a tensor, that is a leaf. */
export const isTensor = (value: unknown): value is AnyTensor =>
  typeof value === 'object' && value !== null && Array.isArray((value as AnyTensor).shape) && typeof (value as AnyTensor).dtype === 'string'

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The entries of a branch in walking order: tuples by position, records by key in ASCII order. */
export const entriesOf = (branch: object): [key: string, value: unknown][] => {
  const entries = Object.entries(branch)
  return Array.isArray(branch) ? entries : entries.sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)
}

/** A leaf and where it stands: `params.l1.w`. */
export interface Leaf { readonly path: string; readonly tensor: AnyTensor }

/** The leaves of a tree in walking order; anything else than a tensor, tuple or record in it is a `TypegradError`. */
export const leavesOf = (tree: unknown, path: string): Leaf[] => {
  if (isTensor(tree)) return [{ path, tensor: tree }]
  if (!Array.isArray(tree) && !isRecord(tree)) throw new TypegradError('shape', `${path}: a tensor was expected`)
  return entriesOf(tree).flatMap(([key, value]) => leavesOf(value, `${path}.${key}`))
}

/** The tree with a function applied to every leaf. */
export const mapTree = (tree: unknown, f: (leaf: AnyTensor, path: string) => unknown, path: string): unknown => {
  if (isTensor(tree)) return f(tree, path)
  if (Array.isArray(tree)) return tree.map((value, i) => mapTree(value, f, `${path}.${i}`))
  if (!isRecord(tree)) throw new TypegradError('shape', `${path}: a tensor was expected`)
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, mapTree(value, f, `${path}.${key}`)]))
}

/** The tree with its leaves replaced, in walking order. */
export const withLeaves = (tree: unknown, leaves: readonly unknown[], path = 'tree'): unknown => {
  const at = new Map(leavesOf(tree, path).map((leaf, i) => [leaf.path, leaves[i]]))
  return mapTree(tree, (_, p) => at.get(p), path)
}
