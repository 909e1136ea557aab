/** rows.safetensors: rows that a run computed from an earlier one, kept so that what comes after training need not compute them again. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { splitFrom } from '../data/arrays.js'
import type { Fields, Split, Splits } from '../data/dataset.js'
import { attempt, type Effect } from '../effect.js'
import { writeAtomic } from './atomic.js'
import { decodeSafetensors, encodeSafetensors, type TensorFile } from './safetensors.js'

const FILE = 'rows.safetensors', FORMAT = 'typegrad-rows-1'
const SPLITS = ['train', 'test'] as const

const allRows = (name: string, split: Split) =>
  Object.entries(split.rows(Int32Array.from({ length: split.size }, (_, i) => i), { seed: 0, epoch: 0 }))
    .map(([field, value]) => [`${name}.${field}`, value] as const)

/** Keeps all rows of both splits in the folder of a run. */
export const writeRows = (folder: string, splits: Splits): Effect<void> => writeAtomic(join(folder, FILE), encodeSafetensors({
  tensors: Object.fromEntries(SPLITS.flatMap(name => allRows(name, splits[name]))), metadata: { format: FORMAT },
}))

const splitIn = ({ tensors }: TensorFile, name: string, fields: Fields): Split | undefined => {
  const columns = Object.entries(fields).map(([field, spec]) => ({ field, spec, found: tensors[`${name}.${field}`] }))
  const fits = columns.every(({ spec, found }) => found?.dtype === spec.dtype && found.shape.slice(1).join() === spec.shape.join())
  const size = columns[0]?.found?.shape[0] ?? 0
  return fits ? splitFrom(fields, Object.fromEntries(columns.map(({ field, found }) => [field, found.data])), size) : undefined
}

/** The kept rows of a run; none where there is no file, or one of other fields, as after a change of the recipe. */
export const readRows = (folder: string, fields: Fields): Effect<Splits | undefined> => {
  const file = join(folder, FILE)
  if (!existsSync(file)) return TE.of(undefined)
  return pipe(
    attempt('file', reason => `${file}: cannot be read: ${reason}.`, () => readFile(file)),
    TE.map(bytes => {
      const decoded = decodeSafetensors(file, bytes)
      if (E.isLeft(decoded) || decoded.right.metadata['format'] !== FORMAT) return undefined
      const [train, test] = SPLITS.map(name => splitIn(decoded.right, name, fields))
      return train === undefined || test === undefined ? undefined : { train, test }
    }))
}
