/** From a prepared recipe to what runs: its training step, evaluation and sampler as pure functions over trees, compiled once a size. */
import { cast, input } from '../dsl/core/build.js'
import type { Node } from '../dsl/core/node.js'
import { leavesOf, mapTree, type Leaf } from '../dsl/core/trees.js'
import type { AnyTensor, Tree } from '../dsl/define/tree.js'
import { InternalError, TypegradError } from '../dsl/errors.js'
import { splitKey, type Key } from '../dsl/keys.js'
import type { Tensor } from '../dsl/tensor.js'
import { trainStep, type Metrics } from '../dsl/train.js'
import type { Value } from '../dsl/value.js'
import type { Engine } from '../interp/engine.js'
import { compileTrees, type Runnable, type Values } from './compiled.js'
import type { Fields, Rows } from './data/dataset.js'
import { firstAux } from './aux.js'
import { calling } from './calling.js'
import { checkCarried, isStill } from './carried.js'
import type { Learnt, Prepared } from './recipe.js'
import type { AnyTraining, Figures } from './scope.js'

/** Everything that a step replaces. */
export interface TrainState { readonly params: Tree; readonly optimiser: Tree; readonly aux: Tree }
/** A batch and the key of the step. */
export interface StepInputs { readonly batch: Figures; readonly key: Key }

/** What a sampler drew. */
export interface Drawn { readonly samples: AnyTensor }

/** The pure functions of a recipe, and the specs of what they take. */
export interface Assembly {
  readonly recipe: string
  readonly form: 'objective' | 'training'
  readonly state: TrainState
  readonly inputs: StepInputs
  /** Of an evaluation: one batch, where a step may take several. */
  readonly evaluated: StepInputs
  /** Minibatches a step. */
  readonly batches: number
  readonly training: AnyTraining
  readonly initial: (state: Record<string, never>, inputs: { readonly key: Key }) => { readonly outputs: TrainState }
  readonly step: (state: TrainState, inputs: StepInputs) => { readonly state: TrainState; readonly outputs: Metrics }
  readonly evaluation?: (state: Learnt, inputs: StepInputs) => { readonly outputs: Figures }
  readonly draw?: (count: number) => (state: Learnt, inputs: { readonly key: Key }) => { readonly outputs: Drawn }
}

const spec = (shape: readonly (number | string)[], dtype: Leaf['dtype']) => input({ shape, dtype }) as AnyTensor
const specsOf = (tree: Tree): Tree => mapTree(tree, (l: Leaf) => spec(l.shape, l.dtype))
/** The spec of a key. */
export const keySpec = (): Key => spec([2], 'int32') as Tensor<never, never>
const batchSpec = (fields: Fields, leading: readonly (number | string)[]): Figures =>
  Object.fromEntries(Object.entries(fields).map(([name, { shape, dtype }]) => [name, spec([...leading, ...shape], dtype)]))

/** What trains: the recipe's own training, or the step of its objective and optimiser. */
const trainingOf = (recipe: string, { objective, optimiser, training, params, aux }: Prepared, steps: number): AnyTraining => {
  if (training !== undefined) return calling(recipe, 'training', () => training(steps))
  if (objective === undefined || optimiser === undefined) throw new InternalError(`${recipe}: neither a training nor an objective`)
  return trainStep({
    params, optimiser: calling(recipe, 'optimiser', () => optimiser(steps)),
    loss: (at: Tree, batch: Figures, key, held: Tree) =>
      calling(recipe, 'objective', () => {
        const found = objective({ params: at, aux: held }, batch, key)
        if ('aux' in found && found.aux !== undefined) checkCarried(held, found.aux)
        return found
      }),
    aux: (first: Tree, key) => firstAux(aux, first, key),
  })
}

/** How many minibatches a step takes; how long the run is does not matter for it. */
export const batchesOf = (recipe: string, prepared: Prepared): number =>
  prepared.training === undefined ? 1 : trainingOf(recipe, prepared, 1).batches ?? 1

