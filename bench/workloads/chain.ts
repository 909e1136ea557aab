/** Elementwise operations on a million numbers: what fusion is for. */
import { add, exp, f32, mean, mul, neg, sigmoid, square, sub, tanh, type Tensor } from 'typegrad'
import { floats } from '../harness/arrays.js'
import { generator, normals } from '../harness/random.js'
import { BATCHES, workload, type Sizes } from '../harness/workload.js'

const SIZE = 1_000_000

export const chain = ({ width = SIZE }: Sizes = {}) => workload({
  name: 'chain', title: `ten elementwise operations on ${width} numbers, and their mean`, training: false,
  // a mean of a million float32 numbers differs by how it is summed
  tolerance: 5e-3,
  peers: { torch: ['eager', 'compile'], jax: ['jit'], tfjs: ['node', 'wasm'], 'jax-js': ['jit'] },
}, () => {
  return {
    state: { params: { x: f32(width) } }, inputs: { shift: f32() }, symbols: {},
    first: { 'params.x': floats([width], normals(generator(9))) },
    step: ({ params: { x } }: { readonly params: { readonly x: Tensor<[number]> } }, { shift }: { readonly shift: Tensor<[]> }) => {
      const bump = exp(neg(square(sub(x, shift))))
      const next = add(mul(tanh(mul(x, 1.5)), 0.9), mul(bump, sigmoid(x)))
      return { state: { params: { x: next } }, outputs: { loss: mean(next) } }
    },
    data: () => ({ shift: floats([BATCHES], i => i / BATCHES) }),
  }
})
