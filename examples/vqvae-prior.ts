/** The second stage of a VQ-VAE: an autoregressive prior over its maps of codes, whose samples the decoder draws. Train `vqvae` first. */
import { adam, chain, clipByGlobalNorm, mean, mul, neg, reshape, schedule, type Tensor } from 'typegrad'
import { codePrior } from 'typegrad/models'
import { defineRecipe, encoded, setting } from 'typegrad/run'
import vqvae from './vqvae.js'

export default defineRecipe({
  name: 'vqvae-prior',
  summary: 'A prior over the 7x7 codes of a VQ-VAE (van den Oord et al., 2017) by a causal transformer; samples go through its decoder.',
  after: vqvae,
  settings: {
    width: setting.int(128, 'features inside the transformer', { min: 1 }),
    heads: setting.int(4, 'heads of attention, which divide the width', { min: 1 }),
    layers: setting.int(3, 'blocks of attention and MLP', { min: 1 }),
    lr: setting.number(2e-3, 'learning rate at the start; it falls to 0 along a cosine', { min: 0 }),
    batch: setting.int(32, 'maps of codes a step', { min: 1 }),
  },
  data: (_, earlier) => encoded(earlier, ({ model, params, aux, batch: { x } }) => ({
    codes: model.quantise({ params, aux }, reshape(x, ['B', 28, 28, 1])).codes,
  })),
  model: ({ width, heads, layers }, _, { model, params, aux, settings: { entries } }) => {
    const prior = codePrior({ map: [7, 7], entries, width, heads, layers })
    return { ...prior, draw: (codes: Tensor<readonly [number, 7, 7], 'int32'>) => model.decodeCodes({ params, aux }, codes) }
  },
  objective: ({ model, params, batch: { codes } }) => neg(mean(model.logProb(params, codes))),
  optimiser: ({ lr }, { steps }) => chain(clipByGlobalNorm(1), adam(schedule.cosine({ from: lr, steps }))),
  schedule: ({ batch }) => ({ batch, length: { steps: 3000 }, evaluate: { steps: 1000 } }),
  // a code drawn blindly costs log2 K bits
  evaluation: ({ model, params, batch: { codes } }) => {
    const nats = neg(model.logProb(params, codes))
    return { testNll: nats, bitsPerCode: mul(nats, 1 / (49 * Math.log(2))) }
  },
  samples: {
    count: 64, picture: { height: 28, width: 28 },
    draw: ({ model, params, key, count }) => model.draw(model.sample(params, key, count)),
  },
})
