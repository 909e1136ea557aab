/** The policy gradient against exact enumeration and finite differences, on processes small enough for both, in float64. */
import { describe, expect, it } from 'vitest'
import { softmax } from '../../src/dsl/ops/activation.js'
import { add, einsum, exp, fromArray, mul, oneHot, stopGradient, sub, sum, tensor } from '../../src/dsl/ops/index.js'
import { key } from '../../src/dsl/keys.js'
import { initialise } from '../../src/dsl/params/index.js'
import { grad } from '../../src/dsl/transform/grad.js'
import type { Tensor } from '../../src/dsl/tensor.js'
import type { Discrete } from '../../src/rl/spaces.js'
import { tabularPolicy, valueFunction } from '../../src/rl/policies.js'
import { reinforceTerms } from '../../src/rl/reinforce.js'
import type { Trajectory } from '../../src/rl/rollout.js'
import { exactValues, optimalBaseline } from '../../src/rl/tabular-exact.js'
import { number, numbers } from '../dsl/values.js'

const [S, A] = [3, 2]
const transitions = [[[0.25, 0.75, 0], [0.5, 0.5, 0]], [[0, 0.5, 0.5], [0.75, 0, 0.25]], [[0, 0, 1], [0, 0, 1]]]
const rewards = [[1, -0.5], [2, 0.25], [0, 0]]
const start = [0.75, 0.25, 0]
const mdp = {
  transitions: tensor([[[0.25, 0.75, 0], [0.5, 0.5, 0]], [[0, 0.5, 0.5], [0.75, 0, 0.25]], [[0, 0, 1], [0, 0, 1]]]),
  rewards: tensor([[1, -0.5], [2, 0.25], [0, 0]]), start: tensor([0.75, 0.25, 0]), terminal: [2],
}
const policy = tabularPolicy({ states: S, actions: A })
/** π(a|s) is 1/4 and 3/4, 1/2 and 1/2: with the process's quarters, every trajectory's probability is a multiple of a power of 1/4. */
const θ = tensor([[0, Math.log(3)], [0, 0], [0, 0]])
const π = [[0.25, 0.75], [0.5, 0.5], [0.5, 0.5]]

interface Path { states: number[]; actions: number[]; rewards: number[]; ended: boolean[]; after: number[]; probability: number }
/** Every trajectory of T steps with its probability; after its end a trajectory goes on with an episode that must not count. */
const enumerate = (T: number): Path[] => {
  const grow = (path: Path, s: number, over: boolean): Path[] => {
    if (path.states.length === T) return [path]
    if (over) {
      return grow({ ...path, states: [...path.states, 0], actions: [...path.actions, 1], rewards: [...path.rewards, 1000],
        ended: [...path.ended, false], after: [...path.after, 1] }, 0, true)
    }
    return [0, 1].flatMap(a => transitions[s][a].flatMap((p, next) => p === 0 ? [] : grow({
      states: [...path.states, s], actions: [...path.actions, a], rewards: [...path.rewards, rewards[s][a]],
      ended: [...path.ended, next === 2], after: [...path.after, next], probability: path.probability * π[s][a] * p,
    }, next, next === 2)))
  }
  const none: Path = { states: [], actions: [], rewards: [], ended: [], after: [], probability: 1 }
  return start.flatMap((p, s) => p === 0 ? [] : grow({ ...none, probability: p }, s, false))
}

/** Trajectories as a rollout would record them, [T, N]. */
const recorded = (paths: readonly Path[], T: number): Trajectory<number, number, [3], Discrete<2>> => {
  const n = paths.length
  const grid = (pick: (p: Path) => readonly (number | boolean)[]): number[] =>
    Array.from({ length: T }, (_, t) => paths.map(p => Number(pick(p)[t]))).flat()
  const states = (pick: (p: Path) => readonly number[]): Tensor<[number, number, 3]> =>
    oneHot(fromArray(grid(pick), [T, n], 'int32'), 3)
  return {
    observation: states(p => p.states), action: fromArray(grid(p => p.actions), [T, n], 'int32'),
    reward: fromArray(grid(p => p.rewards), [T, n]), terminated: fromArray(grid(p => p.ended), [T, n], 'bool'),
    truncated: fromArray(grid(() => [...Array<number>(T).fill(0)]), [T, n], 'bool'),
    nextObservation: states(p => p.after), logProb: fromArray(grid(() => Array<number>(T).fill(0)), [T, n]),
  }
}

