/** The training loop: one compiled step, its state in the engine, and files that always allow to go on from the last checkpoint. */
import { join } from 'node:path'
import { leavesOf } from '../dsl/core/trees.js'
import { TypegradError } from '../dsl/errors.js'
import { hostKey } from '../dsl/keys.js'
import type { Value } from '../dsl/value.js'
import type { Engine } from '../interp/engine.js'
import { compileStep, type Assembly, type LearntValues, type StepValues } from './assembly.js'
import { batchesPerEpoch, stacked, trainBatch, type Splits } from './data/dataset.js'
import { diagnose, finite } from './diagnose.js'
import { run } from './effect.js'
import { evaluator } from './evaluate.js'
import { sweep } from './files/atomic.js'
import { CHECKPOINT_FILE, readCheckpoint, writeCheckpoint } from './files/checkpoint.js'
import { FILES } from './files/names.js'
import { initialState } from './initial.js'
import { Interrupted, pausing } from './pause.js'
import { keyValue } from './random.js'
import { leadingFigure, linesUpTo, openMetrics, readMetrics, type MetricLine } from './report/metrics.js'
import type { Progress } from './report/progress.js'
import { stateOf } from './session.js'
import { inSteps, type Span } from './spans.js'
import { openEvents } from './report/tensorboard.js'

/** One run, ready to go. */
export interface Training {
  readonly folder: string
  readonly recipe: string
  readonly engine: Engine
  readonly assembly: Assembly
  readonly splits: Splits
  readonly seed: number
  readonly steps: number
  readonly batch: number
  readonly evaluateEvery?: Span
  readonly logEvery: number
  /** Between two checkpoints: so many steps, or 20 seconds when absent. */
  readonly checkpointEvery?: number
  readonly startedAt: number
  /** Whether this is a run taken up again, which ought to have a checkpoint. */
  readonly resumed: boolean
}

/** How training ended: at its last step, or where the user stopped it. */
export interface Trained {
  readonly step: number
  readonly finished: boolean
  /** Seconds spent training, all resumed parts together. */
  readonly seconds: number
  readonly stepsPerSecond: number
  readonly state: LearntValues
  readonly metrics: Readonly<Record<string, number>>
}

const SECONDS_BETWEEN_CHECKPOINTS = 20

const named = (state: unknown): Record<string, Value> => Object.fromEntries(leavesOf<Value>(state).map(({ path, leaf }) => [path, leaf]))

/** The inputs of a step are a function of the seed and the step alone: that is what makes resuming exact. */
const inputsOf = ({ splits, batch, assembly: { batches }, seed }: Training) => {
  const rows = trainBatch(splits.train, batch * batches, seed)
  const batchAt = (step: number) => batches === 1 ? rows(step) : stacked(rows(step), batches)
  return (step: number): StepValues => ({ batch: batchAt(step), key: keyValue(hostKey(seed, 'step', step)) })
}

