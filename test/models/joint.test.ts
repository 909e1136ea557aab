/** One chain rule over a label and binary variables: it sums to one over both, respects the order, and Bayes' rule classifies. */
import { describe, expect, it } from 'vitest'
import * as dist from '../../src/dsl/distributions/index.js'
import { key } from '../../src/dsl/keys.js'
import { broadcastTo, f32, full, i32, tensor, zeros } from '../../src/dsl/ops/index.js'
import { dependence } from '../../src/interp/dependence/dependence.js'
import { generativeClassifier, joint } from '../../src/models/index.js'
import { allBinary, drawn, valueOf } from './enumerate.js'

const numbers = (x: unknown): number[] => Array.from(valueOf(x).data)
const build = (n: number, ordering: 'natural' | 'random' = 'natural') =>
  generativeClassifier({ dims: n, classes: 3, hidden: [8, 6], ordering, seed: 4 })

describe('a generative classifier', () => {
  it.each([[1, 'natural'], [3, 'natural'], [5, 'random']] as const)('sums to one over labels and {0,1}^%i, %s order', (n, ordering) => {
    const model = build(n, ordering)
    const p = drawn(model.params, n)
    const total = [0, 1, 2].map(y => numbers(model.logProb(p, { y: full(y, [2 ** n], 'int32'), x: allBinary(n) as never }))
      .reduce((s, l) => s + Math.exp(l), 0))
    expect(total.reduce((a, b) => a + b)).toBeCloseTo(1, 9)
    // the label comes first: what is left over every x is p(y), the softmax of its logits
    const prior = numbers(p.prior.b).map(Math.exp)
    total.forEach((t, y) => expect(t).toBeCloseTo(prior[y] / prior.reduce((a, b) => a + b), 9))
  })

  it('scores every label by the joint density, and takes the largest', () => {
    const model = build(4)
    const p = drawn(model.params, 1)
    const x = allBinary(4) as never
    const scores = numbers(model.scores(p, x))
    const chosen = numbers(model.classify(p, x))
    for (let y = 0; y < 3; y++) numbers(model.logProb(p, { y: full(y, [16], 'int32'), x }))
      .forEach((l, row) => expect(scores[3 * row + y]).toBeCloseTo(l, 12))
    chosen.forEach((y, row) => expect(scores[3 * row + y]).toBe(Math.max(...scores.slice(3 * row, 3 * row + 3))))
    expect(new Set(chosen).size).toBeGreaterThan(1)
  })

  it('lets no variable see a later one, in one claim over label and variables', () => {
    const [{ input, output, place }] = build(4, 'random').claims()
    expect(place[0]).toBe(0)
    expect([...place].sort()).toEqual([0, 1, 2, 3, 4])
    const sets = dependence(output, input)
    sets.forEach((s, i) => s.forEach(j => expect(place[j]).toBeLessThan(place[i])))
    // and the order is used: the last variable sees all others
    expect(sets[place.indexOf(4)].length).toBe(4)
  })

  it('samples labels and variables together as often as the density says, and keeps a label that is given', () => {
    const model = build(2)
    const p = drawn(model.params, 3)
    const count = 20000
    const { y, x } = model.sample(p, key(2), count)
    const [labels, bits] = [numbers(y), numbers(x)]
    const seen = new Array<number>(12).fill(0)
    labels.forEach((l, i) => { seen[4 * l + 2 * bits[2 * i] + bits[2 * i + 1]]++ })
    const expected = [0, 1, 2].flatMap(k => numbers(model.logProb(p, { y: full(k, [4], 'int32'), x: allBinary(2) as never })))
    // Pearson's statistic, 11 degrees of freedom: above 31.3 once in a thousand seeds, and the seed is fixed
    expect(seen.reduce((s, k, i) => s + (k - Math.exp(expected[i]) * count) ** 2 / (Math.exp(expected[i]) * count), 0)).toBeLessThan(31.3)

    const twos = model.sample(p, key(2), 5, { y: full(2, [5], 'int32') })
    expect(numbers(twos.y)).toEqual([2, 2, 2, 2, 2])
    expect(twos.x.shape).toEqual([5, 2])
  })
})

describe('joint refuses', () => {
  const coin = (rows: 'B') => dist.bernoulli(zeros([rows]))
  const model = joint({
    params: {}, over: { a: f32(), b: f32(2) }, order: ['b', 'a'],
    conditionals: { a: (_, { a }) => coin(a.shape[0]), b: (_, { b }) => dist.bernoulli(broadcastTo(tensor([0, 1]), [b.shape[0], 2])) },
  })
  it.each([
    ['an order without a name', () => joint({
      params: {}, over: { a: f32(), b: f32() }, order: ['a'],
      conditionals: { a: (_, { a }) => coin(a.shape[0]), b: (_, { b }) => coin(b.shape[0]) },
    }), 'joint: order lists each of a, b once, but [a] is given'],
    ['batches of two sizes', () => model.logProb({}, { a: f32(3), b: f32(4, 2) } as never), 'logProb: a has 3 rows but b has 4'],
    ['other variables', () => model.logProb({}, { a: f32(3), b: f32(3, 5) } as never), 'logProb: b has 5 variables but the model 2'],
    ['another dtype', () => model.logProb({}, { a: i32(3), b: f32(3, 2) } as never), 'logProb: a is int32 but float32 was expected'],
    ['to be given what comes later', () => model.sample({}, key(0), 3, { a: f32(3) }),
      'sample: a is given, but only the first of b, a can be; draws are in this order'],
    ['to be given another number', () => model.sample({}, key(0), 3, { b: f32(4, 2) } as never),
      'sample: b has 4 rows but 3 samples are asked for'],
  ])('%s', (_, build, message) => expect(build).toThrow(message))
})
