/** The normal distribution of vectors with a full covariance. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import type { Sized } from '../define/tree.js'
import type { TypeFunction } from '../define/type-function.js'
import type { Alike, Leading } from '../nn/alike.js'
import { solveNode } from '../nn/triangular.js'
import { must, nodeOf, nodeOfClass, tensorOf } from '../ops/typed.js'
import { standardNormal } from '../core/standard-normal.js'
import { fail, ok, type Arg, type Checked } from '../shape/check.js'
import { sameShape, showShape, sizeOfShape } from '../shape/dim.js'
import type { Show, Unify } from '../shape/dim-types.js'
import type { Accepts } from '../shape/dtype.js'
import type { Dim, DType, Shape, Tensor } from '../tensor.js'
import { distribution, divergence, type Distribution } from './distribution.js'

/** Vectors of the last axis of `S` = [..., D]: batch shape [...], a vector an event. */
export interface MultivariateNormal<S extends Shape> extends Distribution<S, 'float32', Leading<S>>, Sized<MultivariateNormalOf, S> {
  readonly mean: Tensor<S>
  /** The Cholesky factor of the covariance, [D, D] or [..., D, D]. */
  readonly scaleTril: Tensor
  kl(other: MultivariateNormal<S>): Tensor<Leading<S>>
}
export interface MultivariateNormalOf extends TypeFunction {
  readonly out: this['in'] extends infer S extends Shape ? MultivariateNormal<S> : never
}

/** `[]`, or the message when a factor is neither one matrix for all vectors nor one for each. */
type Factor<S extends Shape, T extends Shape, E> =
  Accepts<'multivariateNormal', E, 'float32'> extends infer F ? F extends string ? F : FactorShape<S, T> : never
type FactorShape<S extends Shape, T extends Shape> =
  number extends S['length'] | T['length'] ? []
    : S extends readonly [...infer B extends Shape, infer D extends Dim]
      ? T extends readonly [...infer C extends Shape, infer M extends Dim, infer N extends Dim]
        ? [Unify<D, M>] extends [never] ? BadFactor<S, T> : [Unify<D, N>] extends [never] ? BadFactor<S, T>
          : C extends readonly [] ? [] : Alike<B, C> extends true ? [] : BadFactor<S, T>
        : BadFactor<S, T>
      : 'multivariateNormal: a mean needs at least 1 axis'
type BadFactor<S extends Shape, T extends Shape> =
  `multivariateNormal: the factor of a mean ${Show<S>} is ${Show<T>} but [D, D] or [..., D, D] was expected`

const checkFactor = (mean: Shape, factor: Shape): Checked => {
  if (mean.length === 0) return fail('multivariateNormal: a mean needs at least 1 axis')
  const d = mean[mean.length - 1]
  return sameShape(factor, [d, d]) || sameShape(factor, [...mean, d]) ? ok(factor)
    : fail(`multivariateNormal: the factor of a mean ${showShape(mean)} is ${showShape(factor)} but [D, D] or [..., D, D] was expected`)
}

/** Row and column counters compared, as ones and zeros over matrices. */
const masked = (x: Node, holds: (row: Node, column: Node) => Node): Node => {
  const d = x.shape[x.shape.length - 1]
  const mask = holds(core.broadcastTo(core.reshape(core.iota(d), [d, 1]), [d, d]), core.broadcastTo(core.iota(d), [d, d]))
  return core.select(core.broadcastTo(mask, x.shape), x, core.full(0, x.shape))
}
const lastAxis = (x: Node): number => x.shape.length - 1

/** L⁻¹ of vectors [..., D]. One factor for all serves them as the columns of one matrix. */
const whiten = (factor: Node, x: Node): Node => {
  const d = x.shape[lastAxis(x)]
  if (factor.shape.length > 2) return core.reshape(solveNode(factor, core.reshape(x, [...x.shape, 1]), true), x.shape)
  const columns = core.transpose(core.reshape(x, [sizeOfShape(x.shape.slice(0, -1)), d]), [1, 0])
  return core.reshape(core.transpose(solveNode(factor, columns, true), [1, 0]), x.shape)
}
const squaredNorm = (x: Node, axes: readonly number[]): Node => core.sum(core.mul(x, x), axes)

