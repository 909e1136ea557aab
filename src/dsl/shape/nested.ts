/** The shape of nested arrays of numbers or truth values. */
import { fail, ok, type Checked } from './check.js'

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
          : RaggedText
        : RaggedText
    : never
  : []
type RaggedText = 'tensor: rows differ in length; each must have the length of the first'

const isRow = (v: Nested): v is readonly Nested[] => Array.isArray(v)

export const nestedShape = (v: Nested): Checked<readonly number[]> => {
  const shape: number[] = []
  for (let row = v; isRow(row); row = row[0]) {
    shape.push(row.length)
    if (row.length === 0) break
  }
  const fits = (x: Nested, depth: number): boolean =>
    isRow(x) ? depth < shape.length && x.length === shape[depth] && x.every(y => fits(y, depth + 1)) : depth === shape.length
  return fits(v, 0) ? ok(shape) : fail('tensor: rows differ in length; each must have the length of the first')
}
