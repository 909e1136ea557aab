import { avgPool2d, conv2d, conv2dTranspose, f32, maxPool2d, patches, upsample2d } from '../../../src/dsl/ops/index.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { same, type Equal } from '../harness/equal.js'

const x = f32('B', 28, 28, 1),
  v = f32('B', 'H', 'W', 3)
const a = conv2d(x, f32(3, 3, 1, 32), { stride: 2, padding: 1 })
same<Equal<typeof a, Tensor<['B', 14, 14, 32]>>>()
const a1 = conv2d(f32('B', 224, 224, 3), f32(7, 7, 3, 64), { stride: 2, padding: 3 })
same<Equal<typeof a1, Tensor<['B', 112, 112, 64]>>>()
const a2 = conv2d(v, f32(3, 3, 3, 8), { padding: 1 })
same<Equal<typeof a2, Tensor<['B', 'H', 'W', 8]>>>()
const a3 = conv2d(v, f32(3, 3, 3, 8), { padding: 'same' })
same<Equal<typeof a3, Tensor<['B', 'H', 'W', 8]>>>()
const a4 = conv2d(v, f32(3, 3, 3, 8))
same<Equal<typeof a4, Tensor<['B', 'H-2', 'W-2', 8]>>>()
const a5 = conv2d(v, f32(3, 3, 3, 8), { stride: 2, padding: 1 })
same<Equal<typeof a5, Tensor<['B', 'floor((H+1)/2)', 'floor((W+1)/2)', 8]>>>()
const a6 = conv2d(a5, f32(3, 3, 8, 8), { stride: 2, padding: 1 })
same<Equal<typeof a6, Tensor<['B', 'floor((H+3)/4)', 'floor((W+3)/4)', 8]>>>()
const a7 = conv2d(x, f32(3, 3, 1, 8), { dilation: 2 })
same<Equal<typeof a7, Tensor<['B', 24, 24, 8]>>>()
const a8 = conv2d(x, f32(3, 5, 1, 8), { stride: [4, 2], padding: 'same' })
same<Equal<typeof a8, Tensor<['B', 7, 14, 8]>>>()
const a9 = conv2d(x, f32(3, 3, 1, 8), {
  padding: [
    [0, 1],
    [2, 1],
  ],
})
same<Equal<typeof a9, Tensor<['B', 27, 29, 8]>>>()
const b = conv2d(f32('B', 28, 28, 4), f32(3, 3, 2, 6), { padding: 'same', groups: 2 })
same<Equal<typeof b, Tensor<['B', 28, 28, 6]>>>()
const c = conv2dTranspose(f32('B', 7, 7, 32), f32(4, 4, 16, 32), { stride: 2, padding: 1 })
same<Equal<typeof c, Tensor<['B', 14, 14, 16]>>>()
const c1 = conv2dTranspose(v, f32(4, 4, 16, 3), { stride: 2, padding: 1 })
same<Equal<typeof c1, Tensor<['B', '2*H', '2*W', 16]>>>()
const c2 = conv2dTranspose(v, f32(3, 3, 16, 3), { stride: 2, padding: 'same' })
same<Equal<typeof c2, Tensor<['B', '2*H', '2*W', 16]>>>()
const c3 = conv2dTranspose(v, f32(3, 3, 16, 3))
same<Equal<typeof c3, Tensor<['B', 'H+2', 'W+2', 16]>>>()
const d = maxPool2d(x, 2)
same<Equal<typeof d, Tensor<['B', 14, 14, 1]>>>()
const d1 = avgPool2d(x, 3, { stride: 2, padding: 1 })
same<Equal<typeof d1, Tensor<['B', 14, 14, 1]>>>()
const d2 = maxPool2d(v, 2)
same<Equal<typeof d2, Tensor<['B', 'floor(H/2)', 'floor(W/2)', 3]>>>()
const e = patches(x, 7, { stride: 7 })
same<Equal<typeof e, Tensor<['B', 4, 4, 7, 7, 1]>>>()
const e1 = patches(x, [2, 3])
same<Equal<typeof e1, Tensor<['B', 27, 26, 2, 3, 1]>>>()
const f = upsample2d(v, [2, 3])
same<Equal<typeof f, Tensor<['B', '2*H', '3*W', 3]>>>()
declare const n: number
const g = conv2d(f32('B', n, n, 1), f32(3, 3, 1, 8))
same<Equal<typeof g, Tensor<['B', number, number, 8]>>>()
const g1 = conv2d(x, f32(3, 3, 1, 8), { stride: n })
same<Equal<typeof g1, Tensor<['B', number, number, 8]>>>()
