import { expectTypeOf } from 'expect-type'
import { describe, expect, it } from 'vitest'
import { gradient } from '../../../src/dsl/core/gradient.js'
import { define } from '../../../src/dsl/define/define.js'
import * as dist from '../../../src/dsl/distributions/index.js'
import { key } from '../../../src/dsl/keys.js'
import { add, mul } from '../../../src/dsl/ops/arithmetic.js'
import { f32, full, i32, tensor } from '../../../src/dsl/ops/create.js'
import { matmul } from '../../../src/dsl/ops/matmul.js'
import { sum } from '../../../src/dsl/ops/reduce.js'
import { broadcastTo } from '../../../src/dsl/ops/reshape.js'
import { nodeOf, tensorOf } from '../../../src/dsl/ops/typed.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { number, numbers } from '../values.js'

const n = 20_000
const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length
const covariance = (xs: readonly number[], ys: readonly number[]): number => mean(xs.map((x, i) => x * ys[i])) - mean(xs) * mean(ys)
/** Column j of a matrix with k columns. */
const column = (xs: readonly number[], k: number, j: number): number[] => xs.filter((_, i) => i % k === j)

describe('draws', () => {
  it('of a Bernoulli are zeros and ones with its mean', () => {
    const xs = numbers(dist.bernoulli(full(1, [n])).sample(key(0)))
    expect(new Set(xs)).toEqual(new Set([0, 1]))
    expect(mean(xs)).toBeCloseTo(1 / (1 + Math.exp(-1)), 1.7)
  })

  it('of a categorical come as often as their probabilities', () => {
    const logits = broadcastTo(tensor([Math.log(0.1), Math.log(0.2), Math.log(0.7)]), [n, 3])
    const xs = numbers(dist.categorical(logits).sample(key(1)))
    ;[0.1, 0.2, 0.7].forEach((p, k) => { expect(Math.abs(xs.filter(x => x === k).length / n - p)).toBeLessThan(0.015) })
  })

  it('of a normal have its mean and variance, and no skew', () => {
    const xs = numbers(dist.normal(full(2, [n]), 0.5).sample(key(2)))
    expect(Math.abs(mean(xs) - 2)).toBeLessThan(0.015)
    expect(Math.abs(covariance(xs, xs) - 0.25)).toBeLessThan(0.01)
    expect(Math.abs(mean(xs.map(x => (x - 2) ** 3)))).toBeLessThan(0.02)
  })

  it('of a full normal have its covariance', () => {
    const xs = numbers(dist.multivariateNormal(broadcastTo(tensor([1, -1]), [n, 2]), tensor([[1, 0], [0.5, 2]])).sample(key(3)))
    const [a, b] = [column(xs, 2, 0), column(xs, 2, 1)]
    expect(Math.abs(mean(a) - 1)).toBeLessThan(0.03)
    expect(Math.abs(mean(b) + 1)).toBeLessThan(0.06)
    expect(Math.abs(covariance(a, a) - 1)).toBeLessThan(0.05)
    expect(Math.abs(covariance(a, b) - 0.5)).toBeLessThan(0.06)
    expect(Math.abs(covariance(b, b) - 4.25)).toBeLessThan(0.2)
  })

  it('of a uniform fill its interval', () => {
    const xs = numbers(dist.uniform(full(-1, [n]), 3).sample(key(4)))
    expect(Math.min(...xs)).toBeGreaterThanOrEqual(-1)
    expect(Math.max(...xs)).toBeLessThan(3)
    expect(Math.abs(mean(xs) - 1)).toBeLessThan(0.03)
    expect(Math.abs(covariance(xs, xs) - 16 / 12)).toBeLessThan(0.03)
  })

  it('carry gradients to the parameters of a normal', () => {
    const [m, s] = [f32(2), f32(2)]
    const x = dist.normal(m, s).sample(key(0))
    const [dm, ds] = gradient(nodeOf('test', sum(x)), [nodeOf('test', m), nodeOf('test', s)])
    expect(numbers(tensorOf(dm))).toEqual([1, 1])
    expect(numbers(tensorOf(ds))).toEqual(numbers(dist.normal(tensor([0, 0]), tensor([1, 1])).sample(key(0))))
  })
})

describe('formulas', () => {
  it('stay finite where probabilities round to 0 or 1', () => {
    const p = dist.bernoulli(tensor([800, -800]))
    expect(numbers(p.logProb(tensor([0, 1])))).toEqual([-800, -800])
    expect(numbers(p.entropy())).toEqual([0, 0])
    expect(number(dist.categorical(tensor([0, -Infinity])).entropy())).toBe(-0)
  })

  it('give log(0) outside a uniform, and an infinite divergence from a wider one', () => {
    const p = dist.uniform(tensor([0, 0]), tensor([1, 2]))
    expect(numbers(p.logProb(tensor([-0.5, 1.5])))).toEqual([-Infinity, -Math.log(2)])
    expect(numbers(dist.kl(p, dist.uniform(tensor([0, 0]), tensor([1, 1]))))).toEqual([0, Infinity])
  })

  it('takes probabilities too', () => {
    expect(numbers(dist.bernoulliFromProbs(tensor([0.25])).logProb(tensor([1])))[0]).toBeCloseTo(Math.log(0.25), 12)
  })

  it('takes truth values as outcomes', () => {
    const p = dist.bernoulli(tensor([2, 2]))
    expect(numbers(p.logProb(tensor([true, false])))).toEqual(numbers(p.logProb(tensor([1, 0]))))
  })

  it('ignores what is above the diagonal of a factor', () => {
    const x = tensor([0.3, -0.2])
    const [a, b] = [tensor([[1, 0], [0.5, 2]]), tensor([[1, 9], [0.5, 2]])]
      .map(f => numbers(dist.multivariateNormal(tensor([0, 0]), f).logProb(x)))
    expect(a).toEqual(b)
  })
})

