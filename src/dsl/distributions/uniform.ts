/** The uniform distribution on intervals. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import type { Sized } from '../define/tree.js'
import type { TypeFunction } from '../define/type-function.js'
import { aligned, nodeOf, tensorOf } from '../ops/typed.js'
import type { Arg, Ok, Operand } from '../shape/check.js'
import type { One, Pair } from '../shape/elementwise.js'
import type { Shape, Tensor } from '../tensor.js'
import { distribution, divergence, type Distribution } from './distribution.js'

/** Independent uniform numbers in [low, high), one for each element: batch shape `S`, a single number an event. */
export interface Uniform<S extends Shape> extends Distribution<S, 'float32', S>, Sized<UniformOf, S> {
  readonly low: Tensor<S>
  readonly high: Tensor<S>
  kl(other: Uniform<S>): Tensor<S>
}
export interface UniformOf extends TypeFunction { readonly out: this['in'] extends infer S extends Shape ? Uniform<S> : never }

const fromNodes = <S extends Shape>(low: Node, high: Node): Uniform<S> => {
  const width = core.sub(high, low)
  return {
    ...distribution<S, 'float32', S>('uniform', {
      shape: low.shape, outcome: 'float32',
      logProb: x => {
        const inside = core.and(core.lessEqual(low, x), core.less(x, high))
        return core.select(inside, core.neg(core.log(width)), core.full(-Infinity, low.shape))
      },
      sample: key => core.add(low, core.mul(width, core.uniform(key, low.shape))),
      entropy: () => core.log(width),
    }),
    low: tensorOf(low), high: tensorOf(high),
    kl: divergence<Uniform<S>, S>('uniform', low.shape, q => {
      const [l, h] = [nodeOf('kl', q.low), nodeOf('kl', q.high)]
      const inside = core.and(core.lessEqual(l, low), core.lessEqual(high, h))
      return core.select(inside, core.sub(core.log(core.sub(h, l)), core.log(width)), core.full(Infinity, low.shape))
    }),
  }
}

/**
 * Independent uniform variables between `low` (inclusive) and `high` (exclusive): outside them logProb is -∞, and the divergence from an
 * interval that is not within the other is ∞.
 *
 * @example
 * ```ts
 * const noise = dist.uniform(tensor([-1, 0]), 1)
 * noise.entropy() // [0.693, 0]
 * ```
 */
export function uniform<X extends Operand, Y extends Operand>(
  low: Arg<One<'uniform', X, 'float32'>, X>, high: Arg<Pair<'uniform', X, Y, 'float32'>, Y>,
): Uniform<Ok<Pair<'uniform', X, Y, 'float32'>>> {
  return fromNodes(...aligned('uniform', low, high, 'float32'))
}
