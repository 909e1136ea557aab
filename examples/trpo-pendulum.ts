/** TRPO on Pendulum-v1: a pendulum swung up and held by a weak motor. */
import { mean } from 'typegrad'
import { evaluatePolicy, gaussianPolicy, pendulum, trpo, valueFunction } from 'typegrad/rl'
import { defineRecipe } from 'typegrad/run'
import { lasting, trpoSettings, updating } from './parts/trpo.js'

export default defineRecipe({
  name: 'trpo-pendulum',
  summary: 'TRPO (Schulman et al., 2015) on Pendulum-v1: 100,000 environment steps, a Gaussian policy.',
  // By 40 steps of the value function an update, 3 of 24 seeds stay below a return of -250; by 80 none.
  settings: trpoSettings({ steps: 200, bound: 0.01, discount: 0.95, lambda: 0.95, updates: 80 }),
  model: ({ hidden }) => {
    const policy = gaussianPolicy({ observation: 3, hidden: [hidden, hidden], actions: 1 })
    const value = valueFunction({ observation: 3, hidden: [hidden, hidden] })
    return { params: { policy: policy.params, value: value.params }, policy, value }
  },
  training: ({ settings, model: { policy, value } }) => trpo({
    environment: pendulum, policy, value, ...updating(settings),
    // a step costs up to 16, and v starts near 0
    rewardScale: 0.1,
  }),
  schedule: lasting,
  evaluation: ({ model: { policy }, params, key }) => ({
    meanReturn: mean(evaluatePolicy({ environment: pendulum, policy, params: params.policy, key, episodes: 100 })),
  }),
  published: () => [{ model: 'TRPO of sb3-contrib, 100,000 steps', metric: 'meanReturn', figure: -175, source: 'RL Baselines3 Zoo' }],
})
