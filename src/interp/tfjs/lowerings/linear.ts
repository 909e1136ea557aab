/**
 * Matrix products and convolutions. Gradients of convolutions become convolutions and products of patches: tfjs's own are missing or wrong.
 */
import type { Conv } from '../../../dsl/core/primitives/linear.js'
import type { Geometry } from '../../../dsl/core/primitives/window.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import { sizeOf } from '../../../dsl/value.js'
import { concrete } from '../../program.js'
import { view, type Emitter, type Ref } from '../emit.js'
import { addLoop, readLoop } from '../loops/moves.js'
import { broadcastKernel } from './elementwise.js'
import { materialise } from './shapes.js'
import { concat, pad, reverse, scalarOf, slice, transpose } from './structure.js'

type In = readonly Ref[]

/** [b, m, k] x [b, k, n], never with the transposing flags, which are slow on wasm. */
const product = (a: Ref, b: Ref, emit: Emitter): Ref => {
  const [batch, m, k] = a.shape
  const n = b.shape[2]
  // wasm takes a slow path for a batch, which pays for small matrices only.
  if (emit.device.loops && batch > 1 && m * k * n > 16 ** 3) {
    const item = (x: Ref, i: number): Ref => slice(x, [i, 0, 0], [1, x.shape[1], x.shape[2]], emit)
    return concat(Array.from({ length: batch }, (_, i) => product(item(a, i), item(b, i), emit)), 0, emit)
  }
  return emit.kernel('BatchMatMul', { a, b }, { transposeA: false, transposeB: false }, [batch, m, n], 'float32')
}
const multiply = (a: Ref, b: Ref, emit: Emitter): Ref =>
  view(product(view(a, [1, ...a.shape]), view(b, [1, ...b.shape]), emit), [a.shape[0], b.shape[1]])

/** The part of an axis that belongs to each group. */
const split = (x: Ref, axis: number, groups: number, emit: Emitter): Ref[] => {
  const size = x.shape[axis] / groups
  return Array.from({ length: groups }, (_, g) =>
    slice(x, x.shape.map((__, i) => i === axis ? g * size : 0), x.shape.map((d, i) => i === axis ? size : d), emit))
}
const perGroup = (xs: readonly (readonly [Ref, number])[], groups: number, axis: number, emit: Emitter, f: (parts: Ref[]) => Ref): Ref => {
  if (groups === 1) return f(xs.map(([x]) => x))
  const parts = xs.map(([x, along]) => split(x, along, groups, emit))
  return concat(Array.from({ length: groups }, (_, g) => f(parts.map(p => p[g]))), axis, emit)
}

/** Padding that may be negative, which cuts, even all of the image. */
const fit = (x: Ref, [[top, bottom], [left, right]]: Geometry['padding'], fill: number, emit: Emitter): Ref => {
  const cut = (n: number): number => Math.max(-n, 0)
  const [b, h, w, c] = x.shape
  if (cut(top) + cut(bottom) >= h || cut(left) + cut(right) >= w) {
    return materialise(scalarOf(x, fill, emit), [b, h + top + bottom, w + left + right, c], emit)
  }
  const inside = slice(x, [0, cut(top), cut(left), 0], [b, h - cut(top) - cut(bottom), w - cut(left) - cut(right), c], emit)
  const most = (n: number): number => Math.max(n, 0)
  return pad(inside, [[0, 0], [most(top), most(bottom)], [most(left), most(right)], [0, 0]], fill, emit)
}

/** The strides that read windows [B, OH, OW, KH, KW, C] out of a padded image. */
const windowStrides = ([, h, w, c]: readonly number[], { stride, dilation }: Geometry): number[] =>
  [h * w * c, stride[0] * w * c, stride[1] * c, dilation[0] * w * c, dilation[1] * c, 1]

