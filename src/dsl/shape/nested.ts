/** The shape of nested arrays of numbers or truth values. */
import { fail, ok, type Checked } from './check.js'
import { sameShape, showShape } from './dim.js'
import type { Show } from './dim-types.js'

/** A number or truth value, or arrays of them to any depth. */
export type Nested = number | boolean | readonly Nested[]

/** The lengths, outermost first; `number` where an array's length is not known. */
/** A number or truth value, or arrays of them to any depth. */
export type NestedShape<V> = [Nested] extends [V]
  ? number[]
  : V extends readonly unknown[]
    ? number extends V['length']
      ? [number, ...NestedShape<V[number]>]
      : V extends readonly []
        ? [0]
        : [V['length'], ...NestedShape<V[0]>]
    : []
/** bool for truth values, else float32. */
/** A number or truth value, or arrays of them to any depth. */
export type NestedDType<V> = [Nested] extends [V]
  ? 'float32'
  : V extends boolean
    ? 'bool'
    : V extends readonly (infer X)[]
      ? NestedDType<X>
      : 'float32'
/** The message when rows differ in length. */
export type Ragged<V> = V extends readonly [infer H, ...infer R]
  ? R[number] extends infer X
    ? [X] extends [never]
      ? Ragged<H>
      : NestedShape<H> extends NestedShape<X>
        ? NestedShape<X> extends NestedShape<H>
          ? Ragged<H>
          : RaggedText<H, R>
        : RaggedText<H, R>
    : never
  : []
/** The first row against the first that differs from it. */
type RaggedText<H, R> = R extends readonly [infer X, ...infer Q]
  ? [NestedShape<X>, NestedShape<H>] extends [NestedShape<H>, NestedShape<X>]
    ? RaggedText<H, Q>
    : `tensor: rows differ in length: the first is ${Show<NestedShape<H>>} but another is ${Show<NestedShape<X>>}`
  : never

const isRow = (v: Nested): v is readonly Nested[] => Array.isArray(v)

/** The lengths along the first elements. */
const lengths = (v: Nested): number[] => (isRow(v) ? [v.length, ...(v.length > 0 ? lengths(v[0]) : [])] : [])
const ragged = (v: Nested): string | undefined => {
  if (!isRow(v) || v.length === 0) return undefined
  const first = lengths(v[0])
  const other = v.find(row => isRow(row) ? !sameShape(lengths(row), first) : first.length > 0)
  if (other !== undefined)
    return `tensor: rows differ in length: the first is ${showShape(first)} but another is ${showShape(lengths(other))}`
  if (first.length === 0) return undefined
  for (const row of v) {
    const inside = ragged(row)
    if (inside !== undefined) return inside
  }
  return undefined
}

export const nestedShape = (v: Nested): Checked<readonly number[]> => {
  const sentence = ragged(v)
  return sentence === undefined ? ok(lengths(v)) : fail(sentence)
}
