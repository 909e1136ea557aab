import { expectTypeOf } from 'expect-type'
import { describe, expect, it } from 'vitest'
import { gradient } from '../../../src/dsl/core/gradient.js'
import {
  attention, binaryCrossEntropyWithLogits, crossEntropy, dropout, layerNorm, leakyRelu, mse, solveTriangular,
} from '../../../src/dsl/nn/index.js'
import { key } from '../../../src/dsl/keys.js'
import { bool, f32, full, i32, tensor } from '../../../src/dsl/ops/create.js'
import { square } from '../../../src/dsl/ops/unary.js'
import { mul } from '../../../src/dsl/ops/arithmetic.js'
import { matmul } from '../../../src/dsl/ops/matmul.js'
import { normal } from '../../../src/dsl/ops/random.js'
import { sum } from '../../../src/dsl/ops/reduce.js'
import { reshape } from '../../../src/dsl/ops/reshape.js'
import { nodeOf, tensorOf } from '../../../src/dsl/ops/typed.js'
import type { AnyTensor } from '../../../src/dsl/define/tree.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import type { Value } from '../../../src/dsl/value.js'
import { number, numbers, valuesOf } from '../values.js'

const close = (found: readonly number[], expected: readonly number[], digits = 10): void => {
  expect(found.length).toBe(expected.length)
  found.forEach((x, i) => { expect(x).toBeCloseTo(expected[i], digits) })
}
const grad = (y: AnyTensor, x: AnyTensor): AnyTensor => tensorOf(gradient(nodeOf('test', y), [nodeOf('test', x)])[0])
const at = (x: AnyTensor, value: AnyTensor): ReadonlyMap<AnyTensor, Value> => new Map([[x, valuesOf(value)[0]]])

/** The derivative of a scalar by central differences, each element of x in turn. */
const differences = (y: AnyTensor, x: AnyTensor, value: AnyTensor): number[] => {
  const [v] = valuesOf(value)
  const shifted = (i: number, by: number): number => {
    const data = Float64Array.from(v.data)
    data[i] += by
    return number(y, new Map([[x, { ...v, data } as Value]]))
  }
  return Array.from(v.data, (_, i) => (shifted(i, 1e-5) - shifted(i, -1e-5)) / 2e-5)
}

describe('losses', () => {
  it('mse is the mean square', () => {
    expect(number(mse(tensor([[1, 2], [3, 4]]), tensor([[1, 4], [0, 4]])))).toBe((4 + 9) / 4)
  })

  it('crossEntropy takes class numbers or distributions, and means the same by both', () => {
    const logits = tensor([[2, 0, -1], [0.5, 0.25, 3]])
    const by = (row: readonly number[], k: number): number => Math.log(row.map(Math.exp).reduce((a, b) => a + b)) - row[k]
    const expected = (by([2, 0, -1], 0) + by([0.5, 0.25, 3], 1)) / 2
    expect(number(crossEntropy(logits, tensor([0, 1], 'int32')))).toBeCloseTo(expected, 12)
    expect(number(crossEntropy(logits, tensor([[1, 0, 0], [0, 1, 0]])))).toBeCloseTo(expected, 12)
    const soft = tensor([[1 - 0.2 + 0.2 / 3, 0.2 / 3, 0.2 / 3], [0.2 / 3, 1 - 0.2 + 0.2 / 3, 0.2 / 3]])
    expect(number(crossEntropy(logits, tensor([0, 1], 'int32'), { smoothing: 0.2 }))).toBeCloseTo(number(crossEntropy(logits, soft)), 12)
    expect(number(crossEntropy(tensor([0, 0]), tensor(1, 'int32')))).toBeCloseTo(Math.log(2), 12)
  })

  it('crossEntropy has the gradient softmax - target', () => {
    const x = f32(2, 3)
    const found = numbers(grad(crossEntropy(x, tensor([2, 0], 'int32')), x), at(x, tensor([[0, 0, 0], [1000, 0, 0]])))
    close(found, [1 / 6, 1 / 6, 1 / 6 - 1 / 2, 0, 0, 0])
  })

  it('binaryCrossEntropyWithLogits is finite for every logit', () => {
    const expected = (Math.log(1 + Math.exp(-0.3)) + Math.log(1 + Math.exp(-2))) / 2
    expect(number(binaryCrossEntropyWithLogits(tensor([0.3, -2]), tensor([1, 0])))).toBeCloseTo(expected, 12)
    expect(number(binaryCrossEntropyWithLogits(tensor([800, -800]), tensor([0, 0])))).toBe(400)
  })
})

