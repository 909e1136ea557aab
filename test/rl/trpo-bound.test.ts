/** The theory behind TRPO, checked exactly on finite decision processes (Schulman et al., 2015, section 3). */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile, jsEngine } from '../../src/engines.js'
import {
  abs, add, atMost, dist, einsum, f32, grad, hostKey, i32, max, mul, naturalGradient, normal, softmax, splitKey, stopGradient, sub, sum,
  trustRegion, uniform, type Key, type Tensor,
} from '../../src/index.js'
import { exactValues, type Mdp } from '../../src/rl/index.js'

const [S, A] = [5, 3] as const
type Table = Tensor<[5, 3]>
const discount = 0.9

const randomMdp = (key: Key): Mdp<5, 3> => {
  const keys = splitKey(key, 'transitions', 'rewards', 'start')
  return {
    transitions: softmax(mul(normal(keys.transitions, [S, A, S]), 2), -1), rewards: normal(keys.rewards, [S, A]),
    start: softmax(normal(keys.start, [S]), -1),
  }
}
const policyOf = (θ: Table): Table => softmax(θ, -1)
const valueOf = (mdp: Mdp<5, 3>, θ: Table): Tensor<[]> => exactValues({ mdp, policy: policyOf(θ), discount }).value
/** L_π(π') = η(π) + Σ_s ρ_π(s) Σ_a π'(a|s) A_π(s, a), eq. 3. */
const surrogate = (mdp: Mdp<5, 3>, θ: Table, old: Table): Tensor<[]> => {
  const { occupancy, advantage, value } = exactValues({ mdp, policy: policyOf(old), discount })
  return add(value, einsum('s,sa,sa->', occupancy, policyOf(θ), advantage))
}
const wordsOf = (seed: number) => ({ key: { shape: [2], dtype: 'int32' as const, data: hostKey(seed) } })
const inputs = { key: i32(2) }

describe('the performance of a new policy', () => {
  it('is at least L_π(π\') - 4εγ/(1-γ)² α²', async () => {
    const { run } = await compile(jsEngine, (_: {}, { key }: typeof inputs) => {
      const keys = splitKey(key, 'mdp', 'old', 'step', 'size')
      const mdp = randomMdp(keys.mdp)
      const old: Table = mul(normal(keys.old, [S, A]), 1.5)
      // Steps of all sizes: the bound says most where they are small.
      const size = mul(uniform(keys.size, []), uniform(splitKey(keys.size, 'again').again, []))
      const θ: Table = add(old, mul(normal(keys.step, [S, A]), mul(size, 3)))
      const variation = mul(sum(abs(sub(policyOf(θ), policyOf(old))), [-1]), 0.5)
      const { advantage } = exactValues({ mdp, policy: policyOf(old), discount })
      return { outputs: { η: valueOf(mdp, θ), L: surrogate(mdp, θ, old), α: max(variation), ε: max(abs(advantage)) } }
    }, { state: {}, inputs })
    const gaps: number[] = []
    await fc.assert(fc.asyncProperty(fc.nat(), async seed => {
      const { η, L, α, ε } = await run(wordsOf(seed))
      const gap = 4 * ε.data[0] * discount / (1 - discount) ** 2 * α.data[0] ** 2
      expect(η.data[0]).toBeGreaterThanOrEqual(L.data[0] - gap - 1e-9)
      gaps.push((L.data[0] - η.data[0]) / gap)
    }), { numRuns: 100 })
    // The term is needed: L alone is not a lower bound.
    expect(Math.max(...gaps)).toBeGreaterThan(0)
  })

  it('has the gradient of L at the old policy', async () => {
    const { run } = await compile(jsEngine, (_: {}, { key }: typeof inputs) => {
      const keys = splitKey(key, 'mdp', 'old')
      const mdp = randomMdp(keys.mdp)
      const old: Table = normal(keys.old, [S, A])
      return { outputs: {
        ofValue: grad((θ: Table) => valueOf(mdp, θ))(old), ofSurrogate: grad((θ: Table) => surrogate(mdp, θ, stopGradient(old)))(old),
      } }
    }, { state: {}, inputs })
    for (let seed = 0; seed < 10; seed++) {
      const { ofValue, ofSurrogate } = await run(wordsOf(seed))
      ofValue.data.forEach((x, i) => expect(ofSurrogate.data[i]).toBeCloseTo(x, 9))
    }
  })

  it('rises with every small step of the solver, and KL bounds the variation', async () => {
    const problem = trustRegion({
      params: f32(S, A),
      maximise: (θ, old, mdp: Mdp<5, 3>) => surrogate(mdp, θ, old),
      // The largest divergence of any state is below their sum, which is smooth.
      subjectTo: (θ, old) => atMost(1e-4, sum(dist.kl(dist.categorical(old), dist.categorical(θ)))),
      solver: naturalGradient({ damping: 1e-4, conjugateGradientSteps: 15 }),
    })
    const { run } = await compile(jsEngine, (_: {}, { key }: typeof inputs) => {
      const keys = splitKey(key, 'mdp', 'old')
      const mdp = randomMdp(keys.mdp)
      const old: Table = normal(keys.old, [S, A])
      const { params: θ, report } = problem.improve(old, mdp)
      const variation = mul(sum(abs(sub(policyOf(θ), policyOf(old))), [-1]), 0.5)
      return { outputs: { before: valueOf(mdp, old), after: valueOf(mdp, θ), report, α: max(variation) } }
    }, { state: {}, inputs })
    for (let seed = 0; seed < 10; seed++) {
      const { before, after, report, α } = await run(wordsOf(seed))
      expect(report.accepted.data[0]).toBe(1)
      expect(after.data[0]).toBeGreaterThan(before.data[0])
      // Pinsker: α² <= KL / 2.
      expect(α.data[0] ** 2).toBeLessThanOrEqual(report.kl.data[0] / 2 + 1e-15)
    }
  })
})
