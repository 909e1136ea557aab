/** NADE of 500 hidden units over 784 pixels: a scan of 784 tiny steps, and its gradient. */
import { adam, f32, mean, neg, trainStep, type Tensor } from 'typegrad'
import { nade as nadeModel } from 'typegrad/models'
import { trainingCase, workload, type Sizes } from '../harness/workload.js'
import { binaryPictures } from './made.js'

export const nade = ({ batch = 100, width = 500 }: Sizes = {}) => workload({
  name: 'nade', title: `NADE, 784 pixels, ${width} hidden units, Adam, batch ${batch}`,
  peers: { torch: ['eager', 'compile', 'loop'], jax: ['scan', 'jit'], tfjs: ['node', 'wasm'], 'jax-js': ['jit'] },
}, () => {
  const model = nadeModel({ dims: 784, hidden: width })
  const training = trainStep({
    params: model.params,
    loss: (p, { x }: { readonly x: Tensor<['B', 784]> }) => neg(mean(model.logProb(p, x))),
    optimiser: adam(1e-4),
  })
  return trainingCase(training, { x: f32('B', 784) }, { B: batch }, () => ({ x: binaryPictures(batch, 3) }))
})
