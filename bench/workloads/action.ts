/** What a policy does in an environment's loop: draw an action and say its log-probability, one call at a time, answers on the host. */
import { f32, foldIn, i32, key, type Tensor } from 'typegrad'
import { categoricalPolicy } from 'typegrad/rl'
import { floats, ints } from '../harness/arrays.js'
import { generator, normals } from '../harness/random.js'
import { BATCHES, workload, type Sizes } from '../harness/workload.js'

export const action = (environments: number) => ({ width = 64 }: Sizes = {}) => workload({
  name: `action-${environments}`, training: false,
  title: `a policy 4-${width}-${width}-2: an action and its log-probability for ${environments} environments a call`,
  peers: { torch: ['eager', 'compile'], jax: ['jit'], tfjs: ['cpu', 'wasm', 'node'], 'jax-js': ['jit'] },
}, () => {
  const policy = categoricalPolicy({ observation: 4, hidden: [width, width], actions: 2 })
  const params = policy.params, normal = normals(generator(11))
  return {
    state: { params }, inputs: { observation: f32('B', 4), at: i32() }, symbols: { B: environments },
    // weights of ordinary size, so that actions are not all equally likely
    first: Object.fromEntries(policy.params.flatMap(({ w, b }, l) => [
      [`params.${l}.w`, floats(w.shape as number[], () => normal() / Math.sqrt(w.shape[0]))],
      [`params.${l}.b`, floats(b.shape as number[], () => 0.1 * normal())],
    ])),
    step: (state: { readonly params: typeof params }, { observation, at }: {
      readonly observation: Tensor<['B', 4]>; readonly at: Tensor<[], 'int32'>
    }) => {
      const drawn = policy.sample(state.params, observation, foldIn(key(2), at))
      return { outputs: { action: drawn, logProb: policy.logProb(state.params, observation, drawn) } }
    },
    data: () => ({ observation: floats([BATCHES, environments, 4], normal), at: ints([BATCHES], i => i) }),
    // whatever is drawn, it tells how likely action 1 was
    figure: outputs => {
      const p = Math.exp(outputs['logProb'].data[0])
      return outputs['action'].data[0] === 1 ? p : 1 - p
    },
  }
})
