/** What documents say of an optimiser: its name and the settings it was made with. */
import { describe, expect, it } from 'vitest'
import {
  adagrad, adam, adamW, chain, clipByGlobalNorm, ema, momentum, nesterov, rmsprop, schedule, sgd, type Transform,
} from '../../../src/index.js'

describe('described', () => {
  const cases: readonly (readonly [Transform, string, Readonly<Record<string, number | string>>])[] = [
    [sgd(0.1), 'SGD', { learningRate: 0.1 }],
    [momentum(0.1), 'SGD with momentum', { learningRate: 0.1, momentum: 0.9 }],
    [nesterov(0.1, 0.8), "SGD with Nesterov's momentum", { learningRate: 0.1, momentum: 0.8 }],
    [adam(1e-3, { beta1: 0, beta2: 0.9 }), 'Adam', { learningRate: 1e-3, beta1: 0, beta2: 0.9, epsilon: 1e-8 }],
    [adamW(1e-3), 'AdamW', { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 }],
    [adagrad(0.1), 'AdaGrad', { learningRate: 0.1, epsilon: 1e-10 }],
    [rmsprop(5e-5, { centred: true }), 'RMSProp', { learningRate: 5e-5, decay: 0.99, epsilon: 1e-8, centred: 'yes' }],
  ]
  it.each(cases.map(c => [c[1], c] as const))('%s', (_, [optimiser, name, settings]) => {
    expect(optimiser.described).toEqual({ name, settings })
  })
  it('a chain says its parts in turn', () => {
    expect(chain(clipByGlobalNorm(1), adam(1e-3)).described).toMatchObject({
      name: 'clip by global norm, then Adam', settings: { norm: 1, learningRate: 1e-3 },
      parts: [{ name: 'clip by global norm' }, { name: 'Adam' }],
    })
  })
  it('a setting of two parts keeps its owner', () => {
    expect(chain(rmsprop(0.1), ema(0.5)).described?.settings).toMatchObject({
      'RMSProp: decay': 0.99, 'moving average of the parameters: decay': 0.5, learningRate: 0.1,
    })
  })
  it('a chain within a chain is one chain', () => {
    expect(chain(chain(clipByGlobalNorm(1), sgd(0.1)), ema(0.9)).described?.parts?.map(p => p.name))
      .toEqual(['clip by global norm', 'SGD', 'moving average of the parameters'])
  })
  it('schedules are short texts', () => {
    const rate = schedule.warmUp({ steps: 500, then: schedule.cosine({ from: 1e-3, steps: 9500 }) })
    expect(rate.text).toBe('rising linearly from 0 until step 500, then cosine from 0.001 to 0 over 9500 steps')
    const steps = schedule.step({ from: 0.1, factor: 0.5, every: 10 })
    expect(adam(steps).described?.settings.learningRate).toBe('0.1, times 0.5 every 10 steps')
    expect(sgd(() => schedule.constant(1)(undefined as never)).described?.settings.learningRate).toBe('a function of the step')
  })
})
