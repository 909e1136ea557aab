/** The two ends of a program: which inputs and outputs the caller sees, and which stay with the engine. */
import { TypegradError } from '../dsl/errors.js'
import type { Node } from '../dsl/core/node.js'
import { sizeOf, type Value } from '../dsl/value.js'
import type { Program } from './engine.js'
import { concrete } from './program.js'

/** A value in the reference's own precision. */
export const wide = (v: Value): Value => v.dtype === 'float32' ? { ...v, data: Float64Array.from(v.data) } : v

export interface Ends {
  /** Positions of the inputs that the caller gives, and of the outputs that it gets. */
  readonly given: readonly number[]
  readonly returned: readonly number[]
  /** Checks the count, shapes and dtypes of what the caller gives, and that as many values were written as are resident. */
  check(inputs: readonly Value[], written: number): void
  /** All inputs in the program's order, from what the caller gives and what is resident; checks shapes and dtypes. */
  join<V>(inputs: readonly Value[], resident: readonly V[]): (Value | V)[]
  /** What the caller gets, and the next resident values. */
  split<V>(results: readonly V[], resident: readonly V[]): { outputs: V[]; next: V[] }
}

const typeOf = (dtype: string, shape: readonly (number | string)[]): string => `${dtype} [${shape.join(', ')}]`

/** Whether a value has the dtype and the shape of a program's end. */
const fits = (v: Value, { dtype, shape }: Node): boolean => {
  if (v.dtype !== dtype || v.shape.length !== shape.length) return false
  for (let i = 0; i < shape.length; i++) if (v.shape[i] !== shape[i]) return false
  return true
}

/** The sentence about a value whose data are more or fewer than its shape says. */
const wrongLength = (what: string, { shape, data }: Value): TypegradError =>
  new TypegradError('value', `${what} has ${data.length} elements but its shape [${shape.join(', ')}] has ${sizeOf(shape)}`)

/** Refuses a state that is not the program's: values in the order of `resident`. */
export const checkState = ({ inputs, resident }: Program, values: readonly Value[]): void => {
  if (values.length !== resident.length)
    throw new TypegradError('value', `write: ${resident.length} values are expected but ${values.length} are given`)
  resident.forEach((r, i) => {
    const want = inputs[r.input], { dtype, shape } = values[i]
    if (!fits(values[i], want))
      throw new TypegradError('value', `write: value ${i} is ${typeOf(dtype, shape)} but ${typeOf(want.dtype, want.shape)} was expected`)
    if (values[i].data.length !== sizeOf(shape)) throw wrongLength(`write: value ${i}`, values[i])
  })
}

/** Separates a program's ends; `join` and `check` throw a `TypegradError` on a value of the wrong shape, dtype or count. */
export const splitEnds = ({ inputs, outputs, resident }: Program): Ends => {
  const held = new Map(resident.map((r, i) => [r.input, i]))
  const kept = new Set(resident.flatMap(r => r.output === null ? [] : [r.output]))
  const given = [...inputs.keys()].filter(i => !held.has(i))
  const returned = [...outputs.keys()].filter(i => !kept.has(i))
  const wanted = given.map(i => inputs[i])
  const sizes = wanted.map(n => sizeOf(concrete(n)))
  /** Where each input comes from: a place among the given, or, below zero, among the resident. */
  const from = inputs.map((_, i) => held.has(i) ? -1 - (held.get(i) ?? 0) : given.indexOf(i))
  const check = (values: readonly Value[], written: number): void => {
    if (values.length !== given.length)
      throw new TypegradError('value', `run: ${given.length} inputs are expected but ${values.length} are given`)
    if (written !== resident.length)
      throw new TypegradError('value',
        `run: the program keeps ${resident.length} values but ${written} were written; call write first`)
    for (let i = 0; i < wanted.length; i++) {
      const { dtype, shape } = wanted[i]
      if (!fits(values[i], wanted[i])) {
        const got = typeOf(values[i].dtype, values[i].shape)
        throw new TypegradError('value', `run: input ${i} is ${got} but ${typeOf(dtype, shape)} was expected`)
      }
      if (values[i].data.length !== sizes[i]) throw wrongLength(`run: input ${i}`, values[i])
    }
  }
  return {
    given, returned, check,
    join: (values, state) => {
      check(values, state.length)
      return from.map(p => p < 0 ? state[-1 - p] : values[p])
    },
    split: (results, state) => ({
      outputs: returned.map(i => results[i]),
      next: resident.map((r, i) => r.output === null ? state[i] : results[r.output]),
    }),
  }
}
