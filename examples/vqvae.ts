/** VQ-VAE on Fashion-MNIST or MNIST: a picture becomes 7x7 codes of a codebook, and comes back. `vqvae-prior` learns to make such codes. */
import { adam, fromArray, gather, mean, named, reshape, schedule, square, stack, sub } from 'typegrad'
import { vqVae } from 'typegrad/models'
import { defineRecipe, fashionMnist, mnist, setting } from 'typegrad/run'

/** Test pictures to show beside what becomes of them. */
const SHOWN = 200

export default defineRecipe({
  name: 'vqvae',
  summary: 'VQ-VAE (van den Oord et al., 2017): pictures as 7x7 codes, learnt straight through the quantisation.',
  settings: {
    data: setting.oneOf(['fashion', 'mnist'], 'fashion', 'which images'),
    codebook: setting.oneOf(['ema', 'gradient'], 'ema', 'entries follow running means, or have a loss of their own'),
    entries: setting.int(256, 'K, the entries of the codebook', { min: 1 }),
    features: setting.int(32, 'D, the features of an entry', { min: 1 }),
    beta: setting.number(0.25, 'β, the weight of the commitment term', { min: 0 }),
    decay: setting.number(0.95, 'γ of the running means', { min: 0, max: 0.9999 }),
    revive: setting.number(1, 'an entry used less often than this a batch is dead, and revived', { min: 0 }),
    width: setting.int(64, 'channels inside encoder and decoder, an even number', { min: 2 }),
    blocks: setting.int(1, 'residual blocks of each', { min: 0 }),
    lr: setting.number(2e-3, 'learning rate at the start; it falls to 0 along a cosine', { min: 0 }),
    batch: setting.int(64, 'images a step', { min: 1 }),
  },
  data: ({ data }) => (data === 'mnist' ? mnist : fashionMnist)(),
  model: ({ codebook, entries, features, beta, decay, revive, width, blocks }, { test }) => {
    const { x } = test.rows(Array.from({ length: SHOWN }, (_, i) => i), { seed: 0, epoch: 0 })
    return {
      ...vqVae({ channels: 1, entries, features, width, blocks, beta, codebook, ema: { decay, revive } }),
      shown: fromArray(Float32Array.from(x.data), [SHOWN, 28, 28, 1]),
    }
  },
  objective: ({ model, params, aux, batch: { x }, key }) => {
    const { loss, aux: next, ...metrics } = model.losses({ params, aux }, named('x', reshape(x, ['B', 28, 28, 1])), key)
    return { loss, aux: next, metrics }
  },
  optimiser: ({ lr }, { steps }) => adam(schedule.cosine({ from: lr, steps })),
  schedule: ({ batch }) => ({ batch, length: { steps: 2400 }, evaluate: { steps: 800 } }),
  // perplexity is of blocks of 1,000 pictures: some 0.3 % below that of the whole split
  evaluation: ({ model, params, aux, batch: { x } }) => {
    const pictures = reshape(x, ['B', 28, 28, 1])
    return {
      testMse: mean(square(sub(model.reconstruct({ params, aux }, pictures), pictures)), [1, 2, 3]),
      perplexity: model.quantise({ params, aux }, pictures).perplexity,
    }
  },
  // pairs: a test picture, and what comes back
  samples: {
    count: 64, picture: { height: 28, width: 28 },
    draw: ({ model, params, aux, count }) => {
      const half = Math.ceil(count / 2)
      const originals = gather(model.shown, fromArray(Int32Array.from({ length: half }, (_, i) => i % SHOWN), [half], 'int32'))
      const pairs = reshape(stack([originals, model.reconstruct({ params, aux }, originals)], 1), [2 * half, 784])
      return gather(pairs, fromArray(Int32Array.from({ length: count }, (_, i) => i), [count], 'int32'))
    },
  },
})
