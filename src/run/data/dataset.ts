/** A data set is named fields of a fixed shape a row, in two splits; a batch is the same fields with a leading axis `B`. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DType, Tensor } from '../../dsl/tensor.js'
import { TypegradError } from '../../dsl/errors.js'
import { sizeOf, type Value } from '../../dsl/value.js'
import type { Effect } from '../effect.js'
import { hostKey } from '../../dsl/keys.js'
import { permutation } from '../random.js'

export const BUFFERS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const

/** One row of a field: its shape without the batch axis. */
export interface Field { readonly shape: readonly number[]; readonly dtype: DType }
/** The named fields of a row. */
export type Fields = Readonly<Record<string, Field>>
/** The symbolic batch a recipe's functions receive. */
export type Batch<F extends Fields> = { readonly [K in keyof F]: Tensor<[...['B'], ...F[K]['shape']], F[K]['dtype']> }
/** The concrete batch an engine receives. */
export type Rows = Readonly<Record<string, Value>>
/** What a stochastic read may depend on, besides the row itself. */
export interface Moment { readonly seed: number; readonly epoch: number }

/** The rows of one split. */
export interface Split {
  readonly size: number
  /** The rows at `indices`, in that order; a stochastic field is a function of the row and the moment alone. */
  readonly rows: (indices: ArrayLike<number>, moment: Moment) => Rows
}
/** Both splits, in memory. */
export interface Splits { readonly train: Split; readonly test: Split }

/** A data set before it is read: the fields are known to the type checker, the rows come with `load`. */
export interface Source<F extends Fields = Fields> {
  readonly name: string
  readonly fields: F
  readonly load: Effect<Splits>
  /** How many rows the splits have, where that is known before they are read: then a recipe is read without their files. */
  readonly sizes?: { readonly train: number; readonly test: number }
}

/** A split of so many rows of zeros. */
const blank = (fields: Fields, size: number): Split => ({
  size,
  rows: ({ length }) => Object.fromEntries(Object.entries(fields).map(([name, { shape, dtype }]): [string, Value] =>
    [name, { shape: [length, ...shape], dtype, data: new BUFFERS[dtype](length * sizeOf(shape)) }])),
})
/** The rows of a source for who only reads a recipe: where there are no files but their sizes are known, zeros stand for them. */
export const rowsToRead = ({ fields, sizes, load }: Source): Effect<Splits> => sizes === undefined ? load
  : TE.orElse(() => TE.of({ train: blank(fields, sizes.train), test: blank(fields, sizes.test) }))(load)

const noRows: Split = { size: 0, rows: () => ({}) }
/** The data set of a recipe without one: no fields and no rows, its batch is `{}`. */
export const noData: Source<{}> = { name: 'none', fields: {}, load: TE.of({ train: noRows, test: noRows }) }

/** How many whole batches an epoch has; the rows left over sit out (a different few every epoch). */
export const batchesPerEpoch = (split: Split, batch: number): number => Math.max(1, Math.floor(split.size / batch))

/**
 * The batch of one training step, as a pure function of seed and step: every epoch is a fresh permutation.
 *
 * A split smaller than the batch is read round and round, so that tiny data sets train too.
 */
export const trainBatch = (split: Split, batch: number, seed: number) => {
  let epochOfOrder = -1
  let order: Int32Array = new Int32Array(0)
  return (step: number): Rows => {
    if (split.size === 0) return {}
    const each = batchesPerEpoch(split, batch)
    const epoch = Math.floor(step / each), at = step % each * batch
    if (epoch !== epochOfOrder) {
      order = permutation(hostKey(seed, 'shuffle', epoch), split.size)
      epochOfOrder = epoch
    }
    return split.rows(Int32Array.from({ length: batch }, (_, i) => order[(at + i) % split.size]), { seed, epoch })
  }
}

/** Rows as so many minibatches of equal size: every field is [batches, B, ...]. */
export const stacked = (rows: Rows, batches: number): Rows => Object.fromEntries(Object.entries(rows).map(
  ([name, { shape: [n, ...row], dtype, data }]) => [name, { shape: [batches, n / batches, ...row], dtype, data }]))

/** The rows of a split in order, `batch` at a time; the last batch may be smaller. */
export function* orderedBatches(split: Split, batch: number, moment: Moment): Generator<Rows> {
  for (let at = 0; at < split.size; at += batch) {
    yield split.rows(Int32Array.from({ length: Math.min(batch, split.size - at) }, (_, i) => at + i), moment)
  }
}

/**
 * The mean of every element of a field over a split, in the field's row-major order.
 *
 * @example
 * ```ts
 * import { means, type Splits } from 'typegrad/run'
 * const startingAt = ({ train }: Splits) => ({ params: { b: parameter([784], init.constant([...means(train, 'x')])) } })
 * ```
 */
export const means = (split: Split, field: string): Float64Array => {
  let totals = new Float64Array(0)
  for (const rows of orderedBatches(split, 1000, { seed: 0, epoch: 0 })) {
    const value: Value | undefined = rows[field]
    if (value === undefined)
      throw new TypegradError('data', `means: there is no field ${field}; the rows have ${Object.keys(rows).join(', ')}`)
    const { data, shape: [count] } = value
    const each = data.length / count
    if (totals.length === 0) totals = new Float64Array(each)
    for (let i = 0; i < data.length; i++) totals[i % each] += data[i]
  }
  return totals.map(t => t / split.size)
}