/** Every stride-th element along height and width, from `start`, `n` of them. */
const every = (x: Ref, [y, z]: readonly number[], [h, w]: readonly number[], [sh, sw]: readonly number[], emit: Emitter): Ref => {
  const [b, , , c] = x.shape
  if (sh === 1 && sw === 1) return slice(x, [0, y, z, 0], [b, h, w, c], emit)
  // A run of whole strides, seen as [rows, stride, columns, stride]: the first of each is wanted.
  const [needH, needW] = [h * sh, w * sw]
  const run = fit(x, [[-y, needH - (x.shape[1] - y)], [-z, needW - (x.shape[2] - z)]], 0, emit)
  const firstColumns = slice(view(run, [b * needH, w, sw, c]), [0, 0, 0, 0], [b * needH, w, 1, c], emit)
  return view(slice(view(firstColumns, [b, h, sh, w * c]), [0, 0, 0, 0], [b, h, 1, w * c], emit), [b, h, w, c])
}

/** Windows side by side: [B, OH, OW, KH * KW * C]. */
export const windows = (x: Ref, g: Geometry, kernel: readonly number[], [oh, ow]: readonly number[], fill: number, emit: Emitter): Ref => {
  const [kh, kw] = kernel
  const padded = fit(x, g.padding, fill, emit)
  const [b, , , c] = x.shape
  if (emit.device.loops) {
    const read = readLoop([b, oh, ow, kh, kw, c], windowStrides(padded.shape, g))
    return emit.compute([padded], read, [b, oh, ow, kh * kw * c], x.dtype)
  }
  const taps = Array.from({ length: kh * kw }, (_, i) => [Math.floor(i / kw) * g.dilation[0], i % kw * g.dilation[1]])
  return concat(taps.map(start => every(padded, start, [oh, ow], g.stride, emit)), 3, emit)
}

/** Zeros between elements along height and width, so that neighbours are a stride apart. */
const spread = (x: Ref, [sh, sw]: readonly number[], emit: Emitter): Ref => {
  if (sh === 1 && sw === 1) return x
  const [b, h, w, c] = x.shape
  const columns = view(pad(view(x, [b * h, w, 1, c]), [[0, 0], [0, 0], [0, sw - 1], [0, 0]], 0, emit), [b, h, 1, w * sw * c])
  return view(pad(columns, [[0, 0], [0, 0], [0, sh - 1], [0, 0]], 0, emit), [b, h * sh, w * sw, c])
}

const reach = (k: number, dilation: number): number => dilation * (k - 1)

/**
 * One group, no padding. Where one column comes out, columns that no window reads are cut off: oneDNN in TensorFlow 2.21 loses count of the
 * rows otherwise (one channel, a stride along the width only).
 */
const convolve = (x: Ref, w: Ref, stride: readonly number[], dilation: readonly number[], shape: readonly number[], emit: Emitter): Ref => {
  const [b, h, , c] = x.shape
  const read = shape[2] === 1 ? slice(x, [0, 0, 0, 0], [b, h, reach(w.shape[1], dilation[1]) + 1, c], emit) : x
  const attrs = { strides: stride, pad: 'valid', dataFormat: 'NHWC', dilations: dilation }
  return emit.kernel('Conv2D', { x: read, filter: w }, attrs, shape, 'float32')
}

/** The image that a convolution read, from what it wrote: a convolution of the spread cotangent with the kernel turned round. */
const intoInput = (y: Ref, w: Ref, g: Conv, [h, wd]: readonly number[], emit: Emitter): Ref => {
  const [kh, kw, cin, cout] = w.shape
  const turned = reverse(view(w, [kh, kw, cin * cout]), [0, 1], emit)
  const filter = transpose(view(turned, [kh, kw, cin, cout]), [0, 1, 3, 2], emit)
  const wide = spread(y, g.stride, emit)
  const before = [reach(kh, g.dilation[0]) - g.padding[0][0], reach(kw, g.dilation[1]) - g.padding[1][0]]
  const after = [h + reach(kh, g.dilation[0]) - before[0] - wide.shape[1], wd + reach(kw, g.dilation[1]) - before[1] - wide.shape[2]]
  const padded = fit(wide, [[before[0], after[0]], [before[1], after[1]]], 0, emit)
  return convolve(padded, filter, [1, 1], g.dilation, [y.shape[0], h, wd, cin], emit)
}

