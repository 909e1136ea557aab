/** Figures over a whole split: batches in order, means weighted by rows. */
import { hostKey } from '../dsl/keys.js'
import type { Value } from '../dsl/value.js'
import type { Engine } from '../interp/engine.js'
import { keySpec, type Assembly, type StepValues } from './assembly.js'
import { compileTrees, type Runnable, type Values } from './compiled.js'
import { orderedBatches, type Rows, type Split } from './data/dataset.js'
import type { Pause } from './pause.js'
import { keyValue } from './random.js'

const ROWS = 1000
type Evaluator = Runnable<{ readonly params: Values }, StepValues, Rows>

const meanOf = (v: Value): number => {
  let sum = 0
  for (const x of v.data) sum += x
  return sum / v.data.length
}

/** Evaluates parameters on a split, again and again: programs are compiled once a batch size. */
export const evaluator = (engine: Engine, a: Assembly, split: Split, seed: number, pause: Pause) => {
  const { evaluation } = a
  const compiled = new Map<number, Promise<Evaluator>>()
  const forRows = (rows: number, f: NonNullable<Assembly['evaluation']>) => {
    const known = compiled.get(rows)
    if (known !== undefined) return known
    const made: Promise<Evaluator> = compileTrees(engine, f, { state: { params: a.state.params }, inputs: { ...a.inputs } }, { B: rows })
    compiled.set(rows, made)
    return made
  }
  return {
    run: async (params: Values): Promise<Readonly<Record<string, number>>> => {
      if (evaluation === undefined) return {}
      const sums: Record<string, number> = {}
      let n = 0
      for (const batch of orderedBatches(split, Math.min(ROWS, split.size), { seed, epoch: -1 })) {
        const rows = Object.values(batch)[0].shape[0]
        const program = await forRows(rows, evaluation)
        await program.write({ params })
        const figures = await program.run({ batch, key: keyValue(hostKey(seed, 'evaluate', n)) })
        for (const [name, value] of Object.entries(figures)) sums[name] = (sums[name] ?? 0) + rows * meanOf(value)
        n += rows
        await pause()
      }
      return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / n]))
    },
    release: async () => { for (const e of compiled.values()) await (await e).release() },
  }
}

/** Draws `count` pictures from parameters; the same seed gives the same pictures. */
export const drawSamples = async (engine: Engine, a: Assembly, params: Values, count: number, seed: number): Promise<Value | undefined> => {
  if (a.draw === undefined) return undefined
  const program: Runnable<{ readonly params: Values }, { readonly key: Value }, { readonly pictures: Value }> =
    await compileTrees(engine, a.draw(count), { state: { params: a.state.params }, inputs: { key: keySpec() } })
  await program.write({ params })
  const { pictures } = await program.run({ key: keyValue(hostKey(seed, 'sample')) })
  await program.release()
  return pictures
}
