import { expectTypeOf } from 'expect-type'
import { describe, expect, it } from 'vitest'
import { gradient } from '../../../src/dsl/core/gradient.js'
import { emaCodebook, vectorQuantise, type CodebookState, type EmaCodebookOptions } from '../../../src/dsl/nn/index.js'
import type { AnyTensor } from '../../../src/dsl/define/tree.js'
import { key } from '../../../src/dsl/keys.js'
import { add, mul } from '../../../src/dsl/ops/arithmetic.js'
import { f32, i32, tensor, zeros } from '../../../src/dsl/ops/create.js'
import { normal } from '../../../src/dsl/ops/random.js'
import { sum } from '../../../src/dsl/ops/reduce.js'
import { nodeOf, tensorOf } from '../../../src/dsl/ops/typed.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import type { Value } from '../../../src/dsl/value.js'
import { number, numbers, valuesOf } from '../values.js'

const close = (found: readonly number[], expected: readonly number[], digits = 10): void => {
  expect(found.length).toBe(expected.length)
  found.forEach((x, i) => { expect(x).toBeCloseTo(expected[i], digits) })
}
const grad = (y: AnyTensor, x: AnyTensor): AnyTensor => tensorOf(gradient(nodeOf('test', y), [nodeOf('test', x)])[0])
const bound = (...pairs: readonly (readonly [AnyTensor, AnyTensor])[]): ReadonlyMap<AnyTensor, Value> =>
  new Map(pairs.map(([x, value]) => [x, valuesOf(value)[0]]))

const [N, K, D] = [12, 5, 3]
const [codebook, z] = [normal(key(0), [5, 3]), normal(key(1), [3, 4, 3])]
const rowsOf = (x: AnyTensor, d: number = D): number[][] => {
  const all = numbers(x)
  return Array.from({ length: all.length / d }, (_, i) => all.slice(i * d, (i + 1) * d))
}
const distance = (a: readonly number[], b: readonly number[]): number => a.reduce((s, x, i) => s + (x - b[i]) ** 2, 0)
/** The nearest entries by loops. */
const nearest = (es: readonly number[][], zs: readonly number[][]): number[] => zs.map(v => {
  const ds = es.map(e => distance(e, v))
  return ds.indexOf(Math.min(...ds))
})

describe('vectorQuantise', () => {
  const [e, v] = [f32(5, 3), f32(3, 4, 3)]
  const q = vectorQuantise(e, v)
  const values = bound([e, codebook], [v, z])
  const [es, zs] = [rowsOf(codebook), rowsOf(z)]
  const expected = nearest(es, zs)

  it('finds the nearest entries', () => {
    expect(numbers(q.codes, values)).toEqual(expected)
    close(numbers(q.quantised, values), expected.flatMap(k => es[k]))
    close(numbers(q.nearest, values), expected.flatMap(k => es[k]))
    expect(numbers(q.counts, values)).toEqual(es.map((_, k) => expected.filter(c => c === k).length))
  })

  it('gives the first of equally near entries', () => {
    const twice = tensor([[1, 0], [1, 0], [-1, 0]])
    expect(numbers(vectorQuantise(twice, tensor([[2, 1], [0, 0], [-3, 0]])).codes)).toEqual([0, 0, 2])
  })

  it('has the losses of the paper, as means over all elements', () => {
    const mean = zs.map((row, i) => distance(row, es[expected[i]])).reduce((a, b) => a + b) / (N * D)
    close([number(q.codebookLoss, values), number(q.commitmentLoss, values)], [mean, mean])
  })

  it('sends to the vectors the gradient of what is made of the codes, plus 2β(z - e)/n', () => {
    const weights = normal(key(2), [3, 4, 3])
    const β = 0.25
    const loss = add(add(sum(mul(q.quantised, weights)), q.codebookLoss), mul(q.commitmentLoss, β))
    const upstream = numbers(weights)
    close(numbers(grad(loss, v), values),
      zs.flatMap((row, i) => row.map((x, j) => upstream[i * D + j] + 2 * β * (x - es[expected[i]][j]) / (N * D))))
  })

  it('sends 2(e - z)/n to the codebook from the codebook loss, and nothing from elsewhere', () => {
    close(numbers(grad(q.codebookLoss, e), values), es.flatMap((row, k) => row.map((x, j) =>
      zs.filter((_, i) => expected[i] === k).reduce((s, u) => s + 2 * (x - u[j]) / (N * D), 0))))
    close(numbers(grad(add(q.commitmentLoss, sum(q.quantised)), e), values), Array<number>(K * D).fill(0))
    close(numbers(grad(q.codebookLoss, v), values), Array<number>(N * D).fill(0))
  })

  it('counts the entries in use: K when all are used equally, 1 when one is', () => {
    const corners = tensor([[1, 1], [1, -1], [-1, 1], [-1, -1]])
    expect(number(vectorQuantise(corners, mul(corners, 3)).perplexity)).toBeCloseTo(4, 12)
    expect(number(vectorQuantise(corners, tensor([[2, 2], [3, 1]])).perplexity)).toBeCloseTo(1, 12)
    const shares = [0.5, 0.25, 0.25]
    const found = number(vectorQuantise(corners, tensor([[2, 2], [3, 1], [1, -1], [-1, 1]])).perplexity)
    expect(found).toBeCloseTo(Math.exp(-shares.map(p => p * Math.log(p)).reduce((a, b) => a + b)), 12)
  })

  it('knows its shapes', () => {
    const { codes, quantised, counts } = vectorQuantise(f32(256, 32), f32('B', 7, 7, 32))
    expectTypeOf(codes).toEqualTypeOf<Tensor<['B', 7, 7], 'int32'>>()
    expectTypeOf(quantised).toEqualTypeOf<Tensor<['B', 7, 7, 32]>>()
    expectTypeOf(counts).toEqualTypeOf<Tensor<[256]>>()
    expect([codes.shape, quantised.shape, counts.shape]).toEqual([['B', 7, 7], ['B', 7, 7, 32], [256]])
  })
})

