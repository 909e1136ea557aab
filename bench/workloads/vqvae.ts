/** VQ-VAE on pictures of 28x28, with the widths of examples/vqvae.ts; dead entries are not revived, so that nothing is random. */
import { adam, f32, key, reshape, trainStep, type Tensor } from 'typegrad'
import { vqVae } from 'typegrad/models'
import { floats } from '../harness/arrays.js'
import { generator, normals } from '../harness/random.js'
import { allPeers, BATCHES, trainingCase, workload, type Sizes } from '../harness/workload.js'

/** Two bumps of light at random places, and noise. */
const blobs = (batch: number) => {
  const uniform = generator(4), normal = normals(uniform)
  const bumps = Array.from({ length: BATCHES * batch * 2 }, () => [6 + 16 * uniform(), 6 + 16 * uniform(), 2 + 3 * uniform()] as const)
  const light = ([r, c, size]: readonly [number, number, number], y: number, x: number) =>
    Math.exp(-((y - r) ** 2 + (x - c) ** 2) / (2 * size * size))
  return floats([BATCHES, batch, 784], i => {
    const picture = Math.floor(i / 784), y = Math.floor(i % 784 / 28), x = i % 28
    return light(bumps[2 * picture], y, x) + light(bumps[2 * picture + 1], y, x) + 0.1 * normal()
  })
}

export const vqvae = ({ batch = 64, width = 64, depth = 1 }: Sizes = {}) => workload({
  name: 'vqvae', title: `VQ-VAE 28x28, ${width} channels, ${depth} residual block, 256 entries of 32 by running means, `
    + `Adam, batch ${batch}`,
  peers: allPeers,
}, () => {
  const model = vqVae({ channels: 1, entries: 256, features: 32, width, blocks: depth, ema: { decay: 0.95, revive: 0 } })
  const training = trainStep({
    params: model.params,
    aux: model.aux(model.params, key(0)),
    loss: (params, { x }: { readonly x: Tensor<['B', 784]> }, k, aux) => {
      const { loss, aux: next } = model.losses({ params, aux } as never, reshape(x, ['B', 28, 28, 1]), k)
      return { loss, aux: next }
    },
    optimiser: adam(1e-4),
  })
  return trainingCase(training, { x: f32('B', 784) }, { B: batch }, () => ({ x: blobs(batch) }))
})
