/**
 * The effectful shell: data, recipes, files, reports.
 *
 * @module typegrad/run
 */
export { encoded, type FieldsOf } from './earlier.js'
export { defineRecipe, isRecipe, type Recipe, type RecipeOf } from './recipe.js'
export type { AuxOf, Model } from './model.js'
export type {
  AnyTraining, BatchScope, Figures, PictureSamples, PointSamples, RecipeParts, SampleScope, Samples, Schedule, Scope,
  TrainingScope,
} from './scope.js'
export type { Earlier, EarlierOf, Stage } from './stage.js'
export { statementOf, type Stated } from './stated.js'
export { setting, type Bounds, type Setting, type Settings, type SettingValues } from './settings.js'
export type { Span } from './spans.js'
export { arrays, type Columns } from './data/arrays.js'
export type { Binarisation } from './data/binarise.js'
export { means } from './data/dataset.js'
export type { Batch, Field, Fields, Moment, Rows, Source, Split, Splits } from './data/dataset.js'
export { parseIdx, readIdx, type IdxArray } from './data/idx.js'
export { fashionMnist, mnist, type ImageFields, type ImageOptions } from './data/mnist.js'
export { decodeSafetensors, encodeSafetensors, type TensorFile } from './files/safetensors.js'
export { scatterPng, type Plot, type Point } from './report/scatter.js'
export { sheetPng, type Picture } from './report/sheet.js'
export type { Published } from './report/markdown.js'
export type { Effect } from './effect.js'
