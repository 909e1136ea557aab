/**
 * Shapes of built nodes: what an operation computes from symbols, with sizes put in for them, is what it computes from the sizes,
 * and what the values have. Sizes known at run time only are refused in the same words as known ones.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { substitute } from '../../../src/dsl/core/substitute.js'
import { TypegradError } from '../../../src/dsl/errors.js'
import { key } from '../../../src/dsl/keys.js'
import {
  add,
  argMax,
  avgPool2d,
  broadcastTo,
  cast,
  categorical,
  clip,
  concat,
  conv2d,
  conv2dTranspose,
  cumsum,
  einsum,
  expandDims,
  eye,
  f32,
  flatten,
  full,
  gather,
  i32,
  iota,
  less,
  matmul,
  max,
  maxPool2d,
  mean,
  mul,
  normal,
  oneHot,
  ones,
  pad,
  patches,
  rearrange,
  reshape,
  reverse,
  scatterAdd,
  slice,
  softmax,
  sort,
  split,
  stack,
  sub,
  sum,
  takeAlong,
  tensor,
  topK,
  transpose,
  tril,
  upsample2d,
  where,
  zeros,
} from '../../../src/dsl/ops/index.js'
import { nodeOf } from '../../../src/dsl/ops/typed.js'
import { mulDim, substituteDim } from '../../../src/dsl/shape/dim.js'
import type { AnyTensor } from '../../../src/dsl/shape/check.js'
import type { Dim, Shape, Tensor } from '../../../src/dsl/tensor.js'
import { evaluate } from '../../../src/interp/js/evaluate.js'

interface Dims {
  readonly B: Dim
  readonly T: Dim
  readonly H: Dim
}
/** Ones of sizes or symbols, of a rank that the type checker does not know. */
const x = (...d: Dim[]): Tensor<Shape> => full(1, d as Shape as number[])
const indices = (...d: Dim[]): Tensor<Shape, 'int32'> => zeros(d as Shape as number[], 'int32')

