/** Row-major arrays: the little index arithmetic that the kernels share. */
import type { DType } from '../../dsl/tensor.js'
import { sizeOf, type Value } from '../../dsl/value.js'

/** A fresh zero array; float32 is kept in float64, because this engine is the reference. */
export const zeros = (shape: readonly number[], dtype: DType): Value => {
  const n = sizeOf(shape)
  return { shape, dtype, data: dtype === 'float32' ? new Float64Array(n) : dtype === 'int32' ? new Int32Array(n) : new Uint8Array(n) }
}

/** How far apart neighbours along each axis lie. */
export const stridesOf = (shape: readonly number[]): number[] => {
  const strides = shape.map(() => 1)
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1] * shape[i + 1]
  return strides
}

/** Calls `f(i, at)` for every element i of `shape` in order; `at` is where `strides` and `offset` put it in another array. */
export const walk = (shape: readonly number[], strides: readonly number[], offset: number, f: (i: number, at: number) => void): void => {
  const n = sizeOf(shape)
  const index = shape.map(() => 0)
  for (let i = 0, at = offset; i < n; i++) {
    f(i, at)
    for (let d = shape.length - 1; d >= 0; d--) {
      at += strides[d]
      if (++index[d] < shape[d]) break
      at -= strides[d] * shape[d]
      index[d] = 0
    }
  }
}

/** A new array of `shape` that reads another through strides. */
export const read = (x: Value, shape: readonly number[], strides: readonly number[], offset = 0): Value => {
  const out = zeros(shape, x.dtype)
  walk(shape, strides, offset, (i, at) => { out.data[i] = x.data[at] })
  return out
}

/** An axis as [before, size, after]: the array is before x size x after. */
export const around = (shape: readonly number[], axis: number): [number, number, number] =>
  [sizeOf(shape.slice(0, axis)), shape[axis], sizeOf(shape.slice(axis + 1))]
