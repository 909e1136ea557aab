/** A whole update of TRPO on CartPole: acting, the trust region step and the fit of the value function, as one compiled step. */
import { adam, foldIn, i32, key, naturalGradient, type Tensor } from 'typegrad'
import { cartPole, categoricalPolicy, trpo as trpoTraining, valueFunction } from 'typegrad/rl'
import { ints } from '../harness/arrays.js'
import { BATCHES, workload, type Sizes } from '../harness/workload.js'

/** Environment steps of an update. */
export const trpoSteps = { environments: 8, steps: 128 }

export const trpo = ({ width = 64 }: Sizes = {}) => workload({
  name: 'trpo', training: false,
  title: `an update of TRPO on CartPole: ${trpoSteps.environments} environments, ${trpoSteps.steps} steps of each, networks of `
    + `${width}-${width}, 10 conjugate gradient steps, 40 steps of the value function`,
  peers: { sb3: ['contrib'] },
  makes: { what: 'environment steps', each: trpoSteps.environments * trpoSteps.steps },
  // random numbers differ, so returns do: what is compared is that both learn
  tolerance: Infinity,
}, () => {
  const training = trpoTraining({
    environment: cartPole, ...trpoSteps, bound: 0.01, discount: 0.99, lambda: 0.97,
    policy: categoricalPolicy({ observation: 4, hidden: [width, width], actions: 2 }),
    value: valueFunction({ observation: 4, hidden: [width, width] }),
    solver: naturalGradient({ conjugateGradientSteps: 10, damping: 0.1, backtrack: 0.8, backtracks: 10 }),
    critic: { optimiser: adam(1e-3), updates: 40 },
  })
  type State = ReturnType<typeof training.init>
  return {
    state: training.init(key(0)), inputs: { at: i32() }, symbols: {},
    first: () => training.init(key(0)),
    step: (state: State, { at }: { readonly at: Tensor<[], 'int32'> }) => {
      const { state: next, metrics } = training.step(state, {}, foldIn(key(4), at))
      return { state: next, outputs: { loss: metrics.meanReturn } }
    },
    data: () => ({ at: ints([BATCHES], i => i) }),
  }
})
