/**
 * What holds for every autoregressive model: the probabilities sum to one, the conditionals respect the order, samples follow the density.
 */
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { dependence } from '../../src/interp/dependence/dependence.js'
import { gradient, variable } from '../../src/dsl/core/gradient.js'
import { reshape, slice } from '../../src/dsl/core/build.js'
import type { Node } from '../../src/dsl/core/node.js'
import { leavesOf } from '../../src/dsl/core/trees.js'
import type { Tree } from '../../src/dsl/define/tree.js'
import { initialise } from '../../src/dsl/params/index.js'
import { key } from '../../src/dsl/keys.js'
import { fvsbn, made, nade, type Autoregressive, type Ordering } from '../../src/models/index.js'
import { evaluate } from '../../src/interp/js/evaluate.js'
import { allBinary, drawn, valueOf } from './enumerate.js'

type Family = { readonly name: string; readonly build: (ordering: Ordering) => Autoregressive<unknown, readonly number[]> }
const families: readonly Family[] = [
  {
    name: 'made, one layer',
    build: o => made({ dims: o.length, hidden: [12], ordering: o }) as Autoregressive<unknown, readonly number[]>,
  },
  {
    name: 'made, two layers, no direct connection',
    build: o => made({ dims: o.length, hidden: [9, 7], direct: false, ordering: o, seed: 3 }) as Autoregressive<unknown, readonly number[]>,
  },
  {
    name: 'made, three layers, narrow',
    build: o => made({ dims: o.length, hidden: [3, 2, 4], ordering: o, seed: 5 }) as Autoregressive<unknown, readonly number[]>,
  },
]
const natural = (n: number): Ordering => Array.from({ length: n }, (_, i) => i)
const permutations = (n: number): Ordering[] =>
  n === 0 ? [[]] : permutations(n - 1).flatMap(p => [...p, 0].map((_, i) => [...p.slice(0, i), n - 1, ...p.slice(i)]))

const total = (model: Autoregressive<unknown, readonly number[]>, n: number, seed: number): number =>
  Array.from(valueOf(model.logProb(drawn(model.params, seed), allBinary(n))).data, Math.exp).reduce((s, p) => s + p, 0)

/** Pairs (d, j) in which the logit of d depends on x_j, by the graph and by the gradient at a random point. */
const heard = (model: Autoregressive<unknown, readonly number[]>, n: number): { graph: boolean[][]; slope: boolean[][] } => {
  const p = drawn(model.params, 11)
  const x = variable({ shape: [1, n], dtype: 'float32' })
  const l = model.logits(p, x as never) as unknown as Node
  const at = { shape: [1, n], dtype: 'float32' as const, data: Float64Array.from({ length: n }, (_, i) => 0.3 + 0.1 * i) }
  const slopes = natural(n).map(d => gradient(reshape(slice(l, [0, d], [1, d + 1]), []), [x])[0])
  const values = evaluate(slopes, new Map([[x, at]]))
  const sets = dependence(model.logits(model.params, x as never) as unknown as Node, x)
  return { graph: sets.map(s => natural(n).map(j => s.includes(j))), slope: values.map(v => Array.from(v.data, g => g !== 0)) }
}

const respects = (model: Autoregressive<unknown, readonly number[]>, ordering: Ordering): void => {
  const { graph, slope } = heard(model, ordering.length)
  ordering.forEach((place, d) => ordering.forEach((other, j) => {
    if (other >= place) expect(graph[d][j], `logit ${d} must not hear x_${j} in [${ordering.join()}]`).toBe(false)
    if (slope[d][j]) expect(graph[d][j], `logit ${d} moves with x_${j}`).toBe(true)
  }))
  // The order is used: with a direct connection or wide layers the last variable hears all others.
  expect(slope[ordering.indexOf(ordering.length - 1)].filter(Boolean).length).toBe(ordering.length - 1)
}

describe.each([
  ['fvsbn', (n: number) => fvsbn({ dims: n }) as Autoregressive<unknown, readonly number[]>],
  ['nade', (n: number) => nade({ dims: n, hidden: 7 }) as Autoregressive<unknown, readonly number[]>],
])('%s', (_, build) => {
  it.each([1, 2, 3, 4, 7, 10])('sums to one over {0,1}^%i', n => expect(total(build(n), n, n)).toBeCloseTo(1, 8))
  it('hears only earlier variables', () => respects(build(6), natural(6)))
})

describe.each(families)('$name', ({ build }) => {
  it('sums to one in every ordering of up to 4 variables', () => {
    for (let n = 1; n <= 4; n++) for (const o of permutations(n)) expect(Math.abs(total(build(o), n, n) - 1), o.join()).toBeLessThan(1e-6)
  })
  it('sums to one in random orderings of up to 10 variables', () => {
    fc.assert(fc.property(fc.integer({ min: 5, max: 10 })
      .chain(n => fc.shuffledSubarray([...natural(n)], { minLength: n, maxLength: n })), o => {
      expect(Math.abs(total(build(o), o.length, 7) - 1)).toBeLessThan(1e-6)
    }), { numRuns: 12, seed: 1 })
  })
})

