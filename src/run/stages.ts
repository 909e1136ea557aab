/** Finding the finished run that a recipe goes on from, and taking its numbers. */
import * as E from 'fp-ts/lib/Either.js'
import { constant } from '../dsl/core/build.js'
import { mapTree } from '../dsl/core/trees.js'
import type { Tree } from '../dsl/define/tree.js'
import { TypegradError } from '../dsl/errors.js'
import type { Value } from '../dsl/value.js'
import type { Values } from './compiled.js'
import { run } from './effect.js'
import { readCheckpoint } from './files/checkpoint.js'
import { readConfig, type Config } from './files/config.js'
import { RUNS, runFolders } from './files/runs.js'
import { recipeNames } from './load.js'

/** Values as expressions that never change. */
export const constants = (values: Values): Tree => mapTree(values, (v: Value) => constant(v))

/** A run by its folder and its record. */
export interface Found { readonly folder: string; readonly config: Config }

/** What trains a recipe: its name, where the package has it, or a file that only the user knows. */
const trainingOf = (name: string): string => `typegrad train ${recipeNames().includes(name) ? name : `<the file of ${name}>`}`

/** The record of the run in `folder`, if it is a finished one of the recipe `name`; the sentence why not otherwise. */
export const finishedRun = async (folder: string, name: string): Promise<Found> => {
  const config = await run(readConfig(folder))
  if (config.name !== name) throw new TypegradError('config', `${folder} is a run of ${config.name}, but one of ${name} is needed.`)
  const step = (await run(readCheckpoint(folder)))?.step ?? 0
  if (step < config.steps) {
    throw new TypegradError('config',
      `${folder} is at step ${step} of ${config.steps}: finish it first by typegrad train --resume ${folder}.`)
  }
  return { folder, config }
}

/** The newest finished run of the recipe `name`, for `recipe`, which goes on from it. */
export const newestRun = async (recipe: string, name: string): Promise<Found> => {
  const records = await Promise.all(runFolders().map(async folder => ({ folder, config: await readConfig(folder)() })))
  // a folder that is no sound run is not the one that is looked for
  const sound = records.flatMap(({ folder, config }) =>
    E.isRight(config) && config.right.name === name ? [{ folder, config: config.right }] : [])
    .sort((a, b) => b.config.startedAt.localeCompare(a.config.startedAt))
  for (const { folder, config } of sound) {
    const checkpoint = await readCheckpoint(folder)()
    if (E.isRight(checkpoint) && checkpoint.right?.step === config.steps) return { folder, config }
  }
  const unfinished = sound.length > 0 ? ` (${sound[0].folder} is not finished)` : ''
  throw new TypegradError('config', `${recipe} goes on from a finished run of ${name}, and there is none in ${RUNS}/${unfinished}. `
    + `Train it first by ${trainingOf(name)}, or name a run elsewhere by --set from=<folder>.`)
}
