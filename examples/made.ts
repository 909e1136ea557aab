/** MADE on dynamically binarised MNIST: `npm start`. */
import { adam, mean, neg, schedule } from 'typegrad'
import { made } from 'typegrad/models'
import { defineRecipe, fashionMnist, mnist, setting } from 'typegrad/run'

export default defineRecipe({
  name: 'made',
  summary: 'MADE (Germain et al., 2015), a masked autoencoder for distribution estimation, on binarised MNIST.',
  settings: {
    data: setting.oneOf(['mnist', 'fashion'], 'mnist', 'which images'),
    binarise: setting.oneOf(['stochastic', 'threshold'], 'stochastic', 'a fresh draw every epoch, or black above one half'),
    hidden: setting.ints([500], 'units of each hidden layer', { min: 1 }),
    masks: setting.int(1, 'alternative masks; the density is their mean', { min: 1 }),
    ordering: setting.oneOf(['natural', 'random'], 'natural', 'order of the pixels in the chain rule'),
    direct: setting.flag(true, 'a direct connection from inputs to outputs'),
    lr: setting.number(1e-2, 'learning rate at the start; it falls to 0 along a cosine', { min: 0 }),
    batch: setting.int(200, 'images a step', { min: 1 }),
  },
  data: ({ data, binarise }) => (data === 'mnist' ? mnist : fashionMnist)({ binarise }),
  model: ({ hidden, masks, ordering, direct }) => made({ dims: 784, hidden, masks, ordering, direct }),
  // one alternative a step, as the paper cycles through its masks
  objective: ({ settings: { masks }, model, params, batch: { x }, key }) =>
    neg(mean(model.logProb(params, x, masks > 1 ? model.drawMask(key) : undefined))),
  optimiser: ({ lr }, { steps }) => adam(schedule.cosine({ from: lr, steps })),
  schedule: ({ batch }) => ({ batch, length: { epochs: 20 }, evaluate: { epochs: 5 } }),
  evaluation: ({ model, params, batch: { x } }) => ({ testNll: neg(model.logProb(params, x)) }),
  samples: { count: 100, picture: { height: 28, width: 28 }, draw: ({ model, params, key, count }) => model.sample(params, key, count) },
  // on the fixed binarisation of Salakhutdinov and Murray (2008), where ours is drawn
  published: ({ data, binarise }) => data === 'mnist' && binarise === 'stochastic' ? [
    { model: 'independent Bernoulli pixels', metric: 'testNll', figure: 205.8, source: 'means of the training pixels' },
    { model: 'FVSBN', metric: 'testNll', figure: 97.45, source: 'Germain et al., 2015, table 6' },
    { model: 'MADE, 1 hidden layer, 1 mask', metric: 'testNll', figure: 88.4, source: 'Germain et al., 2015, table 6' },
    { model: 'MADE, 2 hidden layers, 32 masks', metric: 'testNll', figure: 86.64, source: 'Germain et al., 2015, table 6' },
  ] : [],
})
