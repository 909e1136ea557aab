/** WGAN-GP on MNIST: digits from noise. */
import { adam, game, maximiser, minimiser, schedule } from 'typegrad'
import { wgan } from 'typegrad/models'
import { defineRecipe, fashionMnist, mnist, setting, type Batch, type ImageFields } from 'typegrad/run'

export default defineRecipe({
  name: 'wgan-gp-mnist',
  summary: 'WGAN-GP (Gulrajani et al., 2017) on MNIST.',
  settings: {
    data: setting.oneOf(['mnist', 'fashion'], 'mnist', 'which images'),
    lambda: setting.number(10, 'λ, the weight of the gradient penalty', { min: 1e-6 }),
    latent: setting.int(64, 'normal variates from which the generator makes a picture', { min: 1 }),
    critic: setting.int(3, 'critic moves a round', { min: 1 }),
    lr: setting.number(5e-4, 'learning rate at the start; it falls to 0 along a cosine', { min: 0 }),
    batch: setting.int(64, 'images a move', { min: 1 }),
  },
  data: ({ data }) => (data === 'mnist' ? mnist : fashionMnist)(),
  model: ({ latent, lambda }) => wgan({
    dims: 784, latent, hidden: { critic: [256, 256], generator: [256, 256] }, lipschitz: { penalty: lambda }, range: 'unit',
  }),
  training: ({ model, settings: { lr, critic }, steps }) => {
    const optimiser = (moves: number) => adam(schedule.cosine({ from: lr, steps: steps * moves }), { beta1: 0, beta2: 0.9 })
    return game({
      players: {
        critic: maximiser({ params: model.params.critic, optimiser: optimiser(critic), steps: critic }),
        generator: minimiser({ params: model.params.generator, optimiser: optimiser(1) }),
      },
      value: (players, { x }: Batch<ImageFields>, key) => model.value(players, x, key),
      constraints: { critic: (players, { x }, key) => model.constraints(players, x, key) },
    })
  },
  schedule: ({ batch }) => ({ batch, length: { steps: 4000 }, evaluate: { steps: 1000 } }),
  // what the critic takes for the distance between test pictures and its generator's
  evaluation: ({ model, params, batch: { x }, key }) => ({ testDistance: model.value(params, x, key) }),
  samples: {
    count: 100, picture: { height: 28, width: 28 },
    draw: ({ model, params, key, count }) => model.sample(params.generator, key, count),
  },
})
