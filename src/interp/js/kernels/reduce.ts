import type { Node } from '../../../dsl/core/node.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import type { DType } from '../../../dsl/tensor.js'
import type { Value } from '../../../dsl/value.js'
import { concrete } from '../../program.js'
import { around, stridesOf, walk, zeros } from '../arrays.js'

type In = readonly Value[]
const reduce = (start: number, f: (a: number, b: number) => number) => ([x]: In,
  node: Node<{ readonly axes: readonly number[] }>): Value => {
  const out = zeros(concrete(node), x.dtype)
  out.data.fill(start)
  const strides = stridesOf(out.shape)
  const kept = [...x.shape.keys()].filter(i => !node.attrs.axes.includes(i))
  walk(x.shape, x.shape.map((_, i) => kept.includes(i) ? strides[kept.indexOf(i)] : 0), 0,
    (i, at) => { out.data[at] = f(out.data[at], x.data[i]) })
  return out
}
/** Where extrema begin: what no element of a dtype is below, and above. */
export const least: Readonly<Record<DType, number>> = { float32: -Infinity, int32: -(2 ** 31), bool: 0 }
export const most: Readonly<Record<DType, number>> = { float32: Infinity, int32: 2 ** 31 - 1, bool: 1 }
const extremum = (sign: 1 | -1) => (xs: In, node: Node<{ readonly axes: readonly number[] }>): Value =>
  reduce((sign > 0 ? least : most)[xs[0].dtype], sign > 0 ? Math.max : Math.min)(xs, node)

export const reduceKernels = {
  max: extremum(1),
  min: extremum(-1),
  // Integer products wrap, as integer products of two do.
  prod: (xs: In, node: NodeOf<'prod'>): Value => reduce(1, xs[0].dtype === 'int32' ? Math.imul : (a, b) => a * b)(xs, node),
  argMax: ([x]: In, node: NodeOf<'argMax'>): Value => {
    const out = zeros(concrete(node), 'int32')
    const [before, size, after] = around(x.shape, node.attrs.axis)
    for (let b = 0; b < before; b++) for (let a = 0; a < after; a++) {
      let best = 0
      for (let i = 1; i < size; i++) if (x.data[(b * size + i) * after + a] > x.data[(b * size + best) * after + a]) best = i
      out.data[b * after + a] = best
    }
    return out
  },
  cumsum: ([x]: In, node: NodeOf<'cumsum'>): Value => {
    const { axis, exclusive, reverse } = node.attrs
    const out = zeros(x.shape, x.dtype)
    const [before, size, after] = around(x.shape, axis)
    for (let b = 0; b < before; b++) for (let a = 0; a < after; a++) {
      let total = 0
      for (let s = 0; s < size; s++) {
        const at = (b * size + (reverse ? size - 1 - s : s)) * after + a
        out.data[at] = exclusive ? total : total + x.data[at]
        total += x.data[at]
      }
    }
    return out
  },
  sortIndices: ([x]: In, node: NodeOf<'sortIndices'>): Value => {
    const { axis, descending } = node.attrs
    const out = zeros(concrete(node), 'int32')
    const [before, size, after] = around(x.shape, axis)
    const k = out.shape[axis]
    for (let b = 0; b < before; b++) for (let a = 0; a < after; a++) {
      const at = (i: number): number => x.data[(b * size + i) * after + a]
      const order = Array.from({ length: size }, (_, i) => i).sort((i, j) => (descending ? at(j) - at(i) : at(i) - at(j)) || i - j)
      for (let i = 0; i < k; i++) out.data[(b * k + i) * after + a] = order[i]
    }
    return out
  },
}
