/** GAN on a mixture of Gaussians: a game between a discriminator and a generator. */
import { adam, game, maximiser, minimiser, schedule } from 'typegrad'
import { gan } from 'typegrad/models'
import { defineRecipe, setting } from 'typegrad/run'
import { batchSetting, drawn, hiddenSetting, mixtureOf, mixtureSetting, quality, view } from './parts/mixtures.js'

export default defineRecipe({
  name: 'gan',
  summary: 'GAN (Goodfellow et al., 2014) on 8 or 25 Gaussians in the plane.',
  settings: {
    data: mixtureSetting('ring8'),
    saturating: setting.flag(false, 'the generator plays for the discriminator\'s payoff instead of -E log D(G(z))'),
    hidden: hiddenSetting,
    discriminator: setting.int(1, 'k, the discriminator\'s moves a round', { min: 1 }),
    lr: setting.number(5e-4, 'learning rate at the start; it falls to 0 along a cosine', { min: 0 }),
    batch: batchSetting,
  },
  model: ({ data, hidden }) => ({
    ...gan({ dims: 2, latent: 2, hidden: { discriminator: hidden, generator: hidden } }),
    real: mixtureOf({ data }),
  }),
  training: ({ model, settings: { lr, saturating, discriminator: k }, steps }) => {
    const optimiser = (moves: number) => adam(schedule.cosine({ from: lr, steps: steps * moves }), { beta1: 0.5 })
    return game({
      players: {
        discriminator: maximiser({ params: model.params.discriminator, optimiser: optimiser(k), steps: k }),
        generator: minimiser({ params: model.params.generator, optimiser: optimiser(1) }),
      },
      value: (players, _, key) => model.value(players, drawn(model.real, key), key),
      payoffs: saturating ? {} : { generator: (players, _, key) => model.nonSaturating(players, key) },
    })
  },
  schedule: ({ batch }) => ({ batch, length: { steps: 8000 }, evaluate: { steps: 2000 } }),
  evaluation: scope => quality(scope),
  samples: settings => ({ ...view(settings), draw: ({ model, params, key, count }) => model.sample(params.generator, key, count) }),
})
