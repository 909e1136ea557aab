/** Products and convolutions: odd strides, paddings, dilations and groups, batches small and large. */
import * as b from '../../../../src/dsl/core/build.js'
import { draw, over, type Case, type Cases } from './draw.js'

const products = [
  [[2, 3], [3, 4]], [[1, 1], [1, 1]], [[2, 5, 3], [3, 2]], [[4, 2, 3], [4, 3, 5]], [[2, 2, 2, 3], [2, 2, 3, 4]], [[2, 2, 2, 3], [3, 4]],
  [[40, 33], [33, 17]], [[3, 20, 21], [3, 21, 22]],
] as const

const settings = [
  { x: [2, 5, 6, 3], k: [3, 2], cout: 4, groups: 1, stride: [1, 1], padding: [[0, 0], [0, 0]], dilation: [1, 1] },
  { x: [1, 7, 5, 2], k: [3, 3], cout: 2, groups: 1, stride: [2, 1], padding: [[1, 1], [1, 1]], dilation: [1, 1] },
  { x: [2, 8, 9, 4], k: [3, 2], cout: 6, groups: 2, stride: [2, 3], padding: [[0, 1], [2, 0]], dilation: [1, 1] },
  { x: [1, 9, 8, 3], k: [2, 3], cout: 6, groups: 3, stride: [1, 1], padding: [[1, 2], [0, 3]], dilation: [2, 1] },
  { x: [2, 7, 7, 1], k: [2, 2], cout: 3, groups: 1, stride: [3, 2], padding: [[0, 0], [1, 0]], dilation: [2, 3] },
  { x: [1, 4, 4, 2], k: [1, 1], cout: 3, groups: 1, stride: [2, 2], padding: [[0, 0], [0, 0]], dilation: [1, 1] },
  { x: [1, 3, 3, 1], k: [2, 2], cout: 1, groups: 1, stride: [1, 1], padding: [[3, 3], [4, 2]], dilation: [1, 1] },
  { x: [1, 6, 6, 2], k: [2, 2], cout: 2, groups: 2, stride: [4, 5], padding: [[0, 0], [0, 0]], dilation: [1, 1] },
] as const
type Setting = typeof settings[number]

const outputOf = (c: Setting, i: number): number =>
  Math.floor((c.x[1 + i] + c.padding[i][0] + c.padding[i][1] - c.dilation[i] * (c.k[i] - 1) - 1) / c.stride[i]) + 1
const each = (f: (c: Setting) => Case): Cases => () => settings.map(f)
const kernel = (c: Setting) => draw([...c.k, c.x[3] / c.groups, c.cout])
const output = (c: Setting) => draw([c.x[0], outputOf(c, 0), outputOf(c, 1), c.cout])
const attrs = ({ stride, padding, dilation, groups }: Setting) => ({ stride, padding, dilation, groups })
const windows = ({ k, stride, padding, dilation }: Setting) => ({ window: k, stride, padding, dilation })
const size = (c: Setting) => ({ size: [c.x[1], c.x[2]] })
const plain = { stride: [2, 1], dilation: [1, 1], window: [2, 2] } as const

export const linearCases = {
  matmul: () => [
    ...products.map(([x, y]) => over([draw(x), draw(y)], b.matmul)),
    over([draw([5, 3]), draw([5, 4])], (x, y) => b.matmul(b.transpose(x, [1, 0]), y)),
    over([draw([3, 5]), draw([4, 5])], (x, y) => b.matmul(x, b.transpose(y, [1, 0]))),
  ],
  conv2d: each(c => over([draw(c.x), kernel(c)], (x, w) => b.conv2d(x, w, attrs(c)))),
  conv2dInput: each(c => over([output(c), kernel(c)], (y, w) => b.conv2dInput(y, w, { ...attrs(c), ...size(c) }))),
  conv2dKernel: each(c => over([draw(c.x), output(c)], (x, y) => b.conv2dKernel(x, y, { ...attrs(c), kernel: c.k }))),
  patches: () => [
    ...[0, -Infinity].flatMap(fill => each(c => over([draw(c.x)], x => b.patches(x, { ...windows(c), fill })))()),
    over([draw([1, 5, 5, 2], 'int32')], x => b.patches(x, { ...plain, padding: [[1, 0], [0, 0]], fill: -7 })),
  ],
  fold: () => [
    ...each(c => over([draw([c.x[0], outputOf(c, 0), outputOf(c, 1), ...c.k, c.x[3]])], y => b.fold(y, { ...windows(c), ...size(c) })))(),
    over([draw([1, 2, 4, 2, 2, 2], 'int32')], y => b.fold(y, { ...plain, padding: [[0, 0], [0, 0]], size: [5, 5] })),
  ],
}
