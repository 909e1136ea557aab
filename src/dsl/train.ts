/** A whole training step as one expression: forward, backward, optimiser, metrics. */
import { gradient, variable } from './core/gradient.js'
import { placeholders } from './core/placeholders.js'
import type { Node } from './core/node.js'
import { substitute } from './core/substitute.js'
import { isLeaf, leavesOf, treeLike } from './core/trees.js'
import type { Tree } from './define/tree.js'
import type { Apply, TypeFunction } from './define/type-function.js'
import { TypegradError } from './errors.js'
import type { ScalarLoss } from './transform/check.js'
import { splitKey, type Key } from './keys.js'
import { globalNorm } from './optim/norm.js'
import { applyUpdates, type Optimiser } from './optim/transform.js'
import { nodeOf } from './ops/typed.js'
import { initialise } from './params/initialise.js'
import type { Show } from './shape/dim-types.js'
import type { Statement } from './statement.js'
import type { Tensor } from './tensor.js'

/** Numbers to report, by name. */
export type Metrics = Readonly<Record<string, Tensor<[]>>>

/** What a loss returns: the number, or the number with metrics and the next carried state. */
export interface Evaluated<A, M extends Metrics> { readonly loss: Tensor<[]>; readonly metrics?: M; readonly aux?: A }

/** `[]`, or the message when what a loss returns is not a float32 scalar, alone or as `loss`. */
export type LossFault<L> = NotScalar<L extends { readonly loss: infer N } ? N : L>
type NotScalar<L> =
  [L] extends [never] ? []
    : ScalarLoss<L, 'trainStep'> extends string
      ? L extends Tensor<infer S, infer D> ? `trainStep: the loss is ${D} ${Show<S>} but a float32 scalar was expected; take its mean`
        : 'trainStep: the loss is no tensor but a float32 scalar was expected'
      : []
/** The metrics among what a loss returns. */
export type MetricsOf<L> = L extends { readonly metrics?: infer M extends Metrics } ? M : {}

/** What is trained: parameters, loss, optimiser. */
export interface TrainSpec<P extends Tree, F extends TypeFunction, B, A extends Tree, L> {
  /** The parameters' specs. */
  readonly params: P
  /** What to minimise. `aux` is state carried from step to step that no gradient changes: batch statistics, targets, counters. */
  readonly loss: LossFault<L> extends string ? LossFault<L> : (params: P, batch: B, key: Key, aux: A) => L
  readonly optimiser: Optimiser<F>
  /** The first carried state, a tree or a function of the first parameters; none when absent. */
  readonly aux?: A | ((params: P, key: Key) => A)
}

/** Everything that a training run carries from step to step. */
export interface TrainState<P, S, A> { readonly params: P; readonly optimiser: S; readonly aux: A }

/**
 * A training run as pure functions of everything it carries: the first state, and the step. A likelihood, a game between players and a
 * trust region all end as one of these; the shell compiles `step` once and knows nothing else of them.
 */
export interface Training<P extends Tree, S, A extends Tree, B, M extends Metrics> {
  /** The parameters' specs. */
  readonly params: P
  /** The first state, as expressions of a key. */
  init(key: Key): TrainState<P, S, A>
  /** One step, as one expression: the metrics are of the parameters that came in. */
  step(state: TrainState<P, S, A>, batch: B, key: Key): { readonly state: TrainState<P, S, A>; readonly metrics: M }
  /** What a step optimises, as data, at placeholders for the parameters and carried state: what audits and documents read. */
  statement(batch: B, key: Key): Statement
  /** Minibatches that one step takes, 1 when absent: with more, every field of a step's batch is [batches, B, ...]. */
  readonly batches?: number
  /** A sentence about a step that a user must hear of, from the values of its metrics: a step refused, and why. */
  readonly remark?: (metrics: Readonly<Record<string, number>>) => string | undefined
}
/** Training by gradients of one loss. */
export type TrainStep<P extends Tree, F extends TypeFunction, B, A extends Tree, M extends Metrics> =
  Training<P, Apply<F, P>, A, B, M & { readonly loss: Tensor<[]>; readonly gradientNorm: Tensor<[]> }>

const scalarLoss = (x: unknown): Node => {
  const loss = nodeOf('trainStep', x)
  if (loss.dtype !== 'float32' || loss.shape.length > 0)
    throw new TypegradError('shape',
      `trainStep: the loss is ${loss.dtype} [${loss.shape.join(', ')}] but a float32 scalar was expected; take its mean`)
  return loss
}

