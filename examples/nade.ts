/** NADE on dynamically binarised MNIST: a hidden layer that hears one more pixel at a time, as a scan. */
import { adam, mean, neg, schedule } from 'typegrad'
import { nade } from 'typegrad/models'
import { defineRecipe, means, setting } from 'typegrad/run'
import { images, imageSettings, likelihoods } from './parts/binary-images.js'

export default defineRecipe({
  name: 'nade',
  summary: 'NADE (Larochelle and Murray, 2011), the neural autoregressive distribution estimator, on binarised MNIST.',
  settings: {
    ...imageSettings,
    hidden: setting.int(500, 'hidden units', { min: 1 }),
    lr: setting.number(5e-3, 'learning rate at the start; it falls to 0 along a cosine', { min: 0 }),
    batch: setting.int(100, 'images a step', { min: 1 }),
  },
  data: images,
  model: ({ hidden }, { train }) => nade({ dims: 784, hidden, means: means(train, 'x') }),
  objective: ({ model, params, batch: { x } }) => neg(mean(model.logProb(params, x))),
  optimiser: ({ lr }, { steps }) => adam(schedule.cosine({ from: lr, steps })),
  schedule: ({ batch }) => ({ batch, length: { epochs: 12 }, evaluate: { epochs: 1 } }),
  evaluation: ({ model, params, batch: { x } }) => ({ testNll: neg(model.logProb(params, x)) }),
  samples: { count: 100, picture: { height: 28, width: 28 }, draw: ({ model, params, key, count }) => model.sample(params, key, count) },
  published: likelihoods(
    { model: 'NADE, fixed order', nats: 85.65 },
    { model: 'NADE, H = 500', nats: 88.33, source: 'Uria et al., 2016; fixed binarisation, not comparable' }),
})
