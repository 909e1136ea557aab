/** `typegrad train`: a new run, or one taken up again. */
import { join } from 'node:path'
import { TypegradError } from '../../dsl/errors.js'
import type { Engine } from '../../interp/engine.js'
import { version } from '../../version.js'
import { assemble, tryOut } from '../assembly.js'
import { noData } from '../data/dataset.js'
import { orThrow, run } from '../effect.js'
import { drawSamples } from '../evaluate.js'
import { readCheckpoint } from '../files/checkpoint.js'
import { writeConfig, type Config } from '../files/config.js'
import { FILES } from '../files/names.js'
import { lockRun } from '../files/lock.js'
import { createRun, newRunFolder } from '../files/runs.js'
import { isRecipeFile, loadRecipe, placeFrom } from '../load.js'
import { clock, progress, type Progress } from '../report/progress.js'
import { resultLines } from '../report/results.js'
import { openedOnce, ready, reopen, stepsOf, type Reopened } from '../session.js'
import { parseAssignments } from '../settings.js'
import { writeReport, writeSamples } from '../show.js'
import { train } from '../train.js'
import { commandOf, quoted } from './command.js'
import { answering, type Output } from './output.js'
import { exitOf, untilInterrupted, type StopSignal } from './signals.js'

/** The flags of `typegrad train`. */
export interface TrainFlags {
  readonly steps?: number
  readonly epochs?: number
  readonly seed?: number
  readonly engine?: string
  readonly threads?: number
  readonly out?: string
  readonly resume?: string
  readonly set?: readonly string[]
  readonly checkpointEvery?: number
  readonly json?: boolean
}

interface Started { readonly folder: string; readonly opened: Reopened; readonly engine: Engine }

/** The folder, record and engine of a run, new or taken up again. */
const start = async (name: string | undefined, flags: TrainFlags, out: Output): Promise<Started> => {
  if (flags.resume !== undefined) {
    out.know({ out: flags.resume })
    const opened = await takenUp(flags.resume, name, flags, out)
    return { folder: flags.resume, opened, engine: await opened.engine() }
  }
  if (name === undefined) throw new TypegradError('config',
    'train: name a recipe, as in typegrad train made, or a run to go on with, as in typegrad train --resume runs/made-1.')
  const raw = orThrow(parseAssignments(flags.set ?? []))
  const loaded = await run(loadRecipe(name))
  const folder = await run(newRunFolder(loaded.recipe.name, flags.out))
  const open = openedOnce(flags.engine ?? 'auto', flags.threads, out.say)
  const made = await ready(loaded, raw, { engine: open, say: out.say })
  const steps = stepsOf(made, flags)
  const assembly = assemble(made.recipe.name, made.prepared, steps)
  tryOut(assembly)
  const engine = await open()
  const config: Config = {
    typegrad: version, recipe: made.file === undefined ? made.recipe.name : placeFrom(folder, made.file),
    name: made.recipe.name, settings: made.settings, seed: flags.seed ?? 0, steps,
    batch: made.prepared.schedule.batch, engine: engine.name, ...flags.threads !== undefined && { threads: flags.threads },
    ...made.from !== undefined && { from: placeFrom(folder, made.from) },
    startedAt: new Date().toISOString(), node: process.version,
  }
  await run(createRun(folder, config))
  await run(lockRun(folder))
  return { folder, opened: { ...made, config, assembly, engine: open }, engine }
}

const takenUp = async (folder: string, name: string | undefined, flags: TrainFlags, out: Output): Promise<Reopened> => {
  const fixed = (['epochs', 'seed', 'engine', 'threads', 'out'] as const).filter(k => flags[k] !== undefined)
  const asked = [...fixed, ...(flags.set ?? []).length > 0 ? ['set'] : []]
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
  const config = { ...reopened.config, steps: flags.steps }
  await run(writeConfig(folder, config))
  return { ...reopened, config, assembly: assemble(reopened.recipe.name, reopened.prepared, config.steps) }
}

