/** What every policy can do, derived from the distribution of actions that it gives for an observation. */
import type { Tree } from '../dsl/define/tree.js'
import type { Distribution } from '../dsl/distributions/index.js'
import type { Key } from '../dsl/keys.js'
import { block } from '../dsl/ops/index.js'
import { must, nodeOf } from '../dsl/ops/typed.js'
import { fail } from '../dsl/shape/check.js'
import { sameShape, showShape } from '../dsl/shape/dim.js'
import type { DType, Shape, Tensor } from '../dsl/tensor.js'
import type { ActionSpace, ActionTensor } from './spaces.js'

/** Observations of a batch: the axes of the batch, then those of one observation. */
export type ObservationTensor<O extends Shape, B extends Shape> = Tensor<[...B, ...O]>

/**
 * A stochastic policy π(a|s): parameters `P`, observations of shape `O`, actions of the space `A`. The batch `B` is any leading axes,
 * as [T, N] of a rollout.
 */
export interface Policy<P extends Tree, O extends Shape, A extends ActionSpace> {
  /** The parameters' specs. */
  readonly params: P
  /** The shape of one observation. */
  readonly observation: O
  readonly action: A
  /** log π(a|s). */
  logProb<B extends Shape>(params: P, observation: ObservationTensor<O, B>, action: ActionTensor<A, B>): Tensor<B>
  /** The entropy of π(·|s) in nats. */
  entropy<B extends Shape>(params: P, observation: ObservationTensor<O, B>): Tensor<B>
  /** KL(π(·|s) ‖ π'(·|s)) of the policy at `params` from the one at `other`, in closed form. */
  kl<B extends Shape>(params: P, other: P, observation: ObservationTensor<O, B>): Tensor<B>
  /** Actions drawn from π(·|s). */
  sample<B extends Shape>(params: P, observation: ObservationTensor<O, B>, key: Key): ActionTensor<A, B>
  /** The most probable action. */
  mode<B extends Shape>(params: P, observation: ObservationTensor<O, B>): ActionTensor<A, B>
  /** The randomness of a batch of draws: a loop draws it before it begins. */
  noise<B extends Shape>(key: Key, batch: B): Tensor<Shape>
  /** The actions that this randomness makes of π(·|s): `sample` is `act` with fresh noise. */
  act<B extends Shape>(params: P, observation: ObservationTensor<O, B>, noise: Tensor<Shape>): ActionTensor<A, B>
}

/** A family of policies by its formulas, over shapes known at run time. */
export interface PolicyParts<P, D> {
  readonly name: string
  readonly params: P
  readonly observation: Shape
  readonly action: ActionSpace
  readonly distribution: (params: P, observation: Tensor<Shape>) => D
  readonly noise: (key: Key, batch: Shape) => Tensor<Shape>
  readonly act: (distribution: D, noise: Tensor<Shape>) => Tensor<Shape, DType>
  readonly mode: (distribution: D) => Tensor<Shape, DType>
}

/** The policy that formulas make, and its distribution: the one place that vouches for their types. */
export const makePolicy = <P extends Tree, D extends Distribution, Made>(parts: PolicyParts<P, D>): Made => {
  const { name, params, observation: own, action, noise, act, mode } = parts
  const batchOf = (x: Tensor<Shape>): Shape => {
    const { shape } = nodeOf(name, x)
    const leading = shape.length - own.length
    if (leading < 0 || !sameShape(shape.slice(leading), own))
      must(fail(`${name}: observations are ${showShape(shape)}, but they end with ${showShape(own)}`))
    return shape.slice(0, leading)
  }
  const at = (p: P, s: Tensor<Shape>): D => {
    batchOf(s)
    return parts.distribution(p, s)
  }
  type S = Tensor<Shape>
  const policy: unknown = {
    params, observation: own, action, distribution: at, noise,
    logProb: block('log π', (p: P, s: S, a: Tensor<Shape, DType>) => at(p, s).logProb(a), { latex: '\\log\\pi' }),
    entropy: block('H', (p: P, s: S) => at(p, s).entropy()),
    kl: block('KL', (p: P, other: P, s: S) => at(p, s).kl(at(other, s) as never), { latex: '\\mathrm{KL}' }),
    sample: (p: P, s: S, key: Key) => act(at(p, s), noise(key, batchOf(s))),
    mode: (p: P, s: S) => mode(at(p, s)),
    act: (p: P, s: S, given: S) => act(at(p, s), given),
  }
  return policy as Made
}
