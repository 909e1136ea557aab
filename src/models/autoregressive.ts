/** What every autoregressive model over {0, 1}^D shares: log p(x) = Σ_d log p(x_d | x_<d), and sampling one variable after another. */
import * as core from '../dsl/core/build.js'
import type { Node } from '../dsl/core/node.js'
import { splitKey, type Key } from '../dsl/keys.js'
import { cast, floor, logSumExp, mul, softplus, stack, sub, sum, tensor, uniform } from '../dsl/ops/index.js'
import { must, nodeOf, tensorOf } from '../dsl/ops/typed.js'
import { fail, type Arg } from '../dsl/shape/check.js'
import { sameDim, showShape } from '../dsl/shape/dim.js'
import type { Show, Unify } from '../dsl/shape/dim-types.js'
import type { Dim, Shape, Tensor } from '../dsl/tensor.js'
import { chainOf, type Ordering } from './degrees.js'
import { degreeTable, rowOf } from './masks.js'

/** `[]`, or the message when a batch has not the model's number of variables. */
type Variables<Op extends string, X extends Shape, D extends Dim> =
  number extends X['length'] ? []
    : X extends readonly [Dim, infer V extends Dim]
      ? [Unify<V, D>] extends [never] ? `${Op}: x has ${V} variables but the model ${D}` : []
      : `${Op}: x is ${Show<X>} but [batch, ${D}] was expected`
/** The number of rows of a batch. */
type Rows<X extends Shape> = X extends readonly [infer B extends Dim, ...Shape] ? B : number
const batchOf = (op: string, x: unknown, dims: number): Node => {
  const node = nodeOf(op, x)
  if (node.shape.length !== 2) must(fail(`${op}: x is ${showShape(node.shape)} but [batch, ${dims}] was expected`))
  if (!sameDim(node.shape[1], dims)) must(fail(`${op}: x has ${node.shape[1]} variables but the model ${dims}`))
  return node
}

/** A density over {0, 1}^D as a product of conditionals. */
export interface Autoregressive<P, D extends Dim> {
  readonly params: P
  /** `ordering[d]` is the place of variable d in the chain rule. */
  readonly ordering: Ordering
  /** Column d is the log-odds of x_d = 1 and depends on the variables before d only, [B, D]. */
  logits<X extends Shape>(params: P, x: Arg<Variables<'logits', X, D>, Tensor<X>>): Tensor<[Rows<X>, D]>
  /** log p(x) in nats of each row, [B]. */
  logProb<X extends Shape>(params: P, x: Arg<Variables<'logProb', X, D>, Tensor<X>>): Tensor<[Rows<X>]>
  /** `count` ancestral samples of zeros and ones, [count, D]. */
  sample<const N extends number>(params: P, key: Key, count: N): Tensor<[N, D]>
}

/** log p(x) of each row from the log-odds of its conditionals: Σ_d x_d l_d - softplus(l_d). */
export const bernoulliLogProb = (logits: Tensor<['B', number]>, x: Tensor<['B', number]>): Tensor<['B']> =>
  sum(sub(mul(x, logits), softplus(logits)), [1])

/**
 * Ancestral samples [count, D]: a loop visits the variables in the order of `chain` and draws each given those before it. Every step
 * evaluates all conditionals and uses one.
 */
export const ancestral = (logits: (x: Tensor<['B', number]>) => Tensor<['B', number]>, chain: Tensor<[number], 'int32'>, key: Key,
  count: number): Node => {
  const order = nodeOf('sample', chain)
  const [dims] = order.shape
  const { carry: [x] } = core.scan({
    init: [core.full(0, [count, dims])],
    xs: [order, core.uniform(nodeOf('sample', key), [dims, count])],
    body: ([before], [d, u]) => {
      const odds = core.gather(nodeOf('sample', logits(tensorOf(before))), d, 1)
      const bit = core.cast(core.less(u, core.sigmoid(odds)), 'float32')
      return { next: [core.scatterAdd(before, core.reshape(d, [1]), core.reshape(bit, [count, 1]), 1)], ys: [] }
    },
  })
  return x
}

/** Conditionals written for a batch `B` of any size, under alternative number `mask` where there are several orderings. */
interface Parts<P> {
  readonly params: P
  /** One ordering an alternative. */
  readonly orderings: readonly Ordering[]
  readonly logits: (params: P, x: Tensor<['B', number]>, mask: Tensor<[], 'int32'>) => Tensor<['B', number]>
}

/** A mixture over alternatives: the density is their mean, a sample comes from one drawn uniformly. */
export interface Alternatives<P, D extends Dim> extends Autoregressive<P, D> {
  readonly orderings: readonly Ordering[]
  /** The log-odds of every conditional under one alternative, the first when absent. */
  logits<X extends Shape>(params: P, x: Arg<Variables<'logits', X, D>, Tensor<X>>, mask?: Tensor<[], 'int32'>): Tensor<[Rows<X>, D]>
  /** log p(x) in nats of each row, [B]: under one alternative, or the mean density of all when absent. */
  logProb<X extends Shape>(params: P, x: Arg<Variables<'logProb', X, D>, Tensor<X>>, mask?: Tensor<[], 'int32'>): Tensor<[Rows<X>]>
  /** The number of an alternative drawn uniformly: for one training step. */
  drawMask(key: Key): Tensor<[], 'int32'>
}

/**
 * Derives density and sampling from conditionals. Inside, the number of variables is a number known at run time (`P`); the result says the
 * same with its literal (`Q`, `D`).
 */
export const autoregressive = <P, Q, D extends Dim>({ params, orderings, logits }: Parts<P>): Alternatives<Q, D> => {
  const typed = <S extends readonly Dim[]>(x: unknown): Tensor<S> => tensorOf(nodeOf('autoregressive', x))
  const number = (k: number): Tensor<[], 'int32'> => tensor(k, 'int32')
  // The boundary between a size known as a number and as a literal: the trees are the same.
  const own = (p: unknown): P => p as P
  const literal = (p: unknown): Q => p as Q
  const one = (p: P, x: Tensor<['B', number]>, mask: Tensor<[], 'int32'>): Tensor<['B']> => bernoulliLogProb(logits(p, x, mask), x)
  const mixture = (p: P, x: Tensor<['B', number]>): Tensor<['B']> => {
    const each: Tensor<[number, 'B']> = typed(stack(orderings.map((_, k) => one(p, x, number(k))), 0))
    return sub(logSumExp(each, [0]), Math.log(orderings.length))
  }
  const drawMask = (key: Key): Tensor<[], 'int32'> => cast(floor(mul(uniform(key, []), orderings.length)), 'int32')
  const dims = orderings[0].length
  const chains = degreeTable(orderings.map(chainOf))
  return {
    params: literal(params), orderings, drawMask, ordering: orderings[0],
    logits: (p, x, mask = number(0)) => typed(logits(own(p), typed(batchOf('logits', x, dims)), mask)),
    logProb: (p, x, mask) => {
      const batch = typed<['B', number]>(batchOf('logProb', x, dims))
      return typed(mask || orderings.length === 1 ? one(own(p), batch, mask ?? number(0)) : mixture(own(p), batch))
    },
    sample: (p, key, count) => {
      const { which, noise } = splitKey(key, 'which', 'noise')
      const mask = orderings.length === 1 ? number(0) : drawMask(which)
      return typed(ancestral(x => logits(own(p), x, mask), rowOf(chains, mask), noise, count))
    },
  }
}
