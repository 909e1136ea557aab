/** TRPO on Pendulum-v1: a pendulum swung up and held by a weak motor. */
import { adam, mean, naturalGradient } from 'typegrad'
import { evaluatePolicy, gaussianPolicy, pendulum, trpo, valueFunction } from 'typegrad/rl'
import { defineRecipe, setting } from 'typegrad/run'

export default defineRecipe({
  name: 'trpo-pendulum',
  summary: 'TRPO (Schulman et al., 2015) on Pendulum-v1: 100,000 environment steps, a Gaussian policy.',
  settings: {
    environments: setting.int(8, 'copies of the environment', { min: 1 }),
    steps: setting.int(200, 'steps of each an update', { min: 1 }),
    bound: setting.number(0.01, 'the most that the mean KL divergence of an update may be, in nats', { min: 0 }),
    damping: setting.number(0.1, 'added to the diagonal of the Fisher matrix', { min: 0 }),
    discount: setting.number(0.95, 'γ', { min: 0, max: 1 }),
    lambda: setting.number(0.95, 'λ of generalised advantages', { min: 0, max: 1 }),
    hidden: setting.int(64, 'units of each of two layers, of policy and value function', { min: 1 }),
    lr: setting.number(1e-3, 'learning rate of the value function', { min: 0 }),
    updates: setting.int(40, 'steps of the value function an update', { min: 1 }),
  },
  model: ({ hidden }) => {
    const policy = gaussianPolicy({ observation: 3, hidden: [hidden, hidden], actions: 1 })
    const value = valueFunction({ observation: 3, hidden: [hidden, hidden] })
    return { params: { policy: policy.params, value: value.params }, policy, value }
  },
  training: ({ settings: { environments, steps, bound, damping, discount, lambda, lr, updates }, model: { policy, value } }) => trpo({
    environment: pendulum, policy, value, environments, steps, bound, discount, lambda,
    // a step costs up to 16, and v starts near 0
    rewardScale: 0.1,
    solver: naturalGradient({ conjugateGradientSteps: 10, damping, backtrack: 0.8, backtracks: 10 }),
    critic: { optimiser: adam(lr), updates },
  }),
  schedule: ({ environments, steps }) => ({ batch: 1, length: { steps: Math.floor(100_000 / (environments * steps)) }, logEvery: 10 }),
  evaluation: ({ model: { policy }, params, key }) => ({
    meanReturn: mean(evaluatePolicy({ environment: pendulum, policy, params: params.policy, key, episodes: 100 })),
  }),
  published: () => [{ model: 'TRPO of sb3-contrib, 100,000 steps', metric: 'meanReturn', figure: -175, source: 'RL Baselines3 Zoo' }],
})
