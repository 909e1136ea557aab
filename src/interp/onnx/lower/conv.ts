/** Convolutions and windows. ONNX wants channels first; its optimiser cancels the transposes of neighbours. */
import type { Conv } from '../../../dsl/core/primitives/linear.js'
import type { Geometry } from '../../../dsl/core/primitives/window.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import { concrete } from '../../program.js'
import type { Operand } from '../graph.js'
import type { Context } from '../lowering.js'
import { padded } from './structure.js'

const channelsFirst = (cx: Context, x: Operand): Operand => cx.transpose(x, [0, 3, 1, 2])
const channelsLast = (cx: Context, x: Operand): Operand => cx.transpose(x, [0, 2, 3, 1])
/** [KH, KW, in, out] as [out, in, KH, KW]. */
const kernel = (cx: Context, w: Operand): Operand => cx.transpose(w, [3, 2, 0, 1])
const pads = ({ padding: [[top, bottom], [left, right]] }: Geometry): number[] => [top, left, bottom, right]

/** Images with a border of `fill`, and for every window position the flat index of the pixels under it. */
const windows = (
  cx: Context, x: Operand, g: Geometry, [kh, kw]: readonly number[], [oh, ow]: readonly number[], fill: Operand,
): Operand => {
  const { padding: [[top, bottom], [left, right]], stride, dilation } = g
  const p = padded(cx, x, [0, top, left, 0], [0, bottom, right, 0], fill)
  const [batch, h, w, c] = p.shape
  const positions = new Int32Array(oh * ow * kh * kw)
  let at = 0
  for (let i = 0; i < oh; i++) for (let j = 0; j < ow; j++) for (let a = 0; a < kh; a++) for (let b = 0; b < kw; b++)
    positions[at++] = (i * stride[0] + a * dilation[0]) * w + j * stride[1] + b * dilation[1]
  const index = { name: cx.graph.constant('int32', [oh, ow, kh, kw], positions), shape: [oh, ow, kh, kw] }
  return cx.op('Gather', [cx.reshape(p, [batch, h * w, c]), index], [batch, oh, ow, kh, kw, c], { axis: 1 })
}

/** The spread of y through w before any border is cut: [B, Cin, (OH - 1) stride + dilation (KH - 1) + 1, ...]. */
const spread = (cx: Context, y: Operand, w: Operand, { stride, dilation, groups }: Conv): Operand => {
  const size = [0, 1].map(i => (y.shape[1 + i] - 1) * stride[i] + dilation[i] * (w.shape[i] - 1) + 1)
  return cx.op('ConvTranspose', [channelsFirst(cx, y), kernel(cx, w)], [y.shape[0], w.shape[2] * groups, ...size],
    { strides: stride, dilations: dilation, group: groups })
}

export const convLowerings = {
  conv2d: (cx: Context, node: NodeOf<'conv2d'>): Operand => {
    const [x, w] = node.inputs.map(i => cx.dense(i))
    const [batch, oh, ow, out] = concrete(node)
    const { stride, dilation, groups } = node.attrs
    return channelsLast(cx, cx.op('Conv', [channelsFirst(cx, x), kernel(cx, w)], [batch, out, oh, ow],
      { strides: stride, dilations: dilation, group: groups, pads: pads(node.attrs) }))
  },
  conv2dInput: (cx: Context, node: NodeOf<'conv2dInput'>): Operand => {
    const [y, w] = node.inputs.map(i => cx.dense(i))
    const { padding, size } = node.attrs
    const full = spread(cx, y, w, node.attrs)
    // Row r of the result is row r + lo of the full one; rows that no window reached are 0.
    const starts = padding.map(([lo]) => lo)
    const ends = starts.map((lo, i) => Math.min(full.shape[2 + i], lo + (size[i] as number)))
    const kept = cx.slice(full, [2, 3], starts, ends)
    return channelsLast(cx, padded(cx, kept, [0, 0, 0, 0], [0, 0, ...size.map((n, i) => n as number - (ends[i] - starts[i]))], cx.float(0)))
  },
  conv2dKernel: (cx: Context, node: NodeOf<'conv2dKernel'>): Operand => {
    const [x, y] = node.inputs.map(i => cx.dense(i))
    const [kh, kw, perGroup, out] = concrete(node)
    const { groups } = node.attrs
    const [batch, oh, ow] = y.shape
    const n = batch * oh * ow
    const patches = windows(cx, x, node.attrs, [kh, kw], [oh, ow], cx.float(0))
    if (groups === 1) {
      const size = kh * kw * perGroup
      const product = cx.op('Gemm', [cx.reshape(patches, [n, size]), cx.reshape(y, [n, out])], [size, out], { transA: 1 })
      return cx.reshape(product, [kh, kw, perGroup, out])
    }
    const left = cx.transpose(cx.reshape(patches, [n, kh * kw, groups, perGroup]), [2, 1, 3, 0])
    const right = cx.transpose(cx.reshape(y, [n, groups, out / groups]), [1, 0, 2])
    const product = cx.op('MatMul', [cx.reshape(left, [groups, kh * kw * perGroup, n]), right], [groups, kh * kw * perGroup, out / groups])
    return cx.reshape(cx.transpose(product, [1, 0, 2]), [kh, kw, perGroup, out])
  },
  patches: (cx: Context, node: NodeOf<'patches'>): Operand => {
    const [, oh, ow] = concrete(node)
    const fill = cx.scalar(node.attrs.fill, node.dtype)
    return windows(cx, cx.dense(node.inputs[0]), node.attrs, node.attrs.window, [oh, ow], fill)
  },
  fold: (cx: Context, node: NodeOf<'fold'>): Operand => {
    const x = cx.dense(node.inputs[0])
    const [batch, oh, ow, kh, kw, c] = x.shape
    const [, h, w] = concrete(node)
    const { stride, dilation } = node.attrs
    const columns = cx.reshape(cx.transpose(x, [0, 5, 3, 4, 1, 2]), [batch, c * kh * kw, oh * ow])
    return channelsLast(cx, cx.op('Col2Im', [columns, cx.ints([h, w]), cx.ints([kh, kw])], [batch, c, h, w],
      { strides: stride, dilations: dilation, pads: pads(node.attrs) }))
  },
}
