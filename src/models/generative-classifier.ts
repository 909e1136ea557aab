/**
 * A generative classifier: a chain rule over a label and binary variables, log p(y, x) = log p(y) + Σ_d log p(x_d | y, x_<d), in which the
 * variables have a masked autoencoder (Germain et al., 2015) that hears the label everywhere. It classifies by argmax_y p(y, x) (Bayes'
 * rule: p(y | x) is p(y, x) up to a factor that all labels share) and draws x given y.
 *
 * The label comes first because a variable that comes first may be given when sampling.
 */
import { categorical } from '../dsl/distributions/index.js'
import { argMax, broadcastTo, f32, full, gather, i32, stack, tensor } from '../dsl/ops/index.js'
import { nodeOf, tensorOf } from '../dsl/ops/typed.js'
import type { Arg } from '../dsl/shape/check.js'
import type { Dim, Shape, Tensor } from '../dsl/tensor.js'
import { batchOf, groupOf, type Events, type Rows } from './autoregressive/variables.js'
import { randomOrdering } from './degrees.js'
import { joint, type Joint } from './joint.js'
import { literal } from './literal.js'
import { maskedNetwork, positive, type Context, type MadeParams } from './masked-autoencoder.js'

/** The label's own logits, what each label adds to the first hidden layer and to the log-odds of every variable, and the network. */
export type ClassifierParams<D extends Dim, K extends Dim> = {
  readonly prior: { readonly b: Tensor<[K]> }
  readonly label: { readonly hidden: { readonly w: Tensor<[K, number]> }; readonly out: { readonly w: Tensor<[K, D]> } }
  readonly network: MadeParams<D>
}

/** The specs of one event: a label and its variables. */
export type Labelled<D extends Dim> = { readonly y: Tensor<[], 'int32'>; readonly x: Tensor<[D]> }

/** A density over a label of `K` classes and `D` binary variables, which classifies. */
export interface GenerativeClassifier<D extends Dim, K extends Dim> extends Joint<ClassifierParams<D, K>, Labelled<D>> {
  /** log p(y, x) in nats for every label y, [B, K]. */
  scores<X extends Shape>(
    params: ClassifierParams<D, K>, x: Arg<Events<'scores', X, readonly [D]>, Tensor<X>>): Tensor<[Rows<X>, K]>
  /** argmax_y p(y, x) of each row, [B]. */
  classify<X extends Shape>(
    params: ClassifierParams<D, K>, x: Arg<Events<'classify', X, readonly [D]>, Tensor<X>>): Tensor<[Rows<X>], 'int32'>
}

/** The size of a generative classifier, and where it starts. */
export interface ClassifierOptions<D extends number, K extends number> {
  /** How many binary variables. */
  readonly dims: D
  /** How many labels. */
  readonly classes: K
  /** Units of each hidden layer; one or more layers. */
  readonly hidden: readonly number[]
  /** The order of the variables, drawn from the seed or their own; `natural` when absent. */
  readonly ordering?: 'natural' | 'random'
  /** Of degrees and the random ordering; 0 when absent. */
  readonly seed?: number
  /** Each variable's mean in the data: the output biases start at their log-odds, at 0 when absent. */
  readonly means?: ArrayLike<number>
}

/**
 * A density over a label of `classes` and `dims` binary variables; it classifies by the largest p(y, x) and draws x given y.
 *
 * @throws TypegradError when sizes are not positive whole numbers or there is no hidden layer
 * @example
 * ```ts
 * import { generativeClassifier } from 'typegrad/models'
 * const model = generativeClassifier({ dims: 784, classes: 10, hidden: [500] })
 * const nats: Tensor<['B']> = model.logProb(model.params, { y: i32('B'), x: f32('B', 784) })
 * const label: Tensor<['B'], 'int32'> = model.classify(model.params, f32('B', 784))
 * const { x: threes } = model.sample(model.params, key(0), 5, { y: full(3, [5], 'int32') })
 * ```
 */
export const generativeClassifier = <const D extends number, const K extends number>(
  { dims, classes, hidden, ordering = 'natural', seed = 0, means }: ClassifierOptions<D, K>,
): GenerativeClassifier<D, K> => {
  const [size, labels]: readonly number[] = [dims, positive('generativeClassifier', 'classes', classes)]
  const places = ordering === 'random' ? randomOrdering(positive('generativeClassifier', 'dims', size), seed, 0)
    : Array.from({ length: size }, (_, i) => i)
  const network = maskedNetwork('generativeClassifier', { dims: size, hidden, direct: true, orderings: [places], seed, means })
  type P = ClassifierParams<number, number>
  const params: P = {
    prior: { b: f32(labels) },
    label: { hidden: { w: f32(labels, hidden[0]) }, out: { w: f32(labels, size) } },
    network: network.params,
  }
  const only = tensor(0, 'int32')
  // Every hidden unit and every variable may hear the label, which comes first.
  const context = ({ label }: P, y: Tensor<['B'], 'int32'>): Context =>
    ({ hidden: gather(label.hidden.w, y, 0), logits: gather(label.out.w, y, 0) })
  const density = joint({
    params,
    over: { y: i32(), x: f32(size) },
    order: ['y', 'x'],
    orderings: { x: places },
    conditionals: {
      y: (p, { y }) => categorical(broadcastTo(p.prior.b, [y.shape[0], labels])),
      x: (p, { y, x }) => network.conditional(p.network, x, only, context(p, y)),
    },
    recurrences: { x: (p, { y }) => network.recurrence(p.network, only, context(p, y)) },
  })
  const scores = (p: P, given: unknown, op: string): Tensor<['B', number]> => {
    const x = tensorOf<['B', number], 'float32'>(batchOf(op, given, groupOf('', f32(size))))
    return tensorOf(nodeOf(op, stack(Array.from({ length: labels },
      (_, k) => density.logProb(p, { y: full(k, [x.shape[0]], 'int32'), x })), 1)))
  }
  return literal({
    ...density,
    scores: (p: P, x: unknown) => scores(p, x, 'scores'),
    classify: (p: P, x: unknown) => argMax(scores(p, x, 'classify'), -1),
  })
}
