/** Reading and adding at positions. */
import type { NodeOf } from '../../../dsl/core/table.js'
import { concrete } from '../../program.js'
import type { Operand } from '../graph.js'
import type { Context } from '../lowering.js'

// ScatterElements adds one update after another; ScatterND adds in parallel and loses some where positions are equal.
const scatter = (cx: Context, base: Operand, index: Operand, updates: Operand, axis: number): Operand =>
  cx.op('ScatterElements', [base, index, updates], base.shape, { axis, reduction: 'add' })

export const indexingLowerings = {
  gather: (cx: Context, node: NodeOf<'gather'>): Operand =>
    cx.op('Gather', node.inputs.map(i => cx.dense(i)), concrete(node), { axis: node.attrs.axis }),
  takeAlong: (cx: Context, node: NodeOf<'takeAlong'>): Operand =>
    cx.op('GatherElements', node.inputs.map(i => cx.dense(i)), concrete(node), { axis: node.attrs.axis }),
  scatterAlong: (cx: Context, { inputs: [b, i, u], attrs: { axis } }: NodeOf<'scatterAlong'>): Operand =>
    scatter(cx, cx.dense(b), cx.dense(i), cx.dense(u), axis),
  scatterAdd: (cx: Context, { inputs: [b, i, u], attrs: { axis } }: NodeOf<'scatterAdd'>): Operand => {
    const base = cx.dense(b)
    const count = concrete(i).reduce((n, d) => n * d, 1)
    const shape = base.shape.with(axis, count)
    const positions = cx.reshape(cx.dense(i), shape.map((_, d) => d === axis ? count : 1))
    return scatter(cx, base, cx.expand(positions, shape), cx.reshape(cx.dense(u), shape), axis)
  },
}
