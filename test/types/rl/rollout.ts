/** The types of reinforcement learning: what environments, policies and rollouts give. */
import { f32, tensor } from '../../../src/dsl/ops/index.js'
import { key } from '../../../src/dsl/keys.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { cartPole, categoricalPolicy, gaussianPolicy, pendulum, rollout, tabular, valueFunction } from '../../../src/rl/index.js'
import { same, type Equal } from '../harness/equal.js'

const policy = categoricalPolicy({ observation: 4, hidden: [8], actions: 2 })
const torque = gaussianPolicy({ observation: 3, actions: 1 })
const critic = valueFunction({ observation: 4, hidden: [8] })

const state = cartPole.reset(key(0), 2)
const { reward, terminated } = cartPole.step(state, tensor([0, 1], 'int32'), key(1))
same<Equal<typeof reward, Tensor<[2]>>>()
same<Equal<typeof terminated, Tensor<[2], 'bool'>>>()
const seen = cartPole.observe(state)
same<Equal<typeof seen, Tensor<[2, 4]>>>()
same<Equal<typeof state.at.angle, Tensor<[2]>>>()

const logProb = policy.logProb(policy.params, f32('T', 'N', 4), policy.mode(policy.params, f32('T', 'N', 4)))
same<Equal<typeof logProb, Tensor<['T', 'N']>>>()
const v = critic.value(critic.params, f32('B', 4))
same<Equal<typeof v, Tensor<['B']>>>()
const action = torque.sample(torque.params, f32('B', 3), key(0))
same<Equal<typeof action, Tensor<['B', 1]>>>()

const collect = rollout({ environment: pendulum, policy: torque, steps: 16, environments: 8 })
const { trajectory } = collect.run(torque.params, collect.init(key(0)), key(1))
same<Equal<typeof trajectory.observation, Tensor<[16, 8, 3]>>>()
same<Equal<typeof trajectory.action, Tensor<[16, 8, 1]>>>()
same<Equal<typeof trajectory.truncated, Tensor<[16, 8], 'bool'>>>()

const rooms = tabular({
  transitions: tensor([[[1, 0], [0, 1]], [[0, 1], [1, 0]]]), rewards: tensor([[0, 1], [2, 0]]), start: tensor([1, 0]),
}, { horizon: 20 })
const rows = rooms.observe(rooms.reset(key(0), 3))
same<Equal<typeof rows, Tensor<[3, 2]>>>()
