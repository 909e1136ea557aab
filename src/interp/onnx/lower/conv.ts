/** Convolutions. ONNX wants channels first; its optimiser cancels the transposes of neighbours. */
import type { Conv } from '../../../dsl/core/primitives/linear.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import { concrete } from '../../program.js'
import type { Attributes, Operand } from '../graph.js'
import type { Context } from '../lowering.js'
import { cropped, windowRows, windows } from './window.js'

const channelsFirst = (cx: Context, x: Operand): Operand => cx.transpose(x, [0, 3, 1, 2])
const channelsLast = (cx: Context, x: Operand): Operand => cx.transpose(x, [0, 2, 3, 1])
/** [KH, KW, in, out] as [out, in, KH, KW]. */
const kernelFirst = (cx: Context, w: Operand): Operand => cx.transpose(w, [3, 2, 0, 1])
const attributes = ({ stride, dilation, groups }: Conv): Attributes => ({ strides: stride, dilations: dilation, group: groups })

/** Below this many channels a pixel is too short to be copied by itself. */
const fewChannels = 8

export const convLowerings = {
  conv2d: (cx: Context, node: NodeOf<'conv2d'>): Operand => {
    const [x, w] = node.inputs.map(i => cx.dense(i))
    const [batch, oh, ow, out] = concrete(node)
    const [[top, bottom], [left, right]] = node.attrs.padding
    return channelsLast(cx, cx.op('Conv', [channelsFirst(cx, x), kernelFirst(cx, w)], [batch, out, oh, ow],
      { ...attributes(node.attrs), pads: [top, left, bottom, right] }))
  },
  conv2dInput: (cx: Context, node: NodeOf<'conv2dInput'>): Operand => {
    const [y, w] = node.inputs.map(i => cx.dense(i))
    const { padding, stride, dilation, groups } = node.attrs
    const size = node.attrs.size as readonly number[]
    const channels = w.shape[2] * groups
    // What y spreads over before the border is cut, and how much of the size no window reaches.
    const full = [0, 1].map(i => (y.shape[1 + i] - 1) * stride[i] + dilation[i] * (w.shape[i] - 1) + 1)
    const rest = size.map((n, i) => n + padding[i][0] + padding[i][1] - full[i])
    const operands = [channelsFirst(cx, y), kernelFirst(cx, w)]
    // ConvTranspose reaches a size that some convolution comes from; any other is cut out of the whole spread.
    if (rest.every((r, i) => r >= 0 && r < stride[i])) {
      const [[top, bottom], [left, right]] = padding
      return channelsLast(cx, cx.op('ConvTranspose', operands, [y.shape[0], channels, ...size],
        { ...attributes(node.attrs), pads: [top, left, bottom, right], output_padding: rest }))
    }
    const spread = cx.op('ConvTranspose', operands, [y.shape[0], channels, ...full], attributes(node.attrs))
    return channelsLast(cx, cropped(cx, spread, [2, 3], node.attrs, size))
  },
  conv2dKernel: (cx: Context, node: NodeOf<'conv2dKernel'>): Operand => {
    const [x, y] = node.inputs.map(i => cx.dense(i))
    const [kh, kw, perGroup, out] = concrete(node)
    const { groups } = node.attrs
    const [batch, oh, ow] = y.shape
    const [n, size] = [batch * oh * ow, kh * kw * perGroup]
    if (groups === 1) {
      const few = x.shape[3] < fewChannels
      const left = few ? windowRows(cx, x, node.attrs, [kh, kw], [oh, ow])
        : cx.reshape(windows(cx, x, node.attrs, [kh, kw], [oh, ow], cx.float(0)), [n, size])
      return cx.reshape(cx.op('Gemm', [left, cx.reshape(y, [n, out])], [size, out], { transA: few ? 0 : 1 }), [kh, kw, perGroup, out])
    }
    const patches = windows(cx, x, node.attrs, [kh, kw], [oh, ow], cx.float(0))
    const left = cx.transpose(cx.reshape(patches, [n, kh * kw, groups, perGroup]), [2, 1, 3, 0])
    const right = cx.transpose(cx.reshape(y, [n, groups, out / groups]), [1, 0, 2])
    const product = cx.op('MatMul', [cx.reshape(left, [groups, size, n]), right], [groups, size, out / groups])
    return cx.reshape(cx.transpose(product, [1, 0, 2]), [kh, kw, perGroup, out])
  },
}
