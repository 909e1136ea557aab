/** One run of training, watched: what is said before it, its progress, its samples and its report. */
import { join } from 'node:path'
import type { Engine } from '../../interp/engine.js'
import { noData } from '../data/dataset.js'
import { drawSamples, type Drawn } from '../draw.js'
import { FILES } from '../files/names.js'
import { Interrupted, pausing } from '../pause.js'
import { clock, progress, sampling, type Progress } from '../report/progress.js'
import { resultLines } from '../report/results.js'
import type { Reopened } from '../session.js'
import { writeReport, writeSamples } from '../show.js'
import { train, type Trained } from '../train.js'
import { commandOf, quoted } from './command.js'
import type { Output } from './output.js'
import type { Stop } from './signals.js'
import type { TrainFlags } from './start.js'

const grouped = (n: number) => n.toLocaleString('en')
const counted = (n: number) => `${grouped(n)} step${n === 1 ? '' : 's'}`
const duration = (seconds: number) => seconds < 60 ? `${seconds.toFixed(1)} s` : clock(seconds)

/** Says what is about to be trained, and where. */
export const announce = (out: Output, folder: string, { recipe, config, prepared, splits, assembly: { batches } }: Reopened): void => {
  out.say(`${recipe.name}: ${recipe.summary}`)
  const threads = config.threads === undefined ? '' : `, ${config.threads} thread${config.threads === 1 ? '' : 's'}`
  const hasData = prepared.source !== noData
  if (hasData) {
    out.say(`data    ${prepared.source.name}: ${grouped(splits.train.size)} training rows, ${grouped(splits.test.size)} test rows`)
  }
  out.say(`engine  ${config.engine}${threads}, seed ${config.seed}`)
  const few = hasData && config.batch * batches > splits.train.size
  const again = few ? ` (the ${grouped(splits.train.size)} training rows, read round and round)` : ''
  const rows = ` of ${batches === 1 ? '' : `${batches} times `}${grouped(config.batch)} row${config.batch === 1 ? '' : 's'}${again}`
  const size = hasData ? rows : config.batch === 1 ? '' : `, B = ${grouped(config.batch)}`
  out.say(`run     ${folder}: ${counted(config.steps)}${size}; Ctrl-C stops, and --resume goes on`)
}

/** A run that has ended, or was stopped. */
export interface Ended { readonly trained: Trained; readonly facts: Readonly<Record<string, unknown>> }
/** What a run shows its progress on, and who may stop it. */
export interface Watched { readonly out: Output; readonly stop: Stop; readonly show: (bar: Progress) => void }

/** Draws the samples of a finished run, unless the user stops it. */
const drawn = async ({ out, stop }: Watched, { assembly, prepared, config }: Reopened, engine: Engine, { state }: Trained) => {
  const count = prepared.samples?.count ?? 0, bar = sampling(out.people, count)
  try {
    return await drawSamples(engine, assembly, state, count, config.seed, pausing(() => stop.asked() !== undefined), bar.at)
  } catch (e) {
    if (!(e instanceof Interrupted)) throw e
    return undefined
  } finally { bar.stop() }
}

/** Trains one run to its end or until it is stopped, and writes its report. */
export const trainRun = async (folder: string, opened: Reopened, flags: TrainFlags, watched: Watched): Promise<Ended> => {
  const { recipe, config, assembly, splits, prepared } = opened, { out, stop } = watched
  const { evaluate, logEvery = 50 } = prepared.schedule
  const engine = await opened.engine()
  const bar = progress(out.people, config.steps)
  watched.show(bar)
  const trained = await train({
    folder, recipe: recipe.name, engine, assembly, splits, seed: config.seed, steps: config.steps, batch: config.batch,
    evaluateEvery: evaluate, logEvery, checkpointEvery: flags.checkpointEvery, startedAt: Date.parse(config.startedAt) / 1000,
    resumed: flags.resume !== undefined,
  }, bar, () => stop.asked() !== undefined)
  const sheet = join(folder, FILES.samples)
  const samples: Drawn | undefined = trained.finished ? await drawn(watched, opened, engine, trained) : undefined
  const hasSheet = await writeSamples(opened, samples?.samples, sheet)
  await writeReport(folder, opened, commandOf(opened), { ...trained, samples: hasSheet, perMinute: samples?.perMinute })
  if (trained.finished) {
    for (const line of resultLines(trained.metrics, prepared.published, out.people.columns)) out.say(line)
    const files = `${join(folder, FILES.report)}${hasSheet ? ` and ${sheet}` : ''}`
    out.say(`${counted(config.steps)} in ${duration(trained.seconds)}; see ${files}`)
    if (prepared.samples !== undefined && !hasSheet) out.say(`No samples were drawn; draw them by:\n  typegrad sample ${quoted(folder)}`)
  } else {
    out.say(`Stopped at step ${trained.step} of ${config.steps}. Go on by:\n  typegrad train --resume ${quoted(folder)}`)
  }
  const { step: steps, seconds, metrics } = trained
  return { trained, facts: {
    recipe: recipe.name, engine: config.engine, seed: config.seed, steps, seconds, metrics, out: folder,
    ...!trained.finished && { interrupted: true },
  } }
}
