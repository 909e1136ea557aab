/** What the commands have in common: from words on a command line to an assembled recipe, its data and its engine. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { InternalError, TypegradError } from '../dsl/errors.js'
import type { Engine } from '../interp/engine.js'
import { openEngine, type EngineName } from '../interp/registry.js'
import { assemble, batchesOf, type Assembly } from './assembly.js'
import { batchesPerEpoch, noData, rowsToRead, type Splits } from './data/dataset.js'
import { orThrow, run } from './effect.js'
import { readCheckpoint, stateFor, type Checkpoint } from './files/checkpoint.js'
import { CONFIG_FILE, readConfig, type Config } from './files/config.js'
import { earlierRun } from './earlier.js'
import { userFrame } from './frames.js'
import { initialState } from './initial.js'
import { loadRecipeOf, type Loaded } from './load.js'
import type { Prepared, Recipe } from './recipe.js'
import { decodeSettings } from './settings.js'
import { inSteps } from './spans.js'
import type { Earlier, Workshop } from './stage.js'
import { constants, finishedRun, newestRun } from './stages.js'
import { leavesOf, treeLike } from '../dsl/core/trees.js'
import type { State } from './assembly.js'
import type { Values } from './compiled.js'

/** A recipe under chosen settings, with its data read. */
export interface Ready {
  /** The folder of the run that it goes on from. */
  readonly from?: string
  readonly recipe: Recipe
  readonly file?: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly prepared: Prepared
  readonly splits: Splits
}

/**
 * Checks the settings, reads the data and builds the model. A recipe that goes on from another takes the run in the setting `from`, else
 * the newest finished one; with a limit of rows in its workshop it is only to be read, and numbers that were never trained will do.
 */
export const ready = async ({ recipe, file }: Loaded, raw: Readonly<Record<string, unknown>>, work: Workshop): Promise<Ready> => {
  const { from = '', ...settings } = orThrow(decodeSettings(recipe.name, recipe.settings, raw)) as Readonly<Record<string, unknown>>
  const own = recipe.after === undefined && 'from' in recipe.settings ? { from } : {}
  const earlier = recipe.after === undefined ? undefined : await earlierOf(recipe, recipe.after, String(from), work)
  const chosen = worded(recipe, () => recipe.choose({ ...settings, ...own }, earlier))
  const splits = await run(work.rows === undefined ? chosen.source.load : rowsToRead(chosen.source))
  return {
    recipe, file, settings: { ...settings, ...own }, splits, prepared: worded(recipe, () => chosen.prepare(splits)),
    ...earlier?.folder !== undefined && { from: earlier.folder },
  }
}

/** The run of the recipe `after` in the folder `from`, or the newest one where none is named. */
const earlierOf = async (recipe: Recipe, after: Recipe, from: string, work: Workshop): Promise<Earlier> => {
  const isRead = from === '' && work.rows !== undefined
  const found = isRead ? undefined : from === '' ? await newestRun(recipe.name, after.name) : await finishedRun(from, after.name)
  const raw = found === undefined ? {} : settingsOf(found.folder, found.config)
  const made = await ready({ recipe: after }, raw, { ...work, kept: found?.folder })
  const steps = found?.config.steps ?? stepsOf(made, {}), assembly = assemble(after.name, made.prepared, steps)
  const { params, aux } = found === undefined ? await initialState(await work.engine(), assembly, 0)
    : (await savedState(found.folder, assembly)).state
  const { settings, splits, prepared: { source, model } } = made
  return earlierRun({
    name: after.name, ...found && { folder: found.folder }, settings, source, splits, model, params: constants(params), aux: constants(aux),
  }, work)
}

/** The settings of a run as its recipe takes them: the run that it goes on from is found from its own folder. */
const settingsOf = (folder: string, { settings, from }: Config): Readonly<Record<string, unknown>> =>
  from === undefined ? settings : { ...settings, from: resolve(folder, from) }

