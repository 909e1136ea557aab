/** What is known of each element of a node's value: which elements of the input it may depend on, and whether it is surely zero. */
import { sizeOf, type Value } from '../../dsl/value.js'

/** `deps[i]` is a set of input elements, one bit each; `zero[i]` says that element i is 0 whatever the inputs. */
export interface Elements {
  readonly shape: readonly number[]
  readonly deps: readonly bigint[]
  readonly zero: readonly boolean[]
  /** The value itself, where no placeholder leads to it. */
  readonly value: Value | null
}

export const known = (value: Value): Elements =>
  ({ shape: value.shape, value, deps: Array.from(value.data, () => 0n), zero: Array.from(value.data, x => x === 0) })

export const unknown = (shape: readonly number[], deps: readonly bigint[], zero?: readonly boolean[]): Elements =>
  ({ shape, deps, zero: zero ?? deps.map(() => false), value: null })

/** Every element may depend on all that `xs` depend on: right for any operation, sharp for few. */
export const everything = (shape: readonly number[], xs: readonly Elements[]): Elements => {
  const all = xs.reduce((s, x) => x.deps.reduce((a, b) => a | b, s), 0n)
  return unknown(shape, Array.from({ length: sizeOf(shape) }, () => all))
}
