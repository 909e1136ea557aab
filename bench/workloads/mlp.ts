/** A classifier 784-512-512-10. */
import { adam, add, crossEntropy, define, f32, i32, matmul, relu, trainStep, type Tensor } from 'typegrad'
import { floats, ints } from '../harness/arrays.js'
import { generator, normals } from '../harness/random.js'
import { allPeers, BATCHES, trainingCase, workload, type Sizes } from '../harness/workload.js'

const linear = define({ w: f32('I', 'O'), b: f32('O') }, (p, x: Tensor<['B', 'I']>) => add(matmul(x, p.w), p.b))

/** Ten prototypes and noise; one label in five is wrong, so that the loss stays away from 0. */
export const pictures = (batch: number, seed: number) => {
  const uniform = generator(seed), normal = normals(uniform)
  const prototypes = Float32Array.from({ length: 10 * 784 }, () => uniform() < 0.2 ? 1 : 0)
  const classes = Int32Array.from({ length: BATCHES * batch }, () => Math.floor(uniform() * 10))
  return {
    x: floats([BATCHES, batch, 784], i => prototypes[classes[Math.floor(i / 784)] * 784 + i % 784] * 0.5 + 0.3 * normal()),
    y: ints([BATCHES, batch], i => uniform() < 0.2 ? Math.floor(uniform() * 10) : classes[i]),
  }
}

export const mlp = ({ batch = 128, width = 512, depth = 2 }: Sizes = {}) => workload({
  name: 'mlp', title: `MLP 784${`-${width}`.repeat(depth)}-10, relu, Adam, batch ${batch}`, peers: allPeers,
}, () => {
  const widths = [784, ...Array<number>(depth).fill(width), 10]
  const layers = widths.slice(1).map((to, l) => ({ w: f32(widths[l], to), b: f32(to) }))
  const training = trainStep({
    params: layers,
    loss: (p, { x, y }: { readonly x: Tensor<['B', number]>; readonly y: Tensor<['B'], 'int32'> }) =>
      crossEntropy(p.reduce((h, layer, l) => l < depth ? relu(linear(layer, h)) : linear(layer, h), x), y),
    optimiser: adam(1e-4),
  })
  return trainingCase(training, { x: f32('B', 784), y: i32('B') }, { B: batch }, () => pictures(batch, 1))
})
