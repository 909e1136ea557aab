/** Policies against their distributions, and REINFORCE as a training. */
import { describe, expect, it } from 'vitest'
import { full, i32, mean, oneHot, square, sub, tensor } from '../../src/dsl/ops/index.js'
import { hostKey, key, type Key } from '../../src/dsl/keys.js'
import { leavesOf } from '../../src/dsl/core/trees.js'
import type { Tree } from '../../src/dsl/define/tree.js'
import type { TypeFunction } from '../../src/dsl/define/type-function.js'
import { sgd } from '../../src/dsl/optim/index.js'
import { initialise } from '../../src/dsl/params/index.js'
import type { Tensor } from '../../src/dsl/tensor.js'
import { compile } from '../../src/interp/compile.js'
import { evaluate } from '../../src/interp/evaluate.js'
import { jsEngine } from '../../src/interp/js/engine.js'
import { cartPole } from '../../src/rl/environments/cart-pole.js'
import { tabular } from '../../src/rl/environments/tabular.js'
import { categoricalPolicy, gaussianPolicy, tabularPolicy, valueFunction } from '../../src/rl/policies.js'
import { reinforce, type Reinforce } from '../../src/rl/reinforce.js'
import { numbers } from '../dsl/values.js'

const near = (ours: readonly number[], theirs: readonly number[], digits = 12): void => {
  ours.forEach((x, i) => { expect(x).toBeCloseTo(theirs[i], digits) })
}

describe('a categorical policy', () => {
  const policy = categoricalPolicy({ observation: 3, hidden: [5], actions: 4 })
  const p = initialise(policy.params, key(0))
  const other = initialise(policy.params, key(1))
  const s = tensor([[1, -2, 0.5], [0, 3, 1]])
  it('has the log-probability, entropy and divergence of its distribution', () => {
    const [π, ρ] = [numbers(policy.distribution<[2]>(p, s).probs), numbers(policy.distribution<[2]>(other, s).probs)]
    near(numbers(policy.logProb<[2]>(p, s, tensor([3, 1], 'int32'))), [Math.log(π[3]), Math.log(π[5])])
    const rows = [0, 1].map(r => [0, 1, 2, 3].map(a => 4 * r + a))
    near(numbers(policy.entropy<[2]>(p, s)), rows.map(r => -r.reduce((h, i) => h + π[i] * Math.log(π[i]), 0)))
    near(numbers(policy.kl<[2]>(p, other, s)), rows.map(r => r.reduce((d, i) => d + π[i] * Math.log(π[i] / ρ[i]), 0)))
    near(numbers(policy.kl<[2]>(p, p, s)), [0, 0])
  })
  it('begins close to uniform, with orthogonal weights', () => {
    near(numbers(policy.distribution<[2]>(p, s).probs), Array<number>(8).fill(0.25), 1)
    const w = numbers(p[0].w)
    for (const i of [0, 1, 2]) for (const j of [0, 1, 2])
      expect([0, 1, 2, 3, 4].reduce((d, k) => d + w[5 * i + k] * w[5 * j + k], 0)).toBeCloseTo(i === j ? 2 : 0, 6)
  })
  it('draws actions with their probabilities', () => {
    const skewed = tabularPolicy({ states: 1, actions: 3 })
    const odds = { θ: tensor([[0, 1, 2]]) }
    const actions = skewed.sample<[5000]>(odds, full(1, [5000, 1]), key(3))
    const seen = numbers(mean(oneHot(actions, 3), [0]))
    near(seen, numbers(skewed.distribution<[1]>(odds, full(1, [1, 1])).probs), 1)
    expect(numbers(skewed.mode<[1]>(odds, full(1, [1, 1])))).toEqual([2])
  })
  it('refuses observations of another size', () => {
    expect(() => policy.mode(p, tensor([[1, 2]]) as unknown as Tensor<[1, 3]>))
      .toThrow('categoricalPolicy: observations are [1, 2], but they end with [3]')
    expect(() => categoricalPolicy({ observation: 3, hidden: [0], actions: 4 })).toThrow('categoricalPolicy: a layer has 0 units')
  })
})

