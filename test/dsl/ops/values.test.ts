/** Operations that are compositions, against plain loops over numbers on the reference engine. */
import { describe, expect, it } from 'vitest'
import {
  all,
  any,
  avgPool2d,
  bernoulli,
  categorical,
  conv2dTranspose,
  elu,
  f32,
  fromArray,
  gelu,
  i32,
  isFinite,
  isNan,
  logSigmoid,
  logSoftmax,
  logSumExp,
  maxPool2d,
  mean,
  mod,
  mul,
  ones,
  patches,
  prod,
  relu,
  reshape,
  rsqrt,
  silu,
  softmax,
  sum,
  tensor,
  uniform,
  upsample2d,
  variance,
  where,
  clip,
  xor,
  zeros,
  normal,
} from '../../../src/dsl/ops/index.js'
import { key } from '../../../src/dsl/keys.js'
import type { AnyTensor } from '../../../src/dsl/shape/check.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { substitute } from '../../../src/dsl/core/substitute.js'
import { nodeOf } from '../../../src/dsl/ops/typed.js'
import { grad } from '../../../src/dsl/transform/grad.js'
import { evaluate } from '../../../src/interp/js/evaluate.js'
import { numbers, number, valuesOf } from '../values.js'

/** A tensor of a shape with distinct small values. */
const counting = (...shape: number[]): Tensor<number[]> =>
  fromArray(
    Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i + 1),
    shape,
  )
const close = (t: AnyTensor, expected: readonly number[], digits = 9): void => {
  const got = numbers(t)
  expect(got.length).toBe(expected.length)
  got.forEach((x, i) => {
    expect(x).toBeCloseTo(expected[i], digits)
  })
}

describe('reducing', () => {
  it('means over symbols divide by their size when bound', () => {
    const x = f32('B', 'T'),
      value = tensor([
        [1, 2, 3],
        [4, 5, 6],
      ])
    const at = (y: AnyTensor): number[] =>
      Array.from(
        evaluate(substitute([nodeOf('test', y)], new Map([[nodeOf('test', x), nodeOf('test', value)]]), { B: 2, T: 3 }), new Map())[0].data,
      )
    expect(at(mean(x, ['T']))).toEqual([2, 5])
    expect(at(mean(x))).toEqual([3.5])
    expect(at(mul(mean(x, ['B'], true), 2))).toEqual([5, 7, 9])
  })

  it('logSumExp and softmax keep to their definitions at the ends of the range', () => {
    expect(number(logSumExp(tensor([1000, 1000])))).toBeCloseTo(1000 + Math.log(2), 9)
    expect(number(logSumExp(tensor([-Infinity, 0])))).toBe(0)
    expect(number(logSumExp(tensor([-Infinity, -Infinity])))).toBe(-Infinity)
    expect(number(logSumExp(tensor([Infinity, 0])))).toBe(Infinity)
    close(
      softmax(
        tensor([
          [1000, 1000],
          [0, -1000],
        ]),
      ),
      [0.5, 0.5, 1, 0],
    )
    close(
      softmax(
        tensor([
          [0, 0],
          [0, 0],
        ]),
        0,
      ),
      [0.5, 0.5, 0.5, 0.5],
    )
    close(logSoftmax(tensor([0, 1000])), [-1000, 0])
  })

  it('any, all, prod, variance, reductions of nothing', () => {
    const flags = tensor([
      [true, false],
      [false, false],
    ])
    expect([numbers(any(flags, [1])), numbers(all(flags, [1])), number(any(flags)), number(all(flags))]).toEqual([[1, 0], [0, 0], 1, 0])
    expect(number(prod(tensor([2, 3, 4])))).toBe(24)
    expect(
      numbers(
        variance(
          tensor([
            [1, 3],
            [2, 2],
          ]),
          [-1],
        ),
      ),
    ).toEqual([1, 0])
    expect([number(sum(zeros([0]))), number(prod(zeros([0]))), numbers(all(flags, [])).length]).toEqual([0, 1, 4])
  })
})