it.each(permutations(4).map(o => [o.join(), o] as const))('made respects the ordering %s', (_, o) =>
  respects(made({ dims: 4, hidden: [24, 16], ordering: o }) as Autoregressive<unknown, readonly number[]>, o))

it('several masks: the mean density sums to one, each mask respects its own ordering', () => {
  const model = made({ dims: 5, hidden: [10], ordering: 'random', masks: 3, seed: 2 })
  expect(total(model as Autoregressive<unknown, readonly number[]>, 5, 1)).toBeCloseTo(1, 8)
  expect(new Set(model.orderings.map(o => o.join())).size).toBe(3)
  const claims = model.claims().flatMap(c => c.kind === 'causality' ? [c] : [])
  expect(claims.map(c => c.place)).toEqual(model.orderings)
  claims.forEach(({ input, output, place }) => dependence(output, input).forEach((s, d) => {
    expect(s.length).toBe(place[d])
    s.forEach(j => expect(place[j]).toBeLessThan(place[d]))
  }))
})

it.each([
  ['fvsbn', fvsbn({ dims: 5 }) as Autoregressive<unknown, readonly number[]>],
  ['nade', nade({ dims: 5, hidden: 4 }) as Autoregressive<unknown, readonly number[]>],
  ['made', made({ dims: 5, hidden: [24, 9], ordering: [4, 0, 3, 1, 2] }) as Autoregressive<unknown, readonly number[]>],
])('%s claims its order, and the claim holds', (_, model) => {
  const [{ input, output, place }] = model.claims()
  expect(place).toEqual(model.ordering)
  dependence(output, input).forEach((s, d) => expect(s.map(j => place[j]).sort()).toEqual(natural(place[d])))
})

it.each([
  ['fvsbn', fvsbn({ dims: 3 }) as Autoregressive<unknown, readonly number[]>],
  ['nade', nade({ dims: 3, hidden: 5 }) as Autoregressive<unknown, readonly number[]>],
  ['made', made({ dims: 3, hidden: [8], ordering: [2, 0, 1] }) as Autoregressive<unknown, readonly number[]>],
])('%s samples as often as its density says', (_, model) => {
  const p = drawn(model.params, 4)
  const [count, cells] = [20000, 8]
  const seen = new Array<number>(cells).fill(0)
  const x = valueOf(model.sample(p, key(5), count)).data
  for (let i = 0; i < count; i++) seen[x[3 * i] * 4 + x[3 * i + 1] * 2 + x[3 * i + 2]]++
  const expected = Array.from(valueOf(model.logProb(p, allBinary(3))).data, l => Math.exp(l) * count)
  // Pearson's statistic, 7 degrees of freedom: above 24.3 once in a thousand seeds, and the seed is fixed.
  expect(seen.reduce((s, k, i) => s + (k - expected[i]) ** 2 / expected[i], 0)).toBeLessThan(24.3)
})

it.each([
  ['nade', (means: number[]) => nade({ dims: 3, hidden: 8, means }) as Autoregressive<unknown, readonly number[]>],
  ['fvsbn', (means: number[]) => fvsbn({ dims: 3, means }) as Autoregressive<unknown, readonly number[]>],
  ['made', (means: number[]) => made({ dims: 3, hidden: [8], means }) as Autoregressive<unknown, readonly number[]>],
])('%s starts its biases at the log-odds of the means', (_, build) => {
  const { b } = leavesOf<Node>(initialise(build([0.5, 0.25, 0]).params as Tree, key(0)))
    .reduce<{ b?: Node }>((found, { path, leaf }) => path.endsWith('b') && leaf.shape[0] === 3 ? { b: leaf } : found, {})
  const start = Array.from(valueOf(b).data)
  expect(start[0]).toBeCloseTo(0)
  expect(start[1]).toBeCloseTo(Math.log(1 / 3))
  expect(start[2]).toBeLessThan(-6)
  expect(() => build([0.5, 2, 0])).toThrow('a mean of a binary variable is between 0 and 1, but 2 is given')
  expect(() => build([0.5])).toThrow('means has 1 numbers but there are 3 variables')
})

describe('made refuses', () => {
  it.each([
    ['no hidden layer', () => made({ dims: 4, hidden: [] }),
      'made: hidden is [], but at least one hidden layer is expected; fvsbn has none'],
    ['a size that is not positive', () => made({ dims: 4, hidden: [0] }), 'made: hidden[0] must be a whole number above 0, but 0 is given'],
    ['an ordering that is no permutation', () => made({ dims: 3, hidden: [4], ordering: [0, 1, 1] }),
      'made: an ordering of 3 variables lists each of 0 to 2 once, but [0, 1, 1] is given'],
  ])('%s', (_, build, message) => expect(build).toThrow(message))
})
