/**
 * CartPole-v1 (Barto, Sutton and Anderson, 1983) with Gymnasium's constants: push a cart left or right so that the pole on it does not
 * fall. Positions in metres, angles in radians, explicit Euler steps of 20 ms.
 */
import { add, cos, cast, div, greater, mul, ones, or, abs, sin, square, stack, sub, uniform } from '../../dsl/ops/index.js'
import { splitKey } from '../../dsl/keys.js'
import type { Tensor } from '../../dsl/tensor.js'
import { environment, type Environment } from '../environment.js'
import { discrete, type Discrete } from '../spaces.js'

const GRAVITY = 9.8
const POLE_MASS = 0.1
const TOTAL_MASS = 1 + POLE_MASS
const HALF_LENGTH = 0.5
const FORCE = 10
const TAU = 0.02
const WIDTH = 2.4
const LEAN = 12 * 2 * Math.PI / 360

/** The cart's position and velocity, the pole's angle from upright and its speed. */
export type CartPoleState = {
  readonly position: Tensor<['N']>
  readonly velocity: Tensor<['N']>
  readonly angle: Tensor<['N']>
  readonly angularVelocity: Tensor<['N']>
}

/**
 * CartPole-v1 (Barto, Sutton and Anderson, 1983) with Gymnasium's constants: actions push left (0) or right (1), the observation is
 * position, velocity, angle and angular velocity, every step gives a reward of 1. An episode terminates when the cart is more than 2.4 m
 * out or the pole leans more than 12°, and is truncated after 500 steps.
 *
 * @example
 * ```ts
 * import { cartPole } from 'typegrad/rl'
 * const state = cartPole.reset(key(0), 2)
 * const { reward } = cartPole.step(state, tensor([0, 1], 'int32'), key(1))
 * reward // [1, 1]
 * ```
 */
export const cartPole: Environment<CartPoleState, [4], Discrete<2>> = environment({
  name: 'CartPole-v1', observation: [4], action: discrete(2), horizon: 500,
  reset: (key, n): CartPoleState => {
    const keys = splitKey(key, 'position', 'velocity', 'angle', 'angularVelocity')
    const near = (k: typeof key): Tensor<['N']> => sub(mul(uniform(k, [n]), 0.1), 0.05)
    return {
      position: near(keys.position), velocity: near(keys.velocity), angle: near(keys.angle), angularVelocity: near(keys.angularVelocity),
    }
  },
  observe: s => stack([s.position, s.velocity, s.angle, s.angularVelocity], 1),
  step: ({ position, velocity, angle, angularVelocity }, action) => {
    const force = mul(sub(mul(cast(action, 'float32'), 2), 1), FORCE)
    const [sine, cosine] = [sin(angle), cos(angle)]
    const push = div(add(force, mul(mul(square(angularVelocity), sine), POLE_MASS * HALF_LENGTH)), TOTAL_MASS)
    const angularAcceleration = div(
      sub(mul(sine, GRAVITY), mul(cosine, push)),
      mul(sub(4 / 3, mul(square(cosine), POLE_MASS / TOTAL_MASS)), HALF_LENGTH))
    const acceleration = sub(push, mul(mul(angularAcceleration, cosine), POLE_MASS * HALF_LENGTH / TOTAL_MASS))
    const next = {
      position: add(position, mul(velocity, TAU)),
      velocity: add(velocity, mul(acceleration, TAU)),
      angle: add(angle, mul(angularVelocity, TAU)),
      angularVelocity: add(angularVelocity, mul(angularAcceleration, TAU)),
    }
    return {
      state: next,
      reward: ones([position.shape[0]]),
      terminated: or(greater(abs(next.position), WIDTH), greater(abs(next.angle), LEAN)),
    }
  },
})
