/** A generative classifier on dynamically binarised MNIST: the label is one more variable of the chain rule. */
import { adam, add, cast, div, equal, floor, iota, mean, mul, named, neg, schedule } from 'typegrad'
import { generativeClassifier } from 'typegrad/models'
import { defineRecipe, means, setting } from 'typegrad/run'
import { images, imageSettings } from './parts/binary-images.js'

export default defineRecipe({
  name: 'classifier',
  summary: 'A generative classifier, p(label, pixels) as one chain rule: it classifies by argmax p(y, x) and draws pixels given a label.',
  settings: {
    ...imageSettings,
    hidden: setting.ints([1500], 'units of each hidden layer', { min: 1 }),
    lr: setting.number(4e-3, 'learning rate at the start; it falls to 0 along a cosine', { min: 0 }),
    batch: setting.int(200, 'images a step', { min: 1 }),
  },
  data: images,
  model: ({ hidden }, { train }) => generativeClassifier({ dims: 784, classes: 10, hidden, means: means(train, 'x') }),
  objective: ({ model, params, batch: { x, label } }) => neg(mean(model.logProb(params, { y: named('y', label), x }))),
  optimiser: ({ lr }, { steps }) => adam(schedule.cosine({ from: lr, steps })),
  schedule: ({ batch }) => ({ batch, length: { epochs: 12 }, evaluate: { epochs: 4 } }),
  evaluation: ({ model, params, batch: { x, label } }) => ({
    testNll: neg(model.logProb(params, { y: label, x })),
    accuracy: cast(equal(model.classify(params, x), label), 'float32'),
  }),
  // as many of each digit, in turn: a sheet of 100 has a row a digit
  samples: {
    count: 100, picture: { height: 28, width: 28 },
    draw: ({ model, params, key, count }) =>
      model.sample(params, key, count, { y: cast(floor(div(mul(add(cast(iota(count), 'float32'), 0.5), 10), count)), 'int32') }).x,
  },
})