describe('leakyRelu', () => {
  it('has its slope below 0', () => {
    const x = f32(3)
    close(numbers(leakyRelu(tensor([-2, 0, 3]), 0.1)), [-0.2, 0, 3])
    close(numbers(grad(sum(leakyRelu(x, 0.1)), x), at(x, tensor([-2, 0, 3]))), [0.1, 0.1, 1])
  })
})

describe('layerNorm', () => {
  const x = normal(key(0), [2, 3, 5])
  const [scale, bias] = [normal(key(1), [5]), normal(key(2), [5])]

  it('is what its formula says', () => {
    const [v, g, b] = [numbers(x), numbers(scale), numbers(bias)]
    const expected = v.map((value, i) => {
      const row = v.slice(5 * Math.floor(i / 5), 5 * Math.floor(i / 5) + 5)
      const m = row.reduce((p, q) => p + q) / 5
      const variance = row.map(r => (r - m) ** 2).reduce((p, q) => p + q) / 5
      return (value - m) / Math.sqrt(variance + 1e-5) * g[i % 5] + b[i % 5]
    })
    close(numbers(layerNorm(x, scale, bias)), expected)
  })

  it('has the gradient of its differences', () => {
    const y = f32(2, 3, 5)
    const total = sum(mul(layerNorm(y, scale, bias), x))
    close(numbers(grad(total, y), at(y, x)), differences(total, y, x), 6)
  })
})

/** Softmax attention of one head by loops. */
const loops = (q: number[], k: number[], v: number[], [t, s, d, e]: number[], sees: (i: number, j: number) => boolean): number[] =>
  Array.from({ length: t }, (_, i) => {
    const scores = Array.from({ length: s }, (_, j) => sees(i, j)
      ? Math.exp(Array.from({ length: d }, (_, f) => q[i * d + f] * k[j * d + f]).reduce((a, b) => a + b) / Math.sqrt(d)) : 0)
    const total = scores.reduce((a, b) => a + b)
    return Array.from({ length: e }, (_, f) => scores.map((w, j) => w / total * v[j * e + f]).reduce((a, b) => a + b))
  }).flat()

describe('attention', () => {
  const [q, k, v] = [normal(key(3), [2, 3, 4]), normal(key(4), [2, 5, 4]), normal(key(5), [2, 5, 6])]
  const half = (x: AnyTensor, b: number): number[] => {
    const all = numbers(x)
    return all.slice(b * all.length / 2, (b + 1) * all.length / 2)
  }
  const each = (sees: (i: number, j: number) => boolean): number[] =>
    [0, 1].flatMap(b => loops(half(q, b), half(k, b), half(v, b), [3, 5, 4, 6], sees))

  it('is what loops compute', () => { close(numbers(attention(q, k, v)), each(() => true)) })
  it('sees the past only, when it is causal', () => { close(numbers(attention(q, k, v, { causal: true })), each((i, j) => j <= i)) })
  it('sees what the mask allows', () => {
    const mask = Array.from({ length: 3 }, (_, i) => Array.from({ length: 5 }, (_, j) => (i + j) % 2 === 0))
    close(numbers(attention(q, k, v, { mask: tensor(mask) as Tensor<[3, 5], 'bool'> })), each((i, j) => (i + j) % 2 === 0))
  })
  it('is finite where nothing can be seen', () => {
    expect(numbers(attention(q, k, v, { mask: full(0, [3, 5], 'bool') })).every(Number.isFinite)).toBe(true)
  })
  it('knows its shape', () => {
    expectTypeOf(attention(f32('B', 8, 'T', 64), f32('B', 8, 'S', 64), f32('B', 8, 'S', 32))).toEqualTypeOf<Tensor<['B', 8, 'T', 32]>>()
    expect(attention(f32('B', 'T', 64), f32('B', 'T', 64), f32('B', 'T', 64), { causal: true }).shape).toEqual(['B', 'T', 64])
  })
})

describe('dropout', () => {
  it('drops at its rate and keeps the mean', () => {
    const xs = numbers(dropout(full(1, [20_000]), key(0), 0.25))
    expect(new Set(xs)).toEqual(new Set([0, 4 / 3]))
    expect(Math.abs(xs.filter(x => x === 0).length / xs.length - 0.25)).toBeLessThan(0.015)
  })
  it('is the identity at rate 0, and lets gradients through what it keeps', () => {
    const x = f32(8)
    expect(dropout(x, key(0), 0)).toBe(x)
    const value = full(2, [8])
    close(numbers(grad(sum(dropout(x, key(0), 0.5)), x), at(x, value)), numbers(dropout(full(1, [8]), key(0), 0.5)))
    expect(() => dropout(x, key(0), 1)).toThrow('dropout: the rate is 1 but a number from 0 to below 1 was expected')
  })
})

