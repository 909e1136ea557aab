/** The same chain rule at all variables at once and one after another: equal conditionals, equal gradients, equal samples. */
import { describe, expect, it } from 'vitest'
import * as dist from '../../src/dsl/distributions/index.js'
import { key } from '../../src/dsl/keys.js'
import { add, cast, einsum, f32, gather, i32, iota, mul, oneHot, reshape, sigmoid, sum, tensor, zeros } from '../../src/dsl/ops/index.js'
import { grad } from '../../src/dsl/transform/grad.js'
import { autoregressive, fvsbn, made, nade, recurrence, type Alternatives, type NadeParams } from '../../src/models/index.js'
import { dependence } from '../../src/interp/dependence/dependence.js'
import { maskedNetwork } from '../../src/models/masked-autoencoder.js'
import { strictlyBefore } from '../../src/models/masks.js'
import type { Tensor } from '../../src/dsl/tensor.js'
import { allBinary, drawn, valueOf } from './enumerate.js'

const numbers = (x: unknown): number[] => Array.from(valueOf(x).data)
const closeTo = (a: unknown, b: unknown): void => {
  const [x, y] = [numbers(a), numbers(b)]
  expect(x.length).toBe(y.length)
  x.forEach((v, i) => expect(v).toBeCloseTo(y[i], 9))
}

/** O(D²H): every hidden layer from scratch, as in eq. 1 of the paper. */
const naive = ({ W, c, V, b }: NadeParams<number>, x: Tensor<['B', number]>): Tensor<['B', number]> => {
  const dims = W.shape[0]
  const before = strictlyBefore([...Array(dims).keys()], [...Array(dims).keys()])
  const h = sigmoid(add(einsum('bj,jd,jh->bdh', x, before, W), c))
  return add(einsum('bdh,dh->bd', h, V), b)
}

it('nade: the recursion equals the naive form, with its gradient', () => {
  const model = nade({ dims: 6, hidden: 5 })
  const p = drawn(model.params, 3) as NadeParams<6>
  const x = allBinary(6)
  closeTo(model.logits(p, x as never), naive(p, x as never))
  const weight = tensor([1, -2, 3, 0.5, -1, 2])
  const slope = (logits: (p: NadeParams<number>) => unknown) =>
    grad((q: NadeParams<number>) => sum(mul(logits(q) as Tensor<['B', 6]>, weight)))(p as NadeParams<number>)
  const [a, b] = [slope(q => model.logits(q as NadeParams<6>, x as never)), slope(q => naive(q, x as never))]
  for (const k of ['W', 'c', 'V', 'b'] as const) closeTo(a[k], b[k])
})

describe.each([
  ['one layer', [7], true, [3, 1, 0, 2, 4]],
  ['two layers, no direct connection', [6, 8], false, [0, 1, 2, 3, 4]],
] as const)('made, %s', (_, hidden, direct, ordering) => {
  const model = made({ dims: 5, hidden, direct, ordering, seed: 2 })
  const network = maskedNetwork('made', { dims: 5, hidden, direct, orderings: [ordering], seed: 2 })
  const steps = autoregressive({ params: network.params, over: f32(5), orderings: [ordering], recurrence: network.recurrence })
  const p = drawn(network.params, 4)
  it('has equal conditionals', () => closeTo(steps.logits(p, allBinary(5) as never), model.logits(p as never, allBinary(5) as never)))
  it('has equal densities', () => closeTo(steps.logProb(p, allBinary(5) as never), model.logProb(p as never, allBinary(5) as never)))
})

describe('cached sampling equals sampling by all conditionals, bit for bit', () => {
  const models: readonly (readonly [string, Alternatives<unknown, readonly [number]>])[] = [
    ['fvsbn', fvsbn({ dims: 6 }) as never],
    ['nade', nade({ dims: 6, hidden: 4 }) as never],
    ['made', made({ dims: 6, hidden: [9, 5], ordering: [5, 0, 3, 1, 2, 4] }) as never],
    ['made, three random orderings', made({ dims: 6, hidden: [9], ordering: 'random', masks: 3 }) as never],
  ]
  it.each(models)('%s', (_, model) => {
    const p = drawn(model.params, 8)
    const plain = autoregressive({
      params: p, over: f32(6), orderings: model.orderings,
      conditional: (q, x, mask) => dist.bernoulli(model.logits(q, x, mask)) as never,
    })
    for (const seed of [0, 1, 2]) expect(numbers(model.sample(p, key(seed), 50))).toEqual(numbers(plain.sample(p, key(seed), 50)))
  })
})

