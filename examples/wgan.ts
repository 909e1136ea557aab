/** WGAN with weight clipping on a mixture of Gaussians. */
import { game, maximiser, minimiser, rmsprop, splitKey } from 'typegrad'
import { gridOfGaussians, ringOfGaussians, wgan } from 'typegrad/models'
import { defineRecipe, setting } from 'typegrad/run'

export default defineRecipe({
  name: 'wgan',
  summary: 'WGAN with weight clipping (Arjovsky et al., 2017) on 8 or 25 Gaussians in the plane.',
  settings: {
    data: setting.oneOf(['ring8', 'grid25'], 'ring8', 'which mixture'),
    clip: setting.number(0.1, 'c, the bound of every weight of the critic', { min: 1e-6 }),
    hidden: setting.ints([128, 128, 128], 'units of each hidden layer of both players', { min: 1 }),
    critic: setting.int(5, 'critic moves a round', { min: 1 }),
    lr: setting.number(2e-4, 'learning rate', { min: 0 }),
    batch: setting.int(256, 'samples a move', { min: 1 }),
  },
  model: ({ data, clip, hidden }) => ({
    ...wgan({ dims: 2, latent: 2, hidden: { critic: hidden, generator: hidden }, lipschitz: { clip }, activation: 'relu' }),
    real: data === 'grid25' ? gridOfGaussians() : ringOfGaussians(),
  }),
  training: ({ model, settings: { lr, critic } }) => game({
    players: {
      critic: maximiser({ params: model.params.critic, optimiser: rmsprop(lr), steps: critic }),
      generator: minimiser({ params: model.params.generator, optimiser: rmsprop(lr) }),
    },
    value: (players, _, key) => model.value(players, model.real.sample(splitKey(key, 'data').data, 'B'), key),
    constraints: { critic: (players, _, key) => model.constraints(players, model.real.sample(splitKey(key, 'data').data, 'B'), key) },
  }),
  schedule: ({ batch }) => ({ batch, length: { steps: 6000 }, evaluate: { steps: 2000 } }),
  evaluation: ({ model, params, key }) => model.real.quality(model.sample(params.generator, key, 10_000)),
  samples: ({ data }) => ({
    count: 2000, plot: { x: [-2, 2], y: [-2, 2] }, reference: (data === 'grid25' ? gridOfGaussians() : ringOfGaussians()).modes,
    draw: ({ model, params, key, count }) => model.sample(params.generator, key, count),
  }),
})
