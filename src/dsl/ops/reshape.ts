/** The same elements under another shape, and axes in another order. */
import * as core from '../core/build.js'
import { axisAt, type Axes, type AxesArg, type Axis, type Listed } from '../shape/axes.js'
import { broadcastToShape, type BroadcastTo } from '../shape/broadcast.js'
import type { Arg, ArgAt, Ok } from '../shape/check.js'
import { checkDims, type DimsFault, type NormalShape } from '../shape/dims.js'
import { newAxis, squeezeAxes, transposePerm, type ExpandDims, type Squeeze, type SwapAxes, type Transpose } from '../shape/permute.js'
import { flattenShape, reshapeShape, type Flatten, type Reshape } from '../shape/reshape.js'
import type { Dim, DType, Shape, Tensor } from '../tensor.js'
import { must, nodeOf, tensorOf } from './typed.js'

/**
 * The same elements in row-major order under another shape of equal size; one -1 stands for what the others leave over.
 *
 * @example
 * ```ts
 * reshape(f32('B', 28, 28), ['B', -1]).shape // ['B', 784]
 * reshape(f32('B', 'T', 8), [-1, 8]).shape // ['B*T', 8]
 * ```
 */
export function reshape<A extends Shape, D extends DType, const B extends readonly Dim[]>(
  x: Tensor<A, D>,
  shape: B & Arg<Reshape<A, B>, unknown>,
): Tensor<Ok<Reshape<A, B>>, D> {
  const node = nodeOf('reshape', x)
  return tensorOf(core.reshape(node, must(reshapeShape(node.shape, shape))))
}
/**
 * Joins all axes from position `from` (0 by default) into one.
 *
 * @example
 * ```ts
 * flatten(f32('B', 28, 28), 1).shape // ['B', 784]
 * ```
 */
export function flatten<S extends Shape, D extends DType, const From extends number = 0>(
  x: Tensor<S, D>,
  from?: Arg<Flatten<S, From>, From>,
): Tensor<Ok<Flatten<S, From>>, D> {
  const node = nodeOf('flatten', x)
  return tensorOf(core.reshape(node, must(flattenShape(node.shape, (from as number) ?? 0))))
}
/**
 * Axes in another order: axis i of the result is the i-th axis named, by position, negative position or symbol; reversed when
 * none are named.
 *
 * @example
 * ```ts
 * transpose(tensor([[1, 2], [3, 4]])) // [[1, 3], [2, 4]]
 * transpose(f32('B', 'T', 8), ['T', 'B', 2]).shape // ['T', 'B', 8]
 * ```
 */
export function transpose<S extends Shape, D extends DType, const P extends Axes | undefined = undefined>(
  x: Tensor<S, D>,
  perm?: AxesArg<P, Transpose<S, Listed<P>>>,
): Tensor<Ok<Transpose<S, Listed<P>>>, D> {
  const node = nodeOf('transpose', x)
  return tensorOf(core.transpose(node, must(transposePerm(node.shape, perm as Axes | undefined))))
}
/**
 * Exchanges two axes.
 *
 * @example
 * ```ts
 * swapAxes(f32('B', 'T', 8), 0, 'T').shape // ['T', 'B', 8]
 * ```
 */
export function swapAxes<S extends Shape, D extends DType, const A extends Axis, const B extends Axis>(
  x: Tensor<S, D>,
  a: ArgAt<SwapAxes<S, A, B>, 'a', A>,
  b: ArgAt<SwapAxes<S, A, B>, 'b', B>,
): Tensor<Ok<SwapAxes<S, A, B>>, D> {
  const node = nodeOf('swapAxes', x)
  const [i, j] = [must(axisAt('swapAxes', node.shape, a)), must(axisAt('swapAxes', node.shape, b))]
  return tensorOf(
    core.transpose(
      node,
      [...node.shape.keys()].map(k => (k === i ? j : k === j ? i : k)),
    ),
  )
}
/**
 * Repeats a tensor along new leading axes and along axes of size 1: the explicit form of what elementwise operations do not do silently.
 *
 * @example
 * ```ts
 * broadcastTo(tensor([[1], [2]]), [2, 3]) // [[1, 1, 1], [2, 2, 2]]
 * ```
 */
export function broadcastTo<S extends Shape, D extends DType, const T extends readonly Dim[]>(
  x: Tensor<S, D>,
  shape: T & Arg<BroadcastRule<S, T>, unknown>,
): Tensor<Ok<BroadcastRule<S, T>>, D> {
  const node = nodeOf('broadcastTo', x)
  return tensorOf(core.broadcastTo(node, must(broadcastToShape(node.shape, must(checkDims('broadcastTo', shape))))))
}
type BroadcastRule<S extends Shape, T extends readonly Dim[]> =
  DimsFault<'broadcastTo', T> extends infer F ? (F extends string ? F : BroadcastTo<S, NormalShape<T>>) : never
/**
 * Drops axes of size 1: the one or the list that is named, or all of them.
 *
 * @example
 * ```ts
 * squeeze(f32('B', 1, 8), 1).shape // ['B', 8]
 * ```
 */
export function squeeze<S extends Shape, D extends DType, const P extends Axes | undefined = undefined>(
  x: Tensor<S, D>,
  axes?: AxesArg<P, Squeeze<S, Listed<P>>>,
): Tensor<Ok<Squeeze<S, Listed<P>>>, D> {
  const node = nodeOf('squeeze', x)
  const drop = must(squeezeAxes(node.shape, axes))
  return tensorOf(
    core.reshape(
      node,
      node.shape.filter((_, i) => !drop.includes(i)),
    ),
  )
}
/**
 * Adds an axis of size 1 at a position counted in the result; -1 is the last.
 *
 * @example
 * ```ts
 * expandDims(f32('B', 8), 1).shape // ['B', 1, 8]
 * ```
 */
export function expandDims<S extends Shape, D extends DType, const Ax extends number>(
  x: Tensor<S, D>,
  axis: Arg<ExpandDims<S, Ax>, Ax>,
): Tensor<Ok<ExpandDims<S, Ax>>, D> {
  const node = nodeOf('expandDims', x)
  return tensorOf(core.reshape(node, node.shape.toSpliced(must(newAxis('expandDims', node.shape, axis as number)), 0, 1)))
}
