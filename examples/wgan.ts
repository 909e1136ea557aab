/** WGAN with weight clipping on a mixture of Gaussians. */
import { game, maximiser, minimiser, rmsprop } from 'typegrad'
import { wgan } from 'typegrad/models'
import { defineRecipe, setting } from 'typegrad/run'
import { batchSetting, drawn, hiddenSetting, mixtureOf, mixtureSetting, quality, view } from './parts/mixtures.js'

export default defineRecipe({
  name: 'wgan',
  summary: 'WGAN with weight clipping (Arjovsky et al., 2017) on 8 or 25 Gaussians in the plane.',
  settings: {
    data: mixtureSetting('ring8'),
    clip: setting.number(0.1, 'c, the bound of every weight of the critic', { min: 1e-6 }),
    hidden: hiddenSetting,
    critic: setting.int(5, 'critic moves a round', { min: 1 }),
    lr: setting.number(2e-4, 'learning rate', { min: 0 }),
    batch: batchSetting,
  },
  model: ({ data, clip, hidden }) => ({
    ...wgan({ dims: 2, latent: 2, hidden: { critic: hidden, generator: hidden }, lipschitz: { clip }, activation: 'relu' }),
    real: mixtureOf({ data }),
  }),
  training: ({ model, settings: { lr, critic } }) => game({
    players: {
      critic: maximiser({ params: model.params.critic, optimiser: rmsprop(lr), steps: critic }),
      generator: minimiser({ params: model.params.generator, optimiser: rmsprop(lr) }),
    },
    value: (players, _, key) => model.value(players, drawn(model.real, key), key),
    constraints: { critic: (players, _, key) => model.constraints(players, drawn(model.real, key), key) },
  }),
  schedule: ({ batch }) => ({ batch, length: { steps: 6000 }, evaluate: { steps: 2000 } }),
  evaluation: scope => quality(scope),
  samples: settings => ({ ...view(settings), draw: ({ model, params, key, count }) => model.sample(params.generator, key, count) }),
})
