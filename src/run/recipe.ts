/** A recipe is a typed value: what to learn, from what, by which objective, and what to show for it. */
import type { AnyTensor, Tree } from '../dsl/define/tree.js'
import type { Key } from '../dsl/keys.js'
import type { Optimiser } from '../dsl/optim/index.js'
import type { Claim } from '../dsl/statement.js'
import type { Tensor } from '../dsl/tensor.js'
import type { Evaluated, Metrics } from '../dsl/train.js'
import { BRAND, isMade } from './brand.js'
import { noData, type Fields, type Source, type Splits } from './data/dataset.js'
import {
  checkFigures, checkLoss, checkModel, checkOptimiser, checkParts, checkPictures, checkPublished, checkSamples, checkSchedule, checkSource,
  checkTraining,
} from './parts.js'
import type { Published } from './report/markdown.js'
import type { Plot, Point } from './report/scatter.js'
import type { Picture } from './report/sheet.js'
import type { Model } from './model.js'
import type { AnyTraining, BatchScope, Figures, RecipeParts, SampleScope, Samples, Schedule } from './scope.js'
import { setting, type Settings, type SettingValues } from './settings.js'
import type { Earlier, EarlierOf, Stage } from './stage.js'

/** A recipe with its settings chosen, before its data is read. */
export interface Chosen {
  readonly source: Source
  readonly prepare: (data: Splits) => Prepared
}

/** What evaluations and samplers read of a training state. */
export interface Learnt { readonly params: Tree; readonly aux: Tree }

/** What to draw, with the types of the model forgotten. */
export interface PreparedSamples {
  readonly count: number
  readonly picture?: Picture
  readonly plot?: Plot
  readonly reference?: readonly Point[]
  readonly draw: (state: Learnt, key: Key, count: number) => AnyTensor
}

/**
 * A recipe with its settings chosen and its data read: the same functions, with the types of model and data forgotten. It has either an
 * objective and an optimiser, or a training.
 */
export interface Prepared {
  readonly source: Source
  readonly model: unknown
  readonly params: Tree
  /** The first carried state that the model names. */
  readonly aux?: Tree | ((params: Tree, key: Key) => Tree)
  readonly claims?: () => readonly Claim[]
  readonly schedule: Schedule
  readonly published: readonly Published[]
  readonly objective?: (state: Learnt, batch: Figures, key: Key) => Tensor<[]> | Evaluated<Tree, Metrics>
  readonly optimiser?: (steps: number) => Optimiser
  readonly training?: (steps: number) => AnyTraining
  readonly evaluation?: (state: Learnt, batch: Figures, key: Key) => Figures
  readonly samples?: PreparedSamples
}

/** What `typegrad train` runs; made by `defineRecipe`. */
export interface Recipe {
  /** The recipe itself. */
  readonly [BRAND]: unknown
  readonly name: string
  readonly summary: string
  readonly settings: Settings
  /** The recipe that this one goes on from. */
  readonly after?: Recipe
  /** The recipe under checked settings, and after the earlier run if it goes on from one. */
  readonly choose: (settings: Readonly<Record<string, unknown>>, earlier?: Earlier) => Chosen
}

/** A recipe whose types are known. */
export interface RecipeOf<S extends Settings, F extends Fields, M extends Model> extends Recipe {
  /** Never there: it carries the types of the recipe to those after it. */
  readonly stage?: Stage<S, F, M>
}

/** Whether a value was made by `defineRecipe`, of whichever copy of the package; `{ ...recipe }` was not. */
export const isRecipe = (value: unknown): value is Recipe => isMade(value)

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
export const defineRecipe = <const S extends Settings, M extends Model, F extends Fields = {}, E extends Recipe | undefined = undefined>(
  parts: RecipeParts<S, F, M, E>,
): RecipeOf<S, F, M> => {
  checkParts(parts)
  const { name, summary, after } = parts
  const recipe: RecipeOf<S, F, M> = {
    get [BRAND]() { return recipe },
    name, summary,
    settings: after === undefined ? parts.settings
      : { ...parts.settings, from: setting.text('', `the run of ${after.name} to go on from; the newest finished one when empty`) },
    ...after && { after },
    choose: (raw, found) => {
      // The boundary: settings come out of the recipe's own codecs, trees and batches from its own specs.
      const values = raw as SettingValues<S>, earlier = found as EarlierOf<E>
      const source: Source = parts.data === undefined ? noData : parts.data(values, earlier)
      checkSource(source)
      return { source, prepare: data => prepared(parts, values, source, checkModel(parts.model(values, data, earlier))) }
    },
  }
  return recipe
}

const prepared = <S extends Settings, F extends Fields, M extends Model, E>(
  parts: RecipeParts<S, F, M, E>, settings: SettingValues<S>, source: Source, model: M,
): Prepared => {
  const scope = (state: Learnt, batch: Figures, key: Key): BatchScope<S, F, M> => {
    const whole: unknown = { settings, model, ...state, batch, key }
    return whole as BatchScope<S, F, M>
  }
  const { evaluation, objective, optimiser, training } = parts
  const samples = typeof parts.samples === 'function' ? checkSamples(parts.samples(settings)) : parts.samples
  return {
    source, model, params: model.params as Tree,
    ...model.aux !== undefined && { aux: model.aux as Tree | ((params: Tree, key: Key) => Tree) },
    ...model.claims !== undefined && { claims: () => model.claims?.() ?? [] },
    schedule: checkSchedule(parts.schedule(settings), source !== noData),
    published: parts.published === undefined ? [] : checkPublished(parts.published(settings)),
    ...objective && { objective: (state, batch, key) => checkLoss(objective(scope(state, batch, key))) },
    ...optimiser && { optimiser: steps => checkOptimiser(optimiser(settings, { steps })) },
    ...training && { training: steps => checkTraining<AnyTraining>(training({ settings, model, steps })) },
    ...evaluation && { evaluation: (state, batch, key) => checkFigures(evaluation(scope(state, batch, key))) },
    ...samples && { samples: preparedSamples(samples, settings, model) },
  }
}

const preparedSamples = <S extends Settings, M extends Model>(
  { draw, ...shown }: Samples<S, M>, settings: SettingValues<S>, model: M,
): PreparedSamples => ({
  ...shown,
  draw: (state, key, count) => {
    const scope: unknown = { settings, model, ...state, key, count }
    return checkPictures(draw(scope as SampleScope<S, M>))
  },
})