export const linearLowerings = {
  matmul: ([a, b]: In, node: NodeOf<'matmul'>, emit: Emitter): Ref => {
    const [m, k] = a.shape.slice(-2)
    const batch = sizeOf(a.shape.slice(0, -2))
    const n = b.shape[b.shape.length - 1]
    if (b.shape.length === 2) return view(multiply(view(a, [batch * m, k]), b, emit), concrete(node))
    return view(product(view(a, [batch, m, k]), view(b, [batch, k, n]), emit), concrete(node))
  },
  conv2d: ([x, w]: In, node: NodeOf<'conv2d'>, emit: Emitter): Ref => {
    const { groups, padding, stride, dilation } = node.attrs
    const [b, oh, ow, cout] = concrete(node)
    return perGroup([[fit(x, padding, 0, emit), 3], [w, 3]], groups, 3, emit, ([part, filter]) =>
      convolve(part, filter, stride, dilation, [b, oh, ow, cout / groups], emit))
  },
  conv2dInput: ([y, w]: In, node: NodeOf<'conv2dInput'>, emit: Emitter): Ref => {
    const [, h, wd] = concrete(node)
    return perGroup([[y, 3], [w, 3]], node.attrs.groups, 3, emit, ([part, filter]) => intoInput(part, filter, node.attrs, [h, wd], emit))
  },
  conv2dKernel: ([x, y]: In, node: NodeOf<'conv2dKernel'>, emit: Emitter): Ref => {
    const { groups, kernel } = node.attrs
    const [kh, kw, cin, cout] = concrete(node)
    const [b, oh, ow] = y.shape
    return perGroup([[x, 3], [y, 3]], groups, 3, emit, ([image, cotangent]) => {
      const patches = view(windows(image, node.attrs, kernel, [oh, ow], 0, emit), [b * oh * ow, kh * kw * cin])
      const rows = view(cotangent, [b * oh * ow, cout / groups])
      return view(multiply(transpose(patches, [1, 0], emit), rows, emit), [kh, kw, cin, cout / groups])
    })
  },
  patches: ([x]: In, node: NodeOf<'patches'>, emit: Emitter): Ref => {
    const [, oh, ow, kh, kw] = concrete(node)
    return view(windows(x, node.attrs, [kh, kw], [oh, ow], node.attrs.fill, emit), concrete(node))
  },
  fold: ([x]: In, node: NodeOf<'fold'>, emit: Emitter): Ref => {
    const { padding, stride, dilation } = node.attrs
    const [[top, bottom], [left, right]] = padding
    const [b, h, w, c] = concrete(node)
    const [, oh, ow, kh, kw] = x.shape
    if (emit.device.loops) {
      const padded = [b, h + top + bottom, w + left + right, c]
      const sums = emit.compute([x], addLoop(x.shape, windowStrides(padded, node.attrs)), padded, x.dtype)
      return fit(sums, [[-top, -bottom], [-left, -right]], 0, emit)
    }
    const rows = view(x, [b * oh * ow, kh * kw, c])
    const taps = Array.from({ length: kh * kw }, (_, i) => {
      const tap = view(slice(rows, [0, i, 0], [b * oh * ow, 1, c], emit), [b, oh, ow, c])
      const wide = spread(tap, stride, emit)
      const [y, z] = [Math.floor(i / kw) * dilation[0] - top, i % kw * dilation[1] - left]
      return fit(wide, [[y, h - y - wide.shape[1]], [z, w - z - wide.shape[2]]], 0, emit)
    })
    return taps.reduce((sum, tap) => broadcastKernel('Add', sum, tap, x.dtype, emit))
  },
}
