/** Primitives that move, copy or gather elements. */
import type { NodeOf } from '../../../dsl/core/table.js'
import { sizeOf } from '../../../dsl/value.js'
import { checkPositions } from '../../js/positions.js'
import { concrete } from '../../program.js'
import { view, type Emitter, type Ref } from '../emit.js'
import { concatLoop, gatherLoop, padLoop, readLoop } from '../loops/moves.js'
import { denseStrides } from '../loops/walk.js'
import { broadcastKernel } from './elementwise.js'
import { collapse, padRank } from './shapes.js'

type In = readonly Ref[]
const same = ([x]: In): Ref => x

/** Axes that stay neighbours in order move as one: kernels are general to rank 5 or 6 only, and faster with fewer. */
export const transpose = (x: Ref, perm: readonly number[], emit: Emitter): Ref => {
  const shape = perm.map(p => x.shape[p])
  const moved = perm.filter(p => x.shape[p] !== 1)
  const groups: number[][] = []
  moved.forEach((p, i) => {
    const previous = groups[groups.length - 1]
    if (i > 0 && moved.every(q => q <= previous[previous.length - 1] || q >= p) && p > moved[i - 1]) previous.push(p)
    else groups.push([p])
  })
  if (groups.length < 2) return view(x, shape)
  const order = [...groups.keys()].sort((i, j) => groups[i][0] - groups[j][0])
  const size = (g: readonly number[]): number => g.reduce((n, p) => n * x.shape[p], 1)
  const from = order.map(i => size(groups[i]))
  const attrs = { perm: groups.map((_, i) => order.indexOf(i)) }
  return view(emit.kernel('Transpose', { x: view(x, from) }, attrs, groups.map(size), x.dtype), shape)
}

export const concat = (xs: In, axis: number, emit: Emitter): Ref => {
  const parts = xs.filter(x => sizeOf(x.shape) > 0)
  if (parts.length === 1) return parts[0]
  const [before, after] = [parts[0].shape.slice(0, axis), parts[0].shape.slice(axis + 1)]
  // Over two axes the kernel copies rows.
  const flat = parts.map(x => view(x, [sizeOf(before), x.shape[axis] * sizeOf(after)]))
  const widths = flat.map(x => x.shape[1])
  const shape = [sizeOf(before), widths.reduce((n, w) => n + w, 0)]
  const joined = emit.device.loops ? emit.compute(flat, concatLoop(shape[0], widths), shape, xs[0].dtype)
    : emit.kernel('Concat', flat, { axis: 1 }, shape, xs[0].dtype)
  return view(joined, [...before, parts.reduce((n, x) => n + x.shape[axis], 0), ...after])
}

const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0)
export const slice = (x: Ref, begin: readonly number[], size: readonly number[], emit: Emitter): Ref => {
  if (begin.every((b, i) => b === 0 && size[i] === x.shape[i])) return x
  const strides = denseStrides(x.shape)
  return emit.device.loops ? emit.compute([x], readLoop(size, strides, sum(begin.map((b, i) => b * strides[i]))), size, x.dtype)
    : emit.kernel('Slice', { x }, { begin, size }, size, x.dtype)
}

export const reverse = (x: Ref, axes: readonly number[], emit: Emitter): Ref => {
  const strides = denseStrides(x.shape)
  const back = readLoop(x.shape, strides.map((s, i) => axes.includes(i) ? -s : s), sum(axes.map(a => (x.shape[a] - 1) * strides[a])))
  return emit.device.loops ? emit.compute([x], back, x.shape, x.dtype) : emit.kernel('Reverse', { x }, { dims: axes }, x.shape, x.dtype)
}

/** Slices of the second of three axes. */
const take = (x: Ref, index: Ref, emit: Emitter): Ref => {
  const [before, size, after] = x.shape
  const shape = [before, index.shape[0], after]
  return emit.device.loops ? emit.compute([x, index], gatherLoop(before, size, after), shape, x.dtype)
    : emit.kernel('GatherV2', { x, indices: index }, { axis: 1, batchDims: 0 }, shape, x.dtype)
}

export const pad = (x: Ref, paddings: readonly (readonly [number, number])[], value: number, emit: Emitter): Ref => {
  if (paddings.every(([l, h]) => l === 0 && h === 0)) return x
  const shape = x.shape.map((d, i) => d + paddings[i][0] + paddings[i][1])
  // wasm pads int32 through float32.
  if (emit.device.loops && x.dtype !== 'float32')
    return emit.compute([x], padLoop(x.shape, paddings.map(([l]) => l), shape, value), shape, x.dtype)
  return emit.kernel('PadV2', { x }, { paddings, constantValue: value }, shape, x.dtype)
}

/** A number of another value's dtype and rank. */
export const scalarOf = (x: Ref, value: number, emit: Emitter): Ref => emit.constant({
  shape: x.shape.map(() => 1), dtype: x.dtype,
  data: x.dtype === 'float32' ? Float32Array.of(value) : x.dtype === 'int32' ? Int32Array.of(value) : Uint8Array.of(value),
})

