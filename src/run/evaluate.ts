/** Figures over a whole split: batches in order, means weighted by rows. */
import { hostKey } from '../dsl/keys.js'
import type { Value } from '../dsl/value.js'
import type { Engine } from '../interp/engine.js'
import { learntSpec, type Assembly, type LearntValues, type StepValues } from './assembly.js'
import { compileTrees, type Runnable } from './compiled.js'
import { orderedBatches, type Rows, type Split } from './data/dataset.js'
import type { Pause } from './pause.js'
import { keyValue } from './random.js'

const ROWS = 1000
type Evaluator = Runnable<LearntValues, StepValues, Rows>

const meanOf = (v: Value): number => {
  let sum = 0
  for (const x of v.data) sum += x
  return sum / v.data.length
}

/** The batches of an evaluation, each with its size: the split in order, or, where there is no data, one empty batch of `alone`. */
function* evaluationBatches(split: Split, seed: number, alone: number): Generator<{ readonly batch: Rows; readonly rows: number }> {
  if (split.size === 0) yield { batch: {}, rows: alone }
  for (const batch of orderedBatches(split, Math.min(ROWS, split.size), { seed, epoch: -1 })) {
    yield { batch, rows: Object.values(batch)[0].shape[0] }
  }
}

/** Evaluates a state on a split, again and again: programs are compiled once a batch size. */
export const evaluator = (engine: Engine, a: Assembly, split: Split, alone: number, seed: number, pause: Pause) => {
  const { evaluation } = a
  const compiled = new Map<number, Promise<Evaluator>>()
  const forRows = (rows: number, f: NonNullable<Assembly['evaluation']>) => {
    const known = compiled.get(rows)
    if (known !== undefined) return known
    const made: Promise<Evaluator> = compileTrees(engine, f, { state: { ...learntSpec(a) }, inputs: { ...a.evaluated } }, { B: rows })
    compiled.set(rows, made)
    return made
  }
  return {
    run: async ({ params, aux }: LearntValues): Promise<Readonly<Record<string, number>>> => {
      if (evaluation === undefined) return {}
      const sums: Record<string, number> = {}
      let n = 0
      for (const { batch, rows } of evaluationBatches(split, seed, alone)) {
        const program = await forRows(rows, evaluation)
        await program.write({ params, aux })
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