/** The loss at variables of its own, so that equal or dependent parameters are still told apart; then everything at the parameters. */
const differentiate = <P extends Tree, A, M extends Metrics>(
  params: P, evaluateAt: (params: P) => Tensor<[]> | Evaluated<A, M>, aux: A,
): { grads: P; loss: Tensor<[]>; metrics: M; aux: A } => {
  const leaves = leavesOf<Node>(params).map(({ path, leaf }) => {
    if (leaf.dtype !== 'float32')
      throw new TypegradError('value', `trainStep: params.${path} is ${leaf.dtype}; a parameter is float32, other state belongs in aux`)
    return { at: nodeOf('trainStep', leaf), as: variable(leaf, path) }
  })
  const variables = leaves.map(l => l.as)
  const traced: unknown = treeLike(params, variables)
  const result = evaluateAt(traced as P)
  const { loss, metrics = {}, aux: next = aux } = isLeaf(result) ? { loss: result } : result
  const output = scalarLoss(loss)
  const replace = new Map(leaves.map(l => [l.as, l.at]))
  const whole = { grads: treeLike(params, gradient(output, variables)), loss, metrics, aux: next }
  const nodes = leavesOf<Node>(whole).map(l => l.leaf)
  const rebuilt: unknown = treeLike(whole, substitute(nodes, replace))
  return rebuilt as { grads: P; loss: Tensor<[]>; metrics: M; aux: A }
}

/**
 * A training step as one pure expression `(params, optimiser state, aux, batch, key) -> (the same, metrics)`, to be compiled once. The
 * metrics are `loss`, `gradientNorm` (before any clipping) and the loss's own. Throws a `TypegradError` when the loss is not a scalar.
 *
 * @example
 * ```ts
 * const training = trainStep({
 *   params: { w: f32(3, 1), b: f32(1) },
 *   loss: (p, batch: { x: Tensor<['B', 3]>; y: Tensor<['B', 1]> }) => mean(square(sub(add(matmul(batch.x, p.w), p.b), batch.y))),
 *   optimiser: adam(1e-3),
 * })
 * const state = training.init(key(0))
 * const { metrics } = training.step(state, { x: f32('B', 3), y: f32('B', 1) }, key(1))
 * ```
 */
export function trainStep<P extends Tree, F extends TypeFunction, B, A extends Tree = {}, const L = Tensor<[]>>(
  spec: TrainSpec<P, F, B, A, L>): TrainStep<P, F, B, A, MetricsOf<L>>
export function trainStep<P extends Tree, F extends TypeFunction, B, A extends Tree, M extends Metrics>(
  { params, loss: given, optimiser, aux }: TrainSpec<P, F, B, A, unknown>,
): TrainStep<P, F, B, A, M> {
  const untyped: unknown = given
  const loss = untyped as (params: P, batch: B, key: Key, aux: A) => Tensor<[]> | Evaluated<A, M>
  const init = (key: Key): TrainState<P, Apply<F, P>, A> => {
    const keys = splitKey(key, 'params', 'aux')
    const first = initialise(params, keys.params)
    const carried = typeof aux === 'function' ? aux(first, keys.aux) : aux ?? ({} as A)
    return { params: first, optimiser: optimiser.init(first), aux: carried }
  }
  return {
    params, init,
    statement: (batch, key) => {
      const [at, held] = [placeholders(params), placeholders(init(key).aux, 'aux')]
      const result = loss(at, batch, key, held)
      const { loss: value, aux: carries = held } = isLeaf(result) ? { loss: result } : result
      scalarLoss(value)
      return {
        params: at, aux: held, ...leavesOf<Node>(held).length > 0 && { carries },
        objectives: [{ player: 'model', sense: 'minimise', moves: at, value, constraints: [], steps: 1, optimiser: optimiser.described }],
      }
    },
    step: (state, batch, key) => {
      const found = differentiate<P, A, M>(state.params, p => loss(p, batch, key, state.aux), state.aux)
      const { updates, state: next } = optimiser.update(found.grads, state.optimiser, state.params)
      return {
        state: { params: applyUpdates(state.params, updates), optimiser: next, aux: found.aux },
        metrics: { ...found.metrics, loss: found.loss, gradientNorm: globalNorm(found.grads) },
      }
    },
  }
}
