/** From a prepared recipe to what runs: its training step, evaluation and sampler as pure functions over trees, compiled once a size. */
import { cast, input } from '../dsl/core/build.js'
import type { Node } from '../dsl/core/node.js'
import { mapTree, type Leaf } from '../dsl/core/trees.js'
import type { AnyTensor, Tree } from '../dsl/define/tree.js'
import { InternalError, TypegradError } from '../dsl/errors.js'
import type { Key } from '../dsl/keys.js'
import type { Optimiser } from '../dsl/optim/index.js'
import type { Tensor } from '../dsl/tensor.js'
import { trainStep, type Metrics } from '../dsl/train.js'
import type { Value } from '../dsl/value.js'
import type { Engine } from '../interp/engine.js'
import { compileTrees, type Runnable, type Values } from './compiled.js'
import type { Fields, Rows } from './data/dataset.js'
import { userFrame } from './frames.js'
import type { Figures, Prepared } from './recipe.js'

/** Everything that a step replaces. */
export interface TrainState { readonly params: Tree; readonly optimiser: Tree; readonly aux: Tree }
/** What is left of it afterwards. */
export interface Trained { readonly params: Tree }
/** A batch and the key of the step. */
export interface StepInputs { readonly batch: Figures; readonly key: Key }

/** The pictures of a sampler. */
export interface Drawn { readonly pictures: AnyTensor }

/** The pure functions of a recipe, and the specs of what they take. */
export interface Assembly {
  readonly state: TrainState
  readonly inputs: StepInputs
  readonly initial: (state: Record<string, never>, inputs: { readonly key: Key }) => { readonly outputs: TrainState }
  readonly step: (state: TrainState, inputs: StepInputs) => { readonly state: TrainState; readonly outputs: Metrics }
  readonly evaluation?: (state: Trained, inputs: StepInputs) => { readonly outputs: Figures }
  readonly draw?: (count: number) => (state: Trained, inputs: { readonly key: Key }) => { readonly outputs: Drawn }
}

const spec = (shape: readonly (number | string)[], dtype: Leaf['dtype']) => input({ shape, dtype }) as AnyTensor
const specsOf = (tree: Tree): Tree => mapTree(tree, (l: Leaf) => spec(l.shape, l.dtype))
/** The spec of a key. */
export const keySpec = (): Key => spec([2], 'int32') as Tensor<never, never>
const batchSpec = (fields: Fields): Figures =>
  Object.fromEntries(Object.entries(fields).map(([name, { shape, dtype }]) => [name, spec(['B', ...shape], dtype)]))

/** Runs a function of the recipe's; what it throws becomes a sentence that says which one, and where in the user's file. */
const calling = <A>(recipe: string, what: string, f: () => A): A => {
  try { return f() } catch (e) {
    if (e instanceof InternalError) throw e
    const frame = userFrame(e)
    const where = `${recipe}: its ${what}${frame === undefined ? '' : ` (${frame})`}`
    throw e instanceof TypegradError ? new TypegradError(e.kind, `${where}: ${e.message}`)
      : new TypegradError('config', `${where}: ${e instanceof Error ? e.message : String(e)}.`)
  }
}

/** The functions of a recipe that trains for `steps` steps. */
export const assemble = (recipe: string, prepared: Prepared, steps: number): Assembly => {
  const { evaluation, draw, params: specs } = prepared
  const optimiser: Optimiser = calling(recipe, 'optimiser', () => prepared.optimiser(steps))
  const training = trainStep({
    params: specs, optimiser,
    loss: (params, batch: Figures, key) => calling(recipe, 'objective', () => prepared.objective(params, batch, key)),
  })
  const initial = (key: Key) => calling(recipe, 'parameters and optimiser', () => training.init(key)) as TrainState
  // The optimiser's state has whatever structure its `init` gives it; tracing that once tells the specs.
  const first = initial(keySpec())
  return {
    state: { params: specsOf(first.params), optimiser: specsOf(first.optimiser), aux: specsOf(first.aux) },
    inputs: { batch: batchSpec(prepared.source.fields), key: keySpec() },
    initial: (_, { key }) => ({ outputs: initial(key) }),
    step: (held, { batch, key }) => {
      const { state, metrics } = training.step(held, batch, key)
      return { state: state as TrainState, outputs: metrics }
    },
    ...evaluation && { evaluation: ({ params }: Trained, { batch, key }: StepInputs) => {
      const figures = calling(recipe, 'evaluation', () => evaluation(params, batch, key))
      return { outputs: Object.fromEntries(Object.entries(figures).map(([name, f]) => [name, figureOf(recipe, name, f as Node)])) }
    } },
    ...draw && { draw: (count: number) => ({ params }: Trained, { key }: { readonly key: Key }) =>
      ({ outputs: { pictures: calling(recipe, 'sampler', () => draw(params, key, count)) } }) },
  }
}

/** A figure is a scalar or one number a row; truth values count as 0 and 1, so that a mean of hits is an accuracy. */
const figureOf = (recipe: string, name: string, figure: Node | undefined): AnyTensor => {
  const shape = figure?.shape
  if (figure !== undefined && (shape?.length === 0 || shape?.length === 1 && shape[0] === 'B')) return cast(figure, 'float32')
  const got = shape === undefined ? String(figure) : `[${shape.join(', ')}]`
  throw new TypegradError('shape',
    `${recipe}: its evaluation gives ${name} ${got}, but a figure is a scalar [] or one number a row [B].`)
}

/** Traces every function of the recipe, so that its mistakes show before anything is written. */
export const tryOut = ({ state, inputs, step, evaluation, draw }: Assembly): void => {
  step(state, inputs)
  evaluation?.(state, inputs)
  draw?.(1)(state, inputs)
}

/** The values of a training state. */
export interface State { readonly params: Values; readonly optimiser: Values; readonly aux: Values }
/** The values that a step is given. */
export interface StepValues { readonly batch: Rows; readonly key: Value }
/** The values that a step reports: `loss`, `gradientNorm` and the recipe's own. */
export type StepFigures = Readonly<Record<string, Value>>
/** The training step, compiled. */
export type Stepper = Runnable<State, StepValues, StepFigures>

/** Compiles the training step for a batch size. */
export const compileStep = (engine: Engine, { step, state, inputs }: Assembly, batch: number): Promise<Stepper> =>
  compileTrees(engine, step, { state: { ...state }, inputs: { ...inputs } }, { B: batch })
