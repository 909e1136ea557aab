/** Reductions: axes by position, negative position or symbol; all of them when none are named. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import { TypegradError } from '../errors.js'
import { axisAt, type Axes, type AxesArg, type Axis, type Listed } from '../shape/axes.js'
import type { Arg, Ok } from '../shape/check.js'
import type { Accepts, DTypeClass, Only } from '../shape/dtype.js'
import { reduceShape, type DropAxis, type KeepAxis, type Reduce } from '../shape/reduce.js'
import type { DType, Shape, Tensor } from '../tensor.js'
import { must, nodeOfClass, tensorOf } from './typed.js'

/** A reduction over axes. */
export interface Reduction<Op extends string, C extends DTypeClass> {
  <
    S extends Shape,
    D extends DType,
    const At extends Axes | undefined = undefined,
    const Keep extends boolean | undefined = false,
  >(
    x: Arg<Accepts<Op, D, C>, Tensor<S, D>>,
    axes?: AxesArg<At, Reduce<S, Listed<At>, Keep, Op>>,
    keepDims?: Keep,
  ): Tensor<Ok<Reduce<S, Listed<At>, Keep, Op>>, Only<D, C>>
}

/** Reduces by a builder that drops axes. */
const reduceBy = (
  op: string,
  x: Node,
  axes: Axes | undefined,
  keepDims: boolean,
  build: (x: Node, axes: readonly number[]) => Node,
): Node => {
  const to = must(reduceShape(op, x.shape, axes, keepDims))
  return core.reshape(build(x, to.axes), to.shape)
}
const reduction =
  <Op extends string, C extends DTypeClass>(op: Op, dtypes: C, build: (x: Node, axes: readonly number[]) => Node): Reduction<Op, C> =>
  (x: unknown, axes?: unknown, keepDims?: boolean) =>
    tensorOf<never, never>(reduceBy(op, nodeOfClass(op, x, dtypes), axes as Axes | undefined, keepDims ?? false, build))

/** The number of elements under the axes, as float32: symbolic sizes are read when the graph runs. */
const countOf = (x: Node, axes: readonly number[]): Node =>
  axes.map(a => core.cast(core.dimSize(x.shape[a]), 'float32')).reduce(core.mul, core.scalar(1))
const meanOf = (x: Node, axes: readonly number[]): Node => {
  const total = core.sum(x, axes)
  return core.div(total, core.broadcastTo(countOf(x, axes), total.shape))
}
/** An extremum of nothing has no value. */
const nonEmpty =
  (op: string, build: (x: Node, axes: readonly number[]) => Node) =>
  (x: Node, axes: readonly number[]): Node => {
    const empty = axes.find(a => x.shape[a] === 0)
    if (empty !== undefined) throw new TypegradError('shape', `${op}: axis ${empty} of [${x.shape.join(', ')}] is empty and has no ${op}`)
    return build(x, axes)
  }

/**
 * The sum over an axis or a list of axes, which are dropped or, with `keepDims`, kept with size 1.
 *
 * @example
 * ```ts
 * const x = tensor([[1, 2], [3, 4]])
 * sum(x) // 10
 * sum(x, 0) // [4, 6]
 * sum(f32('B', 'T', 8), ['T', -1], true).shape // ['B', 1, 1]
 * ```
 */
export const sum = reduction('sum', 'numeric', core.sum)
/**
 * The arithmetic mean over axes of a float32 tensor; a symbolic size divides once it is bound.
 *
 * @example
 * ```ts
 * mean(tensor([[1, 2], [3, 4]]), [1]) // [1.5, 3.5]
 * ```
 */
export const mean = reduction('mean', 'float32', meanOf)
/**
 * The largest element over axes; tied elements share the gradient equally.
 *
 * @example
 * ```ts
 * max(tensor([[1, 5], [3, 4]]), [0]) // [3, 5]
 * ```
 */
export const max = reduction('max', 'numeric', nonEmpty('max', core.max))
/**
 * The smallest element over axes; tied elements share the gradient equally.
 *
 * @example
 * ```ts
 * min(tensor([[1, 5], [3, 4]]), [0]) // [1, 4]
 * ```
 */
export const min = reduction('min', 'numeric', nonEmpty('min', core.min))
/**
 * The product over axes.
 *
 * @example
 * ```ts
 * prod(tensor([[1, 2], [3, 4]]), [0]) // [3, 8]
 * ```
 */