describe('solveTriangular', () => {
  const a = tensor([[2, 7, -7], [0.5, 1.5, 9], [-1, 0.25, 3]])
  const b = tensor([[1, 2], [3, 4], [5, 6]])
  const lower = tensor([[2, 0, 0], [0.5, 1.5, 0], [-1, 0.25, 3]])
  const upper = tensor([[2, 7, -7], [0, 1.5, 9], [0, 0, 3]])

  it('solves with the triangle it is told to read', () => {
    close(numbers(matmul(lower, solveTriangular(a, b))), numbers(b))
    close(numbers(matmul(upper, solveTriangular(a, b, { lower: false }))), numbers(b))
  })

  it('serves a batch', () => {
    const many = mul(reshape(tensor([...numbers(lower), ...numbers(lower)]), [2, 3, 3]) as Tensor<[2, 3, 3]>, 2)
    const right = normal(key(6), [2, 3, 4])
    close(numbers(matmul(many, solveTriangular(many, right))), numbers(right))
  })

  it.each([true, false])('has the gradients of its differences (lower %s), twice', isLower => {
    const [x, y] = [f32(3, 3), f32(3, 2)]
    const total = sum(square(solveTriangular(x, tensorOf<[3, 2], 'float32'>(nodeOf('test', b)), { lower: isLower })))
    close(numbers(grad(total, x), at(x, a)), differences(total, x, a), 5)
    const inB = sum(square(solveTriangular(tensorOf<[3, 3], 'float32'>(nodeOf('test', a)), y, { lower: isLower })))
    close(numbers(grad(inB, y), at(y, b)), differences(inB, y, b), 5)
    const again = sum(square(tensorOf<[3, 3], 'float32'>(nodeOf('test', grad(total, x)))))
    const [found, expected] = [numbers(grad(again, x), at(x, a)), differences(again, x, a)]
    found.forEach((g, i) => { expect(Math.abs(g - expected[i]) / (1 + Math.abs(expected[i]))).toBeLessThan(1e-5) })
  })
})

describe('mistakes are one sentence, in types and at run time', () => {
  const refused = (f: () => unknown, sentence: string): void => { expect(f).toThrow(sentence) }
  it('of losses', () => {
    // @ts-expect-error -- shapes differ
    refused(() => mse(f32(3, 1), f32(3)), 'mse: [3, 1] and [3] differ; equal shapes were expected')
    // @ts-expect-error -- one class number an example
    refused(() => crossEntropy(f32('B', 10), i32('B', 10)),
      'crossEntropy: class numbers for logits [B, 10] are [B, 10] but [B] was expected')
    // @ts-expect-error -- no truth values
    refused(() => crossEntropy(f32('B', 10), bool('B')),
      'crossEntropy: targets are bool, but int32 class numbers or float32 distributions were expected')
  })
  it('of layers', () => {
    // @ts-expect-error -- not one number a feature
    refused(() => layerNorm(f32('B', 10), f32(9), f32(10)),
      'layerNorm: the scale of [B, 10] is [9] but one number for the last axis was expected')
    // @ts-expect-error -- features differ
    refused(() => attention(f32('T', 8), f32('S', 9), f32('S', 9)), 'attention: queries have 8 features but keys 9, in [T, 8] and [S, 9]')
    // @ts-expect-error -- keys and values differ
    refused(() => attention(f32('T', 8), f32('S', 8), f32('R', 8)), 'attention: there are S keys but R values, in [S, 8] and [R, 8]')
    // @ts-expect-error -- the mask does not fit
    refused(() => attention(f32('T', 8), f32('S', 8), f32('S', 8), { mask: bool('S', 'T') }),
      'attention mask: [T, S] and [S, T] differ in axis -1: S and T')
    // @ts-expect-error -- not square
    refused(() => solveTriangular(f32(3, 4), f32(4, 1)), 'solveTriangular: [3, 4] is not square in its last two axes')
    // @ts-expect-error -- rows differ
    refused(() => solveTriangular(f32(3, 3), f32(4, 1)), 'solveTriangular: [4, 1] has not the rows and batch axes of [3, 3]')
  })
})
