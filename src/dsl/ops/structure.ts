/** Joining, cutting, padding and reversing. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import { axesAt, type Axes, type AxesArg, type Axis, type Listed } from '../shape/axes.js'
import type { AnyTensor, Arg, ArgAt, Ok } from '../shape/check.js'
import { concatShape, stackAxis, type Blame, type ConcatRule, type StackRule } from '../shape/concat.js'
import type { Reduce } from '../shape/reduce.js'
import { padShape, sliceRange, splitShape, type Amount, type Pad, type Parts, type SliceRule, type SplitRule } from '../shape/slice.js'
import type { Dim, DType, Shape, Tensor } from '../tensor.js'
import { must, nodeOf, tensorOf } from './typed.js'

type DTypeOfFirst<Ts> = Ts extends readonly [{ readonly dtype: infer D extends DType }, ...unknown[]]
  ? D
  : Ts extends readonly { readonly dtype: infer D extends DType }[]
    ? D
    : never
const nodesOf = (op: string, xs: unknown): Node[] => (Array.isArray(xs) ? xs.map(x => nodeOf(op, x)) : [nodeOf(op, xs)])

/**
 * Joins tensors of one dtype along an axis; their other axes must be equal.
 *
 * @example
 * ```ts
 * concat([tensor([[1, 2]]), tensor([[3, 4]])], 0) // [[1, 2], [3, 4]]
 * concat([f32('B', 'T', 8), f32('B', 1, 8)], 1).shape // ['B', 'T+1', 8]
 * ```
 */
export function concat<const Ts extends readonly AnyTensor[], const Ax extends Axis>(
  xs: Blame<Ts, ConcatRule<Ts, Ax>>,
  axis: Arg<ConcatRule<Ts, Ax>, Ax>,
): Tensor<Ok<ConcatRule<Ts, Ax>>, DTypeOfFirst<Ts>> {
  const nodes = nodesOf('concat', xs)
  return tensorOf(core.concat(nodes, must(concatShape(nodes, axis)).axis))
}
/**
 * Joins tensors of one shape and dtype along a new axis, the first by default.
 *
 * @example
 * ```ts
 * stack([tensor([1, 2]), tensor([3, 4])]) // [[1, 2], [3, 4]]
 * stack([f32('B'), f32('B')], -1).shape // ['B', 2]
 * ```
 */
export function stack<const Ts extends readonly AnyTensor[], const Ax extends number = 0>(
  xs: Blame<Ts, StackRule<Ts, Ax>>,
  axis?: Arg<StackRule<Ts, Ax>, Ax>,
): Tensor<Ok<StackRule<Ts, Ax>>, DTypeOfFirst<Ts>> {
  const nodes = nodesOf('stack', xs)
  const at = must(stackAxis(nodes, (axis as number) ?? 0))
  return tensorOf(
    core.concat(
      nodes.map(x => core.reshape(x, x.shape.toSpliced(at, 0, 1))),
      at,
    ),
  )
}
/** The box of a node that spans one axis from `from` to `end` and all of the others. */
const along = (x: Node, axis: number, from: number, end: Dim): Node =>
  core.slice(x, x.shape.map(() => 0).with(axis, from), x.shape.with(axis, end))

/**
 * Cuts a tensor into n equal parts along an axis.
 *
 * @example
 * ```ts
 * const [q, k, v] = split(f32('B', 2304), 3, -1)
 * q.shape // ['B', 768]
 * ```
 */
export function split<S extends Shape, D extends DType, const N extends number, const Ax extends Axis>(
  x: Tensor<S, D>,
  n: ArgAt<SplitRule<S, N, Ax>, 'n', N>,
  axis: ArgAt<SplitRule<S, N, Ax>, 'axis', Ax>,
): Parts<Tensor<Ok<SplitRule<S, N, Ax>>, D>, N> {
  const node = nodeOf('split', x)
  const at = must(splitShape(node.shape, n as number, axis))
  // Parts of a symbolic size are rows of a reshape: a slice cannot start at a symbol.
  const rows = core.reshape(node, node.shape.toSpliced(at.axis, 1, n as number, at.size))
  const whole = node.shape.with(at.axis, at.size)
  return Array.from({ length: n }, (_, i) => core.reshape(along(rows, at.axis, i, i + 1), whole)) as never
}
/**
 * The elements from `from` (inclusive) to `to` (exclusive) along an axis; a negative `to` counts from the end, and none means the end.
 *
 * @example
 * ```ts
 * slice(tensor([1, 2, 3, 4]), 0, 1, 3) // [2, 3]
 * slice(f32('B', 'T'), 'T', 0, -1).shape // ['B', 'T-1']
 * ```
 */
export function slice<
  S extends Shape,
  D extends DType,
  const Ax extends Axis,
  const F extends number,
  const T extends Dim | undefined = undefined,
>(
  x: Tensor<S, D>,
  axis: ArgAt<SliceRule<S, Ax, F, T>, 'axis', Ax>,
  from: ArgAt<SliceRule<S, Ax, F, T>, 'from', F>,
  to?: ArgAt<SliceRule<S, Ax, F, T>, 'to', T>,
): Tensor<Ok<SliceRule<S, Ax, F, T>>, D> {
  const node = nodeOf('slice', x)
  const range = must(sliceRange(node.shape, axis, from as number, to))
  return tensorOf(along(node, range.axis, from as number, range.end))
}
/**
 * Adds elements equal to `value` (0 by default) before and after each axis.
 *
 * @example
 * ```ts
 * pad(tensor([1, 2]), [[1, 0]]) // [0, 1, 2]
 * ```
 */
export function pad<S extends Shape, D extends DType, const P extends readonly Amount[]>(
  x: Tensor<S, D>,
  amounts: P & Arg<Pad<S, P>, unknown>,
  value = 0,
): Tensor<Ok<Pad<S, P>>, D> {
  const node = nodeOf('pad', x)
  must(padShape(node.shape, amounts))
  return tensorOf(
    core.pad(
      node,
      amounts.map(a => a[0]),
      amounts.map(a => a[1]),
      value,
    ),
  )
}
/**
 * The elements in the opposite order along an axis or a list of axes, all of them when none are named.
 *
 * @example
 * ```ts
 * reverse(tensor([1, 2, 3])) // [3, 2, 1]
 * ```
 */
export function reverse<S extends Shape, D extends DType, const P extends Axes | undefined = undefined>(
  x: Tensor<S, D>,
  axes?: AxesArg<P, Reduce<S, Listed<P>, true, 'reverse'>>,
): Tensor<S, D> {
  const node = nodeOf('reverse', x)
  return tensorOf(core.reverse(node, axes === undefined ? [...node.shape.keys()] : must(axesAt('reverse', node.shape, axes))))
}