describe('emaCodebook', () => {
  const made = (options: Partial<EmaCodebookOptions<5, 3>>) => emaCodebook({ entries: 5, features: 3, ...options })
  const start: CodebookState<5, 3> = { entries: codebook, counts: tensor([1, 2, 3, 4, 0]), sums: normal(key(3), [5, 3]) }
  const { codes } = vectorQuantise(codebook, z)
  const [es, zs] = [rowsOf(codebook), rowsOf(z)]
  const at = nearest(es, zs)
  const mine = (k: number): number[][] => zs.filter((_, i) => at[i] === k)
  const total = (rows: readonly number[][]): number[] => Array.from({ length: D }, (_, j) => rows.reduce((s, r) => s + r[j], 0))

  it('without memory and smoothing is one step of k-means', () => {
    const next = made({ decay: 0, epsilon: 0, revive: 0 }).update(start, z, codes, key(4))
    // an entry without vectors stays, as k-means leaves it
    close(numbers(next.entries), es.flatMap((e, k) => mine(k).length === 0 ? e : total(mine(k)).map(s => s / mine(k).length)))
    expect(es.some((_, k) => mine(k).length === 0)).toBe(true)
  })

  it('keeps running counts and sums, smoothed', () => {
    const [γ, ε] = [0.9, 1e-2]
    const next = made({ decay: γ, epsilon: ε, revive: 0 }).update(start, z, codes, key(4))
    const counts = [1, 2, 3, 4, 0].map((n, k) => γ * n + (1 - γ) * mine(k).length)
    const sums = rowsOf(start.sums).map((m, k) => m.map((x, j) => γ * x + (1 - γ) * total(mine(k))[j]))
    const n = counts.reduce((a, b) => a + b)
    close(numbers(next.counts), counts)
    close(numbers(next.sums), sums.flat())
    close(numbers(next.entries), sums.flatMap((m, k) => m.map(x => x / ((counts[k] + ε) / (n + K * ε) * n))))
  })

  it('gives dead entries vectors of the batch, and leaves the others', () => {
    const far: CodebookState<5, 3> = { entries: codebook, counts: tensor([0, 9, 9, 0, 9]), sums: mul(codebook, 9) }
    const ones = zeros([3, 4], 'int32')
    const codesOfOne = add(ones, 1)
    const alive = made({ revive: 0 }).update(far, z, codesOfOne, key(4))
    const next = made({ revive: 1 }).update(far, z, codesOfOne, key(4))
    const rows = rowsOf(next.entries)
    for (const k of [0, 3]) expect(zs).toContainEqual(rows[k])
    for (const k of [1, 2, 4]) expect(rows[k]).toEqual(rowsOf(alive.entries)[k])
    expect(numbers(next.counts)).toEqual(numbers(alive.counts).map((n, k) => k === 0 || k === 3 ? 1 : n))
    const other = rowsOf(made({ revive: 1 }).update(far, z, codesOfOne, key(5)).entries)
    expect([other[0], other[3]]).not.toEqual([rows[0], rows[3]])
  })

  it('moves by no gradient, and starts at entries counted once', () => {
    const v = f32(3, 4, 3)
    const next = made({}).update(start, v, vectorQuantise(codebook, v).codes, key(4))
    close(numbers(grad(sum(next.entries), v), bound([v, z])), Array<number>(N * D).fill(0))
    const { entries, counts, sums } = made({}).init(key(7))
    expect(numbers(counts)).toEqual([1, 1, 1, 1, 1])
    expect(numbers(sums)).toEqual(numbers(entries))
  })
})

describe('mistakes are one sentence, in types and at run time', () => {
  const refused = (f: () => unknown, sentence: string): void => { expect(f).toThrow(sentence) }
  it('of vectors and codebooks', () => {
    // @ts-expect-error -- features differ
    refused(() => vectorQuantise(f32(256, 32), f32('B', 31)),
      'vectorQuantise: vectors have 31 features but the codebook 32, in [B, 31] and [256, 32]')
    // @ts-expect-error -- no matrix
    refused(() => vectorQuantise(f32(256), f32('B', 32)), 'vectorQuantise: the codebook is [256] but [K, D] was expected')
  })
  it('of running codebooks', () => {
    const ema = emaCodebook({ entries: 8, features: 2 })
    const state = ema.init(key(0))
    // @ts-expect-error -- not one code for each vector
    refused(() => ema.update(state, f32('B', 2), i32('C'), key(1)), 'emaCodebook: codes are [C] but [B] was expected, one for each vector')
    refused(() => emaCodebook({ entries: 8, features: 2, decay: 1 }),
      'emaCodebook: the decay is 1 but a number from 0 to below 1 was expected')
    refused(() => emaCodebook({ entries: 0, features: 2 }), 'emaCodebook: entries is 0 but a whole number above 0 was expected')
  })
})
