/** TRPO on CartPole-v1: a pole on a cart, kept up for 500 steps. */
import { mean } from 'typegrad'
import { cartPole, categoricalPolicy, evaluatePolicy, trpo, valueFunction } from 'typegrad/rl'
import { defineRecipe } from 'typegrad/run'
import { lasting, trpoSettings, updating } from './parts/trpo.js'

export default defineRecipe({
  name: 'trpo-cartpole',
  summary: 'TRPO (Schulman et al., 2015) on CartPole-v1: 100,000 environment steps, a softmax policy; solved at a mean return of 475.',
  // Once every episode lasts, the gradient is noise, along which the steps of a bound of 0.01 lose the policy of one seed in five.
  settings: trpoSettings({ steps: 128, bound: 0.003, discount: 0.99, lambda: 0.97, updates: 40 }),
  model: ({ hidden }) => {
    const policy = categoricalPolicy({ observation: 4, hidden: [hidden, hidden], actions: 2 })
    const value = valueFunction({ observation: 4, hidden: [hidden, hidden] })
    return { params: { policy: policy.params, value: value.params }, policy, value }
  },
  training: ({ settings, model: { policy, value } }) => trpo({ environment: cartPole, policy, value, ...updating(settings) }),
  schedule: lasting,
  evaluation: ({ model: { policy }, params, key }) => ({
    meanReturn: mean(evaluatePolicy({ environment: cartPole, policy, params: params.policy, key, episodes: 100 })),
  }),
  published: () => [{ model: 'TRPO of sb3-contrib, 100,000 steps', metric: 'meanReturn', figure: 500, source: 'RL Baselines3 Zoo' }],
})
