/** MADE on dynamically binarised MNIST: `npm start`. */
import { adam, broadcastTo, dist, fromArray, mean, neg, schedule, sum } from 'typegrad'
import { made } from 'typegrad/models'
import { defineRecipe, means, setting } from 'typegrad/run'
import { images, imageSettings, likelihoods } from './parts/binary-images.js'

/** A recipe of a masked autoencoder, by its size and how it is trained: `made-large` is another. */
export const madeRecipe = ({ name, summary, hidden, lr, epochs }: {
  readonly name: string; readonly summary: string; readonly hidden: number; readonly lr: number; readonly epochs: number
}) => defineRecipe({
  name, summary,
  settings: {
    ...imageSettings,
    hidden: setting.ints([hidden], 'units of each hidden layer', { min: 1 }),
    masks: setting.int(1, 'alternative masks; the density is their mean', { min: 1 }),
    ordering: setting.oneOf(['natural', 'random'], 'natural', 'order of the pixels in the chain rule'),
    direct: setting.flag(true, 'a direct connection from inputs to outputs'),
    lr: setting.number(lr, 'learning rate at the start; it falls to 0 along a cosine', { min: 0 }),
    batch: setting.int(200, 'images a step', { min: 1 }),
  },
  data: images,
  model: ({ hidden, masks, ordering, direct }, { train }) => {
    const pixels = means(train, 'x').map(m => Math.min(1 - 1e-4, Math.max(1e-4, m)))
    return { ...made({ dims: 784, hidden, masks, ordering, direct, means: pixels }), pixels: fromArray(pixels, [784]) }
  },
  // one alternative a step, as the paper cycles through its masks
  objective: ({ settings: { masks }, model, params, batch: { x }, key }) =>
    neg(mean(model.logProb(params, x, masks > 1 ? model.drawMask(key) : undefined))),
  optimiser: ({ lr }, { steps }) => adam(schedule.cosine({ from: lr, steps })),
  schedule: ({ batch }) => ({ batch, length: { epochs }, evaluate: { epochs: 2 } }),
  // beside the model, the density that knows each pixel's mean and nothing else
  evaluation: ({ model, params, batch: { x } }) => ({
    testNll: neg(model.logProb(params, x)),
    independentNll: neg(sum(dist.bernoulliFromProbs(broadcastTo(model.pixels, ['B', 784])).logProb(x), [1])),
  }),
  samples: { count: 100, picture: { height: 28, width: 28 }, draw: ({ model, params, key, count }) => model.sample(params, key, count) },
  published: likelihoods(
    { model: 'FVSBN', nats: 96.58 },
    { model: 'MADE, one hidden layer of 8000', nats: 84.87 },
    { model: 'PixelCNN', nats: 81.45 },
    { model: 'MADE, one hidden layer, one mask', nats: 88.4, source: 'Germain et al., 2015; fixed binarisation, not comparable' }),
})

export default madeRecipe({
  name: 'made',
  summary: 'MADE (Germain et al., 2015), a masked autoencoder for distribution estimation, on binarised MNIST.',
  hidden: 1000, lr: 5e-3, epochs: 7,
})
