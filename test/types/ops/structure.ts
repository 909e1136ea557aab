import { concat, f32, pad, reverse, slice, split, stack } from '../../../src/dsl/ops/index.js'
import type { Shape, Tensor } from '../../../src/dsl/tensor.js'
import { same, type Equal } from '../harness/equal.js'

const h = f32('B', 'T', 8)
const a = concat([h, f32('B', 1, 8)], 1)
same<Equal<typeof a, Tensor<['B', 'T+1', 8]>>>()
const a1 = concat([h, f32('B', 'T', 2), f32('B', 'T', 1)], -1)
same<Equal<typeof a1, Tensor<['B', 'T', 11]>>>()
const a2 = concat([h, f32('B', 'S', 8)], 'T')
same<Equal<typeof a2, Tensor<['B', 'S+T', 8]>>>()
const a3 = concat([h], 'T')
same<Equal<typeof a3, Tensor<['B', 'T', 8]>>>()
declare const n: number, list: Tensor<['B']>[]
const a4 = concat([f32(n, 2), f32(3, 3)], 1)
same<Equal<typeof a4, Tensor<[3, 5]>>>()
const a5 = concat(list, 0)
same<Equal<typeof a5, Tensor<Shape>>>()
const b = stack([h, h])
same<Equal<typeof b, Tensor<[2, 'B', 'T', 8]>>>()
const b1 = stack([h, h], -1)
same<Equal<typeof b1, Tensor<['B', 'T', 8, 2]>>>()
const c = split(h, 2, -1)
same<Equal<typeof c, readonly [Tensor<['B', 'T', 4]>, Tensor<['B', 'T', 4]>]>>()
const c1 = split(f32('2*H'), 2, 0)
same<Equal<typeof c1, readonly [Tensor<['H']>, Tensor<['H']>]>>()
const d = slice(h, 'T', 0, -1)
same<Equal<typeof d, Tensor<['B', 'T-1', 8]>>>()
const d1 = slice(h, 'T', 1)
same<Equal<typeof d1, Tensor<['B', 'T-1', 8]>>>()
const d2 = slice(h, 2, 2, 5)
same<Equal<typeof d2, Tensor<['B', 'T', 3]>>>()
const d3 = slice(h, 2, 5, 5)
same<Equal<typeof d3, Tensor<['B', 'T', 0]>>>()
const d4 = slice(h, 2, 2, -1)
same<Equal<typeof d4, Tensor<['B', 'T', 5]>>>()
const d5 = slice(h, 1, 0, 5)
same<Equal<typeof d5, Tensor<['B', 5, 8]>>>()
const d6 = slice(h, 1, 0, n)
same<Equal<typeof d6, Tensor<['B', number, 8]>>>()
const e = pad(h, [
  [0, 1],
  [0, 0],
  [1, 2],
])
same<Equal<typeof e, Tensor<['B+1', 'T', 11]>>>()
const f = reverse(h, ['T'])
same<Equal<typeof f, Tensor<['B', 'T', 8]>>>()
