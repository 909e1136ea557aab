/** `typegrad train --seeds`: one run a seed, one after the other, and how far their figures lie apart. */
import { join } from 'node:path'
import { run } from '../effect.js'
import { writeAtomic } from '../files/atomic.js'
import { FILES } from '../files/names.js'
import { lockRun } from '../files/lock.js'
import { createNext, seedFolder } from '../files/runs.js'
import { seedLines, seedMarkdown, spreadOf, type SeedFigures } from '../report/seeds.js'
import type { Reopened } from '../session.js'
import { quoted } from './command.js'
import { seedRuns, type SeedRun } from './seed-runs.js'
import { exitOf } from './signals.js'
import { begin, created, recordOf, reopenedAs, type Begun, type TrainFlags } from './start.js'
import { announce, trainRun, type Watched } from './training.js'

/**
 * Trains a run for each seed; the exit code. Those that have ended are whole, whatever becomes of the others. In a folder of such runs it
 * goes on with what is left, and the table is of all of them.
 */
export const trainSeeds = async (
  name: string | undefined, flags: TrainFlags, seeds: readonly number[], watched: Watched,
): Promise<number> => {
  const { out, stop } = watched
  const begun = await begin(name, flags, out)
  const { made: { recipe }, assembly, engine } = begun
  // the table to come holds the place: a folder of its own for these seeds, whatever other commands begin now
  const awaited = `# ${recipe.name}, seed ${seeds.join(', ')}\n\n${recipe.summary}\n\nNo seed is finished yet.\n`
  const folder = begun.folder ?? await run(createNext(recipe.name, () => ({ [FILES.report]: awaited })))
  out.know({ recipe: recipe.name, engine: engine.name, seeds, out: folder })
  const first = seedFolder(folder, seeds[0]), wanted = recordOf(begun, first, seeds[0], flags)
  const there = await seedRuns(folder, wanted, assembly.evaluation !== undefined)
  announce(out, folder, reopenedAs(begun, wanted))
  const runs: Readonly<Record<string, unknown>>[] = []
  const ended = new Map(there.flatMap(({ seed, finished }) => finished === undefined ? [] : [[seed, finished.metrics] as const]))
  const begunSeeds = new Set<number>()
  for (const [i, seed] of seeds.entries()) {
    if (stop.asked() !== undefined) break
    const own = seedFolder(folder, seed), found = there.find(r => r.seed === seed)
    const which = `seed ${seed}, ${i + 1} of ${seeds.length}: ${own}`
    begunSeeds.add(seed)
    if (found?.finished !== undefined) {
      out.say(`${which} is finished already`)
      runs.push({ recipe: recipe.name, engine: engine.name, seed, steps: found.config.steps, ...found.finished, out: own })
      continue
    }
    const opened = found === undefined ? (await created(begun, own, seed, flags)).opened : await again(begun, found)
    out.say(found === undefined ? which : `${which}, which was begun already`)
    const { trained, facts } = await trainRun(own, opened, { ...flags, ...found && { resume: own } }, watched)
    runs.push(facts)
    if (trained.finished) ended.set(seed, trained.metrics)
  }
  stop.done()
  const asked = stop.asked(), all = [...new Set([...there.map(r => r.seed), ...seeds])].sort((a, b) => a - b)
  const table: readonly SeedFigures[] = all.flatMap(seed => { const figures = ended.get(seed); return figures ? [{ seed, figures }] : [] })
  if (table.length > 0) {
    for (const line of seedLines(table)) out.say(line)
    await run(writeAtomic(join(folder, FILES.report), seedMarkdown(recipe.name, recipe.summary, all, table)))
    out.say(`See ${join(folder, FILES.report)}`)
  }
  const left = seeds.filter(s => !begunSeeds.has(s)), isWhole = seeds.every(s => ended.has(s))
  if (left.length > 0) out.say(`Not begun: seed ${left.join(', ')}.`)
  if (!isWhole) out.say(`Go on with all of them by:\n  ${commandFor(name ?? '', { ...flags, set: chosen(begun, flags) }, seeds, folder)}`)
  out.result({ runs, metrics: spreadOf(table), ...!isWhole && { interrupted: true } })
  return asked === undefined || isWhole ? 0 : exitOf(asked)
}

/** A run that is there already, taken up with what has been read for all of them. */
const again = async (begun: Begun, { folder, config }: SeedRun): Promise<Reopened> => {
  await run(lockRun(folder))
  return reopenedAs(begun, config)
}

/** The settings of the command line; the run that a second stage goes on from is named, because by then another may be the newest. */
const chosen = ({ made: { from } }: Begun, { set = [] }: TrainFlags): readonly string[] =>
  from === undefined || set.some(s => /^\s*from\s*=/.test(s)) ? set : [...set, `from=${from}`]

/** The command that goes on in the same folder: it passes over the seeds that are finished. */
const commandFor = (
  name: string, { steps, epochs, engine, threads, set = [] }: TrainFlags, seeds: readonly number[], folder: string,
): string => [
  // a list of one is the seed 0: another number alone would be a count
  'typegrad', 'train', name, '--seeds', seeds.length === 1 ? '1' : seeds.join(','),
  ...Object.entries({ steps, epochs, engine, threads }).flatMap(([k, v]) => v === undefined ? [] : [`--${k}`, String(v)]),
  ...set.flatMap(s => ['--set', s]), '--out', folder,
].map(quoted).join(' ')