export const prod = reduction('prod', 'numeric', core.prod)
/**
 * Whether any element over axes is true.
 *
 * @example
 * ```ts
 * any(tensor([[true, false], [false, false]]), [1]) // [true, false]
 * ```
 */
export const any = reduction('any', 'bool', (x, axes) => core.less(0, core.sum(core.cast(x, 'int32'), axes)))
/**
 * Whether all elements over axes are true.
 *
 * @example
 * ```ts
 * all(tensor([[true, false], [true, true]]), [1]) // [false, true]
 * ```
 */
export const all = reduction('all', 'bool', (x, axes) => core.equal(core.sum(core.cast(core.not(x), 'int32'), axes), 0))
/**
 * log Σ exp(x) over axes without overflow: the largest element is taken out before the exponential.
 *
 * @example
 * ```ts
 * logSumExp(tensor([1000, 1000])) // 1000.693
 * ```
 */
export const logSumExp = reduction('logSumExp', 'float32', (x, axes) => {
  const top = core.stopGradient(core.max(x, axes))
  // An infinite maximum would give Infinity - Infinity.
  const shift = core.select(core.less(core.abs(top), Infinity), top, core.full(0, top.shape))
  const shifted = core.sub(x, core.broadcastTo(core.keep(shift, x.shape, axes), x.shape))
  return core.add(core.log(core.sum(core.exp(shifted), axes)), shift)
})
/**
 * The variance over axes (dividing by the number of elements).
 *
 * @example
 * ```ts
 * variance(tensor([1, 3])) // 1
 * ```
 */
export const variance = reduction('variance', 'float32', (x, axes) => {
  const centred = core.sub(x, core.broadcastTo(core.keep(meanOf(x, axes), x.shape, axes), x.shape))
  return meanOf(core.mul(centred, centred), axes)
})

/**
 * The position of the largest element along an axis (the last by default), the first at a tie.
 *
 * @example
 * ```ts
 * argMax(tensor([[1, 5], [4, 3]]), 1) // [1, 0]
 * ```
 */
export function argMax<S extends Shape, D extends DType, const Ax extends Axis = -1>(
  x: Arg<Accepts<'argMax', D, 'numeric'>, Tensor<S, D>>,
  axis?: Arg<DropAxis<S, Ax, 'argMax'>, Ax>,
): Tensor<Ok<DropAxis<S, Ax, 'argMax'>>, 'int32'> {
  const node = nodeOfClass('argMax', x, 'numeric')
  return tensorOf(core.argMax(node, must(axisAt('argMax', node.shape, (axis as Axis) ?? -1))))
}
/**
 * The position of the smallest element along an axis (the last by default), the first at a tie.
 *
 * @example
 * ```ts
 * argMin(tensor([[1, 5], [4, 3]]), 1) // [0, 1]
 * ```
 */
export function argMin<S extends Shape, D extends DType, const Ax extends Axis = -1>(
  x: Arg<Accepts<'argMin', D, 'numeric'>, Tensor<S, D>>,
  axis?: Arg<DropAxis<S, Ax, 'argMin'>, Ax>,
): Tensor<Ok<DropAxis<S, Ax, 'argMin'>>, 'int32'> {
  const node = nodeOfClass('argMin', x, 'numeric')
  return tensorOf(core.argMax(core.neg(node), must(axisAt('argMin', node.shape, (axis as Axis) ?? -1))))
}

/**
 * The running sum along an axis; `exclusive` leaves the element itself out, `reverse` runs from the end.
 *
 * @example
 * ```ts
 * cumsum(tensor([1, 2, 3]), 0) // [1, 3, 6]
 * cumsum(tensor([1, 2, 3]), 0, { exclusive: true }) // [0, 1, 3]
 * ```
 */
export function cumsum<S extends Shape, D extends DType, const Ax extends Axis>(
  x: Arg<Accepts<'cumsum', D, 'numeric'>, Tensor<S, D>>,
  axis: Arg<KeepAxis<S, Ax, 'cumsum'>, Ax>,
  options: { exclusive?: boolean; reverse?: boolean } = {},
): Tensor<Ok<KeepAxis<S, Ax, 'cumsum'>>, Only<D, 'numeric'>> {
  const node = nodeOfClass('cumsum', x, 'numeric')
  return tensorOf(core.cumsum(node, must(axisAt('cumsum', node.shape, axis)), options))
}
