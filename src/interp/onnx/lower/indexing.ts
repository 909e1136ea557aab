/** Reading and adding at positions. */
import type { Node } from '../../../dsl/core/node.js'
import type { NodeOf, Op } from '../../../dsl/core/table.js'
import { checkPositions } from '../../js/positions.js'
import { concrete } from '../../program.js'
import type { Attributes, Operand } from '../graph.js'
import type { Context } from '../lowering.js'

/**
 * Positions as the operators take them. To ONNX a negative one counts from the end, so it becomes one beyond every axis that is refused:
 * 32 bits without a sign, from which `refusedPosition` has it back.
 */
const positionsOf = (cx: Context, node: Node, op: Op, size: number): Operand => {
  const index = cx.dense(node)
  if (node.op !== 'constant') return cx.cast(cx.cast(index, 'uint32'), 'int64')
  checkPositions(op, (node as NodeOf<'constant'>).attrs.value.data, size)
  return index
}

/** The position that an operator refused, as it words it. */
export const refusedPosition = (message: string): number | undefined => {
  const found = /idx=(\d+)/.exec(message)
  return found === null ? undefined : Number(found[1]) | 0
}

/** An operator that ONNX Runtime refuses to run where a position is outside of the axis. */
const positional = (cx: Context, op: Op, size: number, type: string, inputs: readonly Operand[], shape: readonly number[],
  attrs: Attributes): Operand => {
  const made = cx.op(type, inputs, shape, attrs)
  cx.graph.positional.set(made.name, { op, size })
  return made
}

// ScatterElements adds one update after another; ScatterND adds in parallel and loses some where positions are equal.
const scatter = (cx: Context, op: Op, base: Operand, index: Operand, updates: Operand, axis: number, size: number): Operand =>
  positional(cx, op, size, 'ScatterElements', [base, index, updates], base.shape, { axis, reduction: 'add' })

const reading = (type: 'Gather' | 'GatherElements') => (cx: Context, node: NodeOf<'gather' | 'takeAlong'>): Operand => {
  const { op, inputs: [x, i], attrs: { axis } } = node, size = concrete(x)[axis]
  return positional(cx, op as Op, size, type, [cx.dense(x), positionsOf(cx, i, op as Op, size)], concrete(node), { axis })
}

export const indexingLowerings = {
  gather: reading('Gather'),
  takeAlong: reading('GatherElements'),
  scatterAlong: (cx: Context, { inputs: [b, i, u], attrs: { axis } }: NodeOf<'scatterAlong'>): Operand => {
    const base = cx.dense(b), size = base.shape[axis]
    return scatter(cx, 'scatterAlong', base, positionsOf(cx, i, 'scatterAlong', size), cx.dense(u), axis, size)
  },
  scatterAdd: (cx: Context, { inputs: [b, i, u], attrs: { axis } }: NodeOf<'scatterAdd'>): Operand => {
    const base = cx.dense(b), size = base.shape[axis]
    const count = concrete(i).reduce((n, d) => n * d, 1)
    const shape = base.shape.with(axis, count)
    const positions = cx.reshape(positionsOf(cx, i, 'scatterAdd', size), shape.map((_, d) => d === axis ? count : 1))
    return scatter(cx, 'scatterAdd', base, cx.expand(positions, shape), cx.reshape(cx.dense(u), shape), axis, size)
  },
}
