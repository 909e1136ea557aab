/** Contractions and rearrangements by named axes. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import type { AnyTensor, Arg, ArgAt, Ok } from '../shape/check.js'
import type { Blame } from '../shape/concat.js'
import { sizeOfShape } from '../shape/dim.js'
import { acceptsDType } from '../shape/dtype.js'
import { einsumPlan, type EinsumRule } from '../shape/einsum.js'
import { rearrangePlan, type AtPattern, type AtSizes, type Rearrange } from '../shape/rearrange.js'
import type { Dim, DType, Shape, Tensor } from '../tensor.js'
import { must, nodeOf, tensorOf } from './typed.js'

/** A node whose axes have labels. */
interface Labelled {
  readonly node: Node
  readonly labels: readonly string[]
}
const sizeOfLabel = ({ node, labels }: Labelled, label: string): Dim => node.shape[labels.indexOf(label)]

/** A repeated label keeps the diagonal: all but the elements with equal positions become 0, and one of the two axes is summed. */
const diagonal = (x: Labelled): Labelled => {
  const second = x.labels.findIndex((l, i) => x.labels.indexOf(l) < i)
  if (second < 0) return x
  const first = x.labels.indexOf(x.labels[second])
  const counter = (axis: number): Node =>
    core.broadcastTo(
      core.reshape(
        core.iota(x.node.shape[axis]),
        x.node.shape.map((d, i) => (i === axis ? d : 1)),
      ),
      x.node.shape,
    )
  const kept = core.select(core.equal(counter(first), counter(second)), x.node, core.full(0, x.node.shape, x.node.dtype))
  return diagonal({ node: core.sum(kept, [second]), labels: x.labels.filter((_, i) => i !== second) })
}
/** Sums labels away that nobody else needs. */
const drop = (x: Labelled, needed: (label: string) => boolean): Labelled => ({
  node: core.sum(
    x.node,
    [...x.labels.keys()].filter(i => !needed(x.labels[i])),
  ),
  labels: x.labels.filter(needed),
})
const order = (x: Labelled, labels: readonly string[]): Node =>
  core.transpose(
    x.node,
    labels.map(l => x.labels.indexOf(l)),
  )

/** The product of two operands, summed over the labels that both have and nobody else needs. */
const contract = (a: Labelled, b: Labelled, needed: (label: string) => boolean): Labelled => {
  const shared = a.labels.filter(l => b.labels.includes(l))
  const batch = shared.filter(needed),
    summed = shared.filter(l => !needed(l))
  const onlyA = a.labels.filter(l => !shared.includes(l)),
    onlyB = b.labels.filter(l => !shared.includes(l))
  const sizes = (x: Labelled, labels: readonly string[]): Dim[] => labels.map(l => sizeOfLabel(x, l))
  const labels = [...batch, ...onlyA, ...onlyB]
  const shape = [...sizes(a, [...batch, ...onlyA]), ...sizes(b, onlyB)]
  if (summed.length > 0 && a.node.dtype === 'float32') {
    const left = core.reshape(order(a, [...batch, ...onlyA, ...summed]), [
      ...sizes(a, batch),
      sizeOfShape(sizes(a, onlyA)),
      sizeOfShape(sizes(a, summed)),
    ])
    const right = core.reshape(order(b, [...batch, ...summed, ...onlyB]), [
      ...sizes(b, batch),
      sizeOfShape(sizes(b, summed)),
      sizeOfShape(sizes(b, onlyB)),
    ])
    return { node: core.reshape(core.matmul(left, right), shape), labels }
  }
  const all = [...batch, ...summed, ...onlyA, ...onlyB]
  const full = [...sizes(a, [...batch, ...summed, ...onlyA]), ...sizes(b, onlyB)]
  const spread = (x: Labelled): Node => {
    const own = all.filter(l => x.labels.includes(l))
    return core.broadcastTo(
      core.reshape(
        order(x, own),
        all.map((l, i) => (own.includes(l) ? full[i] : 1)),
      ),
      full,
    )
  }
  const axes = summed.map(l => all.indexOf(l))
  return { node: core.reshape(core.sum(core.mul(spread(a), spread(b)), axes), shape), labels }
}

/**
 * The sum over products that a subscript string states: letters name axes, those not in the output are summed, `...` stands for
 * the axes that are not named, and a letter twice in one operand takes the diagonal. Operands are contracted from left to right.
 *
 * @example
 * ```ts
 * einsum('bqd,bkd->bqk', f32('B', 'Q', 64), f32('B', 'K', 64)).shape // ['B', 'Q', 'K']
 * einsum('ii->', tensor([[1, 2], [3, 4]])) // 5
 * ```
 */
export function einsum<const P extends string, Ts extends readonly AnyTensor[]>(
  spec: ArgAt<EinsumRule<P, Ts>, 'spec', P>,
  ...xs: Blame<Ts, EinsumRule<P, Ts>>
): Tensor<Ok<EinsumRule<P, Ts>>, Ts[0]['dtype'] & DType> {
  const nodes = xs.map(x => nodeOf('einsum', x))
  const plan = must(einsumPlan(spec as string, nodes))
  nodes.forEach(n => must(acceptsDType('einsum', n.dtype, 'numeric')))
  const operands = nodes.map((node, i) => diagonal({ node, labels: plan.operands[i] }))
  const total = operands.slice(1).reduce((a, b, i) => {
    const later = operands.slice(i + 2)
    const needed = (l: string): boolean => plan.output.includes(l) || later.some(x => x.labels.includes(l))
    return contract(
      drop(a, l => needed(l) || b.labels.includes(l)),
      drop(b, l => needed(l) || a.labels.includes(l)),
      needed,
    )
  }, operands[0])
  return tensorOf(
    order(
      drop(total, l => plan.output.includes(l)),
      plan.output,
    ),
  )
}

/**
 * Takes axes apart, moves and joins them by name, after einops (Rogozhnikov, 2022); `sizes` gives all but one name of each group
 * on the left.
 *
 * @example
 * ```ts
 * rearrange(f32('B', 'T', 768), 'b t (h d) -> b h t d', { h: 12 }).shape // ['B', 12, 'T', 64]
 * rearrange(tensor([[1, 2], [3, 4]]), 'a b -> (b a)') // [1, 3, 2, 4]
 * ```
 */
export function rearrange<S extends Shape, D extends DType, const P extends string, const Z extends Readonly<Record<string, Dim>> = {}>(
  x: Tensor<S, D>,
  pattern: Arg<AtPattern<Rearrange<S, P, Z>, Z>, P>,
  sizes?: Arg<AtSizes<Rearrange<S, P, Z>, Z>, Z>,
): Tensor<Ok<Rearrange<S, P, Z>>, D> {
  const node = nodeOf('rearrange', x)
  const plan = must(rearrangePlan(node.shape, pattern as string, (sizes ?? {}) as Readonly<Record<string, Dim>>))
  return tensorOf(core.reshape(core.transpose(core.reshape(node, plan.apart), plan.order), plan.shape))
}
