import type { Conv } from '../../../dsl/core/primitives/linear.js'
import type { Geometry } from '../../../dsl/core/primitives/window.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import { sizeOf, type Value } from '../../../dsl/value.js'
import { concrete } from '../../program.js'
import { zeros } from '../arrays.js'

type In = readonly Value[]

/** Every pair of a window element and the pixel under it, padding left out: f(row, column, kh, kw, y, x). */
const eachTap = (g: Geometry, [oh, ow]: readonly number[], [kh, kw]: readonly number[], [h, w]: readonly number[],
  f: (i: number, j: number, p: number, q: number, y: number, x: number) => void): void => {
  for (let i = 0; i < oh; i++) for (let p = 0; p < kh; p++) {
    const y = i * g.stride[0] - g.padding[0][0] + p * g.dilation[0]
    if (y < 0 || y >= h) continue
    for (let j = 0; j < ow; j++) for (let q = 0; q < kw; q++) {
      const x = j * g.stride[1] - g.padding[1][0] + q * g.dilation[1]
      if (x >= 0 && x < w) f(i, j, p, q, y, x)
    }
  }
}

/** Calls f with flat positions (image, kernel, output) of every product in a convolution. */
const eachProduct = (g: Conv, image: readonly number[], kernel: readonly number[], output: readonly number[],
  f: (image: number, kernel: number, output: number) => void): void => {
  const [batch, h, w, cin] = image
  const [kh, kw, perGroup, cout] = kernel
  const [, oh, ow] = output
  const outPerGroup = cout / g.groups
  eachTap(g, [oh, ow], [kh, kw], [h, w], (i, j, p, q, y, x) => {
    for (let b = 0; b < batch; b++) for (let o = 0; o < cout; o++) {
      const first = Math.floor(o / outPerGroup) * perGroup
      for (let c = 0; c < perGroup; c++)
        f(((b * h + y) * w + x) * cin + first + c, ((p * kw + q) * perGroup + c) * cout + o, ((b * oh + i) * ow + j) * cout + o)
    }
  })
}

export const linearKernels = {
  matmul: ([a, b]: In, node: NodeOf<'matmul'>): Value => {
    const out = zeros(concrete(node), 'float32')
    const [k, n] = b.shape.slice(-2)
    const m = a.shape[a.shape.length - 2]
    const batch = sizeOf(a.shape.slice(0, -2))
    const shared = b.shape.length === 2
    for (let s = 0; s < batch; s++) for (let i = 0; i < m; i++) for (let p = 0; p < k; p++) {
      const x = a.data[(s * m + i) * k + p]
      const row = ((shared ? 0 : s) * k + p) * n
      const to = (s * m + i) * n
      for (let j = 0; j < n; j++) out.data[to + j] += x * b.data[row + j]
    }
    return out
  },
  conv2d: ([x, w]: In, node: NodeOf<'conv2d'>): Value => {
    const out = zeros(concrete(node), 'float32')
    eachProduct(node.attrs, x.shape, w.shape, out.shape, (i, k, o) => { out.data[o] += x.data[i] * w.data[k] })
    return out
  },
  conv2dInput: ([y, w]: In, node: NodeOf<'conv2dInput'>): Value => {
    const out = zeros(concrete(node), 'float32')
    eachProduct(node.attrs, out.shape, w.shape, y.shape, (i, k, o) => { out.data[i] += y.data[o] * w.data[k] })
    return out
  },
  conv2dKernel: ([x, y]: In, node: NodeOf<'conv2dKernel'>): Value => {
    const out = zeros(concrete(node), 'float32')
    eachProduct(node.attrs, x.shape, out.shape, y.shape, (i, k, o) => { out.data[k] += x.data[i] * y.data[o] })
    return out
  },
  patches: ([x]: In, node: NodeOf<'patches'>): Value => {
    const out = zeros(concrete(node), x.dtype)
    out.data.fill(node.attrs.fill)
    const [batch, oh, ow, kh, kw, c] = out.shape
    const [, h, w] = x.shape
    eachTap(node.attrs, [oh, ow], [kh, kw], [h, w], (i, j, p, q, y, z) => {
      for (let b = 0; b < batch; b++) for (let k = 0; k < c; k++)
        out.data[((((b * oh + i) * ow + j) * kh + p) * kw + q) * c + k] = x.data[((b * h + y) * w + z) * c + k]
    })
    return out
  },
  fold: ([x]: In, node: NodeOf<'fold'>): Value => {
    const out = zeros(concrete(node), x.dtype)
    const [batch, oh, ow, kh, kw, c] = x.shape
    const [, h, w] = out.shape
    eachTap(node.attrs, [oh, ow], [kh, kw], [h, w], (i, j, p, q, y, z) => {
      for (let b = 0; b < batch; b++) for (let k = 0; k < c; k++)
        out.data[((b * h + y) * w + z) * c + k] += x.data[((((b * oh + i) * ow + j) * kh + p) * kw + q) * c + k]
    })
    return out
  },
}
