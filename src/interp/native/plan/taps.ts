/** Reductions of small windows, tap by tap: an elementwise loop over views of the images, so that no window is ever copied. */
import * as b from '../../../dsl/core/build.js'
import type { Node } from '../../../dsl/core/node.js'
import type { Patches } from '../../../dsl/core/primitives/window.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import { concrete } from '../../program.js'
import type { Rule } from '../../simplify/rules.js'

/** More operands than this leave a loop without registers for their addresses. */
const mostTaps = 32

const pairwise: Readonly<Record<string, (x: Node, y: Node) => Node>> = { sum: b.add, prod: b.mul, max: b.maximum, min: b.minimum }

/** Halves first, so that a sum loses no more than one of rows does. */
const joined = (xs: readonly Node[], op: (x: Node, y: Node) => Node): Node => {
  const half = xs.length >> 1
  return half === 0 ? xs[0] : op(joined(xs.slice(0, half), op), joined(xs.slice(half), op))
}

/** Windows that stay inside: of the images with their padding around them, which is less to copy than the windows are. */
const unpadded = (x: Node, { fill, ...g }: Patches): Node => {
  const [[top, bottom], [left, right]] = g.padding
  return b.patches(b.pad(x, [0, top, left, 0], [0, bottom, right, 0], fill), { ...g, fill, padding: [[0, 0], [0, 0]] })
}

export const reduceByTaps: Rule = { name: 'a reduction of windows, tap by tap', ops: ['sum', 'prod', 'max', 'min'], apply: (n, once) => {
  const [from] = n.inputs
  const { axes } = n.attrs as { axes: readonly number[] }
  if (from.op !== 'patches' || n.dtype === 'bool' || axes.join() !== '3,4') return null
  const { attrs, inputs: [x] } = from as NodeOf<'patches'>
  const [kh, kw] = attrs.window
  // Windows with padding that others read too are in memory anyway.
  if (kh * kw > mostTaps || attrs.padding.flat().some(p => p !== 0) && !once(from)) return null
  const windows = unpadded(x, attrs)
  const [batch, oh, ow, , , c] = concrete(windows)
  const taps = Array.from({ length: kh * kw }, (_, i) => {
    const [p, q] = [Math.floor(i / kw), i % kw]
    return b.reshape(b.slice(windows, [0, 0, 0, p, q, 0], [batch, oh, ow, p + 1, q + 1, c]), [batch, oh, ow, c])
  })
  return joined(taps, pairwise[n.op])
} }
