/** A thousand small operations one after the other: what an operation costs before it computes. */
import { add, f32, matmul, mean, mul, tanh, type Tensor } from 'typegrad'
import { floats } from '../harness/arrays.js'
import { generator, normals } from '../harness/random.js'
import { BATCHES, workload, type Sizes } from '../harness/workload.js'

export const smallOps = ({ width = 8, depth = 250 }: Sizes = {}) => workload({
  name: 'small-ops', title: `${4 * depth} chained operations on ${width}x${width} matrices`, training: false,
  peers: { torch: ['eager', 'compile'], jax: ['jit'], tfjs: ['wasm', 'cpu', 'node'], 'jax-js': ['jit'] },
}, () => {
  const normal = normals(generator(10))
  const square = () => floats([width, width], () => normal() / Math.sqrt(width))
  type Square = Tensor<[number, number]>
  return {
    state: { params: { x: f32(width, width), w: f32(width, width) } }, inputs: { b: f32(width, width) }, symbols: {},
    first: { 'params.x': square(), 'params.w': square() },
    step: ({ params: { x, w } }: { readonly params: { readonly x: Square; readonly w: Square } }, { b }: { readonly b: Square }) => {
      const next = Array.from({ length: depth }).reduce<Square>(h => mul(tanh(add(matmul(h, w), b)), 0.99), x)
      return { state: { params: { x: next, w } }, outputs: { loss: mean(next) } }
    },
    data: () => ({ b: floats([BATCHES, width, width], normal) }),
  }
})
