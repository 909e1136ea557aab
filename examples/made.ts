/** MADE on dynamically binarised MNIST: `npm start`. */
import { adam, broadcastTo, dist, fromArray, mean, neg, schedule, sum } from 'typegrad'
import { made } from 'typegrad/models'
import { defineRecipe, fashionMnist, means, mnist, setting } from 'typegrad/run'

export default defineRecipe({
  name: 'made',
  summary: 'MADE (Germain et al., 2015), a masked autoencoder for distribution estimation, on binarised MNIST.',
  settings: {
    data: setting.oneOf(['mnist', 'fashion'], 'mnist', 'which images'),
    binarise: setting.oneOf(['stochastic', 'threshold'], 'stochastic', 'a fresh draw every epoch, or black above one half'),
    hidden: setting.ints([1000], 'units of each hidden layer', { min: 1 }),
    masks: setting.int(1, 'alternative masks; the density is their mean', { min: 1 }),
    ordering: setting.oneOf(['natural', 'random'], 'natural', 'order of the pixels in the chain rule'),
    direct: setting.flag(true, 'a direct connection from inputs to outputs'),
    lr: setting.number(5e-3, 'learning rate at the start; it falls to 0 along a cosine', { min: 0 }),
    batch: setting.int(200, 'images a step', { min: 1 }),
  },
  data: ({ data, binarise }) => (data === 'mnist' ? mnist : fashionMnist)({ binarise }),
  model: ({ hidden, masks, ordering, direct }, { train }) => {
    const pixels = means(train, 'x').map(m => Math.min(1 - 1e-4, Math.max(1e-4, m)))
    return { ...made({ dims: 784, hidden, masks, ordering, direct, means: pixels }), pixels: fromArray(pixels, [784]) }
  },
  // one alternative a step, as the paper cycles through its masks
  objective: ({ settings: { masks }, model, params, batch: { x }, key }) =>
    neg(mean(model.logProb(params, x, masks > 1 ? model.drawMask(key) : undefined))),
  optimiser: ({ lr }, { steps }) => adam(schedule.cosine({ from: lr, steps })),
  schedule: ({ batch }) => ({ batch, length: { epochs: 7 }, evaluate: { epochs: 2 } }),
  // beside the model, the density that knows each pixel's mean and nothing else
  evaluation: ({ model, params, batch: { x } }) => ({
    testNll: neg(model.logProb(params, x)),
    independentNll: neg(sum(dist.bernoulliFromProbs(broadcastTo(model.pixels, ['B', 784])).logProb(x), [1])),
  }),
  samples: { count: 100, picture: { height: 28, width: 28 }, draw: ({ model, params, key, count }) => model.sample(params, key, count) },
  published: ({ data, binarise }) => data === 'mnist' && binarise === 'stochastic' ? [
    { model: 'FVSBN', metric: 'testNll', figure: 96.58, source: 'dynamic binarisation' },
    { model: 'MADE, one hidden layer of 8000', metric: 'testNll', figure: 84.87, source: 'dynamic binarisation' },
    { model: 'PixelCNN', metric: 'testNll', figure: 81.45, source: 'dynamic binarisation' },
    {
      model: 'MADE, one hidden layer, one mask', metric: 'testNll', figure: 88.4,
      source: 'Germain et al., 2015; fixed binarisation, not comparable',
    },
  ] : [],
})
