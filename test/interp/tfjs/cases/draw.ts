/** What cases are made of: values that repeat from run to run, and an expression over placeholders for them. */
import * as b from '../../../../src/dsl/core/build.js'
import type { Node } from '../../../../src/dsl/core/node.js'
import type { DType } from '../../../../src/dsl/tensor.js'
import { sizeOf, type Value } from '../../../../src/dsl/value.js'

/** An expression and values for its placeholders. */
export interface Case { readonly inputs: readonly Node[]; readonly values: readonly Value[]; readonly outputs: readonly Node[] }
/** Fresh cases, the same each time. */
export type Cases = () => Case[]

/** A small generator of numbers that repeats (mulberry32). */
const numbers = (seed: number): (() => number) => {
  let s = seed
  return () => {
    s = (s + 0x6D2B79F5) | 0
    let t = Math.imul(s ^ (s >>> 15), 1 | s)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
let next = numbers(1)
export const seed = (n: number): void => { next = numbers(n) }

export const value = (shape: readonly number[], dtype: DType, data: readonly number[]): Value => ({
  shape, dtype, data: dtype === 'float32' ? Float32Array.from(data) : dtype === 'int32' ? Int32Array.from(data) : Uint8Array.from(data),
})

export type Range = readonly [number, number]
/** Floats in [-2, 2), rounded to halves one time in three so that ties occur; integers in [-9, 9). */
export const draw = (shape: readonly number[], dtype: DType = 'float32', range?: Range): Value => {
  const [lo, hi] = range ?? (dtype === 'int32' ? [-9, 9] : [-2, 2])
  const number = (): number => lo + (hi - lo) * next()
  const one = (): number => dtype === 'bool' ? +(next() < 0.5) : dtype === 'int32' ? Math.floor(number())
    : next() < 0.3 ? Math.round(number() * 2) / 2 : number()
  return value(shape, dtype, Array.from({ length: sizeOf(shape) }, one))
}

/** A case from values: `f` sees a placeholder for each. */
export const over = (values: readonly Value[], f: (...xs: Node[]) => Node | readonly Node[]): Case => {
  const inputs = values.map(v => b.input({ shape: v.shape, dtype: v.dtype }))
  const out = f(...inputs)
  return { inputs, values, outputs: Array.isArray(out) ? out as Node[] : [out as Node] }
}

export const numeric: readonly DType[] = ['float32', 'int32']
export const all: readonly DType[] = ['float32', 'int32', 'bool']
/** Something for each axis of a shape. */
export const axesOf = <T>(shape: readonly number[], f: (axis: number) => readonly T[]): T[] => [...shape.keys()].flatMap(f)
