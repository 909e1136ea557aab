/** What is known of each element of a node's value: the variables it may depend on, or the number that it always is. */
import type { DType } from '../../dsl/tensor.js'
import { sizeOf, type Value } from '../../dsl/value.js'
import type { Sets } from './sets.js'

/**
 * A number that swallows what is added to it: masks write "minus infinity" so. Unknown numbers are taken to be finite and far smaller, so
 * that -1e30 + x is -1e30 and 0 x is 0: where they are not, values are NaN or have lost all digits, which is another mistake.
 */
export const huge = 1e29

/** `ids[i]` is the number of a set of variables; `known[i]` is a number, or NaN where it depends on parameters or variables. */
export class Elements {
  private sets?: Int32Array
  private numbers?: Float64Array
  private some?: boolean
  private constructor(readonly shape: readonly number[], readonly value: Value | null, ids?: Int32Array, known?: Float64Array) {
    this.sets = ids
    this.numbers = known
  }
  /** A value that no placeholder changes. */
  static known(value: Value): Elements { return new Elements(value.shape, value) }
  /** Elements with sets; numbers that are known depend on nothing. */
  static of(shape: readonly number[], ids: Int32Array, known?: Float64Array): Elements {
    if (known) for (let i = 0; i < ids.length; i++) if (!Number.isNaN(known[i])) ids[i] = 0
    return new Elements(shape, null, ids, known)
  }
  /** Opaque numbers, each with the same set. */
  static opaque(shape: readonly number[], id = 0): Elements {
    return new Elements(shape, null, id === 0 ? undefined : new Int32Array(sizeOf(shape)).fill(id))
  }

  get ids(): Int32Array { return this.sets ??= new Int32Array(sizeOf(this.shape)) }
  get known(): Float64Array {
    return this.numbers ??= this.value === null ? new Float64Array(sizeOf(this.shape)).fill(NaN)
      : this.value.data instanceof Float64Array ? this.value.data : Float64Array.from(this.value.data)
  }
  /** False when no element has a set: parameters, constants. */
  get depends(): boolean { return this.some ??= this.sets?.some(s => s !== 0) ?? false }
  /** Whether single numbers may be known. */
  get partly(): boolean { return this.numbers !== undefined || this.value !== null }
}

/** Every element may depend on all that `xs` depend on: right for any operation, sharp for few. */
export const everything = (shape: readonly number[], xs: readonly Elements[], sets: Sets): Elements =>
  Elements.opaque(shape, xs.reduce((s, x) => x.depends ? sets.union(s, sets.all(x.ids)) : s, 0))

/** The numbers as an array that kernels take: whole numbers compute as such, and what is made of NaN is not used. */
export const numbersOf = (x: Elements, dtype: DType = 'float32'): Value => ({ shape: x.shape, dtype, data: x.known })
/** The sets, which kernels that only move elements carry along. */
export const setsOf = (x: Elements): Value => ({ shape: x.shape, dtype: 'int32', data: x.ids })

/** Elements whose numbers are all known, as the value that they are. */
export const settled = (x: Elements, dtype: DType): Elements => {
  if (x.value !== null || !x.partly || x.known.some(Number.isNaN)) return x
  const buffer = dtype === 'float32' ? Float64Array : dtype === 'int32' ? Int32Array : Uint8Array
  return Elements.known({ shape: x.shape, dtype, data: buffer.from(x.known) })
}
