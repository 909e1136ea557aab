/** Reading, adding and ordering by positions. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import { axisAt, type Axis } from '../shape/axes.js'
import type { Arg, ArgAt, Fault, Ok } from '../shape/check.js'
import { checkDims, type DimsFault, type NormalShape } from '../shape/dims.js'
import { acceptsDType, sameDType, type Accepts, type BothAccept, type Only } from '../shape/dtype.js'
import {
  gatherShape,
  scatterAlongAxis,
  scatterAxis,
  takeAlongAxis,
  topKAxis,
  type Gather,
  type ScatterAdd,
  type ScatterAlong,
  type TakeAlong,
  type TopK,
} from '../shape/gather.js'
import type { KeepAxis } from '../shape/reduce.js'
import type { Dim, DType, Shape, Tensor } from '../tensor.js'
import { must, nodeOf, nodeOfClass, tensorOf } from './typed.js'

/** Updates have the dtype of the base. */
type Matching<Op extends string, D, F> = BothAccept<Op, D, F, 'any'> extends infer E ? (E extends string ? Fault<'updates', E> : []) : never
const indicesOf = (op: string, x: unknown): Node => {
  const node = nodeOf(op, x)
  must(acceptsDType(`${op}: indices`, node.dtype, 'int32'))
  return node
}

/**
 * Whole slices of x at int32 positions along an axis (0 by default): the axes of the indices take the axis's place, as in an embedding.
 *
 * @example
 * ```ts
 * gather(tensor([10, 20, 30]), tensor([2, 0], 'int32'), 0) // [30, 10]
 * gather(f32(1000, 64), i32('B', 'T')).shape // ['B', 'T', 64]
 * ```
 */
export function gather<S extends Shape, D extends DType, I extends Shape, E extends DType, const Ax extends Axis = 0>(
  x: Tensor<S, D>,
  indices: ArgAt<Gather<S, I, E, Ax>, 'indices', Tensor<I, E>>,
  axis?: ArgAt<Gather<S, I, E, Ax>, 'axis', Ax>,
): Tensor<Ok<Gather<S, I, E, Ax>>, D> {
  const [node, at] = [nodeOf('gather', x), indicesOf('gather', indices)]
  return tensorOf(core.gather(node, at, must(gatherShape('gather', node.shape, at.shape, (axis as Axis) ?? 0)).axis))
}
/**
 * Adds whole slices of updates to base at int32 positions along an axis (0 by default); equal positions add up.
 *
 * @example
 * ```ts
 * scatterAdd(tensor([0, 0, 0]), tensor([2, 2], 'int32'), tensor([1, 5])) // [0, 0, 6]
 * ```
 */
export function scatterAdd<
  S extends Shape,
  D extends DType,
  I extends Shape,
  E extends DType,
  U extends Shape,
  F extends DType,
  const Ax extends Axis = 0,
>(
  base: Arg<Accepts<'scatterAdd', D, 'numeric'>, Tensor<S, D>>,
  indices: ArgAt<ScatterAdd<S, I, E, U, Ax>, 'indices', Tensor<I, E>>,
  updates: ArgAt<Matching<'scatterAdd', D, F>, 'updates', ArgAt<ScatterAdd<S, I, E, U, Ax>, 'updates', Tensor<U, F>>>,
  axis?: ArgAt<ScatterAdd<S, I, E, U, Ax>, 'axis', Ax>,
): Tensor<Ok<ScatterAdd<S, I, E, U, Ax>>, D> {
  const [b, at, u] = [nodeOfClass('scatterAdd', base, 'numeric'), indicesOf('scatterAdd', indices), nodeOf('scatterAdd', updates)]
  must(sameDType('scatterAdd', b.dtype, u.dtype))
  return tensorOf(core.scatterAdd(b, at, u, must(scatterAxis(b.shape, at.shape, u.shape, (axis as Axis) ?? 0))))
}
/**
 * Single elements of x: along the axis at the position in indices, along the others at their own.
 *
 * @example
 * ```ts
 * takeAlong(tensor([[1, 2], [3, 4]]), tensor([[1], [0]], 'int32'), 1) // [[2], [3]]
 * ```
 */
export function takeAlong<S extends Shape, D extends DType, I extends Shape, E extends DType, const Ax extends Axis>(
  x: Tensor<S, D>,
  indices: ArgAt<TakeAlong<S, I, E, Ax>, 'indices', Tensor<I, E>>,
  axis: ArgAt<TakeAlong<S, I, E, Ax>, 'axis', Ax>,
): Tensor<Ok<TakeAlong<S, I, E, Ax>>, D> {
  const [node, at] = [nodeOf('takeAlong', x), indicesOf('takeAlong', indices)]
  return tensorOf(core.takeAlong(node, at, must(takeAlongAxis('takeAlong', node.shape, at.shape, axis))))
}
/**
 * Adds single elements of updates to base: along the axis at the position in indices, along the others at their own.
 *
 * @example
 * ```ts
 * scatterAlong(tensor([[0, 0]]), tensor([[1]], 'int32'), tensor([[5]]), 1) // [[0, 5]]
 * ```
 */
