/** Problems that are none. */
import { adam, atMost, f32, naturalGradient, square, sub, sum, trustRegion, type Tensor } from '../../../../src/index.js'
import { cartPole, categoricalPolicy, gaussianPolicy, trpo, valueFunction } from '../../../../src/rl/index.js'
import { mistake, untyped } from '../../harness/mistake.js'

type P = { readonly w: Tensor<[3]> }
const params: P = { w: f32(3) }
const near = (p: P, old: P) => atMost(1, sum(square(sub(p.w, old.w))))
const solver = naturalGradient()

mistake.runs('trustRegion: a surrogate of many numbers', () => trustRegion({
  params, /*!*/ maximise: (p: P) => p.w, subjectTo: near, solver,
}), () => {
  const made: unknown = untyped(trustRegion)({ params, maximise: (p: P) => p.w, subjectTo: near, solver })
  return (made as { objective(p: P): unknown }).objective(params)
})
mistake('atMost: a divergence of many numbers', () => atMost(1, /*!*/ square(params.w)))

const value = valueFunction({ observation: 4 })
const rest = { environment: cartPole, value, critic: { optimiser: adam(1e-3), updates: 1 }, steps: 4, environments: 2 } as const
mistake('trpo: a policy that sees something else', () =>
  trpo({ ...rest, /*!*/ policy: categoricalPolicy({ observation: 3, actions: 2 }) }))
mistake('trpo: a policy that does something else', () =>
  trpo({ ...rest, /*!*/ policy: gaussianPolicy({ observation: 4, actions: 1 }) }))
