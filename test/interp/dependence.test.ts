/** Dependence is sound: whatever a change of an input moves is in the set; and sharp on the operations that masks are made of. */
import { describe, expect, it } from 'vitest'
import * as b from '../../src/dsl/core/build.js'
import { variable } from '../../src/dsl/core/gradient.js'
import { dependence } from '../../src/interp/dependence/dependence.js'

const x = variable({ shape: [3], dtype: 'float32' })
const column = b.reshape(x, [3, 1])
const constant = (shape: number[], ...xs: number[]) => b.constant({ shape, dtype: 'float32', data: Float64Array.from(xs) })
const w = variable({ shape: [3, 3], dtype: 'float32' })
const strict = constant([3, 3], 0, 1, 1, 0, 0, 1, 0, 0, 0)

describe('dependence', () => {
  it('follows a masked product, whatever the weights', () => {
    expect(dependence(b.matmul(b.reshape(x, [1, 3]), b.mul(w, strict)), x)).toEqual([[], [0], [0, 1]])
  })
  it('follows moves', () => {
    expect(dependence(b.reverse(x, [0]), x)).toEqual([[2], [1], [0]])
    expect(dependence(b.concat([b.slice(x, [1], [3]), b.slice(x, [0], [1])], 0), x)).toEqual([[1], [2], [0]])
    expect(dependence(b.pad(x, [1], [0], 5), x)).toEqual([[], [0], [1], [2]])
    expect(dependence(b.gather(x, b.constant({ shape: [2], dtype: 'int32', data: Int32Array.of(2, 0) }), 0), x)).toEqual([[2], [0]])
  })
  it('follows running sums, inclusive and exclusive, from either end', () => {
    expect(dependence(b.cumsum(x, 0), x)).toEqual([[0], [0, 1], [0, 1, 2]])
    expect(dependence(b.cumsum(x, 0, { exclusive: true, reverse: true }), x)).toEqual([[1, 2], [2], []])
  })
  it('follows loops step by step', () => {
    const { ys } = b.scan({ init: [b.scalar(0)], xs: [x], body: ([s], [v]) => ({ next: [b.add(s, v)], ys: [s] }) })
    expect(dependence(ys[0], x)).toEqual([[], [0], [0, 1]])
  })
  it('takes a constant choice for what it is', () => {
    const choose = b.constant({ shape: [3], dtype: 'bool', data: Uint8Array.of(1, 0, 1) })
    expect(dependence(b.select(choose, x, b.full(0, [3])), x)).toEqual([[0], [], [2]])
  })
  it('a choice that depends on x makes the result depend', () => {
    expect(dependence(b.select(b.less(x, b.full(0, [3])), b.full(1, [3]), b.full(2, [3])), x)).toEqual([[0], [1], [2]])
  })
  it('assumes everything of what it does not know', () => {
    expect(dependence(b.sortIndices(x, 0), x)).toEqual([[0, 1, 2], [0, 1, 2], [0, 1, 2]])
    expect(dependence(b.sum(b.matmul(w, column), [1]), x)).toEqual([[0, 1, 2], [0, 1, 2], [0, 1, 2]])
  })
})
