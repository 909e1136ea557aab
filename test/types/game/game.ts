/** Games: what a payoff, a constraint and a round are given follows from the players. */
import { clipWeights, game, gradientPenalty, maximiser, minimiser } from '../../../src/dsl/game/index.js'
import { add, f32, matmul, mean, normal, sub, tanh } from '../../../src/dsl/ops/index.js'
import { adam, sgd } from '../../../src/dsl/optim/index.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { same, type Equal } from '../harness/equal.js'

interface Critic { readonly w: Tensor<[2, 3]>; readonly v: Tensor<[3, 1]> }
const f = (p: Critic, x: Tensor<['B', 2]>) => matmul(tanh(matmul(x, p.w)), p.v)

const made = game({
  players: {
    critic: maximiser({ params: { w: f32(2, 3), v: f32(3, 1) }, optimiser: adam(1e-4), steps: 5 }),
    generator: minimiser({ params: { shift: f32(2) }, optimiser: sgd(1e-4) }),
  },
  value: ({ critic, generator }, { x }: { x: Tensor<['B', 2]> }, key) => {
    same<Equal<typeof critic.w, Tensor<[2, 3]>>>()
    return sub(mean(f(critic, x)), mean(f(critic, add(normal(key, ['B', 2]), generator.shift))))
  },
  constraints: {
    critic: ({ critic, generator }, { x }, key) => {
      same<Equal<typeof generator.shift, Tensor<[2]>>>()
      same<Equal<typeof x, Tensor<['B', 2]>>>()
      const generated = add(normal(key, ['B', 2]), generator.shift)
      return [gradientPenalty({ weight: 10, of: y => f(critic, y), between: [x, generated], key }), clipWeights(1)]
    },
    generator: [clipWeights(1)],
  },
})
type State = ReturnType<typeof made.init>
same<Equal<State['params']['generator'], { readonly shift: Tensor<[2]> }>>()
same<Equal<State['optimiser']['critic'][0]['mu']['w'], Tensor<[2, 3]>>>()
same<Equal<Parameters<typeof made.step>[1], { readonly x: Tensor<[number, 'B', 2]> }>>()
same<Equal<Parameters<typeof made.move>[0], 'critic' | 'generator'>>()
declare const metrics: ReturnType<typeof made.step>['metrics']
same<Equal<typeof metrics.criticValue, Tensor<[]>>>()