/** Trains from the last checkpoint of the run's folder, or from the start, until the last step or until `stopped`. */
export const train = async (training: Training, progress: Progress, stopped: () => boolean): Promise<Trained> => {
  const { folder, recipe, engine, assembly, splits, seed, steps, batch, logEvery } = training
  await run(sweep(folder))
  const checkpoint = await run(readCheckpoint(folder))
  const lines = await run(readMetrics(join(folder, FILES.metrics)))
  if (training.resumed && checkpoint === undefined) {
    const done = lines.at(-1)?.step ?? 0
    if (done > 0) {
      throw new TypegradError('file', `${join(folder, CHECKPOINT_FILE)} is missing, though ${FILES.metrics} tells of ${done} steps. `
        + `Put the checkpoint back, or delete ${join(folder, FILES.metrics)} to train from step 1.`)
    }
    progress.line(`${folder} has no checkpoint yet: training starts at step 1.`)
  }
  let step = checkpoint?.step ?? 0
  let saved = { step, state: checkpoint === undefined ? await initialState(engine, assembly, seed) : stateOf(folder, checkpoint, assembly) }
  const kept = linesUpTo(lines, step)
  const log = await run(openMetrics(join(folder, FILES.metrics), kept))
  const events = await run(openEvents(join(folder, FILES.events), training.startedAt, kept))
  const stepper = await compileStep(engine, assembly, batch)
  await stepper.write(saved.state)
  const inputs = inputsOf(training)
  const pause = pausing(stopped)
  const evaluation = evaluator(engine, assembly, splits.test, batch, seed, pause)

  const perEpoch = batchesPerEpoch(splits.train, batch * assembly.batches)
  const evaluateEvery = training.evaluateEvery === undefined ? Infinity : inSteps(training.evaluateEvery, perEpoch)
  const earlier = kept.at(-1)?.seconds ?? 0
  const firstStep = step
  let began = performance.now(), savedAt = began
  let aside = 0 // milliseconds spent on evaluations, which are no training
  const seconds = () => earlier + (performance.now() - began - aside) / 1000
  const rate = () => (step - firstStep) / Math.max(1e-9, seconds() - earlier)
  const record = (line: MetricLine) => { log.append(line); events(line) }
  let noted: string | undefined
  const remark = (figures: Readonly<Record<string, number>>): void => {
    const text = assembly.training.remark?.(figures)
    if (text !== undefined) {
      record({ split: 'note', step, seconds: seconds(), text })
      if (text !== noted) progress.line(`step ${step}: ${text}`)
    }
    noted = text
  }

  const save = async (): Promise<void> => {
    if (saved.step === step && (step !== 0 || checkpoint !== undefined)) return
    const state = await stepper.read()
    // A step's loss and gradient are of the parameters before it: only this tells whether those after it are sound.
    if (!finite(Object.values(named(state)))) throw await fault()
    log.sync()
    await run(writeCheckpoint(folder, { recipe, step, key: hostKey(seed, 'step', step), state: named(state) }))
    saved = { step, state }
    savedAt = performance.now()
  }
  const fault = async (): Promise<TypegradError> => {
    const { step: bad, sentence } = await diagnose(assembly, batch, stepper, saved, step, inputs)
    return new TypegradError('numeric', `Training stopped at step ${bad}, where a number is not finite.\n${sentence}\n`
      + `The checkpoint of step ${saved.step} is kept in ${folder}.`)
  }
  const evaluate = async (): Promise<Readonly<Record<string, number>>> => {
    if (assembly.evaluation === undefined) return {}
    const from = performance.now(), at = seconds()
    const figures = await evaluation.run(await stepper.read())
    aside += performance.now() - from
    record({ split: 'test', step, seconds: at, ...figures })
    progress.line(`step ${step}: ${Object.entries(figures).map(([k, v]) => `${k} ${v.toPrecision(5)}`).join(', ')}`)
    return figures
  }

  let metrics: Readonly<Record<string, number>> = {}
  let finished = false
  try {
    if (checkpoint === undefined) await save()
    if (step > 0 && step < steps && step % evaluateEvery === 0) await evaluate()
    began = performance.now(); aside = 0
    let next: StepValues | undefined
    while (step < steps) {
      const running = stepper.run(next ?? inputs(step))
      // The engine may be at it on another thread or another device: meanwhile the next batch is read.
      next = step + 1 < steps ? inputs(step + 1) : undefined
      const outputs = await running
      step++
      const figures = Object.fromEntries(Object.entries(outputs).map(([name, v]) => [name, Number(v.data[0])]))
      if (!Object.values(figures).every(Number.isFinite)) throw await fault()
      if (step === 1 || step === steps || step % logEvery === 0) {
        record({ split: 'train', step, seconds: seconds(), ...splits.train.size > 0 && { epoch: step / perEpoch }, ...figures })
      }
      remark(figures)
      const shown = leadingFigure(figures)
      progress.step(step, figures[shown], rate(), shown)
      const due = training.checkpointEvery !== undefined ? step % training.checkpointEvery === 0
        : performance.now() - savedAt > 1000 * SECONDS_BETWEEN_CHECKPOINTS
      if (due || step === steps) await save()
      if (step < steps) {
        if (step % evaluateEvery === 0) await evaluate()
        await pause()
      }
    }
    metrics = await evaluate()
    finished = true
  } catch (e) {
    if (!(e instanceof Interrupted)) throw e
    await save()
  } finally {
    log.close()
    progress.stop()
  }
  const { params, aux } = await stepper.read()
  const result = { step, finished, seconds: seconds(), stepsPerSecond: rate(), state: { params, aux }, metrics }
  await evaluation.release()
  await stepper.release()
  return result
}
