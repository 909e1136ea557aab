/** The earlier run that a recipe of a second stage is given, as types. */
import type { Engine } from '../interp/engine.js'
import type { Fields, Source, Splits } from './data/dataset.js'
import type { AuxOf, Model } from './model.js'
import type { Settings, SettingValues } from './settings.js'

/** What computing on an earlier run needs of the command that does it. */
export interface Workshop {
  readonly engine: () => Promise<Engine>
  readonly say: (line: string) => void
  /** Only so many rows of a split: enough to read a recipe, not to train it. */
  readonly rows?: number
  /** The folder of the run that is looked at again: it keeps the rows that it was trained on. */
  readonly kept?: string
}

/** Where an earlier run holds its workshop, out of a user's sight. */
export const WORK = Symbol('workshop')

/** A finished run of an earlier recipe. */
export interface Earlier<S extends Settings = Settings, F extends Fields = Fields, M extends Model = Model> {
  readonly name: string
  /** The folder of the run; none where a recipe is only read, by `typegrad audit` or `docs`, with numbers that were never trained. */
  readonly folder?: string
  readonly settings: SettingValues<S>
  readonly model: M
  /** The trained parameters, as constants. */
  readonly params: M['params']
  /** The carried state at the end of training, as constants. */
  readonly aux: AuxOf<M>
  readonly source: Source<F>
  /** The data of the earlier run, in memory. */
  readonly splits: Splits
  readonly [WORK]: Workshop
}

/** The earlier run that a recipe after `E` is given. */
export type EarlierOf<E> = E extends { readonly stage?: Stage<infer S, infer F, infer M> } ? Earlier<S, F, M> : undefined
/** The types that a recipe hands on to those after it. */
export interface Stage<S extends Settings, F extends Fields, M extends Model> {
  readonly settings: S
  readonly fields: F
  readonly model: M
}
