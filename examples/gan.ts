/** GAN on a mixture of Gaussians: a game between a discriminator and a generator. */
import { adam, game, maximiser, minimiser, schedule, splitKey } from 'typegrad'
import { gan, gridOfGaussians, ringOfGaussians } from 'typegrad/models'
import { defineRecipe, setting } from 'typegrad/run'

export default defineRecipe({
  name: 'gan',
  summary: 'GAN (Goodfellow et al., 2014) on 8 or 25 Gaussians in the plane.',
  settings: {
    data: setting.oneOf(['ring8', 'grid25'], 'ring8', 'which mixture'),
    saturating: setting.flag(false, 'the generator plays for the discriminator\'s payoff instead of -E log D(G(z))'),
    hidden: setting.ints([128, 128, 128], 'units of each hidden layer of both players', { min: 1 }),
    discriminator: setting.int(1, 'k, the discriminator\'s moves a round', { min: 1 }),
    lr: setting.number(5e-4, 'learning rate at the start; it falls to 0 along a cosine', { min: 0 }),
    batch: setting.int(256, 'samples a move', { min: 1 }),
  },
  model: ({ data, hidden }) => ({
    ...gan({ dims: 2, latent: 2, hidden: { discriminator: hidden, generator: hidden } }),
    real: data === 'grid25' ? gridOfGaussians() : ringOfGaussians(),
  }),
  training: ({ model, settings: { lr, saturating, discriminator: k }, steps }) => {
    const optimiser = (moves: number) => adam(schedule.cosine({ from: lr, steps: steps * moves }), { beta1: 0.5 })
    return game({
      players: {
        discriminator: maximiser({ params: model.params.discriminator, optimiser: optimiser(k), steps: k }),
        generator: minimiser({ params: model.params.generator, optimiser: optimiser(1) }),
      },
      value: (players, _, key) => model.value(players, model.real.sample(splitKey(key, 'data').data, 'B'), key),
      payoffs: saturating ? {} : { generator: (players, _, key) => model.nonSaturating(players, key) },
    })
  },
  schedule: ({ batch }) => ({ batch, length: { steps: 8000 }, evaluate: { steps: 2000 } }),
  evaluation: ({ model, params, key }) => model.real.quality(model.sample(params.generator, key, 10_000)),
  samples: ({ data }) => ({
    count: 2000, plot: { x: [-2, 2], y: [-2, 2] }, reference: (data === 'grid25' ? gridOfGaussians() : ringOfGaussians()).modes,
    draw: ({ model, params, key, count }) => model.sample(params.generator, key, count),
  }),
})
