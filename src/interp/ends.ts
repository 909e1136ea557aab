/** The two ends of a program: which inputs and outputs the caller sees, and which stay with the engine. */
import { TypegradError } from '../dsl/errors.js'
import type { Value } from '../dsl/value.js'
import type { Program } from './engine.js'
import { concrete } from './program.js'

/** A value in the reference's own precision. */
export const wide = (v: Value): Value => v.dtype === 'float32' ? { ...v, data: Float64Array.from(v.data) } : v

export interface Ends {
  /** Positions of the inputs that the caller gives, and of the outputs that it gets. */
  readonly given: readonly number[]
  readonly returned: readonly number[]
  /** All inputs in the program's order, from what the caller gives and what is resident; checks shapes and dtypes. */
  join<V>(inputs: readonly Value[], resident: readonly V[]): (Value | V)[]
  /** What the caller gets, and the next resident values. */
  split<V>(results: readonly V[], resident: readonly V[]): { outputs: V[]; next: V[] }
}

/** Separates a program's ends; `join` throws a `TypegradError` on a value of the wrong shape, dtype or count. */
export const splitEnds = ({ inputs, outputs, resident }: Program): Ends => {
  const held = new Map(resident.map((r, i) => [r.input, i]))
  const kept = new Set(resident.flatMap(r => r.output === null ? [] : [r.output]))
  const given = [...inputs.keys()].filter(i => !held.has(i))
  const returned = [...outputs.keys()].filter(i => !kept.has(i))
  return {
    given, returned,
    join: (values, state) => {
      if (values.length !== given.length)
        throw new TypegradError('value', `run: ${given.length} inputs are expected but ${values.length} are given`)
      if (state.length !== resident.length)
        throw new TypegradError('value',
          `run: the program keeps ${resident.length} values but ${state.length} were written; call write first`)
      values.forEach((v, i) => {
        const want = inputs[given[i]]
        const [got, expected] = [`${v.dtype} [${v.shape.join(', ')}]`, `${want.dtype} [${concrete(want).join(', ')}]`]
        if (got !== expected) throw new TypegradError('value', `run: input ${i} is ${got} but ${expected} was expected`)
      })
      const at = new Map(given.map((p, i) => [p, i]))
      return inputs.map((_, i) => held.has(i) ? state[held.get(i) ?? 0] : values[at.get(i) ?? 0])
    },
    split: (results, state) => ({
      outputs: returned.map(i => results[i]),
      next: resident.map((r, i) => r.output === null ? state[i] : results[r.output]),
    }),
  }
}
