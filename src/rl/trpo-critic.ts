/** The value function beside TRPO: fitted to the returns of each batch by several steps of an optimiser, as one loop. */
import type { Tree } from '../dsl/define/tree.js'
import type { Apply, TypeFunction } from '../dsl/define/type-function.js'
import { TypegradError } from '../dsl/errors.js'
import type { Key } from '../dsl/keys.js'
import { mean, square, sub } from '../dsl/ops/index.js'
import type { Optimiser } from '../dsl/optim/transform.js'
import type { Objective } from '../dsl/statement.js'
import type { Shape, Tensor } from '../dsl/tensor.js'
import { trainStep, type TrainState } from '../dsl/train.js'
import { scan } from '../dsl/transform/scan.js'
import type { ValueFunction } from './policies.js'

/** How v is fitted to the returns of a batch. */
export interface CriticOptions<F extends TypeFunction> {
  readonly optimiser: Optimiser<F>
  /** Steps of the optimiser a batch, K. */
  readonly updates: number
}

/** States [T, N, ...O] and what v should say of them [T, N]. */
export interface Targets<O extends Shape> { readonly s: Tensor<[number, number, ...O]>; readonly target: Tensor<[number, number]> }

/** A value function and how it learns. */
export interface Critic<V extends Tree, F extends TypeFunction, O extends Shape> {
  init(key: Key): TrainState<V, Apply<F, V>, {}>
  /** The parameters and the optimiser's state after K steps on one batch. */
  fit(params: V, optimiser: Apply<F, V>, targets: Targets<O>, key: Key): TrainState<V, Apply<F, V>, {}>
  /** What it minimises, at some parameters. */
  objective(params: V, targets: Targets<O>): Objective
}

export const critic = <V extends Tree, F extends TypeFunction, O extends Shape>(
  value: ValueFunction<V, O>, { optimiser, updates }: CriticOptions<F>,
): Critic<V, F, O> => {
  if (!(Number.isInteger(updates) && updates > 0))
    throw new TypegradError('value', `trpo: critic.updates is ${updates}, but a whole number above 0 was expected`)
  const error = (w: V, { s, target }: Targets<O>): Tensor<[]> => mean(square(sub(value.value<[number, number]>(w, s), target)))
  const regression = trainStep<V, F, Targets<O>>({ params: value.params, optimiser, loss: error })
  type State = TrainState<V, Apply<F, V>, {}>
  // The trees' types are those of V, which is not known here.
  type Loop = (body: (carry: State) => readonly [State, []], init: State, xs: [], options: { length: number }) => readonly [State, unknown]
  const loop: unknown = scan
  return {
    init: key => regression.init(key),
    fit: (params, state, targets, key) =>
      (loop as Loop)(carry => [regression.step(carry, targets, key).state, []], { params, optimiser: state, aux: {} }, [],
        { length: updates })[0],
    objective: (params, targets) => ({
      player: 'value', sense: 'minimise', moves: params, value: error(params, targets), constraints: [], steps: updates,
      optimiser: optimiser.described,
    }),
  }
}