describe('the estimate\'s expectation over all trajectories', () => {
  const T = 2
  const paths = enumerate(T)
  const least = 4 ** -5
  it('enumerates the whole of probability, in equal parts', () => {
    expect(paths.reduce((sum, p) => sum + p.probability, 0)).toBe(1)
    paths.forEach(p => { expect(Number.isInteger(p.probability / least)).toBe(true) })
  })
  // Copies in proportion to the probabilities: a mean over them is the expectation.
  const all = recorded(paths.flatMap(p => Array<Path>(p.probability / least).fill(p)), T)
  /** E[Σ_t r_t] as a function of θ: probabilities of the trajectories as expressions. */
  const expectedReturn = (p: { readonly θ: Tensor<[3, 2]> }): Tensor<[]> => {
    const each = recorded(paths, T)
    const counted = paths.map(path => path.states.map((_, t) => Number(!path.ended.slice(0, t).includes(true))))
    const mask: Tensor<[number, number]> = fromArray(Array.from({ length: T }, (_, t) => counted.map(c => c[t])).flat(), [T, paths.length])
    const logProb = sum(mul(policy.logProb<[number, number]>(p, each.observation, each.action), mask), [0])
    // The process's own probabilities are what π does not explain.
    const own = paths.map(path => path.probability / path.actions.reduce((q, a, t) =>
      path.ended.slice(0, t).includes(true) ? q : q * π[path.states[t]][a], 1))
    return sum(mul(mul(exp(logProb), fromArray(own, [paths.length])), sum(mul(each.reward, mask), [0])))
  }
  const exact = numbers(grad(expectedReturn)({ θ }).θ)
  it.each([['without a baseline', false], ['with a baseline', true]] as const)('is the gradient of the expected return %s', (_, based) => {
    const baseline = based ? valueFunction({ observation: S, hidden: [4] }) : undefined
    const w = baseline ? initialise(baseline.params, key(0)) : []
    const objective = (p: { readonly θ: Tensor<[3, 2]> }): Tensor<[]> =>
      // The rollout is longer than the episodes: beyond it, nothing is worth anything, whatever the baseline says of what it saw.
      reinforceTerms({ policy, baseline: baseline && { ...baseline, value: (v: typeof w, s: Tensor<[number, number, 3]>) =>
        mul(baseline.value<[number, number]>(v, s), s === all.nextObservation ? 0 : 1) } as typeof baseline,
      discount: 1 }, { policy: p, baseline: w }, all).objective
    numbers(grad(objective)({ θ }).θ).forEach((g, i) => { expect(g).toBeCloseTo(exact[i], 12) })
    expect(Math.max(...exact.map(Math.abs))).toBeGreaterThan(0.05)
  })
  it('reports the expected return itself', () => {
    const { meanReturn, steps } = reinforceTerms({ policy, discount: 1 }, { policy: { θ }, baseline: {} }, all)
    expect(number(meanReturn)).toBeCloseTo(number(expectedReturn({ θ })), 12)
    expect(number(steps)).toBeLessThan(T / least)
  })
})