describe('classes', () => {
  // the odds of each class hear which classes came before, and where
  const params = { w: f32(4, 3, 4, 3), b: f32(4, 3) }
  const before = strictlyBefore([0, 1, 2, 3], [0, 1, 2, 3]) as Tensor<[4, 4]>
  const odds = (p: typeof params, z: Tensor<['B', 4], 'int32'>) => add(einsum('bji,jidk,jd->bdk', oneHot(z, 3), p.w, before), p.b)
  const plain = autoregressive({ params, over: i32(4), conditional: (p, z) => dist.categorical(odds(p, z)) })
  const square = autoregressive({
    params, over: i32(2, 2),
    conditional: (p, z) => dist.categorical(reshape(odds(p, reshape(z, [z.shape[0], 4])), [z.shape[0], 2, 2, 3])),
  })
  const cached = autoregressive({
    params, over: i32(4),
    recurrence: p => recurrence({
      own: { d: iota(4), w: p.w },
      start: rows => ({ odds: add(zeros([rows, 4, 3]), p.b) }),
      conditional: ({ odds }, { d }) => dist.categorical(gather(odds, d, 1)),
      next: ({ odds }, { w }, z) => ({ odds: add(odds, gather(w, z, 0)) }),
    }),
  })
  const p = drawn(params, 6)
  const digit = (i: number, d: number): number => Math.floor(i / 3 ** (3 - d)) % 3
  const all = tensor(Array.from({ length: 81 }, (_, i) => [0, 1, 2, 3].map(d => digit(i, d))), 'int32')

  it('sum to one over {0, 1, 2}^4', () =>
    expect(numbers(plain.logProb(p, all)).reduce((s, l) => s + Math.exp(l), 0)).toBeCloseTo(1, 9))
  it('have equal densities in every form', () => {
    closeTo(cached.logProb(p, all), plain.logProb(p, all))
    closeTo(square.logProb(p, reshape(all, [81, 2, 2])), plain.logProb(p, all))
  })
  it('are drawn alike in every form', () => {
    const draws = numbers(plain.sample(p, key(1), 40))
    expect(numbers(cached.sample(p, key(1), 40))).toEqual(draws)
    expect(numbers(square.sample(p, key(1), 40))).toEqual(draws)
    expect(square.sample(p, key(1), 40).shape).toEqual([40, 2, 2])
  })
  it('are drawn as often as their density says', () => {
    const count = 20000
    const seen = new Array<number>(81).fill(0)
    const x = numbers(cached.sample(p, key(5), count))
    for (let i = 0; i < count; i++) seen[[0, 1, 2, 3].reduce((n, d) => n * 3 + x[4 * i + d], 0)]++
    const expected = numbers(plain.logProb(p, all)).map(l => Math.exp(l) * count)
    // rare cells are put together, as Pearson's statistic asks for
    const rare = expected.map(e => e < 5)
    const others = (xs: readonly number[]): number => xs.reduce((s, x, i) => rare[i] ? s + x : s, 0)
    const cells = [...expected.flatMap((e, i) => rare[i] ? [] : [{ k: seen[i], e }]), { k: others(seen), e: others(expected) }]
    const statistic = cells.reduce((s, { k, e }) => s + (k - e) ** 2 / Math.max(e, 1), 0)
    expect(statistic).toBeLessThan(cells.length + 5 * Math.sqrt(2 * cells.length))
  })
  it('see only those before', () => {
    for (const claim of [...cached.claims(), ...square.claims()]) {
      if (claim.kind !== 'causality') continue
      const { input, output, place } = claim
      const sets = dependence(output as never, input as never)
      const each = sets.length / place.length
      sets.forEach((s, i) => s.forEach(j => expect(place[j]).toBeLessThan(place[Math.floor(i / each)])))
    }
  })
})

describe('a declaration is refused', () => {
  it.each([
    ['without conditionals', () => autoregressive({ params: {}, over: f32(3) } as never),
      'autoregressive: a conditional (params, x) => dist.bernoulli(logits), or a recurrence, was expected'],
    ['with an ordering of other variables', () =>
      autoregressive({ params: {}, over: f32(3), orderings: [[0, 1]], conditional: (_, x) => dist.bernoulli(x) }),
      'autoregressive: an ordering of 3 variables lists each of 0 to 2 once, but [0, 1] is given'],
    ['over sizes unknown', () => autoregressive({ params: {}, over: f32('D'), conditional: (_, x) => dist.bernoulli(x) }),
      'autoregressive: over is [D], but a chain rule needs the number of its variables; give sizes'],
    ['of classes by log-odds', () =>
      autoregressive({ params: {}, over: i32(3), conditional: (_, x) => dist.bernoulli(cast(x, 'float32')) as never })
        .logits({}, i32('B', 3)),
      'autoregressive: the conditional has float32 outcomes but the variables are int32; return dist.categorical(logits)'],
    ['about other variables', () =>
      autoregressive({ params: {}, over: f32(3), conditional: () => dist.bernoulli(zeros(['B', 2])) as never }).logits({}, f32('B', 3)),
      'autoregressive: the conditional is about [B, 2] but the variables are [B, 3]'],
  ])('%s', (_, build, message) => expect(build).toThrow(message))
})
