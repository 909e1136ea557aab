/** From a prepared recipe to what runs: its training step, evaluation and sampler as pure functions over trees, compiled once a size. */
import type { AnyTensor, Tree } from '../dsl/define/tree.js'
import type { Node } from '../dsl/core/node.js'
import { add, cast, input, mul, sqrt, sum } from '../dsl/core/build.js'
import { gradient } from '../dsl/core/gradient.js'
import { leavesOf, mapTree, treeLike, type Leaf } from '../dsl/core/trees.js'
import { InternalError, TypegradError } from '../dsl/errors.js'
import { applyUpdates } from '../dsl/optim/index.js'
import { initialise } from '../dsl/params/index.js'
import type { Tensor } from '../dsl/tensor.js'
import type { Key } from '../dsl/keys.js'
import type { Value } from '../dsl/value.js'
import type { Engine } from '../interp/engine.js'
import { userFrame } from './frames.js'
import { compileTrees, type Runnable, type Values } from './compiled.js'
import type { Fields, Rows } from './data/dataset.js'
import type { Figures, Prepared } from './recipe.js'

/** The figures of a step: what is minimised, and the Euclidean length of its gradient. */
export interface StepFigures { readonly loss: AnyTensor; readonly gradientNorm: AnyTensor }
/** Everything that a step replaces. */
export interface TrainState { readonly params: Tree; readonly optimiser: Tree }
/** What is left of it afterwards. */
export interface Trained { readonly params: Tree }
/** A batch and the key of the step. */
export interface StepInputs { readonly batch: Figures; readonly key: Key }

/** The pure functions of a recipe, and the specs of what they take. */
export interface Assembly {
  readonly state: TrainState
  readonly inputs: StepInputs
  readonly initial: (state: Record<string, never>, inputs: { readonly key: Key }) => { readonly outputs: TrainState }
  readonly step: (state: TrainState, inputs: StepInputs) => { readonly state: TrainState; readonly outputs: StepFigures }
  readonly evaluation?: (state: Trained, inputs: StepInputs) => { readonly outputs: Figures }
  readonly draw?: (count: number) => (state: Trained, inputs: { readonly key: Key })
    => { readonly outputs: { readonly pictures: AnyTensor } }
}

const spec = (shape: readonly (number | string)[], dtype: Leaf['dtype']) => input({ shape, dtype }) as AnyTensor
export const keySpec = (): Key => spec([2], 'int32') as Tensor<never, never>
const batchSpec = (fields: Fields): Figures =>
  Object.fromEntries(Object.entries(fields).map(([name, { shape, dtype }]) => [name, spec(['B', ...shape], dtype)]))

/** Runs a function of the recipe's; what it throws becomes a sentence that says which one, unless it is one already. */
const calling = <A>(recipe: string, what: string, f: () => A): A => {
  try { return f() } catch (e) {
    if (e instanceof InternalError) throw e
    const frame = userFrame(e)
    const where = `${recipe}: its ${what}${frame === undefined ? '' : ` (${frame})`}`
    throw e instanceof TypegradError ? new TypegradError(e.kind, `${where}: ${e.message}`)
      : new TypegradError('config', `${where}: ${e instanceof Error ? e.message : String(e)}.`)
  }
}

const nodesOf = (tree: unknown) => leavesOf<Node>(tree).map(l => l.leaf)
const scalarLoss = (recipe: string, loss: unknown): Node => {
  const node = loss as Node | undefined
  if (node?.shape?.length === 0 && node.dtype === 'float32') return node
  const got = node?.shape === undefined ? String(loss) : `${node.dtype} [${node.shape.join(', ')}]`
  throw new TypegradError('shape', `${recipe}: its objective is ${got}, but a float32 scalar is minimised; take its mean or sum.`)
}

/** The Euclidean length of all gradients together. */
const normOf = (gradients: readonly Node[]): Node =>
  sqrt(gradients.map(g => sum(mul(g, g), g.shape.map((_, i) => i))).reduce((a, b) => add(a, b)))

/** The functions of a recipe that trains for `steps` steps. */
export const assemble = (recipe: string, prepared: Prepared, steps: number): Assembly => {
  const optimiser = calling(recipe, 'optimiser', () => prepared.optimiser(steps))
  const specs = prepared.params
  const { evaluation, draw } = prepared
  // The optimiser's state has whatever structure its `init` gives it; tracing that once tells the specs.
  const optimiserSpecs = mapTree(calling(recipe, 'optimiser', () => optimiser.init(specs)), (l: Leaf) => spec(l.shape, l.dtype)) as Tree
  return {
    state: { params: specs, optimiser: optimiserSpecs },
    inputs: { batch: batchSpec(prepared.source.fields), key: keySpec() },
    initial: (_, { key }) => {
      const params = initialise(specs, key)
      return { outputs: { params, optimiser: optimiser.init(params) as Tree } }
    },
    step: ({ params, optimiser: held }, { batch, key }) => {
      const loss = scalarLoss(recipe, calling(recipe, 'objective', () => prepared.objective(params, batch, key)))
      const gradients = gradient(loss, nodesOf(params))
      const { updates, state } = calling(recipe, 'optimiser', () => optimiser.update(treeLike(params, gradients) as Tree, held, params))
      return {
        state: { params: applyUpdates(params, updates), optimiser: state as Tree },
        outputs: { loss, gradientNorm: normOf(gradients) },
      }
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
const figureOf = (recipe: string, name: string, figure: Node): AnyTensor => {
  const fits = figure?.shape?.length === 0 || figure?.shape?.length === 1 && figure.shape[0] === 'B'
  if (!fits) {
    const got = figure?.shape === undefined ? String(figure) : `[${figure.shape.join(', ')}]`
    throw new TypegradError('shape', `${recipe}: its evaluation gives ${name} ${got}, but a figure is a scalar [] or one number a row [B].`)
  }
  return cast(figure, 'float32')
}

/** Traces every function of the recipe, so that its mistakes show before anything is written. */
export const tryOut = ({ state, inputs, step, evaluation, draw }: Assembly): void => {
  step(state, inputs)
  evaluation?.(state, inputs)
  draw?.(1)(state, inputs)
}

/** The values of a training state. */
export interface State { readonly params: Values; readonly optimiser: Values }
/** The values that a step is given. */
export interface StepValues { readonly batch: Rows; readonly key: Value }
/** The training step, compiled. */
export type Stepper = Runnable<State, StepValues, { readonly loss: Value; readonly gradientNorm: Value }>

export const compileStep = (engine: Engine, { step, state, inputs }: Assembly, batch: number): Promise<Stepper> =>
  compileTrees(engine, step, { state: { ...state }, inputs: { ...inputs } }, { B: batch })
