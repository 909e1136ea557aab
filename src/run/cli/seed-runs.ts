/** A folder with a run for each of several seeds: which there are, and what the finished ones have found. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { TypegradError } from '../../dsl/errors.js'
import { attempt, run, type Effect } from '../effect.js'
import { readCheckpoint } from '../files/checkpoint.js'
import { CONFIG_FILE, readConfig, type Config } from '../files/config.js'
import { FILES } from '../files/names.js'
import { seedFolder } from '../files/runs.js'
import { figuresOf, readMetrics } from '../report/metrics.js'

/** The run of a seed that is there already; with its figures when it is finished. */
export interface SeedRun {
  readonly seed: number
  readonly folder: string
  readonly config: Config
  readonly finished?: { readonly seconds: number; readonly metrics: Readonly<Record<string, number>> }
}

/** The seeds whose runs lie in a folder, in order; none where it holds anything but such runs and their report. */
export const seedsIn = (folder: string): Effect<readonly number[]> =>
  attempt('file', reason => `${folder}: cannot be read: ${reason}.`, () => {
    if (!existsSync(folder) || !statSync(folder).isDirectory()) return []
    // a write cut short by a kill leaves a hidden entry
    const entries = readdirSync(folder).filter(f => f !== FILES.report && !f.startsWith('.'))
    const seeds = entries.map(f => Number(/^seed-(0|[1-9]\d*)$/.exec(f)?.[1] ?? NaN))
    const areRuns = seeds.every(s => Number.isSafeInteger(s) && existsSync(join(seedFolder(folder, s), CONFIG_FILE)))
    return areRuns ? seeds.sort((a, b) => a - b) : []
  })

/** What two runs of one table must have in common; the seed, the machine's clock and the place of the recipe's file may differ. */
const COMMON = ['name', 'settings', 'steps', 'batch', 'engine', 'threads', 'from'] as const

/** The runs in a folder, which must be those that `wanted` would begin but for the seed. */
export const seedRuns = async (folder: string, wanted: Config, hasEvaluation: boolean): Promise<readonly SeedRun[]> => {
  const found: SeedRun[] = []
  for (const seed of await run(seedsIn(folder))) {
    const own = seedFolder(folder, seed), config = await run(readConfig(own))
    const json: unknown = JSON.parse(JSON.stringify(wanted)), expected = json as Config
    const odd = COMMON.find(k => !isDeepStrictEqual(config[k], expected[k]))
    if (odd !== undefined) {
      const shown = (c: Config) => JSON.stringify(c[odd]) ?? 'none'
      throw new TypegradError('config', `${folder} holds runs of several seeds with ${odd} ${shown(config)}, not ${shown(expected)}: `
        + 'one table is of one recipe. Give the same settings and flags to go on with them, or choose another --out.')
    }
    const step = (await run(readCheckpoint(own)))?.step ?? 0
    const line = (await run(readMetrics(join(own, FILES.metrics))))
      .findLast(l => l.step === config.steps && (l.split === 'test' || !hasEvaluation && l.split === 'train'))
    found.push({ seed, folder: own, config, ...step === config.steps && line !== undefined && {
      finished: { seconds: line.seconds, metrics: hasEvaluation ? figuresOf(line) : {} } } })
  }
  return found
}
