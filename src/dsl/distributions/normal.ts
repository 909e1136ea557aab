/** The normal distribution, one for each element. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import type { Sized } from '../define/tree.js'
import type { TypeFunction } from '../define/type-function.js'
import { aligned, nodeOf, tensorOf } from '../ops/typed.js'
import { standardNormal } from '../core/standard-normal.js'
import type { Arg, Ok, Operand } from '../shape/check.js'
import type { One, Pair } from '../shape/elementwise.js'
import type { Shape, Tensor } from '../tensor.js'
import { distribution, divergence, type Distribution } from './distribution.js'
import { overAxes, type Independent } from './independent.js'

/** Independent normal numbers, one for each element: batch shape `S`, a single number an event. */
export interface Normal<S extends Shape> extends Distribution<S, 'float32', S>, Sized<NormalOf, S> {
  readonly mean: Tensor<S>
  /** The standard deviation. */
  readonly std: Tensor<S>
  kl(other: Normal<S>): Tensor<S>
}
export interface NormalOf extends TypeFunction { readonly out: this['in'] extends infer S extends Shape ? Normal<S> : never }

const square = (x: Node): Node => core.mul(x, x)

const fromNodes = <S extends Shape>(mean: Node, std: Node): Normal<S> => ({
  ...distribution<S, 'float32', S>('normal', {
    shape: mean.shape, outcome: 'float32',
    logProb: x => core.sub(core.mul(-0.5, square(core.div(core.sub(x, mean), std))), core.add(core.log(std), 0.5 * Math.log(2 * Math.PI))),
    // A function of the parameters, so that gradients flow into them.
    sample: key => core.add(mean, core.mul(std, standardNormal(key, mean.shape))),
    entropy: () => core.add(core.log(std), 0.5 * (1 + Math.log(2 * Math.PI))),
  }),
  mean: tensorOf(mean), std: tensorOf(std),
  kl: divergence<Normal<S>, S>('normal', mean.shape, q => {
    const [m, s] = [nodeOf('kl', q.mean), nodeOf('kl', q.std)]
    const ratio = core.div(std, s)
    return core.sub(core.mul(0.5, core.sub(core.add(square(ratio), square(core.div(core.sub(mean, m), s))), 1)), core.log(ratio))
  }),
})

/**
 * Independent normal variables from means and standard deviations, either of which may be a number or have trailing axes of the other.
 *
 * @example
 * ```ts
 * const prior = dist.normal(zeros([8, 20]), 1)
 * const z: Tensor<[8, 20]> = prior.sample(key(0))
 * ```
 */
export function normal<X extends Operand, Y extends Operand>(
  mean: Arg<One<'normal', X, 'float32'>, X>, std: Arg<Pair<'normal', X, Y, 'float32'>, Y>,
): Normal<Ok<Pair<'normal', X, Y, 'float32'>>> {
  return fromNodes(...aligned('normal', mean, std, 'float32'))
}

/**
 * A normal vector with a diagonal covariance, from means and standard deviations [..., D]: batch shape [...], the last axis is the event.
 *
 * @example
 * ```ts
 * const posterior = dist.diagonalNormal(f32('B', 20), f32('B', 20))
 * const nats: Tensor<['B']> = posterior.logProb(f32('B', 20))
 * ```
 */
export function diagonalNormal<X extends Operand, Y extends Operand>(
  mean: Arg<One<'normal', X, 'float32'>, X>, std: Arg<Pair<'normal', X, Y, 'float32'>, Y>,
): Independent<NormalOf, Ok<Pair<'normal', X, Y, 'float32'>>, [-1]> {
  return overAxes(fromNodes<Ok<Pair<'normal', X, Y, 'float32'>>>(...aligned('normal', mean, std, 'float32')), [-1])
}