describe('the exact solution', () => {
  const discount = 0.9
  const logits = tensor([[0.3, -0.4], [1, 0.2], [0, 0]])
  const solve = (l: Tensor<[3, 2]>) => exactValues({ mdp, policy: softmax(l, 1), discount })
  it('solves the Bellman equations', () => {
    const { v, q, advantage } = solve(logits)
    const [values, qs, probs] = [numbers(v), numbers(q), numbers(softmax(logits, 1))]
    expect(values[2]).toBe(0)
    for (const s of [0, 1]) {
      expect(values[s]).toBeCloseTo(probs[2 * s] * qs[2 * s] + probs[2 * s + 1] * qs[2 * s + 1], 12)
      for (const a of [0, 1]) {
        const after = transitions[s][a].reduce((sum, p, next) => sum + p * values[next], 0)
        expect(qs[2 * s + a]).toBeCloseTo(rewards[s][a] + discount * after, 12)
        expect(numbers(advantage)[2 * s + a]).toBeCloseTo(qs[2 * s + a] - values[s], 12)
      }
    }
  })
  it('the policy gradient theorem: ∇v̄ = Σ ρ(s) Σ ∇π(a|s) q(s, a), against finite differences and the derivative', () => {
    const theorem = (l: Tensor<[3, 2]>): Tensor<[]> => {
      const { occupancy, q } = solve(l)
      return sum(einsum('s,sa,sa->s', stopGradient(occupancy), softmax(l, 1), stopGradient(q)))
    }
    const byTheorem = numbers(grad(theorem)(logits))
    const byDerivative = numbers(grad((l: Tensor<[3, 2]>) => solve(l).value)(logits))
    const h = 1e-5
    byTheorem.forEach((g, i) => {
      const step = fromArray(Array.from({ length: 6 }, (_, k) => k === i ? h : 0), [3, 2])
      const difference = (number(solve(add(logits, step)).value) - number(solve(sub(logits, step)).value)) / (2 * h)
      expect(g).toBeCloseTo(difference, 8)
      expect(g).toBeCloseTo(byDerivative[i], 12)
    })
    expect(Math.max(...byTheorem.map(Math.abs))).toBeGreaterThan(0.05)
  })
  it('r̄ = (1 - γ) v̄ where states are distributed as they stay', () => {
    const going = { transitions: tensor([[[0.2, 0.8], [0.6, 0.4]], [[0.5, 0.5], [0.9, 0.1]]]), rewards: tensor([[1, -2], [0.5, 3]]) }
    const chosen = tensor([[0.3, 0.7], [0.6, 0.4]])
    const moves = einsum('sa,sat->st', chosen, going.transitions)
    let stationary: Tensor<[2]> = tensor([0.5, 0.5])
    for (let i = 0; i < 60; i++) stationary = fromArray(numbers(einsum('s,st->t', stationary, moves)), [2])
    const { value, occupancy } = exactValues({ mdp: { ...going, start: stationary }, policy: chosen, discount })
    const meanReward = number(sum(mul(stationary, einsum('sa,sa->s', chosen, going.rewards))))
    expect(meanReward).toBeCloseTo((1 - discount) * number(value), 12)
    expect(number(sum(occupancy))).toBeCloseTo(1 / (1 - discount), 10)
    numbers(occupancy).forEach((ρ, s) => { expect(ρ * (1 - discount)).toBeCloseTo(numbers(stationary)[s], 10) })
  })
  it('a discount of 1 or more is refused', () => {
    expect(() => exactValues({ mdp, policy: softmax(logits, 1), discount: 1 })).toThrow('the discount is 1, but a number in [0, 1)')
  })
})

it('the optimal baseline makes the variance of the gradient least, in every state', () => {
  const table = tensor([[0.3, -0.4], [1, 0.2], [0, 0]])
  const q = tensor([[1, 4], [-2, 0.5], [3, 3]])
  const probs = numbers(softmax(table, 1))
  const scores = [0, 1].map(a => [0, 1, 2].map(s => numbers(grad((p: { readonly θ: Tensor<[3, 2]> }) =>
    sum(policy.logProb<[1]>(p, oneHot(tensor([s], 'int32'), 3), tensor([a], 'int32'))))({ θ: table }).θ)))
  const best = numbers(optimalBaseline(softmax(table, 1), q))
  /** The trace of the covariance of ∇log π(a|s)(q(s, a) - b) under π. */
  const variance = (s: number, b: number): number => {
    const draws = [0, 1].map(a => scores[a][s].map(g => g * (numbers(q)[2 * s + a] - b)))
    const mean = draws[0].map((g, i) => probs[2 * s] * g + probs[2 * s + 1] * draws[1][i])
    return [0, 1].reduce((sum, a) => sum + probs[2 * s + a] * draws[a].reduce((t, g, i) => t + (g - mean[i]) ** 2, 0), 0)
  }
  for (const s of [0, 1, 2]) for (const e of [0.1, -0.1, 1, -1]) expect(variance(s, best[s] + e)).toBeGreaterThan(variance(s, best[s]))
})