/** The functions of a recipe that trains for `steps` steps. */
export const assemble = (recipe: string, prepared: Prepared, steps: number): Assembly => {
  const { evaluation, samples, source: { fields } } = prepared
  const training = trainingOf(recipe, prepared, steps), { batches = 1 } = training
  const initial = (key: Key): TrainState => {
    const state = calling(recipe, 'first parameters and state', () => training.init(key)) as TrainState
    // a training may carry a model's specs as they are
    return { ...state, aux: firstAux(state.aux, state.params, splitKey(key, 'aux').aux) }
  }
  // a loss that is no scalar is `trainStep`'s to say, in its own words
  const step: AnyTraining['step'] = (...now) => prepared.training === undefined ? training.step(...now)
    : calling(recipe, 'training', () => training.step(...now))
  // The optimiser's state has whatever structure its `init` gives it; tracing that once tells the specs.
  const first = initial(keySpec())
  checkTrained(recipe, prepared.params, first.params)
  const evaluated = { batch: batchSpec(fields, ['B']), key: keySpec() }
  return {
    state: { params: specsOf(first.params), optimiser: specsOf(first.optimiser), aux: specsOf(first.aux) },
    inputs: batches === 1 ? evaluated : { batch: batchSpec(fields, [batches, 'B']), key: keySpec() },
    recipe, form: prepared.training === undefined ? 'objective' : 'training', evaluated, batches, training,
    initial: (_, { key }) => ({ outputs: initial(key) }),
    step: (held, { batch, key }) => {
      const { state, metrics } = step(held, batch, key)
      calling(recipe, 'training', () => checkCarried(held.aux, state.aux))
      return { state: state as TrainState, outputs: metrics }
    },
    ...evaluation && { evaluation: ({ params, aux }: Learnt, { batch, key }: StepInputs) => {
      const figures = calling(recipe, 'evaluation', () => evaluation({ params, aux }, batch, key))
      return { outputs: Object.fromEntries(Object.entries(figures).map(([name, f]) => [name, figureOf(recipe, name, f as Node)])) }
    } },
    ...samples && { draw: (count: number) => ({ params, aux }: Learnt, { key }: { readonly key: Key }) =>
      ({ outputs: { samples: calling(recipe, 'sampler', () => samples.draw({ params, aux }, key, count)) } }) },
  }
}

/** Evaluations and samplers are written for the parameters of the model: a training of others would leave them nothing to read. */
const checkTrained = (recipe: string, model: Tree, trained: Tree): void => {
  const shown = (tree: Tree) => leavesOf(tree).map(({ path, leaf }) => `${path} [${leaf.shape.join(', ')}]`)
  const [has, trains] = [shown(model), shown(trained)]
  const odd = trains.find(p => !has.includes(p)) ?? has.find(p => !trains.includes(p))
  if (odd !== undefined) {
    throw new TypegradError('config',
      `${recipe}: its training trains ${trains.join(', ')}, but its model has the parameters ${has.join(', ')}: `
      + `${odd} is on one side only.`)
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

/**
 * Traces every function of the recipe, so that its mistakes show before anything is written. What it gives is for the user to hear: it
 * works, but is hardly meant.
 */
export const tryOut = ({ recipe, form, state, inputs, evaluated, step, evaluation, draw }: Assembly): readonly string[] => {
  const { state: { aux } } = step(state, inputs)
  evaluation?.(state, evaluated)
  draw?.(1)(state, inputs)
  if (!isStill(state.aux, aux)) return []
  const never = form === 'objective' ? 'its objective never returns aux' : 'its training never changes aux'
  return [`${recipe}: ${never}: the carried state stays as it began.`]
}

/** The specs of what an evaluation or a sampler reads of a training state. */
export const learntSpec = ({ state: { params, aux } }: Assembly): Learnt => ({ params, aux })

/** The values of a training state. */
export interface State { readonly params: Values; readonly optimiser: Values; readonly aux: Values }
/** The values that an evaluation or a sampler reads of it. */
export interface LearntValues { readonly params: Values; readonly aux: Values }
/** The values that a step is given. */
export interface StepValues { readonly batch: Rows; readonly key: Value }
/** The values that a step reports: of training by one loss `loss`, `gradientNorm` and the recipe's own. */
export type StepFigures = Readonly<Record<string, Value>>
/** The training step, compiled. */
export type Stepper = Runnable<State, StepValues, StepFigures>

/** Compiles the training step for a batch size. */
export const compileStep = (engine: Engine, { step, state, inputs }: Assembly, batch: number): Promise<Stepper> =>
  compileTrees(engine, step, { state: { ...state }, inputs: { ...inputs } }, { B: batch })