/** Calls a recipe's own function; what it throws becomes a sentence with the recipe's name and the user's line. */
const worded = <A>(recipe: Recipe, f: () => A): A => {
  try { return f() } catch (e) {
    if (e instanceof InternalError) throw e
    const frame = userFrame(e)
    const where = `${recipe.name}${frame === undefined ? '' : ` (${frame})`}: `, message = e instanceof Error ? e.message : String(e)
    // a model may have said its name, which is often the recipe's
    const own = message.startsWith(`${recipe.name}: `) ? message.slice(recipe.name.length + 2) : message
    throw new TypegradError(e instanceof TypegradError ? e.kind : 'config', `${where}${own}`)
  }
}

/** How long to train: what the command line says, else what the recipe says. */
export const stepsOf = ({ recipe, prepared, splits }: Ready, asked: { readonly steps?: number; readonly epochs?: number }): number => {
  const { batch, length } = prepared.schedule
  const span = asked.steps !== undefined ? { steps: asked.steps } : asked.epochs !== undefined ? { epochs: asked.epochs } : length
  if ('steps' in span) return span.steps
  if (prepared.source === noData) {
    throw new TypegradError('config', `--epochs: ${recipe.name} has no data, so there are no epochs: say how long by --steps.`)
  }
  return inSteps(span, batchesPerEpoch(splits.train, batch * batchesOf(recipe.name, prepared)))
}

/** `onnx`, `native`, `tfjs`, `tfjs:wasm`, `js` or `auto`, opened when it is first asked for, once. */
export const openedOnce = (name: string, threads: number | undefined, notice: (line: string) => void): () => Promise<Engine> => {
  let opened: Promise<Engine> | undefined
  // openEngine words the refusal of a name that it does not know
  return () => opened ??= openEngine(name as EngineName, { threads, notice })
}

/** A run taken up again from its folder. */
export interface Reopened extends Ready {
  readonly config: Config
  readonly assembly: Assembly
  /** Opened when it is first asked for. */
  readonly engine: () => Promise<Engine>
}

/** What may differ from a run's record: where its recipe is now, and what computes. */
interface Changes { readonly recipe?: string; readonly engine?: string; readonly threads?: number }

/** Reads the record of a run and rebuilds what it says; `moved` is the file of a recipe that is not where it was. */
export const reopen = async (
  folder: string, { recipe: moved, engine: other, threads }: Changes, say: (line: string) => void,
): Promise<Reopened> => {
  const config = await run(readConfig(folder))
  const loaded = await run(loadRecipeOf(folder, config.recipe, moved))
  if (loaded.recipe.name !== config.name) {
    throw new TypegradError('config', `${folder} is a run of ${config.name}, not of ${loaded.recipe.name}.`)
  }
  if (config.from !== undefined && !existsSync(resolve(folder, config.from))) {
    throw new TypegradError('file',
      `${folder}: the run that it goes on from was looked for at ${resolve(folder, config.from)}, and is not there. `
      + `Put it back, or write its path from ${folder} into the entry "from" of ${join(folder, CONFIG_FILE)}.`)
  }
  const engine = openedOnce(other ?? config.engine, threads ?? config.threads, say)
  const prepared = await ready(loaded, settingsOf(folder, config), { engine, say, kept: folder })
  return { ...prepared, config, engine, assembly: assemble(prepared.recipe.name, prepared.prepared, config.steps) }
}

/** A checkpoint's state as the trees that a recipe's functions take. */
export const stateOf = (folder: string, checkpoint: Checkpoint, assembly: Assembly): State => {
  const expected = leavesOf(assembly.state).map(({ path, leaf }) => ({ name: path, shape: leaf.shape as number[], dtype: leaf.dtype }))
  const tree = treeLike(assembly.state, orThrow(stateFor(folder, checkpoint, expected))) as Readonly<Record<string, Values>>
  return { params: tree['params'], optimiser: tree['optimiser'], aux: tree['aux'] }
}

/** The state of a run's checkpoint; a run without one has nothing to show yet. */
export const savedState = async (folder: string, assembly: Assembly): Promise<{ readonly step: number; readonly state: State }> => {
  const checkpoint = await run(readCheckpoint(folder))
  if (checkpoint === undefined) {
    throw new TypegradError('file', `${folder} has no checkpoint yet. Train it by typegrad train --resume ${folder}.`)
  }
  return { step: checkpoint.step, state: stateOf(folder, checkpoint, assembly) }
}