describe('a Gaussian policy', () => {
  const policy = gaussianPolicy({ observation: 2, hidden: [4], actions: 2, logStd: -0.5 })
  const p = initialise(policy.params, key(0))
  const other = { ...initialise(policy.params, key(1)), logStd: tensor([0.25, -1]) }
  const s = tensor([[1, -2], [0.5, 3]])
  const means = (params: typeof p): number[] => numbers(policy.mode<[2]>(params, s))
  it('has the density, entropy and divergence of independent normal numbers', () => {
    const [m, σ] = [means(p), Math.exp(-0.5)]
    const a = [0.3, -1, 2, 0.1]
    const each = a.map((x, i) => -0.5 * ((x - m[i]) / σ) ** 2 - Math.log(σ) - 0.5 * Math.log(2 * Math.PI))
    near(numbers(policy.logProb<[2]>(p, s, tensor([[0.3, -1], [2, 0.1]]))), [each[0] + each[1], each[2] + each[3]])
    const entropy = 2 * (Math.log(σ) + 0.5 * (1 + Math.log(2 * Math.PI)))
    near(numbers(policy.entropy<[2]>(p, s)), [entropy, entropy])
    const [o, τ] = [means(other), [Math.exp(0.25), Math.exp(-1)]]
    const part = (i: number): number =>
      Math.log(τ[i % 2] / σ) + (σ ** 2 + (m[i] - o[i]) ** 2) / (2 * τ[i % 2] ** 2) - 0.5
    near(numbers(policy.kl<[2]>(p, other, s)), [part(0) + part(1), part(2) + part(3)])
  })
  it('draws around its mean with its deviation', () => {
    const many = policy.sample<[5000]>(p, full(1, [5000, 2]), key(2))
    const at = numbers(policy.mode<[1]>(p, full(1, [1, 2])))
    near(numbers(mean(many, [0])), at, 1)
    near(numbers(mean(square(sub(many, policy.mode<[5000]>(p, full(1, [5000, 2])))), [0])), [Math.exp(-1), Math.exp(-1)], 1)
  })
})

it('policies and values take any leading axes', () => {
  const critic = valueFunction({ observation: 3, hidden: [4] })
  const w = initialise(critic.params, key(0))
  const s = tensor([[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [0, 1, 2]]])
  const rows = tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9], [0, 1, 2]])
  const v = critic.value<[2, 2]>(w, s)
  expect(v.shape).toEqual([2, 2])
  near(numbers(v), numbers(critic.value<[4]>(w, rows)))
})

describe('REINFORCE as a training', () => {
  // Left pays 1, right nothing; both end the episode.
  const environment = tabular({
    transitions: tensor([[[0, 1], [0, 1]], [[0, 1], [0, 1]]]), rewards: tensor([[1, 0], [0, 0]]), start: tensor([1, 0]), terminal: [1],
  }, { horizon: 4 })
  const policy = tabularPolicy({ states: 2, actions: 2 })
  const options = { environment, policy, episodes: 8, discount: 0.9, optimiser: sgd(1) }
  const kinds = {
    plain: reinforce(options), based: reinforce({ ...options, baseline: valueFunction({ observation: 2, hidden: [3] }), normalised: true }),
  }
  /** Steps played and θ after 12 steps. */
  const learn = async <V extends Tree, F extends TypeFunction>(training: Reinforce<typeof policy.params, V, F>) => {
    const step = await compile(jsEngine, (state: ReturnType<typeof training.init>, seed: Key) => {
      const next = training.step(state, {}, seed)
      return { state: next.state, outputs: next.metrics }
    }, { state: training.init(key(0)), inputs: i32(2) })
    await step.write(evaluate(training.init(key(0))))
    const steps: number[] = []
    for (let i = 0; i < 12; i++) {
      const { environmentSteps, meanReturn } = await step.run({ data: hostKey(1, i), shape: [2], dtype: 'int32' })
      steps.push(environmentSteps.data[0])
      expect(meanReturn.data[0]).toBeLessThanOrEqual(1)
    }
    const { params } = await step.read()
    return { steps, θ: Array.from(params.policy.θ.data) }
  }
  it.each([
    ['without a baseline', () => learn(kinds.plain)], ['with one', () => learn(kinds.based)],
  ])('%s: learns what pays, the same from the same keys', async (_, run) => {
    const { steps, θ } = await run()
    // Every episode is one step long, and there are eight.
    expect(steps).toEqual(steps.map((__, i) => 8 * (i + 1)))
    expect(θ[0] - θ[1]).toBeGreaterThan(1)
    expect(θ.slice(2)).toEqual([0, 0])
    expect((await run()).θ).toEqual(θ)
  })
  it('states what it climbs and what it descends, each of its own parameters', () => {
    const { objectives } = kinds.based.statement({}, key(0))
    expect(objectives.map(o => [o.player, o.sense, leavesOf(o.moves).length]))
      .toEqual([['policy', 'maximise', 1], ['baseline', 'minimise', 4]])
    expect(kinds.plain.statement({}, key(0)).objectives.map(o => o.player)).toEqual(['policy'])
  })
})

it('reinforce speaks of itself', () => {
  const policy = categoricalPolicy({ observation: 4, actions: 2 })
  const options = { environment: cartPole, policy, episodes: 2, discount: 1, optimiser: sgd(0.1) }
  const call = (change: object) => (): unknown => reinforce({ ...options, ...change } as never)
  expect(call({ baseline: valueFunction({ observation: 3 }) })).toThrow('reinforce: an observation is [4] but the value function\'s is [3]')
  expect(call({ baseline: {} })).toThrow('reinforce: a value function was expected, such as valueFunction({ observation: 4 })')
  expect(call({ policy: {} })).toThrow('reinforce: a policy was expected, such as ')
  expect(call({ episodes: 0 })).toThrow('reinforce: episodes is 0, but a whole number above 0 was expected')
  expect(call({ discount: 1.9 })).toThrow('reinforce: the discount is 1.9, but a number in [0, 1] was expected')
})