export const structureLowerings = {
  reshape: ([x]: In, node: NodeOf<'reshape'>): Ref => view(x, concrete(node)),
  stopGradient: same, named: same, straightThrough: same, customVjp: same,
  transpose: ([x]: In, { attrs: { perm } }: NodeOf<'transpose'>, emit: Emitter): Ref => transpose(x, perm, emit),
  // Held small: a kernel that takes it repeats it, or the plan does where a kernel cannot.
  broadcastTo: ([x]: In, node: NodeOf<'broadcastTo'>): Ref => padRank(x, node.shape.length),
  slice: ([x]: In, node: NodeOf<'slice'>, emit: Emitter): Ref => slice(x, node.attrs.starts, concrete(node), emit),
  pad: ([x]: In, node: NodeOf<'pad'>, emit: Emitter): Ref =>
    pad(x, node.attrs.lo.map((l, i) => [l, node.attrs.hi[i] as number] as const), node.attrs.value, emit),
  concat: (xs: In, { attrs: { axis } }: NodeOf<'concat'>, emit: Emitter): Ref => concat(xs, axis, emit),
  reverse: ([x]: In, { attrs: { axes } }: NodeOf<'reverse'>, emit: Emitter): Ref => reverse(x, axes, emit),
  cast: ([x]: In, node: NodeOf<'cast'>, emit: Emitter): Ref => {
    if (node.dtype === 'bool') return broadcastKernel('NotEqual', x, scalarOf(x, 0, emit), 'bool', emit)
    const [flat] = collapse([x.shape])
    return view(emit.kernel('Cast', { x: view(x, flat) }, { dtype: node.dtype }, flat, node.dtype), x.shape)
  },
}

/** The position of each element of `shape` in an array of shape `base`, but for the part along `axis`. */
const origins = (shape: readonly number[], base: readonly number[], axis: number): Int32Array => {
  const strides = base.map((_, i) => i === axis ? 0 : sizeOf(base.slice(i + 1)))
  return Int32Array.from({ length: sizeOf(shape) }, (_, n) => {
    let at = 0
    for (let i = shape.length - 1, rest = n; i >= 0; i--) {
      at += rest % shape[i] * strides[i]
      rest = Math.floor(rest / shape[i])
    }
    return at
  })
}
/** Positions in the flat base: along `axis` from the indices, along the others their own. */
const flatIndex = (index: Ref, base: readonly number[], axis: number, emit: Emitter): Ref => {
  const n = sizeOf(index.shape)
  const stride = emit.constant({ shape: [1], dtype: 'int32', data: Int32Array.of(sizeOf(base.slice(axis + 1))) })
  const origin = emit.constant({ shape: [n], dtype: 'int32', data: origins(index.shape, base, axis) })
  return broadcastKernel('Add', broadcastKernel('Multiply', view(index, [n]), stride, 'int32', emit), origin, 'int32', emit)
}
/** base[index] += updates over the first axis. */
const scatter = (base: Ref, index: Ref, updates: Ref, emit: Emitter): Ref => {
  const [rows, row] = [base.shape[0], sizeOf(base.shape.slice(1))]
  const n = sizeOf(index.shape)
  const operands = { indices: view(index, [n, 1]), updates: view(updates, [n, row]) }
  const sums = emit.kernel('ScatterNd', operands, { shape: [rows, row] }, [rows, row], base.dtype)
  return view(broadcastKernel('Add', sums, view(base, [rows, row]), base.dtype, emit), base.shape)
}
const toFront = (rank: number, axis: number, n: number): number[] => {
  const moved = Array.from({ length: n }, (_, i) => axis + i)
  return [...moved, ...Array.from({ length: rank }, (_, i) => i).filter(i => !moved.includes(i))]
}
const inverse = (perm: readonly number[]): number[] => perm.map((_, i) => perm.indexOf(i))

type Positional = NodeOf<'gather' | 'scatterAdd' | 'takeAlong' | 'scatterAlong'>
/** Positions that were looked at: kernels read and write beside an axis. */
const positions = (index: Ref, node: Positional, emit: Emitter): Ref => {
  const [x, i] = node.inputs, size = concrete(x)[node.attrs.axis]
  if (i.op !== 'constant') return emit.look(index, at => { checkPositions(node.op, at, size) })
  checkPositions(node.op, (i as NodeOf<'constant'>).attrs.value.data, size)
  return index
}

export const indexingLowerings = {
  gather: ([x, index]: In, node: NodeOf<'gather'>, emit: Emitter): Ref => {
    const { axis } = node.attrs
    const from = view(x, [sizeOf(x.shape.slice(0, axis)), x.shape[axis], sizeOf(x.shape.slice(axis + 1))])
    return view(take(from, view(positions(index, node, emit), [sizeOf(index.shape)]), emit), concrete(node))
  },
  scatterAdd: ([base, index, updates]: In, node: NodeOf<'scatterAdd'>, emit: Emitter): Ref => {
    const { axis } = node.attrs
    const perm = toFront(base.shape.length, axis, 1)
    const front = transpose(updates, toFront(updates.shape.length, axis, index.shape.length), emit)
    return transpose(scatter(transpose(base, perm, emit), positions(index, node, emit), front, emit), inverse(perm), emit)
  },
  takeAlong: ([x, index]: In, node: NodeOf<'takeAlong'>, emit: Emitter): Ref => {
    const at = flatIndex(positions(index, node, emit), x.shape, node.attrs.axis, emit)
    return view(take(view(x, [1, sizeOf(x.shape), 1]), at, emit), index.shape)
  },
  scatterAlong: ([base, index, updates]: In, node: NodeOf<'scatterAlong'>, emit: Emitter): Ref => {
    const at = flatIndex(positions(index, node, emit), base.shape, node.attrs.axis, emit)
    return view(scatter(view(base, [sizeOf(base.shape)]), at, updates, emit), base.shape)
  },
}
