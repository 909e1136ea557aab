/** The Hessian of the divergence by products against matrices made the long way. */
import { describe, expect, it } from 'vitest'
import {
  dist, exp, grad, key, mean, stopGradient, sum, tensor, atMost, gather, type Tensor, type Tree,
} from '../../../src/index.js'
import { localModel } from '../../../src/dsl/trust-region/local-model.js'
import { vectorOf } from '../../../src/dsl/trust-region/vectors.js'
import { number, numbers, valuesOf } from '../values.js'
import { classifier, labelled, logits, type Layers } from './problems.js'

const flat = (tree: Tree | readonly Tensor[]): number[] => valuesOf(tree).flatMap(v => Array.from(v.data))
const product = (a: readonly (readonly number[])[], v: readonly number[]): number[] =>
  a.map(row => row.reduce((s, x, j) => s + x * v[j], 0))

describe('the Fisher-vector product', () => {
  it('is (diag(p) - ppᵀ) v for a softmax', () => {
    const θ = tensor([0.3, -1, 2, 0.5])
    const { fisher, divergence, slope } = localModel({
      params: θ, surrogate: t => sum(t),
      constraint: t => atMost(1, dist.kl(dist.categorical(stopGradient(θ)), dist.categorical(t))),
    })
    const p = numbers(dist.categorical(θ).probs)
    const dense = p.map((pi, i) => p.map((pj, j) => (i === j ? pi : 0) - pi * pj))
    const v = [1, -2, 0.5, 3]
    expect(number(divergence)).toBe(0)
    flat(slope).forEach(x => expect(x).toBeCloseTo(0, 14))
    const expected = product(dense, v)
    flat(fisher([tensor(v)])).forEach((x, i) => expect(x).toBeCloseTo(expected[i], 12))
  })

  it('is the mean of E[∇log p ∇log pᵀ] for a network, one score an outcome', () => {
    const { params } = classifier(0.1).init(key(4))
    const { x } = labelled(key(9))
    const policy = (p: Layers): dist.Categorical<[6, 3]> => dist.categorical(logits(p, x))
    const { w1, b1, w2, b2 } = params
    const old = { w1: stopGradient(w1), b1: stopGradient(b1), w2: stopGradient(w2), b2: stopGradient(b2) }
    const { fisher } = localModel({
      params, surrogate: p => mean(policy(p).logProbs), constraint: p => atMost(1, mean(dist.kl(policy(old), policy(p)))),
    })
    const probabilities = numbers(exp(policy(params).logProbs))
    const dense: number[][] = []
    for (let row = 0; row < 6; row++) {
      for (let k = 0; k < 3; k++) {
        const score = flat(grad((p: Layers) => gather(gather(policy(p).logProbs, tensor(row, 'int32')), tensor(k, 'int32')))(params))
        score.forEach((a, i) => {
          dense[i] ??= score.map(() => 0)
          score.forEach((b, j) => { dense[i][j] += probabilities[row * 3 + k] * a * b / 6 })
        })
      }
    }
    const direction = classifier(0.1).init(key(7)).params
    const expected = product(dense, flat(direction))
    const found = flat(fisher(vectorOf(direction)))
    expect(found.length).toBe(31)
    found.forEach((y, i) => expect(y).toBeCloseTo(expected[i], 12))
  })

  it('is I / σ² for a mean and 2 / σ² for a deviation of a Gaussian', () => {
    const at = { mean: tensor([0.3, -1]), std: tensor([0.5, 2]) }
    const { fisher } = localModel({
      params: at, surrogate: p => sum(p.mean),
      constraint: p => atMost(1,
        dist.kl(dist.diagonalNormal(stopGradient(at.mean), stopGradient(at.std)), dist.diagonalNormal(p.mean, p.std))),
    })
    const found = flat(fisher([tensor([1, 2]), tensor([3, -1])]))
    const expected = [1 / 0.25, 2 / 4, 2 * 3 / 0.25, 2 * -1 / 4]
    found.forEach((y, i) => expect(y).toBeCloseTo(expected[i], 12))
  })
})