describe('shapes', () => {
  it('are known to the compiler', () => {
    const images = dist.independent(dist.bernoulli(f32('B', 28, 28)), [-2, -1])
    expectTypeOf(images.logProb(f32('B', 28, 28))).toEqualTypeOf<Tensor<['B']>>()
    expectTypeOf(images.sample(key(0))).toEqualTypeOf<Tensor<['B', 28, 28]>>()
    expectTypeOf(dist.categorical(f32('B', 'T', 5)).sample(key(0))).toEqualTypeOf<Tensor<['B', 'T'], 'int32'>>()
    expectTypeOf(dist.categorical(f32('B', 5)).logProb(i32('B'))).toEqualTypeOf<Tensor<['B']>>()
    expectTypeOf(dist.normal(f32('B', 3), f32(3)).entropy()).toEqualTypeOf<Tensor<['B', 3]>>()
    expectTypeOf(dist.diagonalNormal(f32('B', 3), 1).entropy()).toEqualTypeOf<Tensor<['B']>>()
    expectTypeOf(dist.multivariateNormal(f32('B', 3), f32(3, 3)).entropy()).toEqualTypeOf<Tensor<['B']>>()
    expectTypeOf(dist.kl(dist.normal(f32('B', 3), 1), dist.normal(f32('B', 3), 2))).toEqualTypeOf<Tensor<['B', 3]>>()
    expect(images.logProb(f32('B', 28, 28)).shape).toEqual(['B'])
  })

  it('follow a definition to other sizes', () => {
    const head = define({ w: f32('I', 'O'), b: f32('O') }, (p, x: Tensor<['B', 'I']>) => dist.bernoulli(add(matmul(x, p.w), p.b)))
    const p = head({ w: f32(4, 784), b: f32(784) }, f32('N', 4))
    expectTypeOf(p.logits).toEqualTypeOf<Tensor<['N', 784]>>()
    expectTypeOf(p.logProb(f32('N', 784))).toEqualTypeOf<Tensor<['N', 784]>>()
    expect(p.logProb(f32('N', 784)).shape).toEqual(['N', 784])
    const policy = define({ w: f32('I', 'A') }, (p, x: Tensor<['B', 'I']>) => dist.diagonalNormal(matmul(x, p.w), 1))
    expectTypeOf(policy({ w: f32(4, 2) }, f32('N', 4)).logProb(f32('N', 2))).toEqualTypeOf<Tensor<['N']>>()
  })

  it('are refused by one sentence, in types and at run time', () => {
    const p = dist.bernoulli(f32('B', 784))
    // @ts-expect-error -- logProb: [B, 10] is given but draws are [B, 784]
    expect(() => p.logProb(f32('B', 10))).toThrow('logProb: [B, 10] is given but draws are [B, 784]')
    // @ts-expect-error -- the factor does not fit
    expect(() => dist.multivariateNormal(f32('B', 3), f32(4, 4)))
      .toThrow('multivariateNormal: the factor of a mean [B, 3] is [4, 4] but [D, D] or [..., D, D] was expected')
    // @ts-expect-error -- axis 5 is not in [B, 784]
    expect(() => dist.independent(p, [5]).entropy()).toThrow('independent: axis 5 is not in [B, 784]')
    // @ts-expect-error -- shapes differ
    expect(() => dist.kl(p, dist.bernoulli(f32('B', 10)))).toThrow('kl: draws are [B, 784] but those of the other are [B, 10]')
    // @ts-expect-error -- logits are float32
    expect(() => dist.bernoulli(i32(3))).toThrow('bernoulli: int32 is not float32; cast it first')
    // @ts-expect-error -- no axis to choose from
    expect(() => dist.categorical(f32())).toThrow('categorical: axis -1 is not in []')
  })
})

it('estimates entropy and divergence as their draws do', () => {
  const p = dist.normal(broadcastTo(tensor(0.5), [n]), 0.7)
  const q = dist.normal(broadcastTo(tensor(0), [n]), 1.5)
  const x = p.sample(key(5))
  const [lp, lq] = [numbers(p.logProb(x)), numbers(q.logProb(x))]
  expect(Math.abs(mean(lp) + numbers(p.entropy())[0])).toBeLessThan(0.02)
  expect(Math.abs(mean(lp.map((l, i) => l - lq[i])) - numbers(dist.kl(p, q))[0])).toBeLessThan(0.02)
  expect(number(mul(tensor(2), 3))).toBe(6)
})
