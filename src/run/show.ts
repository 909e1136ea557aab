/** The files of a run that are for people: curve, samples, report. */
import { join } from 'node:path'
import type { Value } from '../dsl/value.js'
import { showSummary, summary } from '../interp/summary.js'
import { noData } from './data/dataset.js'
import { run } from './effect.js'
import { writeAtomic } from './files/atomic.js'
import { FILES } from './files/names.js'
import type { Reopened } from './session.js'
import { chartSvg } from './report/curve.js'
import { reportMarkdown } from './report/markdown.js'
import { figuresOf, leadingFigure, notesOf, readMetrics, type MetricLine } from './report/metrics.js'
import { scatterPng } from './report/scatter.js'
import { sheetPng } from './report/sheet.js'
import { smooth } from './report/smooth.js'
import type { Trained } from './train.js'

/** Of the evaluations' lines, in turn. */
const colours = ['#c8502c', '#2f8f4e', '#8a4fbf', '#b8860b'] as const

/**
 * The evaluations that belong in the picture: those on the scale of the training figure. A loss is high only at the start, so that its
 * median bounds it, as a negative log-likelihood beside it but not an accuracy; another figure may rise as well as fall.
 */
const nearby = (name: string, values: readonly number[], tests: readonly MetricLine[]): readonly string[] => {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b)
  const lo = sorted[0] ?? 0, hi = (name === 'loss' ? sorted[Math.floor(sorted.length / 2)] : sorted.at(-1)) ?? 0
  const most = name === 'loss' ? 1.5 * Math.max(hi, 1e-9) : hi + (hi - lo) / 2
  return Object.keys(tests.length > 0 ? figuresOf(tests[0]) : {})
    .filter(n => tests.every(l => figuresOf(l)[n] >= lo - (hi - lo) && figuresOf(l)[n] <= most))
}

const curve = (recipe: string, name: string, lines: readonly MetricLine[]): string => {
  const train = lines.filter(l => l.split === 'train').map(l => [l.step, figuresOf(l)[name]] as const)
  const tests = lines.filter(l => l.split === 'test')
  const lost = train.filter(p => !Number.isFinite(p[1])).length
  return chartSvg({
    title: `${recipe}: ${name}`, x: 'step', y: name,
    series: [
      { name: lost === 0 ? name : `${name} (${lost} not finite)`, colour: '#a8c8e8', points: train, width: 1 },
      { name: `${name}, smoothed`, colour: '#1f5fa8', points: smooth(train), width: 2 },
      ...nearby(name, train.map(p => p[1]), tests).map((n, i) => (
        { name: n, colour: colours[i % colours.length], points: tests.map(l => [l.step, figuresOf(l)[n]] as const), width: 2 })),
    ],
  })
}

/** Writes samples.png, pictures or points, and says whether there was anything to show. */
export const writeSamples = async ({ prepared: { samples } }: Reopened, drawn: Value | undefined, file: string): Promise<boolean> => {
  if (samples === undefined || drawn === undefined) return false
  const { picture, plot, reference } = samples
  if (picture !== undefined) await run(writeAtomic(file, sheetPng(drawn, picture)))
  if (plot !== undefined) await run(writeAtomic(file, scatterPng(drawn, plot, reference)))
  return true
}

const MOST_NOTES = 10
/** What training said of single steps, and how often. */
const noted = (lines: readonly MetricLine[]): Readonly<Record<string, string>> => {
  const notes = [...notesOf(lines)]
  const told = notes.slice(0, MOST_NOTES).map(([text, steps]) => [text,
    steps.length === 1 ? `at step ${steps[0]}` : `${steps.length} steps, from ${steps[0]} to ${steps.at(-1)}`] as const)
  const rest = notes.slice(MOST_NOTES).reduce((n, [, steps]) => n + steps.length, 0)
  return Object.fromEntries([...told, ...rest > 0 ? [['others', `${rest} steps`] as const] : []])
}

/** Writes the curve and report.md from the run's metrics. */
export const writeReport = async (
  folder: string, { recipe, config, settings, splits, prepared, assembly }: Reopened, command: string,
  outcome: Omit<Trained, 'state' | 'finished'> & { readonly samples: boolean; readonly perMinute?: number },
): Promise<void> => {
  const lines = await run(readMetrics(join(folder, FILES.metrics)))
  const name = leadingFigure(figuresOf(lines.find(l => l.split === 'train') ?? { split: 'train', step: 0, seconds: 0 }))
  const file = name === 'loss' ? FILES.loss : FILES.curve
  await run(writeAtomic(join(folder, file), curve(recipe.name, name, lines)))
  const { step, seconds, stepsPerSecond, metrics, samples, perMinute } = outcome
  const pictures = [{ title: name === 'loss' ? 'Loss' : name, file }, ...samples ? [{ title: 'Samples', file: FILES.samples }] : []]
  const { batches } = assembly
  const data: Readonly<Record<string, string | number>> = prepared.source === noData ? {}
    : { data: prepared.source.name, 'training rows': splits.train.size, 'test rows': splits.test.size }
  await run(writeAtomic(join(folder, FILES.report), reportMarkdown({
    recipe: recipe.name, summary: recipe.summary, command, settings, metrics, published: prepared.published, pictures,
    facts: {
      steps: step === config.steps ? step : `${step} of ${config.steps}`,
      [prepared.source === noData ? 'B' : 'rows a step']: batches === 1 ? config.batch : `${batches} batches of ${config.batch}`,
      seed: config.seed, ...data, engine: config.engine, threads: config.threads ?? 'all',
      'seconds of training': seconds, 'steps a second': stepsPerSecond,
      ...perMinute !== undefined && { 'samples a minute': Math.round(perMinute) }, started: config.startedAt,
      typegrad: config.typegrad, node: config.node,
    },
    notes: noted(lines),
    model: showSummary(summary([], prepared.params)).split('\n').filter(l => !/^(operations|activation)/.test(l)).join('\n'),
  })))
}
