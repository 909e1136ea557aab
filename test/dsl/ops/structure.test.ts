/** Operations that move elements, against plain loops over numbers on the reference engine. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  argMin,
  concat,
  expandDims,
  eye,
  f32,
  flatten,
  fromArray,
  oneHot,
  rearrange,
  scatterAdd,
  slice,
  sort,
  split,
  squeeze,
  stack,
  swapAxes,
  tensor,
  topK,
  transpose,
  tril,
  triu,
  zeros,
} from '../../../src/dsl/ops/index.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { numbers } from '../values.js'

/** A tensor of a shape with distinct small values. */
const counting = (...shape: number[]): Tensor<number[]> =>
  fromArray(
    Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i + 1),
    shape,
  )
describe('moving elements', () => {
  it('rearrange takes apart, moves and joins', () => {
    expect(numbers(rearrange(counting(2, 6), 'a (b c) -> c a b', { b: 2 }))).toEqual([1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12])
    expect(rearrange(f32('B', 1, 8), 'b 1 d -> d 1 (1 b)').shape).toEqual([8, 1, 'B'])
  })

  it('split and concat undo each other along every axis', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 3 }), (axis, n) => {
        const x = counting(...[2, 2, 2].with(axis, 2 * n))
        const parts = split(x, n, axis) as readonly Tensor<number[]>[]
        expect(parts.length).toBe(n)
        expect(numbers(concat(parts, axis))).toEqual(numbers(x))
      }),
    )
    const [a, b] = split(counting(2, 4), 2, 1)
    expect([numbers(a), numbers(b)]).toEqual([
      [1, 2, 5, 6],
      [3, 4, 7, 8],
    ])
  })

  it('stack, slice, swapAxes, transpose, flatten, squeeze, expandDims', () => {
    expect(numbers(stack([tensor([1, 2]), tensor([3, 4])], -1))).toEqual([1, 3, 2, 4])
    expect(numbers(slice(counting(2, 3), 1, 0, -1))).toEqual([1, 2, 4, 5])
    expect(numbers(slice(counting(2, 3), 1, 1))).toEqual([2, 3, 5, 6])
    expect(numbers(swapAxes(counting(2, 3), 0, -1))).toEqual([1, 4, 2, 5, 3, 6])
    expect(numbers(transpose(counting(1, 2, 3)))).toEqual([1, 4, 2, 5, 3, 6])
    expect(flatten(counting(2, 3, 4), 1).shape).toEqual([2, 12])
    expect(squeeze(expandDims(counting(2, 3), 1)).shape).toEqual([2, 3])
    expect(squeeze(f32(1, 'B', 1)).shape).toEqual(['B'])
  })

  it('a symbolic split and its parts have symbols that bind', () => {
    const x = f32('2*H', 3)
    const [, second] = split(x, 2, 0)
    expect(second.shape).toEqual(['H', 3])
  })

  it('triangles, identity, one-hot', () => {
    expect(numbers(tril(counting(2, 3)))).toEqual([1, 0, 0, 4, 5, 0])
    expect(numbers(tril(counting(2, 3), 1))).toEqual([1, 2, 0, 4, 5, 6])
    expect(numbers(triu(counting(2, 3)))).toEqual([1, 2, 3, 0, 5, 6])
    expect(numbers(triu(counting(2, 2, 2), 1))).toEqual([0, 2, 0, 0, 0, 6, 0, 0])
    expect(numbers(eye(2, 3))).toEqual([1, 0, 0, 0, 1, 0])
    expect(numbers(oneHot(tensor([2, -1, 0], 'int32'), 3))).toEqual([0, 0, 1, 0, 0, 0, 1, 0, 0])
  })

  it('sorts and picks', () => {
    const x = tensor([
      [3, 1, 2],
      [1, 1, 5],
    ])
    expect(numbers(sort(x))).toEqual([1, 2, 3, 1, 1, 5])
    expect(numbers(sort(x, 0, { descending: true }))).toEqual([3, 1, 5, 1, 1, 2])
    const top = topK(x, 2)
    expect([numbers(top.values), numbers(top.indices)]).toEqual([
      [3, 2, 5, 1],
      [0, 2, 2, 0],
    ])
    expect(numbers(argMin(x, 1))).toEqual([1, 0])
    expect(
      numbers(
        scatterAdd(
          zeros([3, 2]),
          tensor([2, 2], 'int32'),
          tensor([
            [1, 2],
            [3, 4],
          ]),
        ),
      ),
    ).toEqual([0, 0, 0, 0, 4, 6])
  })
})
