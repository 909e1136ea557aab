/** The start of a training: a recipe with its data and its engine, and the folder of a run. */
import { TypegradError } from '../../dsl/errors.js'
import type { Engine } from '../../interp/engine.js'
import { version } from '../../version.js'
import { assemble, tryOut, type Assembly } from '../assembly.js'
import { isEncoded } from '../earlier.js'
import { orThrow, run } from '../effect.js'
import { readCheckpoint } from '../files/checkpoint.js'
import { readConfig, writeConfig, type Config } from '../files/config.js'
import { lockRun } from '../files/lock.js'
import { writeRows } from '../files/rows.js'
import { createRun, freeFolder, seedFolder } from '../files/runs.js'
import { isRecipeFile, loadRecipe, placeFrom } from '../load.js'
import { openedOnce, ready, reopen, stepsOf, type Ready, type Reopened } from '../session.js'
import { parseAssignments } from '../settings.js'
import type { Output } from './output.js'
import { seedsIn } from './seed-runs.js'

/** The flags of `typegrad train`. */
export interface TrainFlags {
  readonly steps?: number
  readonly epochs?: number
  readonly seed?: number
  /** One run for each. */
  readonly seeds?: readonly number[]
  readonly engine?: string
  readonly threads?: number
  readonly out?: string
  readonly resume?: string
  readonly set?: readonly string[]
  readonly checkpointEvery?: number
  readonly json?: boolean
}

/** A recipe ready to train: the folder asked for, and everything that does not depend on the seed. */
export interface Begun {
  /** The one that `--out` names; the next in `runs` when absent, which is known once it has been created. */
  readonly folder?: string
  readonly made: Ready
  readonly steps: number
  readonly assembly: Assembly
  readonly engine: Engine
}

/** Loads a recipe, reads its data, tries its functions and opens the engine; nothing is written yet. */
export const begin = async (name: string | undefined, flags: TrainFlags, out: Output): Promise<Begun> => {
  if (name === undefined) throw new TypegradError('config',
    'train: name a recipe, as in typegrad train made, or a run to go on with, as in typegrad train --resume runs/made-1.')
  const raw = orThrow(parseAssignments(flags.set ?? []))
  const loaded = await run(loadRecipe(name))
  const goesOn = flags.seeds !== undefined && flags.out !== undefined && (await run(seedsIn(flags.out))).length > 0
  const folder = flags.out === undefined || goesOn ? flags.out : await run(freeFolder(flags.out))
  const open = openedOnce(flags.engine ?? 'auto', flags.threads, out.say)
  const made = await ready(loaded, raw, { engine: open, say: out.say })
  const steps = stepsOf(made, flags), assembly = assemble(made.recipe.name, made.prepared, steps)
  for (const notice of tryOut(assembly)) out.say(notice)
  return { folder, made, steps, assembly, engine: await open() }
}

/** The record of a new run. */
export const recordOf = ({ made, steps, engine }: Begun, folder: string, seed: number, flags: TrainFlags): Config => ({
  typegrad: version, recipe: made.file === undefined ? made.recipe.name : placeFrom(folder, made.file),
  name: made.recipe.name, settings: made.settings, seed, steps,
  batch: made.prepared.schedule.batch, engine: engine.name, ...flags.threads !== undefined && { threads: flags.threads },
  ...made.from !== undefined && { from: placeFrom(folder, made.from) },
  startedAt: new Date().toISOString(), node: process.version,
})

/** What has been begun, as the run of a record. */
export const reopenedAs = ({ made, assembly, engine }: Begun, config: Config): Reopened =>
  ({ ...made, config, assembly, engine: () => Promise.resolve(engine) })

/** Makes the folder of a new run: the one asked for, or the next in `runs`. */
export const created = async (
  begun: Begun, asked: string | undefined, seed: number, flags: TrainFlags,
): Promise<{ readonly folder: string; readonly opened: Reopened }> => {
  const { made } = begun, startedAt = new Date().toISOString()
  const record = (place: string): Config => ({ ...recordOf(begun, place, seed, flags), startedAt })
  const folder = await run(createRun(made.recipe.name, asked, record))
  await run(lockRun(folder))
  if (isEncoded(made.prepared.source)) await run(writeRows(folder, made.splits))
  return { folder, opened: reopenedAs(begun, record(folder)) }
}

/** A run taken up again from its folder. */
export const takenUp = async (folder: string, name: string | undefined, flags: TrainFlags, out: Output): Promise<Reopened> => {
  const seeds = await run(seedsIn(folder))
  if (seeds.length > 0) {
    const list = seeds.length === 1 ? '<seeds>' : seeds.join(',')
    throw new TypegradError('config', `${folder} holds a run for each of several seeds: go on with one by --resume `
      + `${seedFolder(folder, seeds[0])}, or with all by typegrad train ${name ?? '<recipe>'} --seeds ${list} --out ${folder}.`)
  }
  const fixed = (['epochs', 'seeds', 'out'] as const).filter(k => flags[k] !== undefined)
  // what the run has anyway may be said again
  const held = (['seed', 'engine', 'threads'] as const).filter(k => flags[k] !== undefined)
  const config = held.length > 0 ? await run(readConfig(folder)) : undefined
  const asked = [...fixed, ...held.filter(k => flags[k] !== config?.[k]), ...(flags.set ?? []).length > 0 ? ['set'] : []]
  if (asked.length > 0) {
    throw new TypegradError('config',
      `--${asked[0]} cannot go with --resume: a resumed run keeps what it was begun with; only --steps may be raised.`)
  }
  const moved = name !== undefined && isRecipeFile(name) ? name : undefined
  const found = await reopen(folder, { recipe: moved }, out.say)
  if (name !== undefined && name !== found.config.name && moved === undefined) {
    throw new TypegradError('config', `${folder} is a run of ${found.config.name}, not of ${name}. Leave the recipe out.`)
  }
  await run(lockRun(folder))
  const place = found.file === undefined ? found.config.recipe : placeFrom(folder, found.file)
  const reopened = { ...found, config: { ...found.config, recipe: place } }
  if (place !== found.config.recipe) await run(writeConfig(folder, reopened.config))
  if (flags.steps === undefined || flags.steps === reopened.config.steps) return reopened
  const done = (await run(readCheckpoint(folder)))?.step ?? 0
  if (flags.steps < done) throw new TypegradError('config', `${folder} is at step ${done} already: --steps ${flags.steps} is behind it.`)
  const longer = { ...reopened.config, steps: flags.steps }
  await run(writeConfig(folder, longer))
  return { ...reopened, config: longer, assembly: assemble(reopened.recipe.name, reopened.prepared, longer.steps) }
}
