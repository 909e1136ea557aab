/** REINFORCE on CartPole: `typegrad train reinforce`. */
import { adam, mean } from 'typegrad'
import { cartPole, categoricalPolicy, evaluatePolicy, reinforce, valueFunction } from 'typegrad/rl'
import { defineRecipe, setting } from 'typegrad/run'

export default defineRecipe({
  name: 'reinforce',
  summary: 'REINFORCE (Williams, 1992), the Monte Carlo policy gradient, on CartPole-v1.',
  settings: {
    baseline: setting.oneOf(['value', 'none'], 'value', 'what is subtracted from returns: a learnt value of the state, or nothing'),
    hidden: setting.ints([64], 'units of each hidden layer', { min: 1 }),
    episodes: setting.int(8, 'episodes a step', { min: 1 }),
    discount: setting.number(0.99, 'γ', { min: 0, max: 1 }),
    lr: setting.number(3e-3, 'learning rate', { min: 0 }),
  },
  model: ({ hidden, baseline }) => {
    const policy = categoricalPolicy({ observation: 4, hidden, actions: 2 })
    const critic = baseline === 'value' ? valueFunction({ observation: 4, hidden }) : undefined
    return { params: { policy: policy.params, baseline: critic?.params ?? [] }, policy, critic }
  },
  training: ({ settings: { episodes, discount, lr }, model: { policy, critic } }) =>
    reinforce({ environment: cartPole, policy, baseline: critic, episodes, discount, optimiser: adam(lr) }),
  schedule: () => ({ batch: 1, length: { steps: 300 }, evaluate: { steps: 100 }, logEvery: 10 }),
  // whole episodes with actions drawn from the policy
  evaluation: ({ model: { policy }, params, key }) => ({
    meanReturn: mean(evaluatePolicy({ environment: cartPole, policy, params: params.policy, key, episodes: 100 })),
  }),
  published: () => [{ model: 'the most there is', metric: 'meanReturn', figure: 500, source: 'Gymnasium; solved at 475' }],
})
