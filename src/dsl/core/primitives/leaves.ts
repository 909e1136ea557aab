/** Expressions without inputs: placeholders, constants, counters. */
import { right, left } from 'fp-ts/lib/Either.js'
import type { DType, Dim, Shape } from '../../tensor.js'
import { sizeOf, type Value } from '../../value.js'
import { identityOf } from '../intern.js'
import type { Node } from '../node.js'
import { primitive } from '../primitive.js'

/** How a parameter starts: read by `initialise`, ignored by engines. Plain data, so that equal placeholders stay equal nodes. */
export type InitSpec =
  | { readonly kind: 'glorot'; readonly distribution?: 'uniform' | 'normal'; readonly gain?: number }
  | { readonly kind: 'he'; readonly distribution?: 'uniform' | 'normal'; readonly gain?: number }
  | { readonly kind: 'orthogonal'; readonly gain?: number }
  | { readonly kind: 'normal'; readonly mean?: number; readonly std?: number }
  | { readonly kind: 'uniform'; readonly low?: number; readonly high?: number }
  /** One number for all elements, or one each in row-major order. */
  | { readonly kind: 'constant'; readonly value: number | readonly number[] }

export interface InputAttrs {
  /** Tells placeholders of equal type apart. */
  readonly id: string
  readonly name: string
  readonly shape: Shape
  readonly dtype: DType
  readonly init?: InitSpec
}

export const inputPrim = primitive<InputAttrs>({
  op: 'input',
  summary: 'A placeholder, bound to a value when the graph runs.',
  latex: (_, { name }) => name === '' ? 'x' : name,
  type: (_, { shape, dtype }) => right({ shape, dtype }),
  vjp: null,
  flops: () => 0,
  example: 'f32(2, 3)',
  mapDims: (a, f) => ({ ...a, shape: a.shape.map(f) }),
})

export interface ConstantAttrs { readonly value: Value }

/** Small arrays are interned by content, large ones by buffer: hashing megabytes would cost more than it saves. */
const internBelow = 65
const contentOf = (v: Value): string => Array.from(v.data, x => Object.is(x, -0) ? '-0' : `${x}`).join()

export const constantPrim = primitive<ConstantAttrs>({
  op: 'constant',
  key: ({ value }) => `${value.dtype}[${value.shape.join()}]${value.data.length < internBelow ? contentOf(value) : identityOf(value.data)}`,
  summary: 'A fixed array.',
  latex: (_, { value }) => value.data.length === 1 ? `${value.data[0]}` : 'C',
  type: (_, { value }) => sizeOf(value.shape) === value.data.length ? right({ shape: value.shape, dtype: value.dtype })
    : left(`constant: [${value.shape.join(', ')}] has ${sizeOf(value.shape)} elements but ${value.data.length} are given`),
  vjp: null,
  flops: () => 0,
  example: 'tensor([[1, 2], [3, 4]])',
})

export const iotaPrim = primitive<{ readonly size: Dim }>({
  op: 'iota',
  summary: 'The integers 0, 1, ..., size - 1.',
  latex: (_, { size }) => `(0, \\dots, ${size} - 1)`,
  type: (_, { size }) => right({ shape: [size], dtype: 'int32' }),
  vjp: null,
  flops: () => 0,
  example: 'iota(4)',
  mapDims: ({ size }, f) => ({ size: f(size) }),
})

export const dimSizePrim = primitive<{ readonly size: Dim }>({
  op: 'dimSize',
  summary: 'The size of a dimension as an int32 scalar, known once its symbols are bound.',
  latex: (_, { size }) => `${size}`,
  type: () => right({ shape: [], dtype: 'int32' }),
  vjp: null,
  flops: () => 0,
  example: 'mean(tensor([1, 2, 3]))',
  mapDims: ({ size }, f) => ({ size: f(size) }),
})

let freshInputs = 0
/** A new placeholder, equal to no other; `id` makes a reproducible one instead. */
export const input = (a: { shape: Shape; dtype: DType; name?: string; init?: InitSpec; id?: string }): Node<InputAttrs> =>
  inputPrim.make([], { id: a.id ?? `${freshInputs++}`, name: a.name ?? '', shape: a.shape, dtype: a.dtype,
    ...(a.init && { init: a.init }) })

export const constant = (value: Value): Node => constantPrim.make([], { value })

/** A rank-0 constant. float32 constants keep the double they were written with: engines round, the reference does not. */
export const scalar = (x: number, dtype: DType = 'float32'): Node =>
  constant({ shape: [], dtype, data: dtype === 'float32' ? Float64Array.of(x) : dtype === 'int32' ? Int32Array.of(x) : Uint8Array.of(x) })

export const iota = (size: Dim): Node => iotaPrim.make([], { size })
export const dimSize = (size: Dim): Node => dimSizePrim.make([], { size })
