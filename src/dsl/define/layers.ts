/** The layers that most networks are made of. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import { must, nodeOf } from '../ops/typed.js'
import { avgPool2d, maxPool2d } from '../ops/images.js'
import { init } from '../params/index.js'
import { fail, ok, type Checked, type Plain } from '../shape/check.js'
import { convPlan, type Conv2d, type ConvOptions } from '../shape/conv.js'
import { mulDim, sameDim, showShape } from '../shape/dim.js'
import { checkDims } from '../shape/dims.js'
import type { PoolRule } from '../shape/pool.js'
import type { Both, WindowOptions } from '../shape/window.js'
import type { Show, SizeOf, Unify } from '../shape/dim-types.js'
import type { Dim, Shape, Tensor } from '../tensor.js'
import { makeLayer, type Layer, type Step } from './layer.js'
import { isUnknown, remember } from './trial.js'
import type { TypeFunction } from './type-function.js'

/** A linear layer, under a short name for messages. */
export interface Linear<I extends Dim, O extends Dim>
  extends Layer<LinearRule<I, O>, { readonly w: Tensor<[I, O]>; readonly b: Tensor<[O]> }> {}
/** The shape function of `linear`. */
export interface LinearRule<I extends Dim, O extends Dim> extends TypeFunction {
  readonly accepts?: readonly [...Dim[], I]
  readonly out: LinearShape<this['in'], I, O>
}
type LinearShape<X, I extends Dim, O extends Dim> =
  X extends readonly [...infer P extends Shape, infer K extends Dim]
    ? [Unify<K, I>] extends [never] ? `linear(${I}, ${O}): the input has ${K} features` : [...P, O]
    : X extends readonly [] ? `linear(${I}, ${O}): the input has no axis` : Shape

const linearInput = (shape: Shape, i: Dim, o: Dim): Checked =>
  shape.length === 0 ? fail(`linear(${i}, ${o}): the input has no axis`)
    : isUnknown(shape[shape.length - 1]) || sameDim(shape[shape.length - 1], i) ? ok(shape)
      : fail(`linear(${i}, ${o}): the input has ${shape[shape.length - 1]} features`)

/**
 * The affine map x·W + b of the last axis, from `I` to `O` features; W starts He normal, b zero.
 *
 * Throws a `TypegradError` that names the layer and the features of an input that does not fit.
 *
 * @example
 * ```ts
 * const net = seq(linear(784, 128), relu, linear(128, 10))
 * net(net.params, f32('B', 784)).shape // ['B', 10]
 * ```
 */
export function linear<const I extends Dim, const O extends Dim>(from: I, to: O): Linear<I, O>
export function linear(from: Dim, to: Dim): unknown {
  return makeLayer(affine('linear', [from, to]), (p, x) => {
    const node = nodeOf('linear', x)
    must(linearInput(node.shape, from, to))
    const { w, b } = p as Affine
    return withBias(core.matmul(node, w), b)
  }, {
    // Any rank will do; most inputs are [B, I].
    inputs: [1, 0, 2, 3].map(leading => [...Array<number>(leading).fill(NaN), from]),
    out: shape => {
      const fits = linearInput(shape, from, to)
      return fits._tag === 'Left' ? fits : ok([...shape.slice(0, -1), to])
    },
  })
}

/** Weights and a bias along their last axis. */
interface Affine { readonly w: Node; readonly b: Node }
const affine = (op: string, shape: Shape): Affine => {
  const sizes = must(checkDims(op, shape))
  if (sizes.includes(0)) must(fail(`${op}: 0 features cannot be learnt from: use 1, 2, ...`))
  return {
    w: core.input({ shape: sizes, dtype: 'float32', init: init.heNormal() }),
    b: core.input({ shape: sizes.slice(-1), dtype: 'float32', init: init.zeros() }),
  }
}
const withBias = (y: Node, b: Node): Node => core.add(y, core.broadcastTo(b, y.shape))

/** A convolution layer, under a short name for messages. */
export interface Conv<I extends Dim, O extends Dim, K extends number, Opt>
  extends Layer<ConvRule<I, O, K, Opt>, { readonly w: Tensor<[K, K, I, O]>; readonly b: Tensor<[O]> }> {}
