/** What a recipe is made of, as types: what its functions are given, and what they give. */
import type { AnyTensor, Tree } from '../dsl/define/tree.js'
import type { Key } from '../dsl/keys.js'
import type { Optimiser } from '../dsl/optim/index.js'
import type { Tensor } from '../dsl/tensor.js'
import type { Evaluated, Metrics, Training } from '../dsl/train.js'
import type { Batch, Fields, Source, Splits } from './data/dataset.js'
import type { AuxOf, Model } from './model.js'
import type { Published } from './report/markdown.js'
import type { Plot, Point } from './report/scatter.js'
import type { Picture } from './report/sheet.js'
import type { Settings, SettingValues } from './settings.js'
import type { Span } from './spans.js'
import type { EarlierOf } from './stage.js'

/** How training is scheduled. */
export interface Schedule {
  /** Rows a step; a step of several minibatches takes so many for each. */
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
/** What an objective or an evaluation is given besides: parameters, carried state, one batch, a fresh key. */
export interface BatchScope<S extends Settings, F extends Fields, M extends Model> extends Scope<S, M> {
  readonly params: M['params']
  readonly aux: AuxOf<M>
  readonly batch: Batch<F>
  readonly key: Key
}
/** What a sampler is given. */
export interface SampleScope<S extends Settings, M extends Model> extends Scope<S, M> {
  readonly params: M['params']
  readonly aux: AuxOf<M>
  readonly key: Key
  readonly count: number
}
/** What `training` is given; `steps` is how many the run has. */
export interface TrainingScope<S extends Settings, M> extends Scope<S, M> { readonly steps: number }

/** A training of whatever kind for batches of these fields, which come as [batches, B, ...] when it takes several a step. */
export type AnyTraining<B = Figures> = Training<Tree, unknown, Tree, B, Metrics>
type Stacked<F extends Fields> =
  { readonly [K in keyof F]: Tensor<[...[number, 'B'], ...F[K]['shape']], F[K]['dtype']> }

/** What to draw from the trained model, and how to show it. */
export type Samples<S extends Settings, M extends Model> = PictureSamples<S, M> | PointSamples<S, M>
interface Drawing<S extends Settings, M extends Model> {
  /** How many, unless `typegrad sample --count` says. */
  readonly count: number
  /** `count` samples; the leading axis is `count`. Pictures have values in [0, 1], points are [count, 2]. */
  readonly draw: (scope: SampleScope<S, M>) => AnyTensor
}
/** Pictures, on a sheet. */
export interface PictureSamples<S extends Settings, M extends Model> extends Drawing<S, M> {
  readonly picture: Picture
  readonly plot?: undefined
  readonly reference?: undefined
}
/** Points of the plane, as a scatter plot. */
export interface PointSamples<S extends Settings, M extends Model> extends Drawing<S, M> {
  readonly plot: Plot
  /** Points to show in another colour, such as the true modes. */
  readonly reference?: readonly Point[]
  readonly picture?: undefined
}

interface CommonParts<S extends Settings, F extends Fields, M extends Model, E> {
  readonly name: string
  /** One sentence: the model, its paper, the data. */
  readonly summary: string
  readonly settings: S
  /** The recipe that this one goes on from: a finished run of it is handed to `data` and `model`; the setting `from` chooses which. */
  readonly after?: E
  /** The data set; it is read when a run begins. Without one, the batch is `{}` and everything is drawn from the key. */
  readonly data?: (settings: SettingValues<S>, earlier: EarlierOf<E>) => Source<F>
  /** The model; the data, once read, may tell it where to start. */
  readonly model: (settings: SettingValues<S>, data: Splits, earlier: EarlierOf<E>) => M
  /** Batch size and length. */
  readonly schedule: (settings: SettingValues<S>) => Schedule
  /** Figures on the test split; without data, on one batch `{}`. */
  readonly evaluation?: (scope: BatchScope<S, F, M>) => Figures
  /** What to draw from the trained model; a function of the settings when these decide how to show it. */
  readonly samples?: Samples<S, M> | ((settings: SettingValues<S>) => Samples<S, M>)
  /** Figures from the literature, to stand beside this run's. */
  readonly published?: (settings: SettingValues<S>) => readonly Published[]
  /** The scalar to minimise, on one batch; with it, if you like, scalars to log and the next carried state. */
  readonly objective?: (scope: BatchScope<S, F, M>) => Tensor<[]> | Evaluated<AuxOf<M>, Metrics>
  /** The optimiser, told how many steps the run has. */
  readonly optimiser?: (settings: SettingValues<S>, run: { readonly steps: number }) => Optimiser
  /** Training of the model's parameters by anything else than one loss, in place of `objective` and `optimiser`: a game, a trust region. */
  readonly training?: (scope: TrainingScope<S, M>) => AnyTraining<Batch<F> | Stacked<F>> & { readonly params: M['params'] }
}
/** A recipe trains either by an objective and an optimiser, or by a training. */
type OneForm =
  | { readonly objective: unknown; readonly optimiser: unknown; readonly training?: undefined }
  | { readonly training: unknown; readonly objective?: undefined; readonly optimiser?: undefined }
/** The parts of a recipe (see `defineRecipe`): by one loss, or by a training of any other kind. */
export type RecipeParts<S extends Settings, F extends Fields, M extends Model, E = undefined> = CommonParts<S, F, M, E> & OneForm
