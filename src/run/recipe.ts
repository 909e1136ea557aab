/** A recipe is a typed value: what to learn, from what, by which objective, and what to show for it. */
import type { Tensor } from '../dsl/tensor.js'
import type { Optimiser } from '../dsl/optim/index.js'
import type { AnyTensor, Tree } from '../dsl/define/tree.js'
import type { Key } from '../dsl/keys.js'
import type { Evaluated, Metrics } from '../dsl/train.js'
import type { Batch, Fields, Source, Splits } from './data/dataset.js'
import {
  checkFigures, checkLoss, checkModel, checkOptimiser, checkParts, checkPictures, checkPublished, checkSchedule, checkSource,
} from './parts.js'
import type { Published } from './report/markdown.js'
import type { Picture } from './report/sheet.js'
import type { Settings, SettingValues } from './settings.js'
import type { Span } from './spans.js'

/** What a model must have: its parameters' specs. The rest is the recipe's own business. */
export interface Model { readonly params: object }

/** How training is scheduled. */
export interface Schedule {
  /** Rows a step. */
  readonly batch: number
  /** How long to train, unless the command line says. */
  readonly length: Span
  /** How often to evaluate while training; only at the end when absent. */
  readonly evaluate?: Span
  /** Steps between two lines of metrics; 50 when absent. */
  readonly logEvery?: number
}

/** Symbolic figures of a batch: scalars, or one number a row (`['B']`), which are averaged over the split. */
export type Figures = Readonly<Record<string, AnyTensor>>

/** What a recipe's functions are given. */
export interface Scope<S extends Settings, M> { readonly settings: SettingValues<S>; readonly model: M }
/** What an objective or an evaluation is given besides: parameters, one batch, a fresh key. */
export interface BatchScope<S extends Settings, F extends Fields, M extends Model> extends Scope<S, M> {
  readonly params: M['params']
  readonly batch: Batch<F>
  readonly key: Key
}
/** What a sampler is given. */
export interface SampleScope<S extends Settings, M extends Model> extends Scope<S, M> {
  readonly params: M['params']
  readonly key: Key
  readonly count: number
}

/** Pictures to draw from the trained model. */
export interface Samples<S extends Settings, M extends Model> {
  /** How many, unless `typegrad sample --count` says. */
  readonly count: number
  readonly picture: Picture
  /** `count` pictures, with values in [0, 1]; the leading axis is `count`. */
  readonly draw: (scope: SampleScope<S, M>) => AnyTensor
}

/** The parts of a recipe (see `defineRecipe`). */
export interface RecipeParts<S extends Settings, F extends Fields, M extends Model> {
  readonly name: string
  /** One sentence: the model, its paper, the data. */
  readonly summary: string
  readonly settings: S
  /** The data set; it is read when a run begins. */
  readonly data: (settings: SettingValues<S>) => Source<F>
  /** The model; the data, once read, may tell it where to start. */
  readonly model: (settings: SettingValues<S>, data: Splits) => M
  /** The scalar to minimise, on one batch; with it, if you like, scalars to log. */
  readonly objective: (scope: BatchScope<S, F, M>) => Tensor<[]> | Evaluated<{}, Metrics>
  /** The optimiser, told how many steps the run has. */
  readonly optimiser: (settings: SettingValues<S>, run: { readonly steps: number }) => Optimiser
  /** Batch size and length. */
  readonly schedule: (settings: SettingValues<S>) => Schedule
  /** Figures on the test split. */
  readonly evaluation?: (scope: BatchScope<S, F, M>) => Figures
  readonly samples?: Samples<S, M>
  /** Figures from the literature, to stand beside this run's. */
  readonly published?: (settings: SettingValues<S>) => readonly Published[]
}

const BRAND = Symbol.for('typegrad.recipe')

/** A recipe with its settings chosen, before its data is read. */
export interface Chosen {
  readonly source: Source
  readonly prepare: (data: Splits) => Prepared
}

