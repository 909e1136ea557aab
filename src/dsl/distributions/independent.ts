/** Axes that belong to one event. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import type { Sized } from '../define/tree.js'
import type { Apply, TypeFunction } from '../define/type-function.js'
import { must, nodeOf, tensorOf } from '../ops/typed.js'
import { axesAt, listed, type Axes as AnyAxes, type AxesArg, type Listed } from '../shape/axes.js'
import type { Ok } from '../shape/check.js'
import type { Reduce } from '../shape/reduce.js'
import type { DType, Shape, Tensor } from '../tensor.js'
import { distribution, divergence, type Distribution } from './distribution.js'

/** A family of distributions with parameters of shape `S`, as its type function knows it. */
type Family<F extends TypeFunction, S extends Shape> = Distribution<Shape, DType, Shape> & Sized<F, S>
type DrawOf<P> = P extends { readonly shape: infer X extends Shape } ? X : never
type OutcomeOf<P> = P extends { readonly outcome: infer D extends DType } ? D : never
type BatchOf<P> = P extends { entropy(): Tensor<infer B> } ? B : never

/** The batch shape once axes of it are summed. */
type SummedOf<F extends TypeFunction, S extends Shape, Axes extends readonly number[]> = Ok<Reduce<BatchOf<Apply<F, S>>, Axes>>

/** A distribution whose batch axes `Axes` are one event: their log-probabilities are summed. */
export interface Independent<F extends TypeFunction, S extends Shape, Axes extends readonly number[]>
  extends Distribution<DrawOf<Apply<F, S>>, OutcomeOf<Apply<F, S>>, SummedOf<F, S, Axes>>, Sized<IndependentOf<F, Axes>, S> {
  /** The distribution of the parts. */
  readonly parts: Apply<F, S>
  kl(other: Independent<F, S, Axes>): Tensor<SummedOf<F, S, Axes>>
}
export interface IndependentOf<F extends TypeFunction, Axes extends readonly number[]> extends TypeFunction {
  readonly out: this['in'] extends infer S extends Shape ? Independent<F, S, Axes> : never
}

/**
 * The distribution of whole events: `axes` of the batch shape, by position, become part of one event, whose log-probability (entropy,
 * divergence) is the sum over them.
 *
 * @example
 * ```ts
 * const image = dist.independent(dist.bernoulli(f32('B', 28, 28)), [-2, -1])
 * const nats: Tensor<['B']> = image.logProb(f32('B', 28, 28))
 * ```
 */
export function independent<F extends TypeFunction, S extends Shape, const At extends number | readonly number[]>(
  parts: Family<F, S>, axes: AxesArg<At, Reduce<BatchOf<Apply<F, S>>, List<At>, false, 'independent'>>,
): Independent<F, S, List<At>> {
  return overAxes(parts, listed(axes as AnyAxes) as List<At>)
}

type List<At> = Listed<At> extends infer L extends readonly number[] ? L : never

/** The same with axes that are known to fit. */
export const overAxes = <F extends TypeFunction, S extends Shape, const Axes extends readonly number[]>(
  parts: Family<F, S>, axes: Axes,
): Independent<F, S, Axes> => {
  const summed = (x: unknown): Node => {
    const node = nodeOf('independent', x)
    return core.sum(node, must(axesAt('independent', node.shape, axes)))
  }
  type Of = Independent<F, S, Axes>
  const made: Omit<Of, 'parts'> & { readonly parts: unknown } = {
    ...distribution<DrawOf<Apply<F, S>>, OutcomeOf<Apply<F, S>>, SummedOf<F, S, Axes>>('independent', {
      shape: parts.shape, outcome: parts.outcome,
      logProb: x => summed(parts.logProb(tensorOf<never, never>(x))),
      sample: key => nodeOf('sample', parts.sample(tensorOf<[2], 'int32'>(key))),
      entropy: () => summed(parts.entropy()),
    }),
    parts,
    kl: divergence<Of, SummedOf<F, S, Axes>>('independent', parts.shape, q => summed(parts.kl(q.parts as never))),
  }
  return made
}
