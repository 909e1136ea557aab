/** checkpoint.safetensors: the state of training after a step. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { TypegradError } from '../../dsl/errors.js'
import type { Value } from '../../dsl/value.js'
import { attempt, type Effect } from '../effect.js'
import type { HostKey } from '../random.js'
import { writeAtomic } from './atomic.js'
import { decodeSafetensors, encodeSafetensors, type TensorFile } from './safetensors.js'

/** The state after `step` steps: named arrays (`params.…`, `optimiser.…`) and the key that the next step draws from. */
export interface Checkpoint {
  readonly recipe: string
  readonly step: number
  readonly key: HostKey
  readonly state: Readonly<Record<string, Value>>
}

export const CHECKPOINT_FILE = 'checkpoint.safetensors'

// The sum is over the file as it is without it: equal content gives equal bytes.
const sumOf = (file: TensorFile): string => createHash('sha256').update(encodeSafetensors(file)).digest('hex')

/** Writes the checkpoint of the run in `folder`, atomically: the previous one survives until this one is whole. */
export const writeCheckpoint = (folder: string, { recipe, step, key, state }: Checkpoint): Effect<void> => {
  const metadata = { format: 'typegrad-1', recipe, step: String(step), key: key.join(',') }
  const sha256 = sumOf({ tensors: state, metadata })
  return writeAtomic(join(folder, CHECKPOINT_FILE), encodeSafetensors({ tensors: state, metadata: { ...metadata, sha256 } }))
}

const summed = (file: string, { tensors, metadata: { sha256, ...metadata } }: TensorFile): E.Either<TypegradError, TensorFile> =>
  metadata['format'] !== 'typegrad-1' || sumOf({ tensors, metadata }) === sha256 ? E.right({ tensors, metadata })
    : E.left(new TypegradError('file',
      `${file}: it is damaged: its content does not have the checksum that it was written with. Take a copy from a backup, or train anew.`))

const fromFile = (file: string, bytes: Uint8Array): E.Either<TypegradError, Checkpoint> => pipe(
  decodeSafetensors(file, bytes),
  E.chain(found => summed(file, found)),
  E.chain(({ tensors, metadata }) => {
    const { format, recipe, step, key } = metadata
    const words = (key ?? '').split(',').map(Number)
    const whole = format === 'typegrad-1' && recipe !== undefined && /^\d+$/.test(step ?? '')
      && words.length === 2 && words.every(Number.isInteger)
    return whole ? E.right({ recipe, step: Number(step), key: Int32Array.from(words), state: tensors })
      : E.left(new TypegradError('file',
        `${file}: a safetensors file, but not a typegrad checkpoint: its metadata are ${JSON.stringify(metadata)}.`))
  }))

/** The checkpoint of the run in `folder`; `undefined` when none was written yet. */
export const readCheckpoint = (folder: string): Effect<Checkpoint | undefined> => {
  const file = join(folder, CHECKPOINT_FILE)
  if (!existsSync(file)) return TE.of(undefined)
  return pipe(
    attempt('file', reason => `${file}: cannot be read: ${reason}.`, () => readFile(file)),
    TE.chainEitherK(bytes => fromFile(file, bytes)))
}

/** The state in the order and of the shapes that a program expects, or the sentence that says which array does not fit. */
export const stateFor = (
  folder: string, { state }: Checkpoint,
  expected: readonly { readonly name: string; readonly shape: readonly number[]; readonly dtype: string }[],
): E.Either<TypegradError, Value[]> => {
  const file = join(folder, CHECKPOINT_FILE)
  const refuse = (why: string) =>
    E.left(new TypegradError('file', `${file}: it does not fit the recipe: ${why}. Was the recipe changed since the run began?`))
  const values: Value[] = []
  for (const { name, shape, dtype } of expected) {
    const found = state[name]
    if (found === undefined) return refuse(`${name} is missing`)
    if (found.dtype !== dtype || found.shape.join() !== shape.join()) {
      return refuse(`${name} is ${found.dtype} [${found.shape.join(', ')}], expected ${dtype} [${shape.join(', ')}]`)
    }
    values.push(found)
  }
  const extra = Object.keys(state).find(name => !expected.some(e => e.name === name))
  return extra === undefined ? E.right(values) : refuse(`it holds ${extra}, which the recipe does not have`)
}