const grouped = (n: number) => n.toLocaleString('en')
const counted = (n: number) => `${grouped(n)} step${n === 1 ? '' : 's'}`
const duration = (seconds: number) => seconds < 60 ? `${seconds.toFixed(1)} s` : clock(seconds)

const announce = (out: Output, folder: string, { recipe, config, prepared, splits, assembly: { batches } }: Reopened): void => {
  out.say(`${recipe.name}: ${recipe.summary}`)
  const threads = config.threads === undefined ? '' : `, ${config.threads} thread${config.threads === 1 ? '' : 's'}`
  const hasData = prepared.source !== noData
  if (hasData) {
    out.say(`data    ${prepared.source.name}: ${grouped(splits.train.size)} training rows, ${grouped(splits.test.size)} test rows`)
  }
  out.say(`engine  ${config.engine}${threads}, seed ${config.seed}`)
  const few = hasData && config.batch * batches > splits.train.size
  const again = few ? ` (the ${grouped(splits.train.size)} training rows, read round and round)` : ''
  const rows = `${batches === 1 ? '' : `${batches} times `}${grouped(config.batch)} rows${again}`
  out.say(`run     ${folder}: ${counted(config.steps)} of ${rows}; Ctrl-C stops, and --resume goes on`)
}

const WORDS: Readonly<Record<StopSignal, string>> = {
  SIGINT: 'Stopping: the checkpoint is being written; Ctrl-C again leaves at once.',
  SIGTERM: 'Stopping, as SIGTERM asks: the checkpoint is being written; a second SIGTERM ends this at once.',
}

/** Runs the command; the exit code. */
export const trainCommand = (name: string | undefined, flags: TrainFlags): Promise<number> => answering(flags.json, async out => {
  const shown: { bar?: Progress } = {}
  const leave = () => {
    shown.bar?.stop()
    out.result({ interrupted: true })
  }
  const stop = untilInterrupted(signal => {
    if (shown.bar !== undefined) return shown.bar.line(WORDS[signal])
    // nothing has been trained that could be lost
    leave()
    process.exit(exitOf(signal))
  }, leave)
  const { folder, opened, engine } = await start(name, flags, out)
  const { recipe, config, assembly, splits, prepared } = opened
  out.know({ recipe: recipe.name, engine: config.engine, seed: config.seed, out: folder })
  announce(out, folder, opened)
  const { evaluate, logEvery = 50 } = prepared.schedule
  const bar = shown.bar = progress(out.people, config.steps)
  const trained = await train({
    folder, recipe: recipe.name, engine, assembly, splits, seed: config.seed, steps: config.steps, batch: config.batch,
    evaluateEvery: evaluate, logEvery, checkpointEvery: flags.checkpointEvery, startedAt: Date.parse(config.startedAt) / 1000,
    resumed: flags.resume !== undefined,
  }, bar, () => stop.asked() !== undefined)
  const sheet = join(folder, FILES.samples)
  const draw = () => drawSamples(engine, assembly, trained.state, prepared.samples?.count ?? 0, config.seed)
  const samples = trained.finished && await writeSamples(opened, await draw(), sheet)
  stop.done()
  await writeReport(folder, opened, commandOf(opened), { ...trained, samples })
  const asked = stop.asked()
  if (trained.finished || asked === undefined) {
    for (const line of resultLines(trained.metrics, prepared.published, out.people.columns)) out.say(line)
    const files = `${join(folder, FILES.report)}${samples ? ` and ${sheet}` : ''}`
    out.say(`${counted(config.steps)} in ${duration(trained.seconds)}; see ${files}`)
  } else {
    out.say(`Stopped at step ${trained.step} of ${config.steps}. Go on by:\n  typegrad train --resume ${quoted(folder)}`)
  }
  out.result({
    recipe: recipe.name, engine: config.engine, seed: config.seed, steps: trained.step, seconds: trained.seconds,
    metrics: trained.metrics, out: folder,
    ...!trained.finished && { interrupted: true },
  })
  return trained.finished || asked === undefined ? 0 : exitOf(asked)
})