/** A recipe with its settings chosen and its data read: the same functions, with the types of model and data forgotten. */
export interface Prepared {
  readonly source: Source
  readonly params: Tree
  readonly schedule: Schedule
  readonly published: readonly Published[]
  readonly objective: (params: Tree, batch: Figures, key: Key) => Tensor<[]> | Evaluated<{}, Metrics>
  readonly optimiser: (steps: number) => Optimiser
  readonly evaluation?: (params: Tree, batch: Figures, key: Key) => Figures
  readonly draw?: (params: Tree, key: Key, count: number) => AnyTensor
}

/** What `typegrad train` runs; made by `defineRecipe`. */
export interface Recipe {
  readonly [BRAND]: true
  readonly name: string
  readonly summary: string
  readonly settings: Settings
  readonly samples?: { readonly count: number; readonly picture: Picture }
  /** The recipe under checked settings. */
  readonly choose: (settings: Readonly<Record<string, unknown>>) => Chosen
}

/** Whether a value was made by `defineRecipe`, of whichever copy of the package. */
export const isRecipe = (value: unknown): value is Recipe => typeof value === 'object' && value !== null && BRAND in value

/**
 * Makes a recipe; a part that is missing, misspelt or of another type is a `TypegradError`.
 *
 * Every function is given one record; the types of `settings`, `data` and `model` flow into the ones below them. A file
 * whose default export is a recipe runs by `typegrad train ./mine.ts`.
 *
 * @example
 * ```ts
 * import { defineRecipe, mnist, setting } from 'typegrad/run'
 * const recipe = defineRecipe({
 *   name: 'softmax',
 *   summary: 'Softmax regression on MNIST.',
 *   settings: { lr: setting.number(1e-3, 'learning rate', { min: 0 }) },
 *   data: () => mnist(),
 *   model: () => ({ params: { w: f32(784, 10), b: f32(10) } }),
 *   objective: ({ params: p, batch: { x } }) => mean(square(add(matmul(x, p.w), p.b))),
 *   optimiser: ({ lr }) => adam(lr),
 *   schedule: () => ({ batch: 100, length: { epochs: 1 } }),
 * })
 * ```
 */
export const defineRecipe = <const S extends Settings, F extends Fields, M extends Model>(parts: RecipeParts<S, F, M>): Recipe => {
  checkParts(parts)
  const { name, summary, settings, samples } = parts
  return {
    [BRAND]: true, name, summary, settings,
    ...samples && { samples: { count: samples.count, picture: samples.picture } },
    choose: raw => {
      // The boundary: settings come out of the recipe's own codecs, trees and batches from its own specs.
      const values = raw as SettingValues<S>
      const source = parts.data(values)
      checkSource(source)
      return { source, prepare: data => prepared(parts, values, source, checkModel(parts.model(values, data))) }
    },
  }
}

const prepared = <S extends Settings, F extends Fields, M extends Model>(
  parts: RecipeParts<S, F, M>, settings: SettingValues<S>, source: Source, model: M,
): Prepared => {
  const scope = (params: Tree, batch: Figures, key: Key) => ({ settings, model, params, batch, key }) as BatchScope<S, F, M>
  const { evaluation, samples } = parts
  return {
    source, params: model.params as Tree, schedule: checkSchedule(parts.schedule(settings)),
    published: parts.published === undefined ? [] : checkPublished(parts.published(settings)),
    objective: (params, batch, key) => checkLoss(parts.objective(scope(params, batch, key))),
    optimiser: steps => checkOptimiser(parts.optimiser(settings, { steps })),
    ...evaluation && { evaluation: (params: Tree, batch: Figures, key: Key) => checkFigures(evaluation(scope(params, batch, key))) },
    ...samples && { draw: (params: Tree, key: Key, count: number) => checkPictures(samples.draw({ settings, model, params, key, count })) },
  }
}
