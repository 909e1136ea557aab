/** Host arrays by name: what the harness writes for every peer, and how a tree of them becomes a flat record and back. */
import { readFileSync, writeFileSync } from 'node:fs'
import type { Value } from 'typegrad'
import { decodeSafetensors, encodeSafetensors } from 'typegrad/run'

/** Arrays by their paths in a tree, `params.0.w`. */
export type Arrays = Readonly<Record<string, Value>>

const isLeaf = (t: unknown): t is { readonly shape: readonly unknown[]; readonly dtype: string } =>
  typeof t === 'object' && t !== null && 'shape' in t && 'dtype' in t

/** The leaves of a tree by path. */
export const flatten = (tree: unknown, path = ''): Record<string, Value> =>
  isLeaf(tree) ? { [path]: tree as Value }
    : Object.assign({}, ...Object.entries(tree as object).map(([k, t]) => flatten(t, path === '' ? k : `${path}.${k}`))) as
      Record<string, Value>

/** A tree of the structure of `like` with the arrays at its paths. */
export const unflatten = <T>(like: unknown, arrays: Arrays, path = ''): T => {
  const build = (t: unknown, at: string): unknown => {
    if (isLeaf(t)) {
      if (!(at in arrays)) throw new Error(`the start values have no ${at}`)
      return arrays[at]
    }
    const entries = Object.entries(t as object).map(([k, v]) => [k, build(v, at === '' ? k : `${at}.${k}`)] as const)
    return Array.isArray(t) ? entries.map(e => e[1]) : Object.fromEntries(entries)
  }
  return build(like, path) as T
}

/** Reads a safetensors file; throws when it is none. */
export const readArrays = (file: string): Arrays => {
  const found = decodeSafetensors(file, readFileSync(file))
  if (found._tag === 'Left') throw found.left
  return found.right.tensors
}

export const writeArrays = (file: string, tensors: Arrays): void => writeFileSync(file, encodeSafetensors({ tensors, metadata: {} }))

/** Float32 numbers of a shape, from a function of the position. */
export const floats = (shape: readonly number[], at: (i: number) => number): Value =>
  ({ shape, dtype: 'float32', data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => at(i)) })
export const ints = (shape: readonly number[], at: (i: number) => number): Value =>
  ({ shape, dtype: 'int32', data: Int32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => at(i)) })

/** Entry `i` along the first axis, in memory of its own. */
export const entry = ({ shape, dtype, data }: Value, i: number): Value => {
  const size = data.length / shape[0]
  return { shape: shape.slice(1), dtype, data: data.slice(i * size, (i + 1) * size) } as Value
}
