/** A masked autoencoder 784-500-784 with one mask and no direct connection. */
import { adam, cast, f32, full, grad, mean, neg, notEqual, ones, sum, trainStep, type Dim, type Tensor, type Value } from 'typegrad'
import { evaluate } from 'typegrad/engines'
import { made as madeModel, type Made } from 'typegrad/models'
import { floats, type Arrays } from '../harness/arrays.js'
import { generator } from '../harness/random.js'
import { allPeers, BATCHES, trainingCase, workload, type Sizes } from '../harness/workload.js'

/** Ten binary prototypes of which each pixel is flipped with probability 0.1. */
export const binaryPictures = (batch: number, seed: number) => {
  const uniform = generator(seed)
  const prototypes = Uint8Array.from({ length: 10 * 784 }, () => uniform() < 0.2 ? 1 : 0)
  const classes = Int32Array.from({ length: BATCHES * batch }, () => Math.floor(uniform() * 10))
  return floats([BATCHES, batch, 784], i => {
    const pixel = prototypes[classes[Math.floor(i / 784)] * 784 + i % 784]
    return uniform() < 0.1 ? 1 - pixel : pixel
  })
}

/**
 * The masks, from the model: at weights and pixels that are all positive a weight's gradient is 0 only where its mask is, or where nothing
 * hears it.
 */
export const masks = (model: Made<784>, width: number): Arrays => {
  const slope = grad((p: Made<784>['params']) => sum(model.logProb(p, ones([1, 784]))))({
    hidden: [{ w: full(0.01, [784, width]), b: ones([width]) }], out: { w: full(0.01, [width, 784]), b: ones([784]) },
  })
  const seen = (w: Tensor<[Dim, Dim]>) => cast(notEqual(w, 0), 'float32')
  const { hidden, out } = evaluate({ hidden: seen(slope.hidden[0].w), out: seen(slope.out.w) })
  return { hidden: single(hidden), out: single(out) }
}
/** The reference evaluates in float64; files for peers hold float32. */
const single = ({ shape, data }: Value): Value => ({ shape, dtype: 'float32', data: Float32Array.from(data) })

export const made = ({ batch = 100, width = 500 }: Sizes = {}) => workload({
  name: 'made', title: `MADE 784-${width}-784, relu, Adam, batch ${batch}`, peers: allPeers,
}, () => {
  const model = madeModel({ dims: 784, hidden: [width], direct: false })
  const training = trainStep({
    params: model.params,
    loss: (p, { x }: { readonly x: Tensor<['B', 784]> }) => neg(mean(model.logProb(p, x))),
    optimiser: adam(1e-4),
  })
  return {
    ...trainingCase(training, { x: f32('B', 784) }, { B: batch }, () => ({ x: binaryPictures(batch, 2) })),
    constants: () => masks(model, width),
  }
})
