/** WGAN-GP on a mixture of Gaussians: a game between a critic that estimates a distance and a generator that lowers it. */
import { adam, game, maximiser, minimiser, schedule } from 'typegrad'
import { wgan } from 'typegrad/models'
import { defineRecipe, setting } from 'typegrad/run'
import { batchSetting, drawn, hiddenSetting, mixtureOf, mixtureSetting, quality, view } from './parts/mixtures.js'

export default defineRecipe({
  name: 'wgan-gp',
  summary: 'WGAN-GP (Gulrajani et al., 2017) on 25 or 8 Gaussians in the plane.',
  settings: {
    data: mixtureSetting('grid25'),
    lambda: setting.number(0.1, 'λ, the weight of the gradient penalty', { min: 1e-6 }),
    hidden: hiddenSetting,
    critic: setting.int(5, 'critic moves a round', { min: 1 }),
    lr: setting.number(1e-3, 'learning rate at the start; it falls to 0 along a cosine', { min: 0 }),
    batch: batchSetting,
  },
  model: ({ data, lambda, hidden }) => ({
    ...wgan({
      dims: 2, latent: 2, hidden: { critic: hidden, generator: hidden }, lipschitz: { penalty: lambda }, activation: 'relu',
    }),
    real: mixtureOf({ data }),
  }),
  training: ({ model, settings: { lr, critic }, steps }) => {
    const optimiser = (moves: number) => adam(schedule.cosine({ from: lr, steps: steps * moves }), { beta1: 0.5, beta2: 0.9 })
    return game({
      players: {
        critic: maximiser({ params: model.params.critic, optimiser: optimiser(critic), steps: critic }),
        generator: minimiser({ params: model.params.generator, optimiser: optimiser(1) }),
      },
      value: (players, _, key) => model.value(players, drawn(model.real, key), key),
      constraints: { critic: (players, _, key) => model.constraints(players, drawn(model.real, key), key) },
    })
  },
  schedule: ({ batch }) => ({ batch, length: { steps: 8000 }, evaluate: { steps: 2000 } }),
  evaluation: scope => quality(scope),
  samples: settings => ({ ...view(settings), draw: ({ model, params, key, count }) => model.sample(params.generator, key, count) }),
})
