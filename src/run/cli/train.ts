/** `typegrad train`: a new run, or one taken up again. */
import { join, resolve } from 'node:path'
import { TypegradError } from '../../dsl/errors.js'
import type { Engine } from '../../interp/engine.js'
import { version } from '../../version.js'
import { assemble, tryOut } from '../assembly.js'
import { orThrow, run } from '../effect.js'
import { drawSamples } from '../evaluate.js'
import { readCheckpoint } from '../files/checkpoint.js'
import { writeConfig, type Config } from '../files/config.js'
import { FILES } from '../files/names.js'
import { createRun, newRunFolder } from '../files/runs.js'
import { loadRecipe } from '../load.js'
import { clock, progress } from '../report/progress.js'
import { engineBy, ready, reopen, stepsOf, type Reopened } from '../session.js'
import { parseAssignments } from '../settings.js'
import { writeReport, writeSamples } from '../show.js'
import { train } from '../train.js'
import { figure } from '../report/markdown.js'
import { EXIT, output, type Output } from './output.js'
import { untilInterrupted } from './signals.js'

/** The flags of `typegrad train`. */
export interface TrainFlags {
  readonly steps?: number
  readonly epochs?: number
  readonly seed?: number
  readonly engine?: string
  readonly threads?: number
  readonly out?: string
  readonly resume?: string
  readonly set: readonly string[]
  readonly checkpointEvery?: number
  readonly json?: boolean
}

interface Started { readonly folder: string; readonly opened: Reopened; readonly engine: Engine }

/** The folder, record and engine of a run, new or taken up again. */
const start = async (name: string | undefined, flags: TrainFlags, out: Output): Promise<Started> => {
  if (flags.resume !== undefined) {
    const opened = await takenUp(flags.resume, name, flags)
    return { folder: flags.resume, opened, engine: await engineBy(opened.config.engine, opened.config.threads, out.say) }
  }
  if (name === undefined) throw new TypegradError('config',
    'train: name a recipe, as in typegrad train made, or a run to go on with, as in typegrad train --resume runs/made-1.')
  const raw = orThrow(parseAssignments(flags.set))
  const loaded = await run(loadRecipe(name))
  const folder = await run(newRunFolder(loaded.recipe.name, flags.out))
  const made = await ready(loaded, raw)
  const steps = stepsOf(made, flags)
  const assembly = assemble(made.recipe.name, made.prepared, steps)
  tryOut(assembly)
  const engine = await engineBy(flags.engine ?? 'auto', flags.threads, out.say)
  const config: Config = {
    typegrad: version, recipe: made.file ?? made.recipe.name, name: made.recipe.name, settings: made.settings, seed: flags.seed ?? 0, steps,
    batch: made.prepared.schedule.batch, engine: engine.name, ...flags.threads !== undefined && { threads: flags.threads },
    startedAt: new Date().toISOString(), node: process.version,
  }
  await run(createRun(folder, config))
  return { folder, opened: { ...made, config, assembly }, engine }
}

const takenUp = async (folder: string, name: string | undefined, flags: TrainFlags): Promise<Reopened> => {
  const fixed = (['epochs', 'seed', 'engine', 'threads', 'out'] as const).filter(k => flags[k] !== undefined)
  const asked = [...fixed, ...flags.set.length > 0 ? ['set'] : []]
  if (asked.length > 0) {
    throw new TypegradError('config',
      `--${asked[0]} cannot go with --resume: a resumed run keeps what it was begun with; only --steps may be raised.`)
  }
  const reopened = await reopen(folder)
  if (name !== undefined && name !== reopened.config.name && resolve(name) !== reopened.config.recipe) {
    throw new TypegradError('config', `${folder} is a run of ${reopened.config.name}, not of ${name}. Leave the recipe out.`)
  }
  if (flags.steps === undefined || flags.steps === reopened.config.steps) return reopened
  const done = (await run(readCheckpoint(folder)))?.step ?? 0
  if (flags.steps < done) throw new TypegradError('config', `${folder} is at step ${done} already: --steps ${flags.steps} is behind it.`)
  const config = { ...reopened.config, steps: flags.steps }
  await run(writeConfig(folder, config))
  return { ...reopened, config, assembly: assemble(reopened.recipe.name, reopened.prepared, config.steps) }
}

