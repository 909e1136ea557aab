/** The critic's step of WGAN-GP: a gradient penalty, whose gradient is a second derivative. */
import { adam, add, broadcastTo, f32, grad, mean, mul, sqrt, square, sub, sum, trainStep, type Tensor } from 'typegrad'
import { wgan } from 'typegrad/models'
import { floats } from '../harness/arrays.js'
import { generator } from '../harness/random.js'
import { allPeers, BATCHES, trainingCase, workload, type Sizes } from '../harness/workload.js'
import { pictures } from './mlp.js'

interface Batch { readonly real: Tensor<['B', 784]>; readonly fake: Tensor<['B', 784]>; readonly share: Tensor<['B', 1]> }

export const wganGp = ({ batch = 256, width = 512, depth = 3 }: Sizes = {}) => workload({
  name: 'wgan-gp', title: `WGAN-GP critic 784${`-${width}`.repeat(depth)}-1, leaky relu, penalty of weight 10, Adam, batch ${batch}`,
  peers: allPeers,
}, () => {
  const model = wgan({
    dims: 784, latent: 2, hidden: { critic: Array<number>(depth).fill(width), generator: [] }, lipschitz: { penalty: 10 },
  })
  const training = trainStep({
    params: model.params.critic,
    // samples and the shares of the mixtures come in, so that every peer sees the same ones
    loss: (f, { real, fake, share }: Batch) => {
      const shares = broadcastTo(share, ['B', 784])
      const between = add(mul(shares, real), mul(sub(1, shares), fake))
      const slope = grad((x: Tensor<['B', 784]>) => sum(model.critic(f, x)))(between)
      const penalty = mean(square(sub(sqrt(sum(square(slope), [1])), 1)))
      return add(sub(mean(model.critic(f, fake)), mean(model.critic(f, real))), mul(10, penalty))
    },
    optimiser: adam(2e-5, { beta1: 0, beta2: 0.9 }),
  })
  return trainingCase(training, { real: f32('B', 784), fake: f32('B', 784), share: f32('B', 1) }, { B: batch }, () => {
    const uniform = generator(6)
    return { real: pictures(batch, 5).x, fake: pictures(batch, 7).x, share: floats([BATCHES, batch, 1], uniform) }
  })
})
