/** The dimensions that a user writes: one literal, one symbol or `number` each, never negative. */
import { TypegradError } from '../errors.js'
import type { Dim, Shape } from '../tensor.js'
import { fail, ok, type Checked } from './check.js'
import { normalDim } from './dim.js'
import type { NormalDim } from './dim-types.js'

type IsUnion<T, U = T> = T extends U ? ([U] extends [T] ? false : true) : never
/** The dimension in normal form, or a boolean when it is none: no dimension is assignable from that. */
type Good<D> =
  IsUnion<D> extends true
    ? false
    : D extends number
      ? `${D}` extends `-${string}` | `${string}.${string}`
        ? false
        : D
      : D extends `${string}${'+' | '-' | '*' | '(' | ' '}${string}`
        ? D extends `${string} ${string}`
          ? false
          : NormalDim<D>
        : string extends D
          ? false
          : D
/** Every size in normal form. */
export type NormalShape<S extends readonly unknown[]> = { -readonly [K in keyof S]: Good<S[K]> & Dim }
type GoodDims<S extends readonly unknown[]> = { [K in keyof S]: Good<S[K]> }
/** The dimension, or the message. */
type CheckDim<Op extends string, D> =
  Good<D> extends Dim
    ? D
    : IsUnion<D> extends true
      ? `${Op}: a dimension is a union of sizes; pick one, or widen it to number`
      : D extends number
        ? `${Op}: ${D} is not a size: use 0, 1, 2, ...`
        : string extends D
          ? `${Op}: a symbol must be a literal, not any string`
          : `${Op}: ${D & string} is not a dimension: symbols are letters, digits and _`
/** Each dimension, or the message in its place. */
type CheckDims<Op extends string, S extends readonly unknown[]> = { [K in keyof S]: CheckDim<Op, S[K]> }
/** A rest parameter of dimensions: as given when all are good. */
export type Dims<Op extends string, S extends readonly unknown[]> = GoodDims<S> extends Shape ? S : CheckDims<Op, S>
/** The message about a list of dimensions, or the list itself. Where no list is given, any list of dimensions is inferred. */
export type DimsFault<Op extends string, S extends readonly unknown[]> =
  GoodDims<S> extends Shape ? S
    : number extends S['length'] ? `${Op}: sizes are one list of numbers and symbols, as in ${Op}([2, 3])`
    : Extract<CheckDims<Op, S>[number], `${Op}: ${string}`>

const checkDim = (op: string, d: unknown): Checked<Dim> => {
  if (typeof d === 'number') return Number.isInteger(d) && d >= 0 ? ok(d) : fail(`${op}: ${d} is not a size: use 0, 1, 2, ...`)
  if (typeof d !== 'string') return fail(`${op}: ${String(d)} is not a dimension: use a size or a symbol`)
  const refuse = fail(`${op}: ${d} is not a dimension: symbols are letters, digits and _`)
  if (d.includes(' ')) return refuse
  try {
    const normal = normalDim(d)
    return typeof normal === 'number' && normal < 0 ? fail(`${op}: ${normal} is not a size: use 0, 1, 2, ...`) : ok(normal)
  } catch (e) {
    if (e instanceof TypegradError) return refuse
    throw e
  }
}

/** The dimensions in normal form. */
export const checkDims = (op: string, shape: readonly unknown[]): Checked => {
  if (!Array.isArray(shape)) return fail(`${op}: sizes are one list of numbers and symbols, as in ${op}([2, 3])`)
  const out: Dim[] = []
  for (const d of shape) {
    const checked = checkDim(op, d)
    if (checked._tag === 'Left') return checked
    out.push(checked.right)
  }
  return ok(out as Shape)
}
