import { expect, it } from 'vitest'
import * as b from '../../src/dsl/core/build.js'
import type { Node } from '../../src/dsl/core/node.js'
import { firstNonFinite, showFault } from '../../src/interp/check.js'

const value = (...xs: number[]): {
  shape: number[]
  dtype: 'float32'
  data: Float64Array
} => ({ shape: [xs.length], dtype: 'float32', data: Float64Array.from(xs) })
const input = (name: string): Node => b.input({ shape: [2], dtype: 'float32', name })

it('names the first node whose value is not finite, its formula and where it stands', () => {
  const [x, w] = [input('x'), input('out.w')]
  const z = b.named('logits', b.log(b.mul(x, w)))
  const loss = b.sum(b.exp(z), [0])
  const fault = firstNonFinite([loss], new Map([[x, value(1, -1)], [w, value(2, 3)]]))
  expect(fault?.node.op).toBe('log')
  expect(fault && showFault(fault))
    .toBe('log(x * out.w), float32 [2], is NaN in 1 of 2 elements inside logits; it is computed from x, out.w')
})
it('overflows where float32 does', () => {
  const x = input('x')
  expect(firstNonFinite([b.exp(x)], new Map([[x, value(100, 0)]]))?.node.op).toBe('exp')
})
it('finds nothing in finite graphs, masks of -Infinity among them', () => {
  const x = input('x')
  const masked = b.select(b.less(0, x), x, b.full(-Infinity, [2]))
  expect(firstNonFinite([b.sum(x, [0])], new Map([[x, value(1, 2)]]))).toBeNull()
  expect(firstNonFinite([b.max(masked, [0])], new Map([[x, value(1, -1)]]))).toBeNull()
})
it('names an input that has a NaN, before what is computed from it', () => {
  const x = input('batch.x')
  const fault = firstNonFinite([b.sum(b.transpose(x, [0]), [0])], new Map([[x, value(1, NaN)]]))
  expect(fault && showFault(fault)).toBe('the input batch.x itself, float32 [2], is NaN in 1 of 2 elements')
  expect(firstNonFinite([b.exp(x)], new Map([[x, value(-Infinity, 0)]]))).toBeNull()
})
it('passes over what is not finite on the way to finite results', () => {
  const [x, p] = [input('x'), input('p')]
  const logs = b.log(p)
  const held = new Map([[x, value(1, -1)], [p, value(1, 0)]])
  expect(firstNonFinite([b.sum(b.mul(x, b.exp(logs)), [0])], held)).toBeNull()
  expect(firstNonFinite([b.sum(b.mul(x, logs), [0])], held)?.node).toBe(logs)
  // beside a mask that does no harm, the culprit is the other one
  const spoilt = b.add(b.sum(b.exp(logs), [0]), b.sum(b.sqrt(x), [0]))
  expect(firstNonFinite([b.sum(b.exp(logs), [0]), spoilt], held)).toMatchObject({ node: { op: 'sqrt' }, output: 1 })
})
it('looks behind a result that only repeats', () => {
  const x = input('x')
  expect(firstNonFinite([b.broadcastTo(b.log(x), [3, 2])], new Map([[x, value(1, -1)]]))).toMatchObject({ node: { op: 'log' } })
  expect(firstNonFinite([b.full(-Infinity, [2])], new Map())).toBeNull()
})
it('names what makes NaN of a mask of -Infinity', () => {
  const x = input('x')
  const product = b.mul(x, b.full(-Infinity, [2]))
  expect(firstNonFinite([b.sum(product, [0])], new Map([[x, value(1, 0)]]))?.node).toBe(product)
})