export function scatterAlong<
  S extends Shape,
  D extends DType,
  I extends Shape,
  E extends DType,
  U extends Shape,
  F extends DType,
  const Ax extends Axis,
>(
  base: Arg<Accepts<'scatterAlong', D, 'numeric'>, Tensor<S, D>>,
  indices: ArgAt<ScatterAlong<S, I, E, U, Ax>, 'indices', Tensor<I, E>>,
  updates: ArgAt<Matching<'scatterAlong', D, F>, 'updates', ArgAt<ScatterAlong<S, I, E, U, Ax>, 'updates', Tensor<U, F>>>,
  axis: ArgAt<ScatterAlong<S, I, E, U, Ax>, 'axis', Ax>,
): Tensor<Ok<ScatterAlong<S, I, E, U, Ax>>, D> {
  const [b, at, u] = [nodeOfClass('scatterAlong', base, 'numeric'), indicesOf('scatterAlong', indices), nodeOf('scatterAlong', updates)]
  must(sameDType('scatterAlong', b.dtype, u.dtype))
  return tensorOf(core.scatterAlong(b, at, u, must(scatterAlongAxis(b.shape, at.shape, u.shape, axis))))
}
/**
 * One where the last axis (of size `depth`) equals the int32 index, zero elsewhere; an index out of range gives zeros.
 *
 * @example
 * ```ts
 * oneHot(tensor([0, 2], 'int32'), 3) // [[1, 0, 0], [0, 0, 1]]
 * ```
 */
export function oneHot<S extends Shape, E extends DType, const N extends Dim, const D extends DType = 'float32'>(
  indices: Arg<Accepts<'oneHot: indices', E, 'int32'>, Tensor<S, E>>,
  depth: Arg<DimsFault<'oneHot', [N]>, N>,
  dtype?: D,
): Tensor<[...S, ...NormalShape<[N]>], D> {
  const at = indicesOf('oneHot', indices)
  const [n] = must(checkDims('oneHot', [depth]))
  const shape = [...at.shape, n]
  return tensorOf(
    core.cast(
      core.equal(core.broadcastTo(core.reshape(at, [...at.shape, 1]), shape), core.broadcastTo(core.iota(n), shape)),
      dtype ?? 'float32',
    ),
  )
}
/**
 * The positions that put an axis (the last by default) in ascending order, equal elements in their old order.
 *
 * @example
 * ```ts
 * sortIndices(tensor([3, 1, 2])) // [1, 2, 0]
 * ```
 */
export function sortIndices<S extends Shape, D extends DType, const Ax extends Axis = -1>(
  x: Arg<Accepts<'sortIndices', D, 'numeric'>, Tensor<S, D>>,
  axis?: Arg<KeepAxis<S, Ax, 'sortIndices'>, Ax>,
  options: { descending?: boolean } = {},
): Tensor<Ok<KeepAxis<S, Ax, 'sortIndices'>>, 'int32'> {
  const node = nodeOfClass('sortIndices', x, 'numeric')
  return tensorOf(core.sortIndices(node, must(axisAt('sortIndices', node.shape, (axis as Axis) ?? -1)), options))
}
/**
 * The elements along an axis (the last by default) in ascending order; gradients go back to where each element stood.
 *
 * @example
 * ```ts
 * sort(tensor([3, 1, 2])) // [1, 2, 3]
 * ```
 */
export function sort<S extends Shape, D extends DType, const Ax extends Axis = -1>(
  x: Arg<Accepts<'sort', D, 'numeric'>, Tensor<S, D>>,
  axis?: Arg<KeepAxis<S, Ax, 'sort'>, Ax>,
  options: { descending?: boolean } = {},
): Tensor<Ok<KeepAxis<S, Ax, 'sort'>>, Only<D, 'numeric'>> {
  const node = nodeOfClass('sort', x, 'numeric')
  const at = must(axisAt('sort', node.shape, (axis as Axis) ?? -1))
  return tensorOf(core.takeAlong(node, core.sortIndices(node, at, options), at))
}
/**
 * The k largest elements along an axis (the last by default), in descending order, and where they stood.
 *
 * @example
 * ```ts
 * topK(tensor([1, 5, 3]), 2).values // [5, 3]
 * topK(tensor([1, 5, 3]), 2).indices // [1, 2]
 * ```
 */
export function topK<S extends Shape, D extends DType, const K extends number, const Ax extends Axis = -1>(
  x: Arg<Accepts<'topK', D, 'numeric'>, Tensor<S, D>>,
  k: ArgAt<TopK<S, K, Ax>, 'k', K>,
  axis?: ArgAt<TopK<S, K, Ax>, 'axis', Ax>,
): { readonly values: Tensor<Ok<TopK<S, K, Ax>>, D>; readonly indices: Tensor<Ok<TopK<S, K, Ax>>, 'int32'> } {
  const node = nodeOfClass('topK', x, 'numeric')
  const at = must(topKAxis(node.shape, k as number, (axis as Axis) ?? -1))
  const indices = core.sortIndices(node, at, { k: k as number, descending: true })
  return { values: tensorOf(core.takeAlong(node, indices, at)), indices: tensorOf(indices) }
}
