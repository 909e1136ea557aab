/** GAN on MNIST: digits from noise. */
import { adam, game, grad, maximiser, mean, minimiser, penalty, schedule, square, sum, type Tensor } from 'typegrad'
import { gan } from 'typegrad/models'
import { defineRecipe, fashionMnist, mnist, setting, type Batch, type ImageFields } from 'typegrad/run'

export default defineRecipe({
  name: 'gan-mnist',
  summary: 'GAN (Goodfellow et al., 2014) on MNIST, with the payoff that does not saturate and a penalty on the discriminator.',
  settings: {
    data: setting.oneOf(['mnist', 'fashion'], 'mnist', 'which images'),
    r1: setting.number(1, 'weight of the discriminator\'s squared gradient at real pictures (R1, Mescheder et al., 2018)', { min: 1e-6 }),
    latent: setting.int(64, 'normal variates from which the generator makes a picture', { min: 1 }),
    lr: setting.number(5e-4, 'learning rate at the start; it falls to 0 along a cosine', { min: 0 }),
    batch: setting.int(128, 'images a move', { min: 1 }),
  },
  data: ({ data }) => (data === 'mnist' ? mnist : fashionMnist)(),
  model: ({ latent }) => gan({ dims: 784, latent, hidden: { discriminator: [512, 256], generator: [256, 512] }, range: 'unit' }),
  training: ({ model, settings: { lr, r1 }, steps }) => {
    const optimiser = adam(schedule.cosine({ from: lr, steps }), { beta1: 0.5 })
    return game({
      players: {
        discriminator: maximiser({ params: model.params.discriminator, optimiser }),
        generator: minimiser({ params: model.params.generator, optimiser }),
      },
      value: (players, { x }: Batch<ImageFields>, key) => model.value(players, x, key),
      // without it the discriminator soon wins outright, and the generator makes one picture for ever
      constraints: { discriminator: ({ discriminator }, { x }) => {
        const slope = grad((y: Tensor<['B', 784]>) => sum(model.logits(discriminator, y)))(x)
        return [penalty({ name: 'R1', weight: r1, value: mean(sum(square(slope), [1])) })]
      } },
      payoffs: { generator: (players, _, key) => model.nonSaturating(players, key) },
    })
  },
  schedule: ({ batch }) => ({ batch, length: { steps: 5000 }, evaluate: { steps: 1000 } }),
  // -log 4 = -1.386 where the discriminator cannot tell the pictures apart
  evaluation: ({ model, params, batch: { x }, key }) => ({ testValue: model.value(params, x, key) }),
  samples: {
    count: 100, picture: { height: 28, width: 28 },
    draw: ({ model, params, key, count }) => model.sample(params.generator, key, count),
  },
})
