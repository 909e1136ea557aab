import { describe, expect, it } from 'vitest'
import { adam, atMost, f32, i32, key, mean, naturalGradient, square, sum, tensor, trustRegion, type Tensor } from '../../../src/index.js'
import { cartPole, categoricalPolicy, gaussianPolicy, trpo, valueFunction } from '../../../src/rl/index.js'

describe('what cannot be solved is refused', () => {
  it('by the solver', () => {
    expect(() => naturalGradient({ conjugateGradientSteps: 0 }))
      .toThrow('naturalGradient: conjugateGradientSteps is 0; a positive integer was expected')
    expect(() => naturalGradient({ damping: -1 })).toThrow('naturalGradient: damping is -1; a number from 0 was expected')
    expect(() => naturalGradient({ backtrack: 1 })).toThrow('naturalGradient: backtrack is 1; a number between 0 and 1 was expected')
    expect(() => naturalGradient({ backtracks: 2.5 })).toThrow('naturalGradient: backtracks is 2.5; a positive integer was expected')
  })

  it('by the problem', () => {
    const [solver, subjectTo] = [naturalGradient(), () => atMost(1, tensor(0))]
    expect(() => atMost(0, tensor(0))).toThrow('atMost: the bound is 0; a positive number was expected')
    expect(() => trustRegion({ params: { n: i32(2) }, maximise: () => tensor(0), subjectTo, solver }))
      .toThrow('trustRegion: params.n is int32; only float32 has a gradient')
    const many = (p: { readonly w: Tensor<[2]> }) => square(p.w)
    const problem = trustRegion({ params: { w: f32(2) }, maximise: many as never, subjectTo, solver })
    expect(() => problem.statement({}, key(0))).toThrow('trustRegion: maximise: a float32 scalar loss is needed, not float32 [2]')
    expect(() => problem.improve({ w: f32(2) }, {})).toThrow('trustRegion: maximise: a float32 scalar loss is needed, not float32 [2]')
  })

  it('in plain JavaScript', () => {
    const plain = (change: object) => trustRegion({
      params: { w: f32(2) }, maximise: p => mean(p.w), subjectTo: () => atMost(1, tensor(0)), solver: naturalGradient(), ...change as {},
    })
    const by = (subjectTo: unknown) => (): unknown => plain({ subjectTo }).statement({}, key(0))
    expect(by((p: { readonly w: Tensor<[2]> }) => sum(square(p.w))))
      .toThrow('trustRegion: subjectTo must give a bound, such as atMost(0.01, kl), but a tensor was given')
    expect(by(() => undefined)).toThrow('atMost(0.01, kl), but nothing was given')
    expect(() => plain({ solver: undefined })).toThrow('trustRegion: there is no solver; give one, such as solver: naturalGradient()')
  })

  it('by TRPO', () => {
    const value = valueFunction({ observation: 4 })
    const rest = { environment: cartPole, value, critic: { optimiser: adam(1e-3), updates: 1 }, steps: 4, environments: 2 }
    const policy = categoricalPolicy({ observation: 4, actions: 2 })
    expect(() => trpo({ ...rest, policy, critic: { ...rest.critic, updates: 0 } }))
      .toThrow('trpo: critic.updates is 0, but a whole number above 0 was expected')
    expect(() => trpo({ ...rest, policy: gaussianPolicy({ observation: 4, actions: 1 }) as never }))
      .toThrow("trpo: an action is one of 2 but the policy's is a vector of 1")
    expect(() => trpo({ ...rest, policy, value: valueFunction({ observation: 3 }) as never }))
      .toThrow("trpo: an observation is [4] but the value function's is [3]")
    expect(() => trpo({ ...rest, policy, steps: 0 })).toThrow('trpo: steps is 0, but a whole number above 0 was expected')
  })
})

it('a problem states itself as data', () => {
  const problem = trustRegion({
    player: 'student', params: { w: f32(2) }, maximise: p => mean(p.w),
    subjectTo: (p, old) => atMost(0.5, sum(square(tensor([1, 2]))), { name: `distance of ${p.w.shape.length + old.w.shape.length}` }),
    solver: naturalGradient({ damping: 0.5, backtracks: 3 }),
  })
  const { params, aux, objectives } = problem.statement({}, key(0))
  expect(aux).toEqual({})
  expect(objectives).toHaveLength(1)
  expect(objectives[0]).toMatchObject({
    player: 'student', sense: 'maximise', moves: params, steps: 1, constraints: [{ kind: 'atMost', name: 'distance of 2', bound: 0.5 }],
    solver: { name: 'naturalGradient', settings: { conjugateGradientSteps: 10, damping: 0.5, backtrack: 0.8, backtracks: 3 } },
  })
})