describe('elementwise compositions', () => {
  it('activations are their formulas', () => {
    const xs = [-2, -0.5, 0, 0.5, 2],
      x = tensor(xs)
    const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v))
    close(
      relu(x),
      xs.map(v => Math.max(v, 0)),
    )
    close(
      silu(x),
      xs.map(v => v * sigmoid(v)),
    )
    close(
      logSigmoid(x),
      xs.map(v => Math.log(sigmoid(v))),
    )
    close(
      elu(x),
      xs.map(v => (v > 0 ? v : Math.expm1(v))),
    )
    close(gelu(tensor([0, 1])), [0, 0.8413447460685429], 6)
    close(rsqrt(tensor([4])), [0.5])
    expect(numbers(mod(tensor([5, -1, -6]), 3))).toEqual([2, 2, 0])
  })

  it('tells NaN and infinities, and chooses without touching the other branch', () => {
    const x = tensor([1, NaN, Infinity, -Infinity])
    expect(numbers(isNan(x))).toEqual([0, 1, 0, 0])
    expect(numbers(isFinite(x))).toEqual([1, 0, 0, 0])
    expect(numbers(where(isFinite(x), x, 0))).toEqual([1, 0, 0, 0])
    expect(numbers(xor(tensor([true, false]), tensor([true, true])))).toEqual([0, 1])
    expect(numbers(where(tensor([true, false]), ones([2, 2]), -1))).toEqual([1, -1, 1, -1])
  })
})

describe('images', () => {
  const image = reshape(counting(16), [1, 4, 4, 1])
  /** 3 x 3 windows, stride 3, over 4 x 4 numbers with one zero of padding around: the mean of the numbers inside each. */
  const avgSame = [
    [0, 1],
    [2, 3],
  ].flatMap(rows =>
    [
      [0, 1],
      [2, 3],
    ].map(columns => {
      const inside = rows.flatMap(r => columns.map(c => 4 * r + c + 1))
      return inside.reduce((a, b) => a + b) / inside.length
    }),
  )

  it('pools', () => {
    expect(numbers(maxPool2d(image, 2))).toEqual([6, 8, 14, 16])
    expect(numbers(avgPool2d(image, 2))).toEqual([3.5, 5.5, 11.5, 13.5])
    expect(numbers(maxPool2d(mul(image, -1), 3, { padding: 1, stride: 3 }))).toEqual([-1, -3, -9, -11])
    close(avgPool2d(image, 3, { padding: 'same', stride: 3 }), avgSame)
    expect(patches(image, [2, 3]).shape).toEqual([1, 3, 2, 2, 3, 1])
  })

  it('repeats pixels', () => {
    expect(numbers(upsample2d(reshape(counting(4), [1, 2, 2, 1]), [1, 2]))).toEqual([1, 1, 2, 2, 3, 3, 4, 4])
  })

  it('spreads pixels by a transposed convolution', () => {
    const spread = conv2dTranspose(reshape(counting(4), [1, 2, 2, 1]), ones([2, 2, 1, 1]), { stride: 2 })
    expect(spread.shape).toEqual([1, 4, 4, 1])
    expect(numbers(spread)).toEqual([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4])
  })
})

describe('randomness', () => {
  const n = 20_000
  const moments = (xs: readonly number[]): [number, number] => {
    const m = xs.reduce((a, b) => a + b, 0) / xs.length
    return [m, xs.reduce((a, b) => a + (b - m) ** 2, 0) / xs.length]
  }

  it('has the right moments', () => {
    const [um, uv] = moments(numbers(uniform(key(1), [n])))
    expect(um).toBeCloseTo(0.5, 1.5)
    expect(uv).toBeCloseTo(1 / 12, 2)
    const [nm, nv] = moments(numbers(normal(key(2), [n])))
    expect(Math.abs(nm)).toBeLessThan(0.03)
    expect(nv).toBeCloseTo(1, 1)
    expect(moments(numbers(bernoulli(key(3), mul(ones([n]), 0.25))))[0]).toBeCloseTo(0.25, 1.5)
  })

  it('draws categories by their probabilities, along any axis', () => {
    const logits = mul(ones([n, 3]), tensor([Math.log(0.2), Math.log(0.3), Math.log(0.5)]))
    const drawn = numbers(categorical(key(4), logits))
    expect([0, 1, 2].map(c => Math.round((10 * drawn.filter(x => x === c).length) / n))).toEqual([2, 3, 5])
    expect(categorical(key(5), f32('B', 3), 0).shape).toEqual([3])
  })

  it('is a function of its key', () => {
    expect(valuesOf(normal(key(7), [4]))[0].data).toEqual(valuesOf(normal(key(7), [4]))[0].data)
    expect(numbers(normal(key(7), [4]))).not.toEqual(numbers(normal(key(8), [4])))
    expect(i32(2)).not.toBe(i32(2))
  })
})

describe('clipping', () => {
  it('keeps to the limits, and lets the gradient through inside and at them', () => {
    const x = tensor([-2, -1, 0, 1, 2, NaN])
    expect(numbers(clip(x, -1, 1))).toEqual([-1, -1, 0, 1, 1, NaN])
    expect(numbers(clip(tensor([1, 5], 'int32'), 2, 4))).toEqual([2, 4])
    expect(numbers(grad((y: Tensor<[6]>) => sum(clip(y, -1, 1)))(x)).slice(0, 5)).toEqual([0, 1, 1, 1, 0])
  })
})
