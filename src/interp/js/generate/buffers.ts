/** Where generated code keeps its numbers: buffers that are allocated once and reused as soon as nothing reads them any more. */
import type { DType } from '../../../dsl/tensor.js'
import { sizeOf, type Value } from '../../../dsl/value.js'
import { stridesOf } from '../arrays.js'

export type Data = Value['data']

/** A buffer of generated code. `from` and `until` are the first and the last step that touch it; a fixed one is never shared. */
export interface Buf {
  readonly name: string
  readonly size: number
  readonly dtype: DType
  /** What is in it when the code is linked: a constant, or an array that the caller fills. */
  readonly data: Data | null
  from: number
  until: number
}

/** Elements of a buffer, by strides. `moving` is the part of the offset that a loop's counter decides, such as `t0*12`. */
export interface View {
  readonly buf: Buf
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
  readonly moving: string
}

/** All of a buffer, row by row. */
export const dense = (buf: Buf, shape: readonly number[]): View => ({ buf, shape, strides: stridesOf(shape), offset: 0, moving: '' })

/** Whether neighbours in row-major order are neighbours in the buffer. */
export const isDense = ({ shape, strides }: View): boolean => {
  const rowMajor = stridesOf(shape)
  return sizeOf(shape) <= 1 || shape.every((d, i) => d === 1 || strides[i] === rowMajor[i])
}
/** Whether a view is a whole buffer in order, as the reference's kernels take it. */
export const isWhole = (v: View): boolean => isDense(v) && v.offset === 0 && v.moving === '' && v.buf.size === sizeOf(v.shape)

export const arrayOf = (dtype: DType, n: number): Data =>
  dtype === 'float32' ? new Float64Array(n) : dtype === 'int32' ? new Int32Array(n) : new Uint8Array(n)

/** An array for every buffer: two of one size and dtype share it when their lives do not overlap. */
export const allocate = (bufs: readonly Buf[]): Map<string, Data> => {
  const arrays = new Map<string, Data>()
  const idle = new Map<string, { readonly data: Data; readonly until: number }[]>()
  for (const buf of [...bufs].sort((a, b) => a.from - b.from)) {
    if (buf.data !== null) {
      arrays.set(buf.name, buf.data)
      continue
    }
    const kind = `${buf.dtype} ${buf.size}`
    const rest = idle.get(kind) ?? []
    const at = rest.findIndex(r => r.until < buf.from)
    const data = at < 0 ? arrayOf(buf.dtype, buf.size) : rest[at].data
    idle.set(kind, [...at < 0 ? rest : rest.toSpliced(at, 1), { data, until: buf.until }])
    arrays.set(buf.name, data)
  }
  return arrays
}
