/** Trust regions: the parameters and the batch of a problem are those of its functions. */
import {
  adam, atMost, conjugateGradients, dist, exp, f32, i32, key, matmul, mean, mul, naturalGradient, sub, trustRegion, type Tensor,
} from '../../../src/index.js'
import { cartPole, categoricalPolicy, gaussianPolicy, pendulum, trpo, valueFunction } from '../../../src/rl/index.js'
import { same, type Equal } from '../harness/equal.js'

interface Batch { readonly x: Tensor<['B', 4]>; readonly action: Tensor<['B'], 'int32'>; readonly advantage: Tensor<['B']> }
const policy = (p: { readonly w: Tensor<[4, 2]> }, x: Tensor<['B', 4]>) => dist.categorical(matmul(x, p.w))

const problem = trustRegion({
  params: { w: f32(4, 2) },
  maximise: (p, old, { x, action, advantage }: Batch) => {
    same<Equal<typeof old.w, Tensor<[4, 2]>>>()
    return mean(mul(exp(sub(policy(p, x).logProb(action), policy(old, x).logProb(action))), advantage))
  },
  subjectTo: (p, old, { x }) => {
    same<Equal<typeof p.w, Tensor<[4, 2]>>>()
    same<Equal<typeof x, Tensor<['B', 4]>>>()
    return atMost(0.01, mean(dist.kl(policy(old, x), policy(p, x))), { name: 'KL' })
  },
  solver: naturalGradient({ damping: 0.1 }),
})
const { params, report } = problem.improve({ w: f32(4, 2) }, { x: f32('B', 4), action: i32('B'), advantage: f32('B') })
same<Equal<typeof params.w, Tensor<[4, 2]>>>()
same<Equal<typeof report.kl, Tensor<[]>>>()
same<Equal<ReturnType<typeof problem.init>['params'], { w: Tensor<[4, 2]> }>>()

const solution = conjugateGradients(v => v, { a: f32(3), b: [f32(2)] as const }, { steps: 3 })
same<Equal<typeof solution.a, Tensor<[3]>>>()

const training = trpo({
  environment: cartPole, policy: categoricalPolicy({ observation: 4, actions: 2 }), value: valueFunction({ observation: 4 }),
  critic: { optimiser: adam(1e-3), updates: 10 }, steps: 16, environments: 4,
})
const { metrics } = training.step(training.init(key(0)), {}, key(1))
same<Equal<typeof metrics.meanReturn, Tensor<[]>>>()
same<Equal<typeof metrics.kl, Tensor<[]>>>()
trpo({
  environment: pendulum, policy: gaussianPolicy({ observation: 3, actions: 1 }), value: valueFunction({ observation: 3 }),
  critic: { optimiser: adam(1e-3), updates: 10 }, steps: 16, environments: 4,
})
