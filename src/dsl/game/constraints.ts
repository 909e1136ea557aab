/** What a player's parameters are held to: terms added to its loss, and sets that its parameters are brought back into. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import { TypegradError } from '../errors.js'
import { splitKey, type Key } from '../keys.js'
import { named } from '../ops/named.js'
import { mean, sum } from '../ops/reduce.js'
import { nodeOf, tensorOf } from '../ops/typed.js'
import { square } from '../ops/unary.js'
import { sameShape, showShape } from '../shape/dim.js'
import type { Constraint } from '../statement.js'
import type { Dim, Shape, Tensor } from '../tensor.js'
import { grad } from '../transform/grad.js'

/** A term of a player's loss, `weight` times the scalar `value`. */
export type Penalty = Extract<Constraint, { readonly kind: 'penalty' }> & { readonly value: Tensor<[]> }
/** Bounds on every parameter of a player. */
export type Clip = Extract<Constraint, { readonly kind: 'clip' }>

const positive = (what: string, x: unknown): void => {
  if (!(typeof x === 'number' && x > 0 && x < Infinity))
    throw new TypegradError('value', `${what} is ${String(x)} but a positive number was expected`)
}

/**
 * Weight clipping (Arjovsky et al., 2017, algorithm 1): after each of the player's updates its parameters are brought back into
 * [-bound, bound]. Throws a `TypegradError` when the bound is not positive.
 *
 * @example
 * ```ts
 * const constraints = { critic: [clipWeights(0.01)] }
 * ```
 */
export const clipWeights = (bound: number): Clip => {
  positive('clipWeights: the bound', bound)
  return { kind: 'clip', bound }
}

/**
 * A term of a player's loss: `weight` times the scalar `value`, which counts against the player whichever way it plays. Throws a
 * `TypegradError` when the weight is not positive.
 *
 * @example
 * ```ts
 * const small = penalty({ name: 'size', weight: 1e-4, value: sum(square(f32(2, 3))) })
 * ```
 */
export const penalty = ({ name, weight, value }: Omit<Penalty, 'kind'>): Penalty => {
  positive(`penalty: the weight of ${name}`, weight)
  return { kind: 'penalty', name, weight, value }
}

/** Where a gradient penalty looks at which function. */
export interface GradientPenaltySpec<X extends Shape> {
  /** λ, the penalty's weight. */
  readonly weight: number
  /** The function of samples [B, ...], one number a sample; samples must not meet in it, as they would in batch normalisation. */
  readonly of: (x: Tensor<X>) => Tensor<Shape>
  /** Real and generated samples [B, ...]. */
  readonly between: readonly [real: Tensor<X>, generated: Tensor<X>]
  /** For the share of each in the mix; it may be the key that drew the samples. */
  readonly key: Key
}

/** What keeps the root of a vanishing gradient differentiable: below it the norm is constant, so that its own gradient is 0, not NaN. */
const TINY = 1e-12

/** The Euclidean norm of each sample, [B]. */
const norms = (x: Node): Node => {
  const squares = core.sum(core.mul(x, x), [...x.shape.keys()].slice(1))
  return core.namedCall('norm', core.sqrt(core.maximum(squares, TINY)), [[x]])
}

/**
 * The gradient penalty λE(‖∇f(x̂)‖ - 1)² of WGAN-GP (Gulrajani et al., 2017, eq. 3), where x̂ = εx + (1-ε)x̃ lies between a real and a
 * generated sample, with ε uniform in [0, 1) for each. Throws a `TypegradError` when the weight is not positive or the samples have
 * different shapes.
 *
 * @example
 * ```ts
 * const f = (p: { w: Tensor<[2, 1]> }, x: Tensor<['B', 2]>) => matmul(tanh(x), p.w)
 * const critic = { w: f32(2, 1) }
 * const held = gradientPenalty({ weight: 10, of: x => f(critic, x), between: [f32('B', 2), normal(key(0), ['B', 2])], key: key(0) })
 * ```
 */
export const gradientPenalty = <const X extends Shape>({ weight, of, between, key }: GradientPenaltySpec<X>): Penalty => {
  positive('gradientPenalty: the weight', weight)
  const [real, fake] = between.map(x => nodeOf('gradientPenalty', x))
  if (real.shape.length < 2 || !sameShape(real.shape, fake.shape))
    throw new TypegradError('shape', `gradientPenalty: real samples are ${showShape(real.shape)} and generated ones `
      + `${showShape(fake.shape)}, but two of one shape [B, ...] were expected`)
  // One share a sample, [B, 1, ...].
  const draw: Tensor<['B', ...1[]]> = tensorOf(core.uniform(nodeOf('gradientPenalty', splitKey(key, 'interpolate').interpolate),
    [real.shape[0], ...real.shape.slice(1).map(() => 1)]))
  const share = core.broadcastTo(nodeOf('gradientPenalty', named('ε', draw, { latex: '\\epsilon' })), real.shape)
  const mixed: Tensor<['B', Dim]> = tensorOf(core.add(core.mul(share, real), core.mul(core.sub(1, share), fake)))
  const at = nodeOf('gradientPenalty', named('x̂', mixed, { latex: '\\hat{x}' }))
  // Samples do not meet, so the gradient of the sum holds the gradient of each.
  const slope: unknown = grad((x: Tensor<Shape>) => sum(of(x as Tensor<X>)))(tensorOf(at))
  const excess: Tensor<['B']> = tensorOf(core.sub(norms(nodeOf('gradientPenalty', slope)), 1))
  return { kind: 'penalty', name: 'gradient penalty', weight, value: mean(square(excess)) }
}
