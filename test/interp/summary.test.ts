/** Counts against counts by hand. */
import { expect, it } from 'vitest'
import { add, conv2d, f32, matmul, relu, softmax, transpose, mul, reshape } from '../../src/dsl/ops/index.js'
import { showSummary, summary } from '../../src/interp/summary.js'

it('matmul: 2MNK, symbolic in what is not bound', () => {
  expect(summary(matmul(f32(3, 5), f32(5, 7))).flops).toBe(2 * 3 * 5 * 7)
  const p = { w: f32(784, 10), b: f32(10) }
  const s = summary(add(matmul(f32('B', 784), p.w), p.b), p)
  expect(s.flops).toBe('15690*B')
  expect(s.parameterCount).toBe(7850)
  // Two intermediate values of [B, 10] in float32; the repeated bias is a view.
  expect(s.activationBytes).toBe('80*B')
})

it('a shared matrix serves a batch: 2BTIO', () => {
  expect(summary(matmul(f32('B', 'T', 64), f32(64, 32))).flops).toBe('4096*B*T')
})

it('convolution: 2 B OH OW KH KW Cin Cout, by groups less', () => {
  expect(summary(conv2d(f32(2, 28, 28, 3), f32(5, 5, 3, 16), { stride: 2, padding: 2 })).flops).toBe(2 * 2 * 14 * 14 * 5 * 5 * 3 * 16)
  expect(summary(conv2d(f32(1, 8, 8, 4), f32(3, 3, 2, 6), { groups: 2, padding: 1 })).flops).toBe(2 * 8 * 8 * 3 * 3 * 2 * 6)
})

it('attention: two products of 2 B H T T D and the softmax between', () => {
  const [q, k, v] = [f32('B', 4, 'T', 16), f32('B', 4, 'T', 16), f32('B', 4, 'T', 16)]
  const s = summary(matmul(softmax(mul(matmul(q, transpose(k, [0, 1, 3, 2])), 0.25), -1), v))
  // Each product: 2 * B * 4 * T * T * 16.
  expect(s.flopsByOp.matmul).toBe('256*B*T*T')
  // Over [B, 4, T, T]: scale, and of softmax the maximum, difference, exponential, sum and quotient.
  expect(s.flops).toBe(`${256 + 6 * 4}*B*T*T`)
})

it('views and shared subexpressions count once or not at all', () => {
  const x = f32(4, 4)
  const h = relu(x)
  expect(summary(add(h, h)).flops).toBe(summary(h).flops as number + 16)
  expect(summary(reshape(x, [16])).activationBytes).toBe(0)
})

it('prints a table', () => {
  const p = { enc: { w: f32(784, 500), b: f32(500) } }
  expect(showSummary(summary(add(matmul(f32('B', 784), p.enc.w), p.enc.b), p))).toBe([
    'enc.w  [784, 500]  392,000', 'enc.b  [500]           500', 'parameters         392,500', 'operations         784500*B',
    'activation bytes   4000*B'].join('\n'))
})
