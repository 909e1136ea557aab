/** Primitives that move, copy or sum elements. */
import type { NodeOf } from '../../../dsl/core/table.js'
import { sizeOf } from '../../../dsl/value.js'
import { concrete } from '../../program.js'
import type { Operand } from '../graph.js'
import { padShape, type Context } from '../lowering.js'

/** Adds `value` around the last axes; amounts are all not negative. */
export const padded = (cx: Context, x: Operand, lo: readonly number[], hi: readonly number[], value: Operand): Operand =>
  [...lo, ...hi].every(p => p === 0) ? x : cx.op('Pad', [x, cx.ints([...lo, ...hi]), value], x.shape.map((d, i) => d + lo[i] + hi[i]))

/** A reduction with axes as an input, its axes dropped; an axis of size 1 has nothing to reduce. */
export const reduced = (cx: Context, type: string, x: Operand, axes: readonly number[]): Operand => {
  const longer = axes.filter(a => x.shape[a] !== 1)
  const partial = longer.length === 0 ? x
    : cx.op(type, [x, cx.ints(longer)], x.shape.filter((_, i) => !longer.includes(i)), { keepdims: 0 })
  return cx.reshape(partial, x.shape.filter((_, i) => !axes.includes(i)))
}

export const structureLowerings = {
  broadcastTo: (cx: Context, { inputs: [x] }: NodeOf<'broadcastTo'>): Operand => cx.value(x),
  reshape: (cx: Context, node: NodeOf<'reshape'>): Operand => {
    const x = cx.value(node.inputs[0])
    // A single repeated element needs no shape of its own.
    if (sizeOf(x.shape) === 1) return cx.reshape(x, [])
    return cx.reshape(cx.dense(node.inputs[0]), concrete(node))
  },
  transpose: (cx: Context, { inputs: [input], attrs: { perm } }: NodeOf<'transpose'>): Operand => {
    const x = cx.value(input)
    const full = cx.reshape(x, padShape(x.shape, perm.length))
    const shape = perm.map(p => full.shape[p])
    // Only axes of size 1 change places: the elements stay where they are.
    const moved = perm.filter(p => full.shape[p] !== 1)
    return moved.every((p, i) => i === 0 || moved[i - 1] < p) ? cx.reshape(full, shape) : cx.transpose(full, perm)
  },
  sum: (cx: Context, { inputs: [input], attrs: { axes } }: NodeOf<'sum'>): Operand => {
    const nominal = concrete(input)
    const x = cx.value(input)
    const lead = nominal.length - x.shape.length
    // Equal elements along an axis are summed by one product.
    const count = axes.reduce((n, a) => a < lead || x.shape[a - lead] !== nominal[a] ? n * nominal[a] : n, 1)
    const real = axes.filter(a => a >= lead).map(a => a - lead)
    // A sum of int32 saturates in ONNX Runtime; one of int64 has room, and its lower half is the sum that wraps.
    const total = input.dtype !== 'int32' ? reduced(cx, 'ReduceSum', x, real)
      : cx.cast(reduced(cx, 'ReduceSum', cx.cast(x, 'int64'), real), 'int32')
    return count === 1 ? total : cx.map('Mul', total, cx.scalar(count, input.dtype))
  },
  slice: (cx: Context, node: NodeOf<'slice'>): Operand => {
    const { starts, ends } = node.attrs
    const x = cx.dense(node.inputs[0])
    const axes = [...x.shape.keys()].filter(i => starts[i] !== 0 || ends[i] !== x.shape[i])
    return axes.length === 0 ? x : cx.slice(x, axes, axes.map(i => starts[i]), axes.map(i => ends[i] as number))
  },
  pad: (cx: Context, node: NodeOf<'pad'>): Operand => {
    const { lo, hi, value } = node.attrs
    return padded(cx, cx.dense(node.inputs[0]), lo, hi as readonly number[], cx.scalar(value, node.dtype))
  },
  concat: (cx: Context, node: NodeOf<'concat'>): Operand =>
    cx.op('Concat', node.inputs.map(i => cx.dense(i)), concrete(node), { axis: node.attrs.axis }),
  reverse: (cx: Context, { inputs: [x], attrs: { axes } }: NodeOf<'reverse'>): Operand => {
    const all = axes.map(() => -1)
    const v = cx.dense(x)
    // From the last element to before the first, which only a number below any index can name.
    return cx.op('Slice', [v, cx.ints(all), cx.ints(all.map(() => -(2 ** 31))), cx.ints(axes), cx.ints(all)], v.shape)
  },
}
