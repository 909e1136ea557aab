/** A hundred pictures from MADE, pixel by pixel: 784 small steps in which one more pixel is known. */
import { foldIn, i32, initialise, key, type Tensor } from 'typegrad'
import { made as madeModel } from 'typegrad/models'
import { ints } from '../harness/arrays.js'
import { BATCHES, workload, type Sizes } from '../harness/workload.js'
import { masks } from './made.js'

export const sample = ({ batch = 100, width = 500 }: Sizes = {}) => workload({
  name: 'sample', title: `${batch} samples of MADE 784-${width}-784`, training: false,
  peers: { torch: ['eager', 'compile'], jax: ['jit'], tfjs: ['node', 'wasm'] },
  why: { 'jax-js': 'it has no loop inside a compiled function' },
  makes: { what: 'pictures', each: batch },
  // draws differ; the share of white pixels is compared
  tolerance: 0.03,
}, () => {
  const model = madeModel({ dims: 784, hidden: [width], direct: false })
  const params = model.params
  return {
    state: { params }, inputs: { at: i32() }, symbols: {},
    first: () => ({ params: initialise(params, key(0)) }),
    step: (state: { readonly params: typeof params }, { at }: { readonly at: Tensor<[], 'int32'> }) =>
      ({ outputs: { x: model.sample(state.params, foldIn(key(3), at), batch) } }),
    data: () => ({ at: ints([BATCHES], i => i) }),
    constants: () => masks(model, width),
    figure: ({ x: { data } }) => Array.from(data).reduce((a, b) => a + b) / data.length,
  }
})
