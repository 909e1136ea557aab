/** Matrix products: transposes and batches are folded into one operator. */
import type { Node } from '../../../dsl/core/node.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import { sizeOf } from '../../../dsl/value.js'
import { concrete } from '../../program.js'
import type { Operand } from '../graph.js'
import type { Context } from '../lowering.js'

/** A matrix as the product reads it: a transpose of the last two axes is a flag, not a copy. */
const side = (cx: Context, node: Node): { x: Operand; transposed: number } => {
  const perm = node.op === 'transpose' ? (node as NodeOf<'transpose'>).attrs.perm : []
  const r = perm.length
  const swaps = r >= 2 && perm.slice(0, -2).every((p, i) => p === i) && perm[r - 1] === r - 2
  return swaps ? { x: cx.dense(node.inputs[0]), transposed: 1 } : { x: cx.dense(node), transposed: 0 }
}

export const linearLowerings = {
  matmul: (cx: Context, node: NodeOf<'matmul'>): Operand => {
    const [a, b] = node.inputs.map(i => side(cx, i))
    const shape = concrete(node)
    const n = shape[shape.length - 1]
    if (b.x.shape.length > 2) return cx.op('FusedMatMul', [a.x, b.x], shape, { transA: a.transposed, transB: b.transposed })
    if (shape.length === 2) return cx.op('Gemm', [a.x, b.x], shape, { transA: a.transposed, transB: b.transposed })
    // A matrix that serves a whole batch: the batch joins the rows.
    const left = cx.dense(node.inputs[0])
    const rows = cx.reshape(left, [sizeOf(left.shape.slice(0, -1)), left.shape[left.shape.length - 1]])
    return cx.reshape(cx.op('Gemm', [rows, b.x], [rows.shape[0], n], { transB: b.transposed }), shape)
  },
}
