/** Data sets from host arrays: for a user's own numbers, and for tests. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import { TypegradError } from '../../dsl/errors.js'
import { sizeOf, type Value } from '../../dsl/value.js'
import type { Effect } from '../effect.js'
import { checkField } from '../parts.js'
import { nearest } from '../words.js'
import { BUFFERS, type Field, type Fields, type Rows, type Source, type Split, type Splits } from './dataset.js'

/** Plain numbers of one field, row after row. */
export type Columns<F extends Fields> = { readonly [K in keyof F]: ArrayLike<number> }

/** Copies `indices` of a field's rows into a batch. */
export const takeRows = (field: Field, column: ArrayLike<number>, indices: ArrayLike<number>): Value => {
  const each = sizeOf(field.shape)
  const data = new BUFFERS[field.dtype](indices.length * each)
  for (let b = 0; b < indices.length; b++) {
    for (let i = 0, from = indices[b] * each; i < each; i++) data[b * each + i] = column[from + i]
  }
  return { shape: [indices.length, ...field.shape], dtype: field.dtype, data }
}

/** The rows of consecutive batches as one column a field. */
export const joinRows = (fields: Fields, batches: readonly Rows[]): Columns<Fields> => Object.fromEntries(
  Object.entries(fields).map(([key, { dtype }]) => {
    const parts = batches.map(b => b[key].data)
    const column = new BUFFERS[dtype](parts.reduce((n, p) => n + p.length, 0))
    parts.reduce((at, p) => { column.set(p, at); return at + p.length }, 0)
    return [key, column]
  }))

/** A split of so many rows, one column a field. */
export const splitFrom = (fields: Fields, columns: Columns<Fields>, size: number): Split => ({
  size,
  rows: indices => Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, takeRows(field, columns[key], indices)])),
})

const isColumn = (u: unknown): boolean => Array.isArray(u) ? u.every(v => typeof v === 'number' || typeof v === 'boolean')
  : typeof u === 'object' && u !== null && typeof (u as { readonly length?: unknown }).length === 'number'
const checkColumns = (name: string, fields: Fields, columns: unknown): void => {
  const keys = Object.keys(fields), given = (columns ?? {}) as Readonly<Record<string, unknown>>
  const refuse = (why: string): never => { throw new TypegradError('data', `${name}: ${why}`) }
  const stray = Object.keys(given).find(k => !keys.includes(k))
  if (stray !== undefined) refuse(`there is no field ${stray}.${nearest(stray, keys)} The fields are ${keys.join(', ')}.`)
  for (const key of keys) {
    if (given[key] === undefined) refuse(`the numbers of the field ${key} are missing; every field needs a flat array of numbers.`)
    if (!isColumn(given[key])) refuse(`the field ${key} is not a flat array of numbers: its rows follow one another in one array.`)
  }
}

const splitOf = <F extends Fields>(name: string, fields: F, columns: Columns<F>): Split => {
  checkColumns(name, fields, columns)
  const sizes = Object.entries(fields).map(([key, field]) => {
    const each = sizeOf(field.shape), length = columns[key].length
    if (length === 0 || length % each !== 0) {
      throw new TypegradError('data',
        `${name}.${key}: ${length} numbers are not whole rows of shape [${field.shape}] (${each} numbers each).`)
    }
    return [key, length / each] as const
  })
  const [first] = sizes
  const other = sizes.find(([, n]) => n !== first[1])
  if (other) throw new TypegradError('data', `${name}: ${first[0]} has ${first[1]} rows but ${other[0]} has ${other[1]}.`)
  return splitFrom(fields, columns, first[1])
}

/**
 * A data set from arrays in memory, one flat array of numbers a field.
 *
 * @example
 * ```ts
 * import { arrays } from 'typegrad/run'
 * const xor = arrays('xor', { x: { shape: [2], dtype: 'float32' }, y: { shape: [], dtype: 'float32' } },
 *   { x: [0, 0, 0, 1, 1, 0, 1, 1], y: [0, 1, 1, 0] })
 * ```
 */
export const arrays = <const F extends Fields>(name: string, fields: F, train: Columns<F>, test: Columns<F> = train): Source<F> => {
  for (const [key, field] of Object.entries(fields)) checkField(name, key, field)
  const load: Effect<Splits> = TE.of({ train: splitOf(`${name} train`, fields, train), test: splitOf(`${name} test`, fields, test) })
  return { name, fields, load }
}
