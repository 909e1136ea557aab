/** Losses: the mean over all examples, a scalar to minimise. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import { logSoftmax } from '../ops/activation.js'
import { must, nodeOf, nodeOfClass, tensorOf } from '../ops/typed.js'
import { axisAt } from '../shape/axes.js'
import { fail, type Arg } from '../shape/check.js'
import { showShape } from '../shape/dim.js'
import type { Show } from '../shape/dim-types.js'
import type { Accepts, BothAccept } from '../shape/dtype.js'
import type { DropAxis } from '../shape/reduce.js'
import type { DType, Shape, Tensor } from '../tensor.js'
import { same, type Leading, type Same } from './alike.js'

/** Both float32 and of one shape, or the message. */
type Pair<Op extends string, S extends Shape, D, Y extends Shape, E> =
  BothAccept<Op, D, E, 'float32'> extends infer F ? F extends string ? F : Same<Op, S, Y> : never
const pair = (op: string, a: unknown, b: unknown): readonly [Node, Node] => {
  const [x, y] = [nodeOfClass(op, a, 'float32'), nodeOfClass(op, b, 'float32')]
  must(same(op, x.shape, y.shape))
  return [x, y]
}

/** The mean of all elements; a symbolic size divides once it is bound. */
const mean = (x: Node): Node => {
  const count = x.shape.map(d => core.cast(core.dimSize(d), 'float32')).reduce((a, b) => core.mul(a, b), core.scalar(1))
  return core.div(core.sum(x, [...x.shape.keys()]), count)
}

/**
 * The mean squared error between tensors of one shape.
 *
 * @example
 * ```ts
 * mse(tensor([1, 2]), tensor([1, 4])) // 2
 * ```
 */
export function mse<S extends Shape, D extends DType, Y extends Shape, E extends DType>(
  prediction: Arg<Accepts<'mse', D, 'float32'>, Tensor<S, D>>, target: Arg<Pair<'mse', S, D, Y, E>, Tensor<Y, E>>,
): Tensor<[]> {
  const difference = core.sub(...pair('mse', prediction, target))
  return tensorOf(mean(core.mul(difference, difference)))
}

/** The batch, or the message when logits have no axis of classes. */
type Classes<S extends Shape, D> =
  Accepts<'crossEntropy', D, 'float32'> extends infer F ? F extends string ? F : DropAxis<S, -1, 'crossEntropy'> : never
/** The shape of targets: classes [...] as int32, or distributions [..., K] as float32. */
type Target<S extends Shape, Y extends Shape, E> =
  [E] extends ['int32'] ? TargetOf<Leading<S>, Y, S, 'class numbers'> : [E] extends ['float32'] ? TargetOf<S, Y, S, 'distributions'>
    : [DType] extends [E] ? [] : `crossEntropy: targets are ${E & string}, but int32 class numbers or float32 distributions were expected`
type TargetOf<X extends Shape, Y extends Shape, S extends Shape, What extends string> =
  Same<'', X, Y> extends string ? `crossEntropy: ${What} for logits ${Show<S>} are ${Show<Y>} but ${Show<X>} was expected` : []

/**
 * The mean of -log softmax(logits) at the targets: class numbers [...] as int32, or distributions over the classes [..., K] as float32.
 * `smoothing` mixes the targets with the uniform distribution (Szegedy et al., 2016, section 7).
 *
 * @example
 * ```ts
 * crossEntropy(tensor([[0, 0], [0, 0]]), tensor([1, 0], 'int32')) // 0.693
 * const loss = crossEntropy(f32('B', 10), i32('B'), { smoothing: 0.1 })
 * ```
 */
export function crossEntropy<S extends Shape, D extends DType, Y extends Shape, E extends DType>(
  logits: Arg<Classes<S, D>, Tensor<S, D>>,
  targets: Arg<Target<S, Y, E>, Tensor<Y, E>>, { smoothing = 0 }: { smoothing?: number } = {},
): Tensor<[]> {
  const [x, y] = [nodeOfClass('crossEntropy', logits, 'float32'), nodeOf('crossEntropy', targets)]
  must(axisAt('crossEntropy', x.shape, -1))
  const batch = x.shape.slice(0, -1)
  const [what, expected] = y.dtype === 'int32' ? ['class numbers', batch] as const : ['distributions', x.shape] as const
  if (y.dtype === 'bool') must(fail('crossEntropy: targets are bool, but int32 class numbers or float32 distributions were expected'))
  if (same('', expected, y.shape)._tag === 'Left')
    must(fail(`crossEntropy: ${what} for logits ${showShape(x.shape)} are ${showShape(y.shape)} but ${showShape(expected)} was expected`))
  const logProbs = nodeOf('crossEntropy', logSoftmax(tensorOf<Shape, 'float32'>(x), -1))
  const last = batch.length
  const picked = y.dtype === 'int32'
    ? core.reshape(core.takeAlong(logProbs, core.reshape(y, [...batch, 1]), last), batch)
    : core.sum(core.mul(y, logProbs), [last])
  const nats = core.neg(mean(picked))
  if (smoothing === 0) return tensorOf(nats)
  // The uniform part of the targets: the mean over classes is the expectation under it.
  return tensorOf(core.sub(core.mul(nats, 1 - smoothing), core.mul(mean(logProbs), smoothing)))
}

/**
 * The mean over all elements of -(y log σ(l) + (1 - y) log(1 - σ(l))), from the log-odds l, so that it is finite for all of them.
 *
 * @example
 * ```ts
 * binaryCrossEntropyWithLogits(tensor([0, 100]), tensor([1, 1])) // 0.347
 * ```
 */
export function binaryCrossEntropyWithLogits<S extends Shape, D extends DType, Y extends Shape, E extends DType>(
  logits: Arg<Accepts<'binaryCrossEntropyWithLogits', D, 'float32'>, Tensor<S, D>>,
  targets: Arg<Pair<'binaryCrossEntropyWithLogits', S, D, Y, E>, Tensor<Y, E>>,
): Tensor<[]> {
  const [l, y] = pair('binaryCrossEntropyWithLogits', logits, targets)
  return tensorOf(mean(core.sub(core.softplus(l), core.mul(y, l))))
}
