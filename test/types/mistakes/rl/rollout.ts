import { f32, i32 } from '../../../../src/dsl/ops/index.js'
import { key } from '../../../../src/dsl/keys.js'
import { adam } from '../../../../src/dsl/optim/index.js'
import {
  cartPole, categoricalPolicy, evaluatePolicy, exactValues, gaussianPolicy, pendulum, reinforce, rollout, tabular, trpo, valueFunction,
} from '../../../../src/rl/index.js'
import { mistake, typeOnly } from '../../harness/mistake.js'

const three = categoricalPolicy({ observation: 3, actions: 2 })
const many = categoricalPolicy({ observation: 4, actions: 5 })
const normal = gaussianPolicy({ observation: 3, actions: 2 })

mistake('rollout: observations of another size', () =>
  rollout({ environment: cartPole, /*!*/ policy: three, steps: 4, environments: 2 }))

mistake('rollout: other actions', () =>
  rollout({ environment: cartPole, /*!*/ policy: many, steps: 4, environments: 2 }))

mistake('rollout: another kind of actions', () =>
  rollout({ environment: pendulum, /*!*/ policy: three, steps: 4, environments: 2 }))

mistake('rollout: vectors of another size', () =>
  rollout({ environment: pendulum, /*!*/ policy: normal, steps: 4, environments: 2 }))

mistake('evaluatePolicy: observations of another size', () =>
  evaluatePolicy({ environment: cartPole, /*!*/ policy: three, params: three.params, key: key(0), episodes: 2 }))

mistake('reinforce: observations of another size', () =>
  reinforce({ environment: cartPole, /*!*/ policy: three, episodes: 2, discount: 1, optimiser: adam(1e-3) }))

const own = categoricalPolicy({ observation: 4, actions: 2 })
const blind = valueFunction({ observation: 3 })
mistake('reinforce: a baseline that sees something else', () =>
  reinforce({ environment: cartPole, policy: own, /*!*/ baseline: blind, episodes: 2, discount: 1, optimiser: adam(1e-3) }))

mistake('trpo: a value function that sees something else', () => trpo({
  environment: cartPole, policy: own, /*!*/ value: blind, critic: { optimiser: adam(1e-3), updates: 1 }, steps: 2, environments: 2,
}))

const state = cartPole.reset(key(0), 2)
typeOnly('a step: actions of another kind', () => cartPole.step(state, /*!*/ f32(2), key(1)))

typeOnly('a step: actions of another batch', () => cartPole.step(state, /*!*/ i32(3), key(1)))

const going = { transitions: f32(2, 3, 2), rewards: f32(2, 3), start: f32(2) } as const
typeOnly('tabular: next states that are none', () => tabular({ ...going, /*!*/ transitions: f32(2, 3, 4) }, { horizon: 5 }))

typeOnly('tabular: rewards of other actions', () => tabular({ ...going, /*!*/ rewards: f32(2, 2) }, { horizon: 5 }))

typeOnly('tabular: a start in other states', () => tabular({ ...going, /*!*/ start: f32(3) }, { horizon: 5 }))

typeOnly('exactValues: a policy of other actions', () => exactValues({ mdp: going, /*!*/ policy: f32(2, 2), discount: 0.5 }))