const commandOf = ({ config, settings, recipe }: Reopened): string => [
  `typegrad train ${config.recipe}`, `--steps ${config.steps}`, `--seed ${config.seed}`, `--engine ${config.engine}`,
  ...config.threads !== undefined ? [`--threads ${config.threads}`] : [],
  ...Object.entries(settings).filter(([k, v]) => JSON.stringify(v) !== JSON.stringify(recipe.settings[k].initial))
    .map(([k, v]) => `--set ${k}=${typeof v === 'string' ? v : JSON.stringify(v)}`),
].join(' ')

const grouped = (n: number) => n.toLocaleString('en')

const announce = (out: Output, folder: string, { recipe, config, prepared, splits }: Reopened): void => {
  out.say(`${recipe.name}: ${recipe.summary}`)
  const threads = config.threads === undefined ? '' : `, ${config.threads} thread${config.threads === 1 ? '' : 's'}`
  out.say(`data    ${prepared.source.name}: ${grouped(splits.train.size)} training rows, ${grouped(splits.test.size)} test rows`)
  out.say(`engine  ${config.engine}${threads}, seed ${config.seed}`)
  out.say(`run     ${folder}: ${grouped(config.steps)} steps of ${config.batch} rows; Ctrl-C stops, and --resume goes on`)
}

const conclude = (out: Output, { prepared }: Reopened, metrics: Readonly<Record<string, number>>): void => {
  const rows = [
    ...Object.entries(metrics).map(([metric, v]) => [`this run`, metric, figure(v)]),
    ...prepared.published.map(p => [`${p.model} (${p.source})`, p.metric, figure(p.figure)]),
  ]
  const widths = [0, 1].map(i => Math.max(0, ...rows.map(r => r[i].length)))
  for (const [model, metric, v] of rows) out.say(`  ${model.padEnd(widths[0])}  ${metric.padEnd(widths[1])}  ${v}`)
}

/** Runs the command; the exit code. */
export const trainCommand = async (name: string | undefined, flags: TrainFlags): Promise<number> => {
  const out = output(flags.json === true)
  const { folder, opened, engine } = await start(name, flags, out)
  const { recipe, config, assembly, splits, prepared } = opened
  announce(out, folder, opened)
  const { evaluate, logEvery = 50 } = prepared.schedule
  const stop = untilInterrupted(() => out.say('\nStopping: the checkpoint is being written; Ctrl-C again leaves at once.'))
  const trained = await train({
    folder, recipe: recipe.name, engine, assembly, splits, seed: config.seed, steps: config.steps, batch: config.batch,
    evaluateEvery: evaluate, logEvery, checkpointEvery: flags.checkpointEvery, startedAt: Date.parse(config.startedAt) / 1000,
  }, progress(out.people, config.steps), stop.asked)
  const sheet = join(folder, FILES.samples)
  const draw = () => drawSamples(engine, assembly, trained.params, recipe.samples?.count ?? 0, config.seed)
  const samples = trained.finished && await writeSamples(opened, await draw(), sheet)
  stop.done()
  await writeReport(folder, opened, commandOf(opened), { ...trained, samples })
  if (trained.finished) {
    conclude(out, opened, trained.metrics)
    const files = `${join(folder, FILES.report)}${samples ? ` and ${sheet}` : ''}`
    out.say(`${grouped(config.steps)} steps in ${clock(trained.seconds)}; see ${files}`)
  } else {
    out.say(`Stopped at step ${trained.step} of ${config.steps}. Go on by:\n  typegrad train --resume ${folder}`)
  }
  out.result({
    recipe: recipe.name, engine: config.engine, seed: config.seed, steps: trained.step, seconds: trained.seconds,
    metrics: trained.metrics, out: folder,
    ...!trained.finished && { interrupted: true },
  })
  return trained.finished ? 0 : EXIT.interrupted
}
