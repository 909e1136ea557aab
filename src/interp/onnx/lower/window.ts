/** Sliding windows over images [B, H, W, C]. */
import type { Geometry } from '../../../dsl/core/primitives/window.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import { concrete } from '../../program.js'
import type { Operand } from '../graph.js'
import type { Context } from '../lowering.js'
import { padded } from './structure.js'

/** The image with its border. */
export const bordered = (cx: Context, x: Operand, { padding: [[top, bottom], [left, right]] }: Geometry, fill: Operand): Operand =>
  padded(cx, x, [0, top, left, 0], [0, bottom, right, 0], fill)

/** Undoes a border along two axes: position i of the result is i + border of x, or 0 where x ends before. */
export const cropped = (cx: Context, x: Operand, axes: readonly number[], { padding }: Geometry, size: readonly number[]): Operand => {
  const starts = padding.map(([before]) => before)
  const ends = starts.map((s, i) => Math.min(x.shape[axes[i]], s + size[i]))
  const whole = axes.every((a, i) => starts[i] === 0 && ends[i] === x.shape[a])
  const kept = whole ? x : cx.slice(x, axes, starts, ends)
  const none = x.shape.map(() => 0)
  return padded(cx, kept, none, none.map((_, a) => axes.includes(a) ? size[axes.indexOf(a)] - kept.shape[a] : 0), cx.float(0))
}

/** Windows side by side: each pixel is in one window at most, so windows are a reshape away. */
const tiled = ({ stride, dilation }: Geometry, window: readonly number[]): boolean =>
  window.every((k, i) => k === stride[i] && (dilation[i] === 1 || k === 1))

/** [B, OH, OW, KH, KW, C] of a bordered image, gathered pixel by pixel. */
const gathered = (
  cx: Context, p: Operand, { stride, dilation }: Geometry, [kh, kw]: readonly number[], [oh, ow]: readonly number[],
): Operand => {
  const [batch, h, w, c] = p.shape
  const positions = new Int32Array(oh * ow * kh * kw)
  let at = 0
  for (let i = 0; i < oh; i++) for (let j = 0; j < ow; j++) for (let a = 0; a < kh; a++) for (let b = 0; b < kw; b++)
    positions[at++] = (i * stride[0] + a * dilation[0]) * w + j * stride[1] + b * dilation[1]
  const index = { name: cx.graph.constant('int32', [oh, ow, kh, kw], positions), shape: [oh, ow, kh, kw] }
  return cx.op('Gather', [cx.reshape(p, [batch, h * w, c]), index], [batch, oh, ow, kh, kw, c], { axis: 1 })
}

/** The windows of an image as [B, OH, OW, KH, KW, C]. */
export const windows = (
  cx: Context, x: Operand, g: Geometry, window: readonly [number, number], [oh, ow]: readonly number[], fill: Operand,
): Operand => {
  const p = bordered(cx, x, g, fill)
  if (!tiled(g, window)) return gathered(cx, p, g, window, [oh, ow])
  const [kh, kw] = window
  const used = [oh * kh, ow * kw]
  const exact = used[0] === p.shape[1] && used[1] === p.shape[2] ? p : cx.slice(p, [1, 2], [0, 0], used)
  return cx.transpose(cx.reshape(exact, [p.shape[0], oh, kh, ow, kw, p.shape[3]]), [0, 1, 3, 2, 4, 5])
}

/**
 * The windows of an image as the rows of a matrix, [KH KW C, B OH OW]: a strided box of the image for each position in the window, which
 * copies rows of pixels at a time. Better than windows where there are few channels.
 */
export const windowRows = (cx: Context, x: Operand, g: Geometry, [kh, kw]: readonly number[], [oh, ow]: readonly number[]): Operand => {
  const p = cx.transpose(bordered(cx, x, g, cx.float(0)), [3, 0, 1, 2])
  const [c, batch] = p.shape
  const { stride, dilation } = g
  const boxes = Array.from({ length: kh * kw }, (_, i) => {
    const [a, b] = [Math.floor(i / kw) * dilation[0], i % kw * dilation[1]]
    return cx.slice(p, [2, 3], [a, b], [a + (oh - 1) * stride[0] + 1, b + (ow - 1) * stride[1] + 1], stride)
  })
  return cx.reshape(cx.op('Concat', boxes, [kh * kw * c, batch, oh, ow], { axis: 0 }), [kh * kw * c, batch * oh * ow])
}

export const windowLowerings = {
  patches: (cx: Context, node: NodeOf<'patches'>): Operand => {
    const [, oh, ow] = concrete(node)
    return windows(cx, cx.dense(node.inputs[0]), node.attrs, node.attrs.window, [oh, ow], cx.scalar(node.attrs.fill, node.dtype))
  },
  fold: (cx: Context, node: NodeOf<'fold'>): Operand => {
    const x = cx.dense(node.inputs[0])
    const [batch, oh, ow, kh, kw, c] = x.shape
    const [, h, w] = concrete(node)
    if (tiled(node.attrs, [kh, kw])) {
      const image = cx.reshape(cx.transpose(x, [0, 1, 3, 2, 4, 5]), [batch, oh * kh, ow * kw, c])
      return cropped(cx, image, [1, 2], node.attrs, [h, w])
    }
    const { stride, dilation, padding: [[top, bottom], [left, right]] } = node.attrs
    const columns = cx.reshape(cx.transpose(x, [0, 5, 3, 4, 1, 2]), [batch, c * kh * kw, oh * ow])
    const image = cx.op('Col2Im', [columns, cx.ints([h, w]), cx.ints([kh, kw])], [batch, c, h, w],
      { strides: stride, dilations: dilation, pads: [top, left, bottom, right] })
    return cx.transpose(image, [0, 2, 3, 1])
  },
}
