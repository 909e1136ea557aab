/** `typegrad train`: a new run, one a seed, or one taken up again. */
import type { Progress } from '../report/progress.js'
import { answering, type Output } from './output.js'
import { trainSeeds } from './seeds.js'
import { exitOf, untilInterrupted, type StopSignal } from './signals.js'
import { begin, created, takenUp, type TrainFlags } from './start.js'
import { announce, trainRun, type Watched } from './training.js'

const WORDS: Readonly<Record<StopSignal, string>> = {
  SIGINT: 'Stopping: the checkpoint is being written; Ctrl-C again leaves at once.',
  SIGTERM: 'Stopping, as SIGTERM asks: the checkpoint is being written; a second SIGTERM ends this at once.',
}

const begun = async (name: string | undefined, flags: TrainFlags, out: Output) => {
  const ready = await begin(name, flags, out)
  return created(ready, ready.folder, flags.seed ?? 0, flags)
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
  const watched: Watched = { out, stop, show: bar => { shown.bar = bar } }
  if (flags.seeds !== undefined && flags.resume === undefined) return trainSeeds(name, flags, flags.seeds, watched)
  if (flags.resume !== undefined) out.know({ out: flags.resume })
  const { folder, opened } = flags.resume !== undefined
    ? { folder: flags.resume, opened: await takenUp(flags.resume, name, flags, out) }
    : await begun(name, flags, out)
  await opened.engine()
  out.know({ recipe: opened.recipe.name, engine: opened.config.engine, seed: opened.config.seed, out: folder })
  announce(out, folder, opened)
  const { trained, facts } = await trainRun(folder, opened, flags, watched)
  stop.done()
  out.result(facts)
  const asked = stop.asked()
  return trained.finished || asked === undefined ? 0 : exitOf(asked)
})
