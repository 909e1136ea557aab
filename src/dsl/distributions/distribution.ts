/**
 * What every distribution has, and how one is made from its formulas. A draw has the shape `X`; the numbers about it have the batch shape
 * `B`: the axes of `X` left after those of one event (one vector, one image) are summed over.
 */
import type { Node } from '../core/node.js'
import { cast } from '../core/build.js'
import { TypegradError } from '../errors.js'
import type { Key } from '../keys.js'
import type { Alike } from '../nn/alike.js'
import { nodeOf, must, tensorOf } from '../ops/typed.js'
import { fail, type Arg } from '../shape/check.js'
import { sameShape, showShape } from '../shape/dim.js'
import type { Show } from '../shape/dim-types.js'
import type { DType, Shape, Tensor } from '../tensor.js'

/** `[]`, or the message when a value does not have the shape of a draw. */
export type Draws<Op extends string, Y extends Shape, X extends Shape> =
  Alike<Y, X> extends true ? [] : `${Op}: ${Show<Y>} is given but draws are ${Show<X>}`

/** Truth values and numbers of both kinds are taken as outcomes: 0 and 1 come from data as any of them. */
export interface Distribution<X extends Shape = Shape, D extends DType = DType, B extends Shape = Shape> {
  /** The shape of a draw. */
  readonly shape: X
  /** The dtype of a draw; named apart from a tensor's, which a distribution is not. */
  readonly outcome: D
  /** The logarithm of the probability, or of the density. */
  logProb<Y extends Shape, E extends DType>(x: Arg<Draws<'logProb', Y, X>, Tensor<Y, E>>): Tensor<B>
  /** A draw: the same for the same key. */
  sample(key: Key): Tensor<X, D>
  /** The expected -logProb in nats. */
  entropy(): Tensor<B>
  /** The Kullback-Leibler divergence from another distribution of the same family to this one: the expected logProb of this less that. */
  kl(other: never): Tensor<B>
}

/** A distribution's formulas over nodes. */
interface Formulas {
  readonly shape: Shape
  readonly outcome: DType
  readonly logProb: (x: Node) => Node
  readonly sample: (key: Node) => Node
  readonly entropy: () => Node
}

/** The typed face of formulas; `kl` belongs to each family. */
export const distribution = <X extends Shape, D extends DType, B extends Shape>(
  name: string, f: Formulas,
): Omit<Distribution<X, D, B>, 'kl'> => ({
  shape: f.shape as X,
  outcome: f.outcome as D,
  logProb: (x: unknown) => {
    const node = nodeOf('logProb', x)
    if (!sameShape(node.shape, f.shape)) must(fail(`logProb: ${showShape(node.shape)} is given but draws are ${showShape(f.shape)}`))
    return tensorOf(f.logProb(cast(node, f.outcome)))
  },
  sample: key => tensorOf(f.sample(nodeOf(`${name}.sample`, key))),
  entropy: () => tensorOf(f.entropy()),
})

/** A divergence between two of a family, once their draws have one shape. */
export const divergence = <Q extends Distribution, B extends Shape>(
  family: string, shape: Shape, formula: (q: Q) => Node,
) => (q: Q): Tensor<B> => {
  if (typeof q !== 'object' || q === null || !('outcome' in q))
    throw new TypegradError('value', `kl: a ${family} distribution was expected`)
  if (!sameShape(q.shape, shape)) must(fail(`kl: draws are ${showShape(shape)} but those of the other are ${showShape(q.shape)}`))
  return tensorOf(formula(q))
}

/**
 * The Kullback-Leibler divergence KL(p | q), the expectation under p of log p(x) - log q(x), of two distributions of one family.
 *
 * @example
 * ```ts
 * dist.kl(dist.normal(tensor([0, 1]), 1), dist.normal(tensor([0, 0]), 1)) // [0, 0.5]
 * ```
 */
export function kl<P extends Distribution, Q extends Distribution>(p: P, q: Arg<Comparable<P, Q>, Q>): ReturnType<P['entropy']>
export function kl(p: Distribution, q: unknown): unknown {
  return p.kl(q as never)
}
/** `[]`, or the message when two distributions have no divergence. */
type Comparable<P extends Distribution, Q extends Distribution> =
  Alike<P['shape'], Q['shape']> extends true
    ? P extends { kl(other: infer Own): unknown } ? Q extends Own ? [] : 'kl: the two distributions are of different families' : []
    : `kl: draws are ${Show<P['shape']>} but those of the other are ${Show<Q['shape']>}`
