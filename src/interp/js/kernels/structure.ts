import type { NodeOf } from '../../../dsl/core/table.js'
import type { Value } from '../../../dsl/value.js'
import { concrete } from '../../program.js'
import { around, read, stridesOf, walk, zeros } from '../arrays.js'
import { checkPositions } from '../positions.js'

type In = readonly Value[]
const same = ([x]: In): Value => x

export const structureKernels = {
  reshape: ([x]: In, node: NodeOf<'reshape'>): Value => ({ ...x, shape: concrete(node) }),
  stopGradient: same, named: same, straightThrough: same, customVjp: same,
  transpose: ([x]: In, node: NodeOf<'transpose'>): Value => {
    const strides = stridesOf(x.shape)
    return read(x, concrete(node), node.attrs.perm.map(p => strides[p]))
  },
  broadcastTo: ([x]: In, node: NodeOf<'broadcastTo'>): Value => {
    const shape = concrete(node)
    const strides = stridesOf(x.shape)
    const lead = shape.length - x.shape.length
    return read(x, shape, shape.map((_, i) => i < lead || x.shape[i - lead] === 1 ? 0 : strides[i - lead]))
  },
  sum: ([x]: In, node: NodeOf<'sum'>): Value => {
    const out = zeros(concrete(node), x.dtype)
    const strides = stridesOf(out.shape)
    const kept = [...x.shape.keys()].filter(i => !node.attrs.axes.includes(i))
    walk(x.shape, x.shape.map((_, i) => kept.includes(i) ? strides[kept.indexOf(i)] : 0), 0, (i, at) => { out.data[at] += x.data[i] })
    return out
  },
  slice: ([x]: In, node: NodeOf<'slice'>): Value => {
    const strides = stridesOf(x.shape)
    return read(x, concrete(node), strides, node.attrs.starts.reduce((n, s, i) => n + s * strides[i], 0))
  },
  pad: ([x]: In, node: NodeOf<'pad'>): Value => {
    const out = zeros(concrete(node), x.dtype)
    out.data.fill(node.attrs.value)
    const strides = stridesOf(out.shape)
    walk(x.shape, strides, node.attrs.lo.reduce((n, p, i) => n + p * strides[i], 0), (i, at) => { out.data[at] = x.data[i] })
    return out
  },
  concat: (xs: In, node: NodeOf<'concat'>): Value => {
    const out = zeros(concrete(node), node.dtype)
    const strides = stridesOf(out.shape)
    let offset = 0
    for (const x of xs) {
      walk(x.shape, strides, offset * strides[node.attrs.axis], (i, at) => { out.data[at] = x.data[i] })
      offset += x.shape[node.attrs.axis]
    }
    return out
  },
  reverse: ([x]: In, node: NodeOf<'reverse'>): Value => {
    const strides = stridesOf(x.shape)
    const { axes } = node.attrs
    return read(x, x.shape, strides.map((s, i) => axes.includes(i) ? -s : s), axes.reduce((n, a) => n + (x.shape[a] - 1) * strides[a], 0))
  },
  cast: ([x]: In, node: NodeOf<'cast'>): Value => {
    const out = zeros(x.shape, node.dtype)
    for (let i = 0; i < out.data.length; i++) out.data[i] = node.dtype === 'bool' ? +(x.data[i] !== 0) : x.data[i]
    return out
  },
  gather: ([x, index]: In, node: NodeOf<'gather'>): Value => {
    checkPositions('gather', index.data, x.shape[node.attrs.axis])
    const out = zeros(concrete(node), x.dtype)
    const [before, size, after] = around(x.shape, node.attrs.axis)
    const n = index.data.length
    for (let b = 0; b < before; b++) for (let i = 0; i < n; i++) for (let a = 0; a < after; a++)
      out.data[(b * n + i) * after + a] = x.data[(b * size + index.data[i]) * after + a]
    return out
  },
  scatterAdd: ([base, index, updates]: In, node: NodeOf<'scatterAdd'>): Value => {
    checkPositions('scatterAdd', index.data, base.shape[node.attrs.axis])
    const out = { ...base, data: base.data.slice() }
    const [before, size, after] = around(base.shape, node.attrs.axis)
    const n = index.data.length
    for (let b = 0; b < before; b++) for (let i = 0; i < n; i++) for (let a = 0; a < after; a++)
      out.data[(b * size + index.data[i]) * after + a] += updates.data[(b * n + i) * after + a]
    return out
  },
  takeAlong: ([x, index]: In, node: NodeOf<'takeAlong'>): Value => {
    checkPositions('takeAlong', index.data, x.shape[node.attrs.axis])
    const out = zeros(index.shape, x.dtype)
    const strides = stridesOf(x.shape)
    const along = strides[node.attrs.axis]
    walk(index.shape, strides.with(node.attrs.axis, 0), 0, (i, at) => { out.data[i] = x.data[at + index.data[i] * along] })
    return out
  },
  scatterAlong: ([base, index, updates]: In, node: NodeOf<'scatterAlong'>): Value => {
    checkPositions('scatterAlong', index.data, base.shape[node.attrs.axis])
    const out = { ...base, data: base.data.slice() }
    const strides = stridesOf(base.shape)
    const along = strides[node.attrs.axis]
    walk(index.shape, strides.with(node.attrs.axis, 0), 0, (i, at) => { out.data[at + index.data[i] * along] += updates.data[i] })
    return out
  },
}
