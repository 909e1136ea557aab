/**
 * Where a primitive is not smooth, its gradient is the one that its summary states; where it is smooth but looks dangerous, it is finite.
 */
import { describe, expect, test } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import { gradient } from '../../../src/dsl/core/gradient.js'
import type { Node } from '../../../src/dsl/core/node.js'
import { sizeOf, type Value } from '../../../src/dsl/value.js'
import { run } from './numeric.js'

const array = (data: readonly number[], shape: readonly number[] = [data.length]): Value =>
  ({ shape, dtype: 'float32', data: Float64Array.from(data) })
const sumAll = (x: Node): Node => b.sum(x, [...x.shape.keys()])
/** The gradient of the sum of f, once for every order asked for. */
const slopes = (f: (...xs: Node[]) => Node, values: readonly Value[], order = 1): number[][] => {
  const xs = values.map(v => b.input({ shape: v.shape, dtype: 'float32' }))
  let outputs = [f(...xs)]
  for (let i = 0; i < order; i++) outputs = gradient(outputs.map(sumAll).reduce((s, o) => b.add(s, o)), xs)
  return run(outputs, xs, values).map(v => { expect(v.data.length).toBe(sizeOf(v.shape)); return Array.from(v.data, x => x + 0) })
}

describe('at kinks and ties', () => {
  test.each([
    ['abs', () => slopes(b.abs, [array([-2, 0, 3])]), [[-1, 0, 1]]],
    ['maximum', () => slopes(b.maximum, [array([1, 2, 3]), array([3, 2, 1])]), [[0, 0.5, 1], [1, 0.5, 0]]],
    ['minimum', () => slopes(b.minimum, [array([1, 2, 3]), array([3, 2, 1])]), [[1, 0.5, 0], [0, 0.5, 1]]],
    ['maximum of x and itself', () => slopes(x => b.maximum(x, x), [array([1, 2])]), [[1, 1]]],
    ['max', () => slopes(x => b.max(x, [0]), [array([1, 4, 4, 0])]), [[0, 0.5, 0.5, 0]]],
    ['max of rows', () => slopes(x => b.max(x, [1]), [array([7, 7, 7, 1, 2, 1], [2, 3])]), [[1 / 3, 1 / 3, 1 / 3, 0, 1, 0]]],
    ['min', () => slopes(x => b.min(x, [0, 1]), [array([2, 1, 1, 1], [2, 2])]), [[0, 1 / 3, 1 / 3, 1 / 3]]],
    ['sign, floor, ceil and round', () => slopes(x => b.add(b.add(b.sign(x), b.floor(x)), b.add(b.ceil(x), b.round(x))),
      [array([0, 1, 0.5])]), [[0, 0, 0]]],
    ['select', () => slopes(x => b.select(b.less(x, 0), b.mul(x, 2), b.mul(x, 3)), [array([-1, 0, 1])]), [[2, 3, 3]]],
    ['mod in the divisor', () => slopes((x, y) => b.mod(x, y), [array([7, -7]), array([2, 2])]), [[1, 1], [-3, 4]]],
  ])('%s', (_, got, expected) => { expect(got()).toEqual(expected) })
})

describe('at zeros', () => {
  test.each([
    ['prod with one zero', () => slopes(x => b.prod(x, [0]), [array([2, 0, 5])]), [[0, 10, 0]]],
    ['prod with two zeros', () => slopes(x => b.prod(x, [0]), [array([0, 0, 5])]), [[0, 0, 0]]],
    ['prod with two zeros, twice', () => slopes(x => b.prod(x, [0]), [array([0, 0, 5])], 2), [[5, 5, 0]]],
    ['x^2, once', () => slopes(x => b.pow(x, 2), [array([-3, 0, 3])]), [[-6, 0, 6]]],
    ['x^2, twice', () => slopes(x => b.pow(x, 2), [array([-3, 0, 3])], 2), [[2, 2, 2]]],
    ['x^2, three times', () => slopes(x => b.pow(x, 2), [array([-3, 0, 3])], 3), [[0, 0, 0]]],
    ['x^0', () => slopes(x => b.pow(x, 0), [array([-3, 0, 3])]), [[0, 0, 0]]],
    ['x^1', () => slopes(x => b.pow(x, 1), [array([-3, 0, 3])]), [[1, 1, 1]]],
    ['x^y, an exponent that is no constant', () => slopes((x, y) => b.pow(x, y), [array([0, 0, 0]), array([0, 1, 2])]),
      [[0, 1, 0], [0, 0, 0]]],
    ['x^0.5 of 4, twice', () => slopes(x => b.pow(x, 0.5), [array([4])], 2), [[-1 / 32]]],
    ['0^y', () => slopes((x, y) => b.pow(x, y), [array([0, 0]), array([2, 3])]), [[0, 0], [0, 0]]],
    ['softplus, far out', () => slopes(b.softplus, [array([-800, 800])]), [[0, 1]]],
    ['sigmoid, far out', () => slopes(b.sigmoid, [array([-800, 800])]), [[0, 0]]],
    ['expm1 and log1p', () => slopes(x => b.add(b.expm1(x), b.log1p(x)), [array([0])]), [[2]]],
  ])('%s', (_, got, expected) => { expect(got()).toEqual(expected) })
})

test('an infinite branch that is not taken leaves the gradient of the other', () => {
  // The classic: where(x > 0, log(x), 0) at 0 needs the operand of log replaced, as 0 * inf is NaN in every reverse mode.
  expect(slopes(x => b.select(b.less(0, x), b.log(b.select(b.less(0, x), x, b.full(1, x.shape))), b.full(0, x.shape)), [array([0, 2])]))
    .toEqual([[0, 0.5]])
})

test('empty axes: sums are 0, products 1, gradients empty', () => {
  const empty = array([], [2, 0])
  const x = b.input({ shape: [2, 0], dtype: 'float32' })
  expect(run([b.sum(x, [1]), b.prod(x, [1]), ...gradient(sumAll(b.mul(x, x)), [x])], [x], [empty]).map(v => [...v.data])).toEqual([[0, 0],
    [1, 1], []])
})