const programs: Readonly<Record<string, (z: Dims) => AnyTensor>> = {
  add: ({ B, T }) => add(x(B, T), x(T)),
  less: ({ B, T }) => less(x(B, T), 0),
  where: ({ B, T }) => where(less(x(B, T), 0), x(T), 1),
  matmul: ({ B, T, H }) => matmul(x(B, T, H), x(H, 5)),
  'matmul, batched': ({ B, T, H }) => matmul(x(B, T, H), x(B, H, T)),
  sum: ({ B, T, H }) => sum(x(B, T, H), [1]),
  'sum, keepDims': ({ B, T, H }) => sum(x(B, T, H), [0, -1], true),
  mean: ({ B, T }) => mean(x(B, T)),
  max: ({ B, T }) => max(x(B, T), [-1]),
  argMax: ({ B, T }) => argMax(x(B, T), 0),
  cumsum: ({ B, T }) => cumsum(x(B, T), 1),
  softmax: ({ B, T }) => softmax(x(B, T)),
  sort: ({ B, T }) => sort(x(B, T)),
  topK: ({ B, T }) => topK(x(B, T), 1).values,
  reshape: ({ B, T, H }) => reshape(x(B, T, H), [mulDim(B, T), H] as number[]),
  'reshape with -1': ({ B, T, H }) => reshape(x(B, T, H), [-1, H] as number[]),
  flatten: ({ B, T, H }) => flatten(x(B, T, H), 1),
  transpose: ({ B, T, H }) => transpose(x(B, T, H), [2, 0, 1]),
  broadcastTo: ({ B, T }) => broadcastTo(x(1, T), [B, T] as number[]),
  expandDims: ({ B, T }) => expandDims(x(B, T), -1),
  concat: ({ B, T, H }) => concat([x(B, T), x(B, H), x(B, 2)], 1),
  stack: ({ B, T }) => stack([x(B, T), x(B, T)], 1),
  split: ({ B, T }) => split(x(B, mulDim(2, T)), 2, 1)[1],
  slice: ({ B, T }) => slice(x(B, T), 1, 0, -1),
  'slice from': ({ B, T }) => slice(x(B, T), 1, 1),
  pad: ({ B, T }) =>
    pad(x(B, T), [
      [0, 2],
      [1, 1],
    ]),
  reverse: ({ B, T }) => reverse(x(B, T), [1]),
  gather: ({ B, T, H }) => gather(x(H, 4), indices(B, T), 0),
  scatterAdd: ({ B, T, H }) => scatterAdd(x(H, 4), indices(B, T), x(B, T, 4), 0),
  takeAlong: ({ B, T }) => takeAlong(x(B, T), indices(B, 2), 1),
  oneHot: ({ B, T }) => oneHot(indices(B), T as number),
  iota: ({ B }) => iota(B as number),
  eye: ({ B, T }) => eye(B as number, T as number),
  tril: ({ B, T }) => tril(x(B, T)),
  einsum: ({ B, T, H }) => einsum('bth,bsh->bts', x(B, T, H), x(B, 3, H)),
  'einsum, ellipsis': ({ B, T, H }) => einsum('...h,ho->...o', x(B, T, H), x(H, 2)),
  rearrange: ({ B, T, H }) => rearrange(x(B, T, mulDim(3, H)), 'b t (n h) -> (b n) t h', { n: 3 }),
  conv2d: ({ B, T, H }) => conv2d(x(B, T, H, 2), x(3, 3, 2, 4), { stride: 2, padding: 1 }),
  'conv2d, same': ({ B, T, H }) => conv2d(x(B, T, H, 2), x(3, 2, 1, 4), { padding: 'same', groups: 2 }),
  'conv2d twice': ({ B, T, H }) =>
    conv2d(conv2d(x(B, T, H, 2), x(3, 3, 2, 4), { stride: 2, padding: 1 }), x(3, 3, 4, 1), { stride: 3, padding: 1, dilation: 1 }),
  conv2dTranspose: ({ B, T, H }) => conv2dTranspose(x(B, T, H, 2), x(4, 4, 3, 2), { stride: 2, padding: 1 }),
  'conv2dTranspose, same': ({ B, T, H }) => conv2dTranspose(x(B, T, H, 2), x(3, 3, 3, 2), { stride: 2, padding: 'same' }),
  maxPool2d: ({ B, T, H }) => maxPool2d(x(B, T, H, 2), 2, { padding: 1 }),
  avgPool2d: ({ B, T, H }) => avgPool2d(x(B, T, H, 2), 2, { stride: 1 }),
  patches: ({ B, T, H }) => patches(x(B, T, H, 2), [2, 1]),
  upsample2d: ({ B, T, H }) => upsample2d(x(B, T, H, 2), [2, 3]),
  normal: ({ B, T }) => normal(key(0), [B, T] as number[]),
  categorical: ({ B, T }) => categorical(key(0), x(B, T)),
}

describe.each(Object.entries(programs))('%s', (_, build) => {
  it('computes with symbols as with sizes', () => {
    const symbolic = build({ B: 'B', T: 'T', H: 'H' })
    fc.assert(
      fc.property(
        fc.record({ B: fc.integer({ min: 1, max: 5 }), T: fc.integer({ min: 2, max: 6 }), H: fc.integer({ min: 2, max: 6 }) }),
        z => {
          const concrete = build(z)
          expect(symbolic.shape.map(d => substituteDim(d, z))).toEqual(concrete.shape)
          const [bound] = substitute([nodeOf('test', symbolic)], new Map(), { ...z })
          const [value, direct] = evaluate([bound, nodeOf('test', concrete)], new Map())
          expect(value.shape).toEqual(concrete.shape)
          expect(Array.from(value.data)).toEqual(Array.from(direct.data))
        },
      ),
      { numRuns: 10 },
    )
  })
})

