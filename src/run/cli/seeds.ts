/** `typegrad train --seeds`: one run a seed, one after the other, and how far their figures lie apart. */
import { join } from 'node:path'
import { run } from '../effect.js'
import { writeAtomic } from '../files/atomic.js'
import { FILES } from '../files/names.js'
import { seedFolder } from '../files/runs.js'
import { seedLines, seedMarkdown, spreadOf, type SeedFigures } from '../report/seeds.js'
import { quoted } from './command.js'
import { exitOf } from './signals.js'
import { begin, created, type TrainFlags } from './start.js'
import { announce, trainRun, type Watched } from './training.js'

/** Trains a run for each seed; the exit code. Those that have ended are whole, whatever becomes of the others. */
export const trainSeeds = async (
  name: string | undefined, flags: TrainFlags, seeds: readonly number[], watched: Watched,
): Promise<number> => {
  const { out, stop } = watched
  const begun = await begin(name, flags, out)
  const { folder, made: { recipe }, engine } = begun
  out.know({ recipe: recipe.name, engine: engine.name, seeds, out: folder })
  const runs: Readonly<Record<string, unknown>>[] = []
  const ended: SeedFigures[] = []
  for (const [i, seed] of seeds.entries()) {
    const opened = await created(begun, seedFolder(folder, seed), seed, flags)
    if (i === 0) announce(out, folder, opened)
    out.say(`seed ${seed}, ${i + 1} of ${seeds.length}: ${seedFolder(folder, seed)}`)
    const { trained, facts } = await trainRun(seedFolder(folder, seed), opened, flags, watched)
    runs.push(facts)
    if (trained.finished) ended.push({ seed, figures: trained.metrics })
    if (stop.asked() !== undefined) break
  }
  stop.done()
  if (ended.length > 0) {
    for (const line of seedLines(ended)) out.say(line)
    await run(writeAtomic(join(folder, FILES.report), seedMarkdown(recipe.name, recipe.summary, seeds, ended)))
    out.say(`See ${join(folder, FILES.report)}`)
  }
  const asked = stop.asked(), left = seeds.slice(runs.length)
  if (left.length > 0) {
    out.say(`Not begun: seed ${left.join(', ')}. Train ${left.length === 1 ? 'it' : 'them'} by:\n  ${again(name ?? '', flags, left)}`)
  }
  out.result({ runs, metrics: spreadOf(ended), ...ended.length < seeds.length && { interrupted: true } })
  return asked === undefined || ended.length === seeds.length ? 0 : exitOf(asked)
}

/** The command for the seeds that are left; it makes a folder of its own. */
const again = (name: string, { steps, epochs, engine, threads, set = [] }: TrainFlags, left: readonly number[]): string => [
  'typegrad', 'train', name, ...left.length === 1 ? ['--seed', String(left[0])] : ['--seeds', left.join(',')],
  ...Object.entries({ steps, epochs, engine, threads }).flatMap(([k, v]) => v === undefined ? [] : [`--${k}`, String(v)]),
  ...set.flatMap(s => ['--set', s]),
].map(quoted).join(' ')
