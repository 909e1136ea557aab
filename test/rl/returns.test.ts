/** Returns and advantages against their naive definitions, and what termination and truncation change. */
import { describe, expect, it } from 'vitest'
import { tensor, fromArray } from '../../src/dsl/ops/index.js'
import { gae, normalise, returns } from '../../src/rl/returns.js'
import { numbers } from '../dsl/values.js'

/** A reproducible sequence in [0, 1). */
const sequence = (seed: number) => () => {
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed / 2147483648
}
const [T, N] = [17, 5]
const draw = sequence(7)
const grid = (f: () => number): number[] => Array.from({ length: T * N }, f)
const reward = grid(() => 2 * draw() - 1)
const values = grid(draw)
const nextValues = grid(draw)
const terminated = grid(() => Number(draw() < 0.12))
const truncated = grid(() => Number(draw() < 0.12))
const at = (xs: readonly number[], t: number, n: number): number => xs[t * N + n]
const outcomes = {
  reward: fromArray(reward, [T, N]), terminated: fromArray(terminated, [T, N], 'bool'), truncated: fromArray(truncated, [T, N], 'bool'),
}
const [v, next] = [fromArray(values, [T, N]), fromArray(nextValues, [T, N])]
const close = (ours: readonly number[], theirs: readonly number[]): void => {
  ours.forEach((x, i) => { expect(x).toBeCloseTo(theirs[i], 12) })
}
/** The last step of the episode that step t of environment n belongs to, as far as it was seen. */
const end = (t: number, n: number): number => {
  let k = t
  while (k < T - 1 && !at(terminated, k, n) && !at(truncated, k, n)) k++
  return k
}
const each = (f: (t: number, n: number) => number): number[] =>
  Array.from({ length: T * N }, (_, i) => f(Math.floor(i / N), i % N))

describe('returns', () => {
  const naive = (discount: number, after: readonly number[]): number[] => each((t, n) => {
    const last = end(t, n)
    let sum = at(terminated, last, n) ? 0 : discount ** (last - t + 1) * at(after, last, n)
    for (let k = t; k <= last; k++) sum += discount ** (k - t) * at(reward, k, n)
    return sum
  })
  it.each([0, 0.9, 1])('with a discount of %d are the discounted sums', discount => {
    close(numbers(returns(outcomes, { discount, nextValues: next })), naive(discount, nextValues))
    close(numbers(returns(outcomes, { discount })), naive(discount, nextValues.map(() => 0)))
  })
})

describe('gae', () => {
  const naive = (discount: number, lambda: number): number[] => each((t, n) => {
    let sum = 0
    for (let k = t; k <= end(t, n); k++) {
      const delta = at(reward, k, n) + (at(terminated, k, n) ? 0 : discount * at(nextValues, k, n)) - at(values, k, n)
      sum += (discount * lambda) ** (k - t) * delta
    }
    return sum
  })
  it.each([[0.99, 0.95], [0.9, 0], [1, 1], [0, 0.5]])('γ %d, λ %d: the sum of discounted differences', (discount, lambda) => {
    close(numbers(gae(outcomes, { values: v, nextValues: next, discount, lambda })), naive(discount, lambda))
  })
  it('with λ = 1 is the return less the value, where values of successive steps agree', () => {
    // v(s_{t+1}) of one step is v(s_t) of the next, unless an episode ended between them.
    const agreeing = each((t, n) =>
      t < T - 1 && !at(terminated, t, n) && !at(truncated, t, n) ? at(values, t + 1, n) : at(nextValues, t, n))
    const after = fromArray(agreeing, [T, N])
    const expected = numbers(returns(outcomes, { discount: 0.9, nextValues: after })).map((g, i) => g - values[i])
    close(numbers(gae(outcomes, { values: v, nextValues: after, discount: 0.9, lambda: 1 })), expected)
  })
})

it('termination is worth 0, truncation the value of the last state', () => {
  const [yes, no] = [tensor([[true]]), tensor([[false]])]
  const one = { reward: tensor([[1]]), value: tensor([[10]]) }
  const options = { discount: 0.5, nextValues: one.value }
  expect(numbers(returns({ reward: one.reward, terminated: yes, truncated: no }, options))).toEqual([1])
  expect(numbers(returns({ reward: one.reward, terminated: no, truncated: yes }, options))).toEqual([6])
  // Both at once: the task ended, so the limit of time does not matter.
  expect(numbers(returns({ reward: one.reward, terminated: yes, truncated: yes }, options))).toEqual([1])
  const advantage = (terminated: typeof yes | typeof no, truncated: typeof yes | typeof no): number[] =>
    numbers(gae({ reward: one.reward, terminated, truncated }, { ...options, values: tensor([[2]]), lambda: 0.9 }))
  expect(advantage(yes, no)).toEqual([-1])
  expect(advantage(no, yes)).toEqual([4])
})

it('normalise gives mean 0 and deviation 1 to the elements that count', () => {
  const whole = numbers(normalise(tensor([1, 2, 3, 6])))
  expect(whole.reduce((a, b) => a + b)).toBeCloseTo(0, 10)
  expect(whole.reduce((a, b) => a + b * b, 0) / 4).toBeCloseTo(1, 6)
  expect(numbers(normalise(tensor([1, 3, 100]), tensor([1, 1, 0]))).slice(0, 2)).toEqual([expect.closeTo(-1, 6), expect.closeTo(1, 6)])
})

it('a discount or λ that is none is refused', () => {
  expect(() => returns(outcomes, { discount: 1.5 })).toThrow('returns: the discount is 1.5, but a number in [0, 1] was expected')
  expect(() => gae(outcomes, { values: v, nextValues: next, discount: 0.9, lambda: -1 })).toThrow('gae: the λ is -1')
})
