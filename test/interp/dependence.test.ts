/** Dependence is sound: whatever a change of an input moves is in the set; and sharp on the operations that masks are made of. */
import { describe, expect, it } from 'vitest'
import * as b from '../../src/dsl/core/build.js'
import { variable } from '../../src/dsl/core/gradient.js'
import type { Node } from '../../src/dsl/core/node.js'
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

describe('masks', () => {
  const scores = (mask: Node): Node => softmaxOf(b.select(mask, b.broadcastTo(x, [3, 3]), b.full(-1e30, [3, 3])))
  const softmaxOf = (s: Node): Node => {
    const spread = (n: Node): Node => b.broadcastTo(b.reshape(n, [3, 1]), [3, 3])
    const e = b.exp(b.sub(s, spread(b.stopGradient(b.max(s, [1])))))
    return b.div(e, spread(b.sum(e, [1])))
  }
  const seen = b.lessEqual(b.broadcastTo(b.iota(3), [3, 3]), b.broadcastTo(b.reshape(b.iota(3), [3, 1]), [3, 3]))
  const lower = [[0], [0, 1], [0, 1, 2]]
  it('far below every score cut what they hide, as minus infinity does', () => {
    expect(dependence(b.matmul(scores(seen), column), x)).toEqual(lower)
    const added = b.add(b.broadcastTo(x, [3, 3]), constant([3, 3], 0, -Infinity, -Infinity, 0, 0, -Infinity, 0, 0, 0))
    expect(dependence(b.matmul(softmaxOf(added), column), x)).toEqual(lower)
  })
  it('that scores could reach cut nothing', () => {
    const weak = b.add(b.broadcastTo(x, [3, 3]), constant([3, 3], 0, -9, -9, 0, 0, -9, 0, 0, 0))
    expect(dependence(b.matmul(softmaxOf(weak), column), x)).toEqual([[0, 1, 2], [0, 1, 2], [0, 1, 2]])
  })
  it('hold in convolutions, in groups too', () => {
    const image = b.reshape(b.concat([x, x], 0), [1, 1, 3, 2])
    const left = b.mul(variable({ shape: [1, 3, 1, 2], dtype: 'float32' }), constant([1, 3, 1, 2], 1, 1, 0, 1, 0, 0))
    const maps = b.conv2d(image, left, { stride: [1, 1], padding: [[0, 0], [1, 1]], dilation: [1, 1], groups: 2 })
    // Channel 0 of the image is x0 x2 x1, channel 1 is x1 x0 x2: the first kernel sees one to the left, the second itself as well.
    expect(dependence(maps, x)).toEqual([[], [1], [0], [0, 1], [2], [0, 2]])
  })
  it('multiply whole numbers as whole numbers do', () => {
    const big = b.constant({ shape: [3], dtype: 'int32', data: Int32Array.of(65536, 65536, 3) })
    const mask = b.cast(b.mul(big, big), 'float32')
    expect(dependence(b.mul(x, mask), x)).toEqual([[], [], [2]])
  })
  it('of positions that the input chooses show the input', () => {
    const codes = variable({ shape: [2], dtype: 'int32' })
    const table = variable({ shape: [4, 2], dtype: 'float32' })
    expect(dependence(b.gather(table, codes, 0), codes)).toEqual([[0], [0], [1], [1]])
    expect(dependence(b.takeAlong(b.reshape(x, [1, 3]), b.reshape(codes, [1, 2]), 1), codes)).toEqual([[0], [1]])
  })
})

it('takes a thousand units with hundreds of variables', () => {
  const wide = variable({ shape: [1, 400], dtype: 'float32' })
  const places = (n: number, of: number): Node => b.mod(b.iota(n), of)
  const mask = (from: Node, to: Node): Node => {
    const shape = [from.shape[0], to.shape[0]]
    return b.cast(b.less(b.broadcastTo(b.reshape(from, [shape[0], 1]), shape), b.broadcastTo(to, shape)), 'float32')
  }
  const masked = (from: Node, to: Node): Node => {
    const m = mask(from, to)
    return b.mul(variable({ shape: m.shape, dtype: 'float32' }), m)
  }
  const [first, hidden] = [places(400, 400), places(1000, 399)]
  const sets = dependence(b.matmul(b.tanh(b.matmul(wide, masked(first, hidden))), masked(hidden, first)), wide)
  expect(sets.every((s, i) => s.every(j => j < i))).toBe(true)
  expect(sets[399]).toHaveLength(398)
})
