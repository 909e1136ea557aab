/**
 * What the cases are made of: sizes, shapes and values, drawn so that every rule meets scalars, single elements, empty axes and symbols.
 */
import fc from 'fast-check'
import type { Node } from '../../../../src/dsl/core/node.js'
import { primitives, type Attrs, type Op } from '../../../../src/dsl/core/table.js'
import type { AnyPrimitive } from '../../../../src/dsl/core/primitive.js'
import { substituteDim } from '../../../../src/dsl/shape/dim.js'
import type { Dim, DType, Shape } from '../../../../src/dsl/tensor.js'
import { sizeOf, type Value } from '../../../../src/dsl/value.js'

/** The sizes of the symbols in one case. B may be empty, T may not, H and W fit the windows of the case. */
export type Sizes = Readonly<Record<string, number>>

/** An input of a case: its shape may hold symbols, its data has their sizes. */
export interface Slot {
  readonly shape: Shape
  readonly dtype: DType
  readonly data: readonly number[]
  /** Whether the primitive is smooth in this input here, so that finite differences tell the truth. */
  readonly smooth: boolean
}

/** One use of a primitive: inputs with values, and the node they make; `dim` is the identity, or replaces symbols by sizes. */
export interface Case {
  readonly inputs: readonly Slot[]
  readonly sizes: Sizes
  readonly build: (inputs: readonly Node[], dim: (d: Dim) => Dim) => Node
}

export const sizes: fc.Arbitrary<Sizes> = fc.record({ B: fc.integer({ min: 0, max: 3 }), T: fc.integer({ min: 1, max: 4 }) })
export const someDim: fc.Arbitrary<Dim> = fc.constantFrom<Dim>(1, 2, 3, 'T')
export const anyDim: fc.Arbitrary<Dim> = fc.oneof({ weight: 8, arbitrary: someDim }, { weight: 1, arbitrary: fc.constantFrom<Dim>(0, 'B') })
export const anyShape = (min = 0, max = 3): fc.Arbitrary<Dim[]> => fc.array(anyDim, { minLength: min, maxLength: max })
/** Without empty axes. */
export const someShape = (min = 0, max = 3): fc.Arbitrary<Dim[]> => fc.array(someDim, { minLength: min, maxLength: max })
/** A subset of the axes, in order, with at least one. */
export const someAxes = (rank: number): fc.Arbitrary<number[]> => fc.subarray([...Array(rank).keys()], { minLength: 1 })

export const count = (shape: Shape, s: Sizes): number => sizeOf(shape.map(d => substituteDim(d, s) as number))

/** Draws n numbers. */
export type Draw = (n: number) => fc.Arbitrary<number[]>
const each = (one: fc.Arbitrary<number>): Draw => n => fc.array(one, { minLength: n, maxLength: n })
const hundredths = (lo: number, hi: number): fc.Arbitrary<number> =>
  fc.integer({ min: Math.round(lo * 100), max: Math.round(hi * 100) }).map(i => i / 100)
export const between = (lo: number, hi: number): Draw => each(hundredths(lo, hi))
export const real = between(-2, 2)
export const positive = between(0.3, 3)
export const nonzero = each(fc.tuple(hundredths(0.3, 3), fc.boolean()).map(([x, minus]) => minus ? -x : x))
/** Off the integers and the halves, where rounding jumps. */
const offJump = fc.tuple(fc.integer({ min: -3, max: 2 }), fc.boolean(), hundredths(0.1, 0.4)).map(([k, up, f]) => k + (up ? 0.5 : 0) + f)
export const offJumps = each(offJump)
export const ints = each(fc.integer({ min: -4, max: 4 }))
export const bools = each(fc.integer({ min: 0, max: 1 }))
export const below = (n: number): Draw => each(fc.integer({ min: 0, max: Math.max(0, n - 1) }))
/** No two alike and none near another: where the largest is wanted, one is. */
export const distinct: Draw = n => {
  const all = Array.from({ length: n }, (_, i) => Math.round((i - n / 2) * 37 + 10) / 100)
  return fc.shuffledSubarray(all, { minLength: n })
}

/** An input with values. */
export const slot = (shape: Shape, s: Sizes, draw: Draw, dtype: DType = 'float32', smooth = dtype === 'float32'): fc.Arbitrary<Slot> =>
  draw(count(shape, s)).map(data => ({ shape, dtype, data, smooth }))
/** An input of a dtype with small values, ties and zeros among them. */
export const tied = (shape: Shape, s: Sizes, dtype: DType): fc.Arbitrary<Slot> => slot(shape, s, dtype === 'bool' ? bools : ints,
  dtype, false)
/** The values of a smooth input, or ties of the other dtypes. */
export const typed = (shape: Shape, s: Sizes, dtype: DType, draw: Draw = real): fc.Arbitrary<Slot> =>
  dtype === 'float32' ? slot(shape, s, draw) : tied(shape, s, dtype)

const show = (c: { inputs: readonly Slot[]; sizes: Sizes }, op: string, attrs: unknown): string =>
  `${op} ${JSON.stringify(attrs)} of ${c.inputs.map(i => `${i.dtype} [${i.shape.join(', ')}] ${JSON.stringify(i.data)}`)
    .join(' and ')} with ${JSON.stringify(c.sizes)}`

/** A case with the name that a failing test prints. */
export const labelled = (c: Case, op: string, attrs: unknown = {}): Case =>
  Object.defineProperty(c, fc.toStringMethod, { value: () => show(c, op, attrs) })

/** A case that makes its primitive's node from attributes. */
export const caseOf = <P extends Op>(op: P, inputs: readonly Slot[], attrs: Attrs<P>, s: Sizes): Case => {
  const prim: AnyPrimitive = primitives[op]
  return labelled({
    inputs, sizes: s,
    build: (nodes, dim) => prim.make(nodes, (prim.mapDims ? prim.mapDims(attrs, dim) : attrs) as Attrs<P>),
  }, op, attrs)
}

/** The values of a case's inputs. */
export const valuesOf = (c: Case): Value[] => c.inputs.map(({ shape, dtype, data }) => ({
  shape: shape.map(d => substituteDim(d, c.sizes) as number), dtype,
  data: dtype === 'float32' ? Float64Array.from(data) : dtype === 'int32' ? Int32Array.from(data) : Uint8Array.from(data),
}))
