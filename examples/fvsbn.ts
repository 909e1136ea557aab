/** FVSBN on dynamically binarised MNIST: one layer of logistic regressions, each pixel on those before it. */
import { adam, mean, neg, schedule } from 'typegrad'
import { fvsbn } from 'typegrad/models'
import { defineRecipe, means, setting } from 'typegrad/run'
import { images, imageSettings, likelihoods } from './parts/binary-images.js'

export default defineRecipe({
  name: 'fvsbn',
  summary: 'FVSBN (Frey, 1998), the fully visible sigmoid belief network, on binarised MNIST.',
  settings: {
    ...imageSettings,
    lr: setting.number(1e-2, 'learning rate at the start; it falls to 0 along a cosine', { min: 0 }),
    batch: setting.int(200, 'images a step', { min: 1 }),
  },
  data: images,
  model: (_, { train }) => fvsbn({ dims: 784, means: means(train, 'x') }),
  objective: ({ model, params, batch: { x } }) => neg(mean(model.logProb(params, x))),
  optimiser: ({ lr }, { steps }) => adam(schedule.cosine({ from: lr, steps })),
  schedule: ({ batch }) => ({ batch, length: { epochs: 20 }, evaluate: { epochs: 5 } }),
  evaluation: ({ model, params, batch: { x } }) => ({ testNll: neg(model.logProb(params, x)) }),
  samples: { count: 100, picture: { height: 28, width: 28 }, draw: ({ model, params, key, count }) => model.sample(params, key, count) },
  published: likelihoods({ model: 'FVSBN', nats: 96.58 }, { model: 'FVSBN', nats: 97.45, source: 'fixed binarisation, not comparable' }),
})
