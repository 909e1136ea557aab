/** The training loop without a command line, on the engine that needs no start. */
import { mkdtempSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Engine } from '../../src/interp/engine.js'
import { openEngine } from '../../src/interp/registry.js'
import { assemble, tryOut } from '../../src/run/assembly.js'
import { run } from '../../src/run/effect.js'
import { writeConfig } from '../../src/run/files/config.js'
import type { Recipe } from '../../src/run/recipe.js'
import type { Progress } from '../../src/run/report/progress.js'
import { ready, stepsOf } from '../../src/run/session.js'
import { train, type Trained } from '../../src/run/train.js'

/** What a run said and left. */
export interface Run extends Trained {
  readonly folder: string
  readonly engine: Engine
  readonly said: readonly string[]
  readonly shown: readonly (readonly [string | undefined, number])[]
}

/**
 * Trains a recipe in `folder`, from its checkpoint if it has one; `stopAt` is the step at which the user stops it; `seen` sees each step in
 * place of the list `shown`; `on` replaces the engine.
 */
export const trained = async (
  recipe: Recipe, { folder = mkdtempSync(join(tmpdir(), 'typegrad-loop-')), seed = 0, stopAt = Infinity, settings = {}, seen, on }: {
    readonly folder?: string
    readonly seed?: number
    readonly stopAt?: number
    readonly settings?: Readonly<Record<string, unknown>>
    readonly seen?: (step: number) => void
    readonly on?: Engine
  } = {},
): Promise<Run> => {
  const made = await ready({ recipe }, settings, { engine: () => openEngine('js'), say: () => {} })
  const steps = stepsOf(made, {}), assembly = assemble(recipe.name, made.prepared, steps)
  tryOut(assembly)
  const engine = on ?? await openEngine('js')
  const { batch, evaluate, logEvery = 50 } = made.prepared.schedule
  await run(writeConfig(folder, {
    typegrad: 'test', recipe: recipe.name, name: recipe.name, settings: made.settings, seed, steps, batch, engine: 'js',
    startedAt: new Date().toISOString(), node: 'test',
  }))
  const said: string[] = [], shown: [string | undefined, number][] = []
  let at = 0
  const progress: Progress = {
    step: (step, value, _, figure) => {
      at = step
      // who sees each step needs no list of them
      if (seen === undefined) shown.push([figure, value])
      else seen(step)
      // the loop asks now and then only: what a user does takes longer than that
      for (const from = performance.now(); at >= stopAt && performance.now() < from + 50;) continue
    },
    line: text => { said.push(text) }, stop: () => {},
  }
  const result = await train({
    folder, recipe: recipe.name, engine, assembly, splits: made.splits, seed, steps, batch, evaluateEvery: evaluate, logEvery,
    startedAt: 0, resumed: false,
  }, progress, () => at >= stopAt)
  return { ...result, folder, engine, said, shown }
}

/** The lines of a run's metrics, without its seconds. */
export const metricsOf = async (folder: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
  (await readFile(join(folder, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n').map(line => {
    const { seconds: _, ...rest } = JSON.parse(line) as Record<string, unknown>
    return rest
  })
