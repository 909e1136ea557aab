/** Reductions, running sums and orderings. */
import type { Node } from '../../../dsl/core/node.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import { sizeOf } from '../../../dsl/value.js'
import { concrete } from '../../program.js'
import { view, type Emitter, type Ref } from '../emit.js'
import { onHost, type Lowering } from '../host.js'
import { transpose } from './structure.js'

type In = readonly Ref[]
interface Axes { readonly axes: readonly number[] }

/** The input as rows to reduce: kept axes first, reduced ones last. */
const asRows = (x: Ref, axes: readonly number[], emit: Emitter): Ref => {
  const kept = [...x.shape.keys()].filter(i => !axes.includes(i))
  const moved = transpose(x, [...kept, ...axes], emit)
  return view(moved, [sizeOf(kept.map(i => x.shape[i])), sizeOf(axes.map(i => x.shape[i]))])
}
const reduction = (kernel: string, attribute: string) => ([x]: In, node: Node<Axes>, emit: Emitter): Ref => {
  const rows = asRows(x, node.attrs.axes, emit)
  return view(emit.kernel(kernel, { x: rows }, { [attribute]: [1], keepDims: false }, [rows.shape[0]], x.dtype), concrete(node))
}

/** wasm reads booleans as four-byte words, past their end (in Select and Reverse too, which are not used); tfjs-node refuses them. */
const countable = (x: Ref, emit: Emitter): Ref =>
  x.dtype === 'bool' ? emit.kernel('Cast', { x }, { dtype: 'int32' }, x.shape, 'int32') : x

export const reduceLowerings = {
  sum: ([x]: In, node: NodeOf<'sum'>, emit: Emitter): Ref => {
    const { axes } = node.attrs
    // Leading axes, as a bias gradient has them: a product with a row of ones is many times faster than a transpose and a sum.
    if (x.dtype === 'float32' && emit.device.name === 'wasm' && axes.every((a, i) => a === i) && axes.length < x.shape.length) {
      const n = sizeOf(x.shape.slice(0, axes.length))
      const columns = sizeOf(x.shape.slice(axes.length))
      const ones = emit.constant({ shape: [1, 1, n], dtype: 'float32', data: new Float32Array(n).fill(1) })
      const attrs = { transposeA: false, transposeB: false }
      return view(emit.kernel('BatchMatMul', { a: ones, b: view(x, [1, n, columns]) }, attrs, [1, 1, columns], 'float32'), concrete(node))
    }
    return reduction('Sum', 'axis')([x], node, emit)
  },
  max: reduction('Max', 'reductionIndices'), min: reduction('Min', 'axis'), prod: reduction('Prod', 'axis'),
  argMax: ([x]: In, node: NodeOf<'argMax'>, emit: Emitter): Ref => {
    const rows = countable(asRows(x, [node.attrs.axis], emit), emit)
    return view(emit.kernel('ArgMax', { x: rows }, { axis: 1 }, [rows.shape[0]], 'int32'), concrete(node))
  },
  cumsum: ([x]: In, node: NodeOf<'cumsum'>, emit: Emitter): Ref => {
    const { axis, exclusive, reverse } = node.attrs
    const last = [...x.shape.keys()].filter(i => i !== axis)
    const rows = asRows(x, [axis], emit)
    const sums = emit.kernel('Cumsum', { x: rows }, { axis: 1, exclusive, reverse }, rows.shape, x.dtype)
    const order = [...last, axis]
    return transpose(view(sums, order.map(i => x.shape[i])), order.map((_, i) => order.indexOf(i)), emit)
  },
  // TopK is not stable at ties on every backend, and knows one direction only.
  sortIndices: onHost as Lowering<'sortIndices'>,
}
