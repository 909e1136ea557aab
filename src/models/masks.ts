/** Masks from degrees, as expressions: [I, O] with 1 where unit i may speak to unit o. */
import { constant, reshape } from '../dsl/core/build.js'
import { broadcastTo, cast, gather, less, lessEqual } from '../dsl/ops/index.js'
import { nodeOf, tensorOf } from '../dsl/ops/typed.js'
import type { Tensor } from '../dsl/tensor.js'

/** The degrees of a layer's units. */
export type Degrees = Tensor<[number], 'int32'>

/** Degrees of K alternative masks as a constant [K, units]. */
export const degreeTable = (rows: readonly (readonly number[])[]): Tensor<[number, number], 'int32'> =>
  tensorOf(constant({ shape: [rows.length, rows[0].length], dtype: 'int32', data: Int32Array.from(rows.flat()) }))

/** Row `which` of a table. */
export const rowOf = (table: Tensor<[number, number], 'int32'>, which: Tensor<[], 'int32'>): Degrees => gather(table, which, 0)

const grid = (from: Degrees, to: Degrees): [Tensor<[number, number], 'int32'>, Tensor<[number, number], 'int32'>] => {
  const [i, o] = [from.shape[0], to.shape[0]]
  return [broadcastTo(tensorOf<[number, 1], 'int32'>(reshape(nodeOf('mask', from), [i, 1])), [i, o]), broadcastTo(to, [i, o])]
}

/** Into a hidden layer: a unit hears units of no higher degree (Germain et al., 2015, eq. 12). */
export const hiddenMask = (from: Degrees, to: Degrees): Tensor<[number, number]> => cast(lessEqual(...grid(from, to)), 'float32')

/** Into an output: it hears units of strictly lower degree only (Germain et al., 2015, eq. 13). */
export const outputMask = (from: Degrees, to: Degrees): Tensor<[number, number]> => cast(less(...grid(from, to)), 'float32')

/** The strict mask of an order given as numbers. */
export const strictlyBefore = (from: readonly number[], to: readonly number[]): Tensor<[number, number]> => {
  const row = (places: readonly number[]): Degrees =>
    tensorOf(constant({ shape: [places.length], dtype: 'int32', data: Int32Array.from(places) }))
  return outputMask(row(from), row(to))
}
