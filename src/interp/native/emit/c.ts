/** Small pieces of C. */
import type { DType } from '../../../dsl/tensor.js'
import type { Read, Surroundings } from '../plan/steps.js'

const types: Readonly<Record<DType, string>> = { float32: 'float', int32: 'int32_t', bool: 'uint8_t' }
const tags: Readonly<Record<DType, string>> = { float32: 'TG_F32', int32: 'TG_I32', bool: 'TG_BOOL' }

/** The C type of an element in memory. */
export const cType = (d: DType): string => types[d]
export const cTag = (d: DType): string => tags[d]
/** The C type of a value at hand: a truth value is computed as an int, so that all lanes of a vector are alike. */
export const cLocal = (d: DType): string => d === 'bool' ? 'int32_t' : types[d]

/** A list of numbers as an argument. */
export const cLongs = (xs: readonly number[]): string => `(const long[]){${xs.length === 0 ? '0' : xs.join(', ')}}`

/** A number as C reads it. */
export const cNumber = (x: number, dtype: DType): string => {
  if (dtype !== 'float32') return x === -(2 ** 31) ? 'INT32_MIN' : `${x}`
  const f = Math.fround(x)
  if (Number.isNaN(f)) return '__builtin_nanf("")'
  if (!Number.isFinite(f)) return f > 0 ? '__builtin_inff()' : '(-__builtin_inff())'
  const text = Object.is(f, -0) ? '-0.0' : `${f}`
  const literal = /[.e]/.test(text) ? `${text}f` : `${text}.0f`
  return f < 0 || Object.is(f, -0) ? `(${literal})` : literal
}

/** The 32 bits of an element, as fills take them. */
export const cBits = (x: number, dtype: DType): string => {
  const words = new Uint32Array(dtype === 'float32' ? Float32Array.of(x).buffer : Int32Array.of(x).buffer)
  return `${words[0]}u`
}

/** The address of a view's first element. */
export const pointer = (s: Surroundings, { memory, view }: Read, constant = true): string => {
  const base = `(${constant ? 'const ' : ''}${cType(memory.dtype)} *)${s.at(memory)}`
  return view.offset === 0 ? base : `${base} + ${view.offset}`
}
