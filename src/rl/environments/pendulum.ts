/** Pendulum-v1 with Gymnasium's constants: swing a pendulum up and hold it there. Angles in radians from upright, steps of 50 ms. */
import { add, clip, cos, full, less, mod, mul, neg, sin, square, squeeze, stack, sub, uniform } from '../../dsl/ops/index.js'
import { splitKey } from '../../dsl/keys.js'
import type { Tensor } from '../../dsl/tensor.js'
import { environment, type Environment } from '../environment.js'
import { continuous, type Continuous } from '../spaces.js'

const GRAVITY = 10
const STEP = 0.05
const MAX_TORQUE = 2
const MAX_SPEED = 8

/** The angle from upright and its speed. */
export type PendulumState = { readonly angle: Tensor<['N']>; readonly angularVelocity: Tensor<['N']> }

/** The angle in [-π, π). */
const wrapped = (angle: Tensor<['N']>): Tensor<['N']> => sub(mod(add(angle, Math.PI), 2 * Math.PI), Math.PI)

/**
 * Pendulum-v1 with Gymnasium's constants: the action is a torque, clipped to [-2, 2], the observation is cos θ, sin θ and θ̇, the reward is
 * -(θ² + 0.1 θ̇² + 0.001 u²) with θ in [-π, π). An episode never terminates and is truncated after 200 steps.
 *
 * @example
 * ```ts
 * import { pendulum } from 'typegrad/rl'
 * const state = pendulum.reset(key(0), 2)
 * const { truncated } = pendulum.step(state, tensor([[0.5], [-3]]), key(1))
 * truncated // [false, false]
 * ```
 */
export const pendulum: Environment<PendulumState, [3], Continuous<1>> = environment({
  name: 'Pendulum-v1', observation: [3], action: continuous(1), horizon: 200,
  reset: (key, n): PendulumState => {
    const keys = splitKey(key, 'angle', 'angularVelocity')
    const within = (k: typeof key, limit: number): Tensor<['N']> => sub(mul(uniform(k, [n]), 2 * limit), limit)
    return { angle: within(keys.angle, Math.PI), angularVelocity: within(keys.angularVelocity, 1) }
  },
  observe: s => stack([cos(s.angle), sin(s.angle), s.angularVelocity], 1),
  step: ({ angle, angularVelocity }, action) => {
    const torque = clip(squeeze(action, [1]), -MAX_TORQUE, MAX_TORQUE)
    const cost = add(add(square(wrapped(angle)), mul(square(angularVelocity), 0.1)), mul(square(torque), 0.001))
    const acceleration = add(mul(sin(angle), 1.5 * GRAVITY), mul(torque, 3))
    // The speed moves first and is clipped; the angle moves by the new speed.
    const speed = clip(add(angularVelocity, mul(acceleration, STEP)), -MAX_SPEED, MAX_SPEED)
    return {
      state: { angle: add(angle, mul(speed, STEP)), angularVelocity: speed },
      reward: neg(cost),
      terminated: less(full(0, [angle.shape[0]]), 0),
    }
  },
})
