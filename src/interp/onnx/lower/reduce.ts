/** Reductions other than the sum, running sums and orderings. */
import type { Node } from '../../../dsl/core/node.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import { sizeOf } from '../../../dsl/value.js'
import { concrete } from '../../program.js'
import type { Operand } from '../graph.js'
import type { Context } from '../lowering.js'
import { reduced } from './structure.js'

/** ONNX Runtime orders numbers only: a bool is read as 0 or 1. */
const numeric = (cx: Context, node: Node): Operand => node.dtype === 'bool' ? cx.cast(cx.dense(node), 'int32') : cx.dense(node)

const reduction = (type: string) => (cx: Context, node: Node<{ readonly axes: readonly number[] }>): Operand => {
  const r = reduced(cx, type, numeric(cx, node.inputs[0]), node.attrs.axes)
  return node.dtype === 'bool' ? cx.cast(r, 'bool') : r
}

/** ReduceProd saturates: integers are multiplied half by half, as Mul wraps. */
const wrappingProd = (cx: Context, node: NodeOf<'prod'>): Operand => {
  const { axes } = node.attrs
  const x = cx.dense(node.inputs[0])
  const kept = [...x.shape.keys()].filter(i => !axes.includes(i))
  const shape = concrete(node)
  const n = sizeOf(axes.map(a => x.shape[a]))
  let rows = cx.reshape(cx.transpose(x, [...axes, ...kept]), [n, ...shape])
  if (n === 0) return cx.expand(cx.int(1), shape)
  while (rows.shape[0] > 1) {
    const half = Math.floor(rows.shape[0] / 2)
    const part = (from: number, to: number): Operand => cx.slice(rows, [0], [from], [to])
    const product = cx.map('Mul', part(0, half), part(half, 2 * half))
    rows = rows.shape[0] === 2 * half ? product
      : cx.op('Concat', [product, part(2 * half, 2 * half + 1)], [half + 1, ...shape], { axis: 0 })
  }
  return cx.reshape(rows, shape)
}

export const reduceLowerings = {
  max: reduction('ReduceMax'), min: reduction('ReduceMin'),
  prod: (cx: Context, node: NodeOf<'prod'>): Operand => node.dtype === 'int32' ? wrappingProd(cx, node) : reduction('ReduceProd')(cx, node),
  argMax: (cx: Context, node: NodeOf<'argMax'>): Operand =>
    cx.cast(cx.op('ArgMax', [numeric(cx, node.inputs[0])], concrete(node), { axis: node.attrs.axis, keepdims: 0 }), 'int32'),
  cumsum: (cx: Context, node: NodeOf<'cumsum'>): Operand => {
    const { axis, exclusive, reverse } = node.attrs
    return cx.op('CumSum', [cx.dense(node.inputs[0]), cx.int(axis)], concrete(node), { exclusive: +exclusive, reverse: +reverse })
  },
  sortIndices: (cx: Context, node: NodeOf<'sortIndices'>): Operand => {
    const { axis, descending } = node.attrs
    const shape = concrete(node)
    const inputs = [numeric(cx, node.inputs[0]).name, cx.graph.ints([shape[axis]])]
    const [, order] = cx.graph.ops('TopK', inputs, { axis, largest: +descending, sorted: 1 }, 2)
    return cx.cast({ name: order, shape }, 'int32')
  },
}
