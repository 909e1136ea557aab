/** Vector quantisation: the nearest entry of a codebook in place of each vector, differentiable straight through. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import { named } from '../ops/named.js'
import { exp, stopGradient, straightThrough } from '../ops/unary.js'
import { must, nodeOf, nodeOfClass, tensorOf } from '../ops/typed.js'
import { fail, type Arg } from '../shape/check.js'
import { sameDim, showShape } from '../shape/dim.js'
import type { Show, Unify } from '../shape/dim-types.js'
import type { Accepts } from '../shape/dtype.js'
import type { Dim, DType, Shape, Tensor } from '../tensor.js'
import type { Leading } from './alike.js'
import { mse } from './losses.js'

/** What becomes of vectors [..., D] under a codebook [K, D]. */
export interface Quantised<K extends Dim, S extends Shape> {
  /** The number of the nearest entry, the first of equals: int32 [...]. */
  readonly codes: Tensor<Leading<S>, 'int32'>
  /** z_e, the vectors themselves: [..., D]. */
  readonly encoded: Tensor<S>
  /** The nearest entries themselves, through which gradients reach the codebook and not the vectors: [..., D]. */
  readonly nearest: Tensor<S>
  /** The nearest entries, with the gradient of the identity in the vectors: [..., D]. */
  readonly quantised: Tensor<S>
  /** Mean ‖sg[z] - e‖² over all elements: it moves the codebook only. */
  readonly codebookLoss: Tensor<[]>
  /** Mean ‖z - sg[e]‖² over all elements: it moves the vectors only, and β is its weight. */
  readonly commitmentLoss: Tensor<[]>
  /** How many vectors each entry stands for: [K]. */
  readonly counts: Tensor<[K]>
  /** exp H of the entries' shares: how many entries are in use, from 1 to K. */
  readonly perplexity: Tensor<[]>
}

/** `[]`, or the message when a codebook is no matrix. */
export type IsCodebook<Op extends string, C extends Shape, E> =
  Accepts<Op, E, 'float32'> extends infer F ? F extends string ? F
    : number extends C['length'] ? [] : C extends readonly [Dim, Dim] ? [] : `${Op}: the codebook is ${Show<C>} but [K, D] was expected`
  : never
/** `[]`, or the message when vectors have not the codebook's features. */
export type HasFeatures<Op extends string, C extends Shape, S extends Shape, E> =
  Accepts<Op, E, 'float32'> extends infer F ? F extends string ? F
    : number extends C['length'] | S['length'] ? []
      : S extends readonly [...Shape, infer N extends Dim]
        ? C extends readonly [Dim, infer D extends Dim]
          ? [Unify<N, D>] extends [never] ? `${Op}: vectors have ${N} features but the codebook ${D}, in ${Show<S>} and ${Show<C>}` : []
          : []
        : `${Op}: vectors are [] but [..., D] was expected`
    : never
/** The number of entries. */
export type Entries<C extends Shape> = C extends readonly [infer K extends Dim, Dim] ? K : number

/** The node of vectors that have the features of a codebook of a shape, or the sentence as an error. */
export const checkedVectors = (op: string, codebook: Shape, vectors: unknown): Node => {
  const z = nodeOfClass(op, vectors, 'float32')
  if (z.shape.length === 0) must(fail(`${op}: vectors are [] but [..., D] was expected`))
  const [features, d] = [z.shape[z.shape.length - 1], codebook[1]]
  if (!sameDim(features, d))
    must(fail(`${op}: vectors have ${features} features but the codebook ${d}, in ${showShape(z.shape)} and ${showShape(codebook)}`))
  return z
}
const checked = (op: string, codebook: unknown, vectors: unknown): readonly [Node, Node] => {
  const e = nodeOfClass(op, codebook, 'float32')
  if (e.shape.length !== 2) must(fail(`${op}: the codebook is ${showShape(e.shape)} but [K, D] was expected`))
  return [e, checkedVectors(op, e.shape, vectors)]
}

/** The same vectors, by the shape that the caller knows. */
const like = <S extends Shape>(x: Tensor<Shape>): Tensor<S> => tensorOf(nodeOf('vectorQuantise', x))

/** The nearest entries' numbers: ‖z - e‖² = ‖z‖² - 2 z·e + ‖e‖², whose first part is the same for all entries. */
const nearestOf = (e: Node, z: Node): Node => {
  const products = core.matmul(z, core.transpose(e, [1, 0]))
  const halves = core.mul(core.sum(core.mul(e, e), [1]), 0.5)
  return core.argMax(core.sub(products, core.broadcastTo(halves, products.shape)), z.shape.length - 1)
}

/** Ones where a code is the entry, [..., K]. */
export const membership = (codes: Node, entries: Dim): Node => {
  const shape = [...codes.shape, entries]
  const repeated = core.broadcastTo(core.reshape(codes, [...codes.shape, 1]), shape)
  return core.cast(core.equal(repeated, core.broadcastTo(core.iota(entries), shape)), 'float32')
}

/** exp H of counts [K]: the number of entries that, used equally, would be as hard to predict. */
export const perplexityOf = (counts: Tensor<[Dim]>): Tensor<[]> => {
  const n = nodeOf('perplexity', counts)
  const shares = core.div(n, core.broadcastTo(core.sum(n, [0]), n.shape))
  // an entry that is not used adds 0 log 0 = 0
  const logs = core.log(core.select(core.less(0, shares), shares, core.full(1, shares.shape)))
  return exp(tensorOf(core.neg(core.sum(core.mul(shares, logs), [0]))))
}

/**
 * Each vector of `z` [..., D] becomes the nearest entry e of a codebook [K, D] in squared distance (van den Oord et al., 2017, eq. 1-3).
 * The loss is reconstruction + `codebookLoss` + β · `commitmentLoss`; with `emaCodebook` the codebook needs no loss of its own.
 *
 * @example
 * ```ts
 * const { codes, quantised } = vectorQuantise(tensor([[0, 0], [1, 1]]), tensor([[0.9, 0.8], [0.1, -3]]))
 * codes // [1, 0]
 * quantised // [[1, 1], [0, 0]]
 * vectorQuantise(f32(256, 32), f32('B', 7, 7, 32)).codes.shape // ['B', 7, 7]
 * ```
 */
export function vectorQuantise<C extends Shape, E extends DType, S extends Shape, F extends DType>(
  codebook: Arg<IsCodebook<'vectorQuantise', C, E>, Tensor<C, E>>, z: Arg<HasFeatures<'vectorQuantise', C, S, F>, Tensor<S, F>>,
): Quantised<Entries<C>, S> {
  const [e, vectors] = checked('vectorQuantise', codebook, z)
  const encoded = named('z_e', tensorOf<Shape, 'float32'>(vectors))
  const codes = core.named('k', nearestOf(e, nodeOf('vectorQuantise', encoded)))
  const nearest = named('e', tensorOf<Shape, 'float32'>(core.gather(e, codes, 0)))
  const counts = core.sum(membership(codes, e.shape[0]), [...codes.shape.keys()])
  return {
    codes: tensorOf(codes), encoded: like(encoded), nearest: like(nearest),
    quantised: like(named('z_q', straightThrough(nearest, encoded))),
    codebookLoss: named('codebook', mse(stopGradient(encoded), nearest)),
    commitmentLoss: named('commitment', mse(encoded, stopGradient(nearest))),
    counts: tensorOf(counts),
    perplexity: perplexityOf(tensorOf(counts)),
  }
}