const fromNodes = <S extends Shape>(mean: Node, factor: Node): MultivariateNormal<S> => {
  const [d] = mean.shape.slice(-1)
  const batch = mean.shape.slice(0, -1)
  const perEvent = (x: Node): Node => core.broadcastTo(x, batch)
  const size = core.cast(core.dimSize(d), 'float32')
  /** Half the logarithm of the covariance's determinant. */
  const halfLogDet = (f: Node): Node => {
    const diagonal = core.sum(masked(f, core.equal), [lastAxis(f)])
    return perEvent(core.sum(core.log(diagonal), [lastAxis(diagonal)]))
  }
  const perMatrix = (f: Node): Node => core.broadcastTo(f, [...mean.shape, d])
  return {
    ...distribution<S, 'float32', Leading<S>>('multivariateNormal', {
      shape: mean.shape, outcome: 'float32',
      logProb: x => {
        const distance = squaredNorm(whiten(factor, core.sub(x, mean)), [lastAxis(mean)])
        return core.sub(core.mul(-0.5, distance), core.add(halfLogDet(factor), perEvent(core.mul(size, 0.5 * Math.log(2 * Math.PI)))))
      },
      sample: key => {
        const noise = core.reshape(standardNormal(key, mean.shape), [...mean.shape, 1])
        return core.add(mean, core.reshape(core.matmul(perMatrix(factor), noise), mean.shape))
      },
      entropy: () => core.add(halfLogDet(factor), perEvent(core.mul(size, 0.5 * (1 + Math.log(2 * Math.PI))))),
    }),
    mean: tensorOf(mean), scaleTril: tensorOf(factor),
    kl: divergence<MultivariateNormal<S>, Leading<S>>('multivariateNormal', mean.shape, q => {
      const [m, f] = [nodeOf('kl', q.mean), nodeOf('kl', q.scaleTril)]
      const shared = factor.shape.length === 2 && f.shape.length === 2
      const ratio = shared ? solveNode(f, factor, true) : solveNode(perMatrix(f), perMatrix(factor), true)
      const trace = perEvent(squaredNorm(ratio, [lastAxis(ratio) - 1, lastAxis(ratio)]))
      const distance = squaredNorm(whiten(f, core.sub(mean, m)), [lastAxis(mean)])
      const half = core.mul(0.5, core.sub(core.add(trace, distance), perEvent(size)))
      return core.add(half, core.sub(halfLogDet(f), halfLogDet(factor)))
    }),
  }
}

/**
 * Normal vectors from means [..., D] and the lower Cholesky factor L of their covariance L Lᵀ, [D, D] for all or [..., D, D] for each; its
 * diagonal is positive, and what is above the diagonal is not read.
 *
 * @example
 * ```ts
 * const p = dist.multivariateNormal(f32('B', 2), tensor([[1, 0], [0.5, 2]]))
 * const nats: Tensor<['B']> = p.logProb(f32('B', 2))
 * ```
 */
export function multivariateNormal<S extends Shape, D extends DType, T extends Shape, E extends DType>(
  mean: Arg<Accepts<'multivariateNormal', D, 'float32'>, Tensor<S, D>>,
  scaleTril: Arg<Factor<S, T, E>, Tensor<T, E>>,
): MultivariateNormal<S> {
  const [m, f] = [nodeOfClass('multivariateNormal', mean, 'float32'), nodeOfClass('multivariateNormal', scaleTril, 'float32')]
  must(checkFactor(m.shape, f.shape))
  return fromNodes(m, masked(f, (row, column) => core.lessEqual(column, row)))
}
