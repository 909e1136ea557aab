/** Randomness from keys: the same key gives the same numbers on every engine, so a key is used once and split for more. */
import * as core from '../core/build.js'
import { standardNormal } from '../core/standard-normal.js'
import type { Node } from '../core/node.js'
import { axisAt, type Axis } from '../shape/axes.js'
import { fail, type Arg, type Ok } from '../shape/check.js'
import { showShape } from '../shape/dim.js'
import type { Show } from '../shape/dim-types.js'
import { checkDims, type DimsFault, type NormalShape } from '../shape/dims.js'
import type { Accepts } from '../shape/dtype.js'
import type { DropAxis } from '../shape/reduce.js'
import type { Dim, DType, Shape, Tensor } from '../tensor.js'
import { must, nodeOf, nodeOfClass, tensorOf } from './typed.js'

type IsKey<Op extends string, K extends Shape, D> = number extends K['length']
  ? []
  : K extends readonly [infer N]
    ? [D] extends ['int32']
      ? N extends 2
        ? []
        : number extends N
          ? []
          : NoKey<Op, K, D>
      : NoKey<Op, K, D>
    : NoKey<Op, K, D>
type NoKey<
  Op extends string,
  K extends Shape,
  D,
> = `${Op}: a key is int32 [2] but ${D & string} ${Show<K>} is given; make one with key(seed)`
const keyNode = (op: string, k: unknown): Node => {
  const node = nodeOf(op, k)
  return node.dtype === 'int32' && node.shape.length === 1 && node.shape[0] === 2
    ? node
    : must(fail(`${op}: a key is int32 [2] but ${node.dtype} ${showShape(node.shape)} is given; make one with key(seed)`))
}

/**
 * Uniform 32-bit words, as int32.
 *
 * @example
 * ```ts
 * randomBits(key(0), [2])
 * ```
 */
export function randomBits<K extends Shape, E extends DType, const S extends readonly Dim[]>(
  key: Arg<IsKey<'randomBits', K, E>, Tensor<K, E>>,
  shape: S & Arg<DimsFault<'randomBits', S>, unknown>,
): Tensor<NormalShape<S>, 'int32'> {
  return tensorOf(core.randomBits(keyNode('randomBits', key), must(checkDims('randomBits', shape))))
}
/**
 * Uniform numbers in [0, 1).
 *
 * @example
 * ```ts
 * uniform(key(0), ['B', 20])
 * ```
 */
export function uniform<K extends Shape, E extends DType, const S extends readonly Dim[]>(
  key: Arg<IsKey<'uniform', K, E>, Tensor<K, E>>,
  shape: S & Arg<DimsFault<'uniform', S>, unknown>,
): Tensor<NormalShape<S>> {
  return tensorOf(core.uniform(keyNode('uniform', key), must(checkDims('uniform', shape))))
}
/**
 * Standard normal numbers (Box and Muller, 1958).
 *
 * @example
 * ```ts
 * normal(key(0), ['B', 20])
 * ```
 */
export function normal<K extends Shape, E extends DType, const S extends readonly Dim[]>(
  key: Arg<IsKey<'normal', K, E>, Tensor<K, E>>,
  shape: S & Arg<DimsFault<'normal', S>, unknown>,
): Tensor<NormalShape<S>> {
  return tensorOf(standardNormal(keyNode('normal', key), must(checkDims('normal', shape))))
}
/**
 * True with the given probability, independently for each element.
 *
 * @example
 * ```ts
 * bernoulli(key(0), tensor([0, 1])) // [false, true]
 * ```
 */
export function bernoulli<K extends Shape, E extends DType, S extends Shape, D extends DType>(
  key: Arg<IsKey<'bernoulli', K, E>, Tensor<K, E>>,
  probability: Arg<Accepts<'bernoulli', D, 'float32'>, Tensor<S, D>>,
): Tensor<S, 'bool'> {
  const p = nodeOfClass('bernoulli', probability, 'float32')
  return tensorOf(core.less(core.uniform(keyNode('bernoulli', key), p.shape), p))
}
/**
 * An index along an axis (the last by default), drawn with probability softmax(logits) by the Gumbel-max trick (Gumbel, 1954).
 *
 * @example
 * ```ts
 * categorical(key(0), tensor([-100, 100, -100])) // 1
 * ```
 */
export function categorical<K extends Shape, E extends DType, S extends Shape, D extends DType, const Ax extends Axis = -1>(
  key: Arg<IsKey<'categorical', K, E>, Tensor<K, E>>,
  logits: Arg<Accepts<'categorical', D, 'float32'>, Tensor<S, D>>,
  axis?: Arg<DropAxis<S, Ax, 'categorical'>, Ax>,
): Tensor<Ok<DropAxis<S, Ax, 'categorical'>>, 'int32'> {
  const x = nodeOfClass('categorical', logits, 'float32')
  const gumbel = core.neg(core.log(core.neg(core.log(core.uniform(keyNode('categorical', key), x.shape)))))
  return tensorOf(core.argMax(core.add(x, gumbel), must(axisAt('categorical', x.shape, (axis as Axis) ?? -1))))
}
