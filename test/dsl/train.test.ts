import { describe, expect, it } from 'vitest'
import { key, type Key } from '../../src/dsl/keys.js'
import { chain, adam, clipByGlobalNorm, ema, sgd, schedule } from '../../src/dsl/optim/index.js'
import { add, mul, sub } from '../../src/dsl/ops/arithmetic.js'
import { f32, parameter, tensor } from '../../src/dsl/ops/create.js'
import { matmul } from '../../src/dsl/ops/matmul.js'
import { mean, sum } from '../../src/dsl/ops/reduce.js'
import { square } from '../../src/dsl/ops/unary.js'
import { init } from '../../src/dsl/params/index.js'
import type { Tensor } from '../../src/dsl/tensor.js'
import { trainStep, type TrainState } from '../../src/dsl/train.js'
import { number, numbers } from './values.js'

const spec = { w: f32(2, 1), b: f32(1) }
interface Batch { readonly x: Tensor<['B', 2]>; readonly y: Tensor<['B', 1]> }
const batch = { x: tensor([[1, 0], [0, 1], [1, 1], [2, -1]]), y: tensor([[3], [-1], [2], [7]]) } as unknown as Batch
const loss = (p: typeof spec, { x, y }: Batch): Tensor<[]> => mean(square(sub(add(matmul(x, p.w), p.b), y)))

describe('trainStep', () => {
  it('is the gradient step that calculus gives', () => {
    const training = trainStep({ params: { w: parameter([2, 1], init.zeros()), b: f32(1) }, loss, optimiser: sgd(0.1) })
    const { state, metrics } = training.step(training.init(key(0)), batch, key(1))
    // At zero parameters the residual is -y: dL/db = -2 mean(y), dL/dw = -2 mean(x y).
    expect(numbers(state.params.b)[0]).toBeCloseTo(0.1 * 2 * (3 - 1 + 2 + 7) / 4, 12)
    expect(numbers(state.params.w)[0]).toBeCloseTo(0.1 * 2 * (3 + 2 + 14) / 4, 12)
    expect(numbers(state.params.w)[1]).toBeCloseTo(0.1 * 2 * (-1 + 2 - 7) / 4, 12)
    expect(number(metrics.loss)).toBeCloseTo((9 + 1 + 4 + 49) / 4, 12)
    expect(number(metrics.gradientNorm)).toBeCloseTo(Math.hypot(5.5, 9.5, -3), 12)
  })

  it('learns, step inside step, as one expression', () => {
    const training = trainStep({ params: spec, loss, optimiser: adam(schedule.warmUp({ steps: 5, then: 0.3 })) })
    let state = training.init(key(0))
    let last = NaN
    for (let i = 0; i < 60; i++) {
      const out = training.step(state, batch, key(i))
      state = out.state
      last = number(out.metrics.loss)
    }
    expect(last).toBeLessThan(0.3)
    expect(number(state.optimiser[0].count)).toBe(60)
  })

  it('tells equal parameters apart', () => {
    const training = trainStep({ params: { a: f32(2), b: f32(2) }, loss: p => sum(add(p.a, mul(p.b, 2))), optimiser: sgd(1) })
    const { state } = training.step(training.init(key(0)), {}, key(0))
    expect(numbers(state.params.a)).toEqual([-1, -1])
    expect(numbers(state.params.b)).toEqual([-2, -2])
  })

  it('carries state that the loss computes, and reports its metrics', () => {
    const training = trainStep({
      params: { w: parameter([1], init.ones()) },
      aux: { seen: tensor(0), mean: tensor(0) },
      loss: (p, batch: { x: Tensor<[]> }, _: Key, aux) => ({
        loss: sum(mul(p.w, batch.x)),
        metrics: { doubled: mul(batch.x, 2) },
        aux: { seen: add(aux.seen, 1), mean: add(mul(aux.mean, 0.5), mul(batch.x, 0.5)) },
      }),
      optimiser: chain(clipByGlobalNorm(1), sgd(0.5), ema(0.9)),
    })
    const one = training.step(training.init(key(0)), { x: tensor(4) }, key(0))
    const two = training.step(one.state, { x: tensor(8) }, key(0))
    expect(number(two.state.aux.seen)).toBe(2)
    expect(number(two.state.aux.mean)).toBe(5)
    expect(number(two.metrics.doubled)).toBe(16)
    expect(number(two.metrics.gradientNorm)).toBe(8)
    // Each clipped step takes 0.5: 1, 0.5, 0.
    expect(numbers(two.state.params.w)[0]).toBeCloseTo(0, 12)
    const average: Tensor<[1]> = two.state.optimiser[2].average.w
    expect(numbers(average)[0]).toBeCloseTo(0.9 * (0.9 * 1 + 0.1 * 0.5), 12)
  })

  it('has the state of its parts as its type', () => {
    const training = trainStep({ params: spec, loss, optimiser: adam(1e-3) })
    type Adam = { readonly count: Tensor<[], 'int32'>; readonly mu: typeof spec; readonly nu: typeof spec }
    const state: TrainState<typeof spec, readonly [Adam, unknown], {}> = training.init(key(0))
    expect(state.optimiser[0].mu.w.shape).toEqual([2, 1])
  })

  it('refuses a loss that is not a scalar', () => {
    const training = trainStep({ params: spec, loss: ((p: typeof spec) => p.b) as never, optimiser: sgd(1) })
    expect(() => training.step(training.init(key(0)), batch, key(0)))
      .toThrow('trainStep: the loss is float32 [1] but a float32 scalar was expected; take its mean')
  })
})
