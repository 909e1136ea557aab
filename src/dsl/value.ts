import type { DType } from './tensor.js'

/** The buffers that hold each dtype on the host; `Float64Array` is the reference engine's float32. */
export interface Buffers { float32: Float32Array | Float64Array; int32: Int32Array; bool: Uint8Array }

/** A concrete array on the host: row-major `data`, one element per product of `shape`. */
export interface Value<D extends DType = DType> {
  readonly shape: readonly number[]
  readonly dtype: D
  readonly data: Buffers[D]
}

/** The number of elements of a concrete shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1)