/** The shape function of `conv`. */
export interface ConvRule<I extends Dim, O extends Dim, K extends number, Opt> extends TypeFunction {
  readonly accepts?: readonly [number, number, number, I]
  readonly out: this['in'] extends infer X extends Shape ? Conv2d<X, [K, K, I, O], Opt> : never
}

/**
 * A convolution of images [B, H, W, I] with a K x K kernel and a bias, to `O` channels; stride, padding and dilation as in `conv2d`.
 *
 * Throws as `conv2d` does.
 *
 * @example
 * ```ts
 * const net = seq(conv(1, 32, 3, { stride: 2, padding: 1 }), relu, flattenEach, linear(6272, 10))
 * net(net.params, f32('B', 28, 28, 1)).shape // ['B', 10]
 * ```
 */
export function conv<const I extends Dim, const O extends Dim, const K extends number, const Opt extends Omit<ConvOptions, 'groups'> = {}>(
  from: I, to: O, kernel: K, options?: Opt): Conv<I, O, K, Opt>
export function conv(from: Dim, to: Dim, kernel: number, options: ConvOptions = {}): unknown {
  return makeLayer(affine('conv', [kernel, kernel, from, to]), (p, x) => {
    const node = nodeOf('conv', x)
    const { w, b } = p as Affine
    const { shape: _, ...plan } = must(convPlan(node.shape, w.shape, options))
    return withBias(core.conv2d(node, w, plan), b)
  }, {
    inputs: [[NaN, NaN, NaN, from]],
    out: shape => {
      const plan = convPlan(shape.map((d, i) => i === 3 && isUnknown(d) ? from : d), [kernel, kernel, from, to], options)
      return plan._tag === 'Left' ? plan : ok(plan.right.shape)
    },
  })
}

/** The shape function of `maxPool` and `avgPool`. */
export interface PoolStep<Op extends string, V, Opt> extends TypeFunction {
  readonly out: this['in'] extends infer X extends Shape ? Plain<PoolRule<X, V, Opt, Op>> : never
}

/**
 * The largest element of each window of images [B, H, W, C], as a step; windows stand side by side unless a stride is given.
 *
 * Throws as `maxPool2d` does.
 *
 * @example
 * ```ts
 * const net = seq(conv(1, 8, 3, { padding: 1 }), relu, maxPool(2), flattenEach, linear(1568, 10))
 * net(net.params, f32('B', 28, 28, 1)).shape // ['B', 10]
 * ```
 */
export function maxPool<const V extends Both, const Opt extends WindowOptions = {}>(
  window: V, options?: Opt): Step<PoolStep<'maxPool2d', V, Opt>>
export function maxPool(window: Both, options: WindowOptions = {}): unknown {
  return (x: never) => maxPool2d(x, window as never, options)
}

/**
 * The mean of each window of images [B, H, W, C], as a step; windows stand side by side unless a stride is given.
 *
 * Throws as `avgPool2d` does.
 *
 * @example
 * ```ts
 * const y: Tensor<['B', 14, 14, 8]> = avgPool(2)(f32('B', 28, 28, 8))
 * ```
 */
export function avgPool<const V extends Both, const Opt extends WindowOptions = {}>(
  window: V, options?: Opt): Step<PoolStep<'avgPool2d', V, Opt>>
export function avgPool(window: Both, options: WindowOptions = {}): unknown {
  return (x: never) => avgPool2d(x, window as never, options)
}

/** The shape function of `flattenEach`. */
export interface FlattenEach extends TypeFunction {
  readonly out: this['in'] extends readonly [infer B extends Dim, ...infer R extends Shape] ? [B, SizeOf<R>]
    : this['in'] extends readonly [] ? `flattenEach: ${Show<[]>} has no batch axis` : [number, number]
}
const flattened = (shape: Shape): Checked =>
  shape.length === 0 ? fail(`flattenEach: ${showShape(shape)} has no batch axis`) : ok([shape[0], shape.slice(1).reduce(mulDim, 1)])
const flattenNode: unknown = (x: unknown) => {
  const node = nodeOf('flattenEach', x)
  return core.reshape(node, must(flattened(node.shape)))
}

/**
 * All axes after the first as one: [B, ...] to [B, N].
 *
 * @example
 * ```ts
 * const x: Tensor<['B', 784]> = flattenEach(f32('B', 28, 28, 1))
 * ```
 */
export const flattenEach = flattenNode as Step<FlattenEach>
remember(flattenEach, { out: flattened })