describe('sizes that only the run knows', () => {
  const n = (size: number): number => size
  const sentence = (run: () => unknown): string => {
    try {
      run()
    } catch (e) {
      if (e instanceof TypegradError) return e.message
      throw e
    }
    return 'nothing was thrown'
  }

  it.each<[string, () => unknown]>([
    ['add: [B, 784] and [785] differ in axis -1: 784 and 785', () => add(f32('B', n(784)), f32(785))],
    ['sub: [3] and [3, 1] differ in axis -1: 3 and 1; broadcastTo stretches it', () => sub(f32(n(3)), f32(3, n(1)))],
    ['matmul: inner dimensions 784 and 785 differ, in [B, 784] x [785, 10]', () => matmul(f32('B', n(784)), f32(n(785), 10))],
    ['reshape: [4, 6] has 24 elements but [5, 5] has 25', () => reshape(f32(n(4), 6), [5, n(5)])],
    ['reshape: [4, 6] does not fit [5, -1]', () => reshape(f32(n(4), 6), [5, -1])],
    ['split: 10 is not divisible by 3', () => split(f32(n(10)), 3, 0)],
    ['split: 10 is not divisible by 0', () => split(f32(10), n(0), 0)],
    ['slice: end 12 is past axis 0 of size 10', () => slice(f32(n(10)), 0, 0, 12)],
    ['slice: start 5 is past end 2', () => slice(f32(10), 0, n(5), n(2))],
    ['slice: start -1 is not a position: use 0, 1, 2, ...', () => slice(f32(10), 0, n(-1))],
    ['concat along 1: [2, 3] and [4, 3] differ in axis 0: 2 and 4', () => concat([f32(n(2), 3), f32(4, 3)], 1)],
    ['sum: axis 3 is not in [2, 3]', () => sum(f32(2, 3), [n(3)])],
    ['sum: axis 1 of [2, 3] is given twice', () => sum(f32(2, 3), [n(1), 1])],
    ['max: axis 0 of [0, 3] is empty and has no max', () => max(f32(n(0), 3))],
    ['conv2d: kernel height 5 is larger than the padded input 4', () => conv2d(f32(1, n(4), 4, 1), f32(5, 1, 1, 1))],
    ['conv2d: input has 3 channels but the kernel expects 4', () => conv2d(f32(1, 4, 4, n(3)), f32(1, 1, 4, 1))],
    ['conv2d: stride 0 is not a positive integer', () => conv2d(f32(1, 4, 4, 1), f32(1, 1, 1, 1), { stride: n(0) })],
    ['maxPool2d: window height 5 is larger than the padded input 4', () => maxPool2d(f32(1, n(4), 9, 1), 5)],
    ['einsum: axis j is 3 but 4 in operand 2', () => einsum('ij,jk->ik', f32(2, n(3)), f32(n(4), 5))],
    ['rearrange: axis 10 is not divisible by 3 in (a b)', () => rearrange(f32(n(10)), '(a b) -> a b', { a: 3 })],
    ['topK: 5 elements are asked of axis 0 of size 3', () => topK(f32(n(3)), 5)],
    ['gather: axis 2 is not in [4, 2]', () => gather(f32(4, 2), i32(3), n(2))],
    ['pad: -1 is not an amount: use 0, 1, 2, ...', () => pad(f32(3), [[n(-1), 0]])],
    ['f32: -1 is not a size: use 0, 1, 2, ...', () => f32(n(-1))],
    ['f32: 1.5 is not a size: use 0, 1, 2, ...', () => f32(n(1.5))],
    ['ones: NaN is not a size: use 0, 1, 2, ...', () => ones([n(NaN)])],
    ['normal: a key is int32 [2] but int32 [3] is given; make one with key(seed)', () => normal(i32(n(3)), [2])],
  ])('%s', (expected, run) => {
    expect(sentence(run)).toBe(expected)
  })

  it.each<[string, () => unknown]>([
    ['add: a tensor was expected but an array is given; wrap it in tensor(...)', () => add([1, 2] as never, 1)],
    ['mul: a tensor was expected but undefined is given', () => mul(undefined as never, tensor(1))],
    ['add: 2.5 is not an int32; cast the tensor to float32 first', () => add(i32(3), 2.5)],
    ['clip: the low limit 2 is above the high limit 1', () => clip(f32(3), 2, 1)],
    ['clip: 0.5 is not an int32; cast the tensor to float32 first', () => clip(i32(3), 0.5, 1)],
    ['cast: float64 is not a dtype; use float32, int32 or bool', () => cast(f32(2), 'float64' as never)],
    ['conv2d: padding full is not a number, same or valid', () => conv2d(f32(1, 4, 4, 1), f32(1, 1, 1, 1), { padding: 'full' as 'same' })],
    ['tensor: 1.5 is not an int32', () => tensor([1.5], 'int32')],
  ])('%s', (expected, run) => {
    expect(sentence(run)).toBe(expected)
  })
})
