/** The files of a run that are for people: curve, samples, report. */
import { join } from 'node:path'
import type { Value } from '../dsl/value.js'
import { showSummary, summary } from '../interp/summary.js'
import { run } from './effect.js'
import { writeAtomic } from './files/atomic.js'
import { FILES } from './files/names.js'
import type { Reopened } from './session.js'
import { chartSvg, smooth } from './report/curve.js'
import { reportMarkdown } from './report/markdown.js'
import { figuresOf, readMetrics, type MetricLine } from './report/metrics.js'
import { sheetPng } from './report/sheet.js'
import type { Trained } from './train.js'

/** Of the evaluations' lines, in turn. */
const colours = ['#c8502c', '#2f8f4e', '#8a4fbf', '#b8860b'] as const

const curve = (title: string, lines: readonly MetricLine[]): string => {
  const train = lines.filter(l => l.split === 'train').map(l => [l.step, figuresOf(l)['loss']] as const)
  const tests = lines.filter(l => l.split === 'test')
  // an evaluation belongs in the picture when it is on the scale of the loss, as a negative log-likelihood is
  const losses = train.map(p => p[1]).sort((a, b) => a - b)
  const [lo, hi] = [losses[0] ?? 0, losses[Math.floor(losses.length / 2)] ?? 0]
  const near = Object.keys(tests.length > 0 ? figuresOf(tests[0]) : {}).filter(name =>
    tests.every(l => figuresOf(l)[name] >= lo - (hi - lo) && figuresOf(l)[name] <= 1.5 * Math.max(hi, 1e-9)))
  return chartSvg({
    title, x: 'step', y: 'loss',
    series: [
      { name: 'loss', colour: '#a8c8e8', points: train, width: 1 },
      { name: 'loss, smoothed', colour: '#1f5fa8', points: smooth(train), width: 2 },
      ...near.map((name, i) => (
        { name, colour: colours[i % colours.length], points: tests.map(l => [l.step, figuresOf(l)[name]] as const), width: 2 })),
    ],
  })
}

/** Writes samples.png (or `file`) and says where. */
export const writeSamples = async ({ recipe }: Reopened, pictures: Value | undefined, file: string): Promise<boolean> => {
  if (recipe.samples === undefined || pictures === undefined) return false
  await run(writeAtomic(file, sheetPng(pictures, recipe.samples.picture)))
  return true
}

/** Writes loss.svg and report.md from the run's metrics. */
export const writeReport = async (
  folder: string, { recipe, config, settings, splits, prepared }: Reopened, command: string,
  outcome: Omit<Trained, 'params' | 'finished'> & { readonly samples: boolean },
): Promise<void> => {
  const lines = await run(readMetrics(join(folder, FILES.metrics)))
  await run(writeAtomic(join(folder, FILES.loss), curve(`${recipe.name}: loss`, lines)))
  const { step, seconds, stepsPerSecond, metrics, samples } = outcome
  const pictures = [{ title: 'Loss', file: FILES.loss }, ...samples ? [{ title: 'Samples', file: FILES.samples }] : []]
  await run(writeAtomic(join(folder, FILES.report), reportMarkdown({
    recipe: recipe.name, summary: recipe.summary, command, settings, metrics, published: prepared.published, pictures,
    facts: {
      steps: step === config.steps ? step : `${step} of ${config.steps}`, 'rows a step': config.batch,
      seed: config.seed, data: prepared.source.name,
      'training rows': splits.train.size, 'test rows': splits.test.size, engine: config.engine, threads: config.threads ?? 'all',
      'seconds of training': seconds, 'steps a second': stepsPerSecond, started: config.startedAt,
      typegrad: config.typegrad, node: config.node,
    },
    model: showSummary(summary([], prepared.params)).split('\n').filter(l => !/^(operations|activation)/.test(l)).join('\n'),
  })))
}
