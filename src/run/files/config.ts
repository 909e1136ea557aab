/** config.json: everything that decides a run's bits; with it and a checkpoint a run goes on as if it had never stopped. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { TypegradError } from '../../dsl/errors.js'
import { attempt, type Effect } from '../effect.js'
import { writeAtomic } from './atomic.js'

const Required = t.type({
  typegrad: t.string,
  /** The name of one of the package's recipes, or the path of a file. */
  recipe: t.string,
  name: t.string,
  settings: t.UnknownRecord,
  seed: t.number,
  steps: t.number,
  batch: t.number,
  engine: t.string,
  startedAt: t.string,
  node: t.string,
})
const Config = t.intersection([Required, t.partial({
  threads: t.number,
  /** The earlier run that this one goes on from, as a path from this folder. */
  from: t.string,
})])
/** The record of a run. */
export type Config = t.TypeOf<typeof Config>

export const CONFIG_FILE = 'config.json'

/** The text of config.json. */
export const encodeConfig = (config: Config): string => JSON.stringify(config, null, 2) + '\n'

const faultOf = (errors: t.Errors): string => {
  const [{ context, value }] = errors
  const path = context.map(c => c.key).filter(k => k !== '' && !/^\d+$/.test(k)).join('.')
  return `${path === '' ? 'it' : path} is ${JSON.stringify(value) ?? 'missing'}, expected ${context.at(-1)?.type.name ?? 'another value'}`
}

/** Decodes the text of a config.json; the fault names the field. */
export const decodeConfig = (file: string, text: string): E.Either<TypegradError, Config> => {
  let json: unknown
  try { json = JSON.parse(text) } catch (e) {
    return E.left(new TypegradError('file', `${file}: not JSON: ${(e as Error).message}.`))
  }
  return pipe(Config.decode(json), E.mapLeft(errors => new TypegradError('file', `${file}: not a run's record: ${faultOf(errors)}.`)))
}

/** The record of the run in `folder`. */
export const readConfig = (folder: string): Effect<Config> => {
  const file = join(folder, CONFIG_FILE)
  return pipe(
    attempt('file', reason => `${folder}: not a run: ${CONFIG_FILE} cannot be read: ${reason}. A run folder is made by typegrad train.`,
      () => readFile(file, 'utf8')),
    TE.chainEitherK(text => decodeConfig(file, text)))
}

/** Replaces the record of the run in `folder`. */
export const writeConfig = (folder: string, config: Config): Effect<void> => writeAtomic(join(folder, CONFIG_FILE), encodeConfig(config))
