/** Primitives that are calls of the runtime: a matrix product, a convolution, a copy that cannot be a view. */
import { InternalError } from '../../../dsl/errors.js'
import type { Node } from '../../../dsl/core/node.js'
import type { Geometry } from '../../../dsl/core/primitives/window.js'
import type { NodeOf, Op } from '../../../dsl/core/table.js'
import { sizeOf } from '../../../dsl/value.js'
import { concrete } from '../../program.js'
import { moved } from '../plan/places.js'
import { arena, elementBytes, type Columns, type Memory, type Read, type Surroundings } from '../plan/steps.js'
import { cut, dense, isWhole, merged, type View } from '../plan/views.js'
import { cBits, cLongs, cTag, pointer } from './c.js'
import type { expressions } from './expressions.js'

/** What a call sees of the plan. */
export interface Plan {
  /** Where a node's elements are. */
  read(n: Node): Read
  /** The same, copied together where they lie apart. */
  dense(n: Node): Read
  /** What a read's elements are when copied together. */
  together(r: Read, order: number): Read
}
export interface Call {
  readonly reads: readonly Read[]
  readonly temps?: readonly Memory[]
  readonly columns?: Columns
  readonly emit: (s: Surroundings) => string
}
type Rule<P extends Op> = (plan: Plan, node: NodeOf<P>, out: Memory) => Call

/** Copies a view into another one of the same shape. */
export const copyText = (s: Surroundings, from: Read, to: Memory, view: View): string => {
  const { shape, strides: [src, dst] } = merged(view.shape, [from.view.strides, view.strides])
  const target = pointer(s, { memory: to, view }, false)
  const [source, size] = [pointer(s, from), elementBytes(to.dtype)]
  return `R->copy(${size}, ${shape.length}, ${cLongs(shape)}, ${source}, ${cLongs(src)}, ${target}, ${cLongs(dst)});`
}

export const copyCall = (from: Read, to: Memory): Call =>
  ({ reads: [from], emit: s => copyText(s, from, to, dense(from.view.shape)) })

/** Copies what a move sees. */
const move = (plan: Plan, node: Node, out: Memory): Call => {
  const { memory, view } = plan.read(node.inputs[0])
  const seen = moved(node, view)
  if (seen === null) throw new InternalError(`${node.op} is no move`)
  return copyCall({ memory, view: seen }, out)
}

const around = (shape: readonly number[], axis: number): [number, number, number] =>
  [sizeOf(shape.slice(0, axis)), shape[axis], sizeOf(shape.slice(axis + 1))]

/** A matrix product's side: strides over rows and columns, and from one matrix to the next. */
const batched = (shape: readonly number[], strides: readonly number[]): number | null => {
  const m = merged(shape, [strides])
  return m.shape.length === 0 ? 0 : m.shape.length === 1 ? m.strides[0][0] : null
}

const matmul: Rule<'matmul'> = (plan, node, out) => {
  const [m, n] = concrete(node).slice(-2)
  const k = concrete(node.inputs[0])[node.inputs[0].shape.length - 1]
  let [a, b] = node.inputs.map(i => plan.read(i))
  const emit = (rows: number, batch: number, [ar, ac, ab]: number[], [br, bc, bb]: number[]): Call => ({
    reads: [a, b],
    emit: s => `R->gemm(${pointer(s, a)}, ${ar}, ${ac}, ${ab}, ${pointer(s, b)}, ${br}, ${bc}, ${bb}, (float *)${s.at(out)}, ${n}, ${
      rows * n}, ${rows}, ${n}, ${k}, ${batch}, 0);`,
  })
  const last = (v: View): number[] => v.strides.slice(-2)
  if (b.view.shape.length === 2) {
    // A matrix that serves a whole batch: the batch joins the rows.
    const rowsOf = (v: View): number | null => batched(v.shape.slice(0, -1), v.strides.slice(0, -1))
    if (rowsOf(a.view) === null) a = plan.together(a, node.id)
    const rows = sizeOf(a.view.shape.slice(0, -1))
    return emit(rows, 1, [rowsOf(a.view) ?? k, last(a.view)[1], 0], [...last(b.view), 0])
  }
  const batchOf = (v: View): number | null => batched(v.shape.slice(0, -2), v.strides.slice(0, -2))
  if (batchOf(a.view) === null) a = plan.together(a, node.id)
  if (batchOf(b.view) === null) b = plan.together(b, node.id)
  return emit(m, sizeOf(concrete(node).slice(0, -2)), [...last(a.view), batchOf(a.view) ?? 0], [...last(b.view), batchOf(b.view) ?? 0])
}

/** Over several axes, which need not be neighbours: group after group, the last first. */
const reduction = (op: string) => (plan: Plan, node: Node<{ readonly axes: readonly number[] }>, out: Memory): Call => {
  const x = plan.dense(node.inputs[0])
  let shape = [...x.view.shape]
  const groups: [number, number][] = []
  for (const a of [...node.attrs.axes].sort((p, q) => q - p)) {
    const first = groups[groups.length - 1] as [number, number] | undefined
    if (first?.[0] === a + 1) first[0] = a
    else groups.push([a, a + 1])
  }
  const stages = groups.map(([from, to], i) => {
    const cut3: Columns['sizes'] = [sizeOf(shape.slice(0, from)), sizeOf(shape.slice(from, to)), sizeOf(shape.slice(to))]
    shape = [...shape.slice(0, from), ...shape.slice(to)]
    return { cut3, to: i === groups.length - 1 ? out : arena(node.dtype, sizeOf(shape)) }
  })
  return {
    reads: [x], temps: stages.slice(0, -1).map(s => s.to),
    ...stages.length === 1 && isWhole(x.view, x.memory.size) && { columns: { op, from: x.memory, sizes: stages[0].cut3 } },
    emit: s => stages.map(({ cut3, to }, i) => {
      const from = i === 0 ? pointer(s, x) : s.at(stages[i - 1].to)
      return `R->reduce(TG_${op}, ${cTag(node.dtype)}, ${from}, ${s.at(to)}, ${cut3.join(', ')});`
    }).join('\n'),
  }
}

const geometry = ({ stride, dilation, padding }: Geometry): string => `.stride_h = ${stride[0]}, .stride_w = ${stride[1]}, .dilation_h = ${
  dilation[0]}, .dilation_w = ${dilation[1]}, .top = ${padding[0][0]}, .left = ${padding[1][0]}`
type AnyConv = NodeOf<'conv2d'> | NodeOf<'conv2dInput'> | NodeOf<'conv2dKernel'>
const convolution = (name: string, ends: (node: AnyConv) => readonly (readonly number[])[]) =>
  (plan: Plan, node: AnyConv, out: Memory): Call => {
    const [p, q] = node.inputs.map(i => plan.dense(i))
    const [[batch, h, w, cin], [kh, kw], [, oh, ow, cout]] = ends(node)
    const sizes = { batch, h, w, cin, kh, kw, oh, ow, cout, groups: node.attrs.groups }
    const fields = Object.entries(sizes).map(([k, v]) => `.${k} = ${v}`).join(', ')
    return {
      reads: [p, q],
      emit: s => `R->${name}(&(const tg_conv){${fields}, ${geometry(node.attrs)}}, ${pointer(s, p)}, ${pointer(s, q)}, (float *)${
        s.at(out)});`,
    }
  }
const shapes = (n: AnyConv): [number[], number[], number[]] => [concrete(n.inputs[0]), concrete(n.inputs[1]), concrete(n)]

const windows = (image: readonly number[], [, oh, ow, kh, kw]: readonly number[], g: Geometry): string => {
  const [batch, h, w, c] = image
  const fields = Object.entries({ batch, h, w, c, kh, kw, oh, ow }).map(([k, v]) => `.${k} = ${v}`).join(', ')
  return `&(const tg_windows){${fields}, ${geometry(g)}}`
}
const random = (name: string, type: string) => (plan: Plan, node: NodeOf<'uniform'> | NodeOf<'randomBits'>, out: Memory): Call => {
  const key = plan.dense(node.inputs[0])
  return { reads: [key], emit: s => `R->${name}(${pointer(s, key)}, ${node.attrs.stream >>> 0}u, (${type} *)${s.at(out)}, ${out.size});` }
}
const none = ({ op }: Node): never => { throw new InternalError(`${op} is no call of the native runtime`) }

/** What is neither a view nor an expression nor a loop of its own. */
type CallOp = Exclude<Op, keyof typeof expressions>
export const calls: { readonly [P in CallOp]: Rule<P> } = {
  matmul,
  conv2d: convolution('conv', n => shapes(n)),
  conv2dInput: convolution('conv_input', n => { const [y, w, x] = shapes(n); return [x, w, y] }),
  conv2dKernel: convolution('conv_kernel', n => { const [x, y, w] = shapes(n); return [x, w, y] }),
  sum: reduction('SUM'), max: reduction('MAX'), min: reduction('MIN'), prod: reduction('PROD'),
  reshape: (plan, node, out) => copyCall(plan.read(node.inputs[0]), out),
  pad: (plan, node, out) => {
    const x = plan.read(node.inputs[0])
    const inside = cut(dense(concrete(node)), node.attrs.lo, x.view.shape)
    return {
      reads: [x],
      emit: s => [
        `R->fill(${elementBytes(out.dtype)}, ${s.at(out)}, ${out.size}, ${cBits(node.attrs.value, out.dtype)});`,
        copyText(s, x, out, inside),
      ].join('\n'),
    }
  },
  concat: (plan, node, out) => {
    const parts = node.inputs.map(i => plan.read(i))
    const { axis } = node.attrs
    let at = 0
    const places = parts.map(p => {
      const starts = p.view.shape.map((_, i) => i === axis ? at : 0)
      at += p.view.shape[axis]
      return cut(dense(concrete(node)), starts, p.view.shape)
    })
    return { reads: parts, emit: s => parts.map((p, i) => copyText(s, p, out, places[i])).join('\n') }
  },
  gather: (plan, node, out) => {
    const [x, index] = node.inputs.map(i => plan.dense(i))
    const [before, n, after] = around(x.view.shape, node.attrs.axis)
    const sizes = [before, n, after, sizeOf(index.view.shape)].join(', ')
    return {
      reads: [x, index],
      emit: s => `R->gather(${elementBytes(out.dtype)}, ${pointer(s, x)}, ${pointer(s, index)}, ${s.at(out)}, ${sizes});`,
    }
  },
  scatterAdd: (plan, node, out) => {
    const base = plan.read(node.inputs[0])
    const [index, updates] = node.inputs.slice(1).map(i => plan.dense(i))
    const [before, n, after] = around(base.view.shape, node.attrs.axis)
    return {
      reads: [base, index, updates],
      emit: s => `${copyText(s, base, out, dense(base.view.shape))}\nR->scatter_add(${cTag(out.dtype)}, ${s.at(out)}, ${
        pointer(s, index)}, ${pointer(s, updates)}, ${before}, ${n}, ${after}, ${sizeOf(index.view.shape)});`,
    }
  },
  takeAlong: (plan, node, out) => {
    const [x, index] = node.inputs.map(i => plan.dense(i))
    const { axis } = node.attrs
    const { shape } = index.view
    return {
      reads: [x, index],
      emit: s => `R->take_along(${elementBytes(out.dtype)}, ${shape.length}, ${cLongs(shape)}, ${axis}, ${x.view.shape[axis]}, ${
        pointer(s, x)}, ${pointer(s, index)}, ${s.at(out)});`,
    }
  },
  scatterAlong: (plan, node, out) => {
    const base = plan.read(node.inputs[0])
    const [index, updates] = node.inputs.slice(1).map(i => plan.dense(i))
    const { axis } = node.attrs
    return {
      reads: [base, index, updates],
      emit: s => `${copyText(s, base, out, dense(base.view.shape))}\nR->scatter_along(${cTag(out.dtype)}, ${index.view.shape.length}, ${
        cLongs(index.view.shape)}, ${axis}, ${base.view.shape[axis]}, ${s.at(out)}, ${pointer(s, index)}, ${pointer(s, updates)});`,
    }
  },
  argMax: (plan, node, out) => {
    const x = plan.dense(node.inputs[0])
    return { reads: [x], emit: s => `R->argmax(${cTag(x.memory.dtype)}, ${pointer(s, x)}, (int32_t *)${s.at(out)}, ${
      around(x.view.shape, node.attrs.axis).join(', ')});` }
  },
  cumsum: (plan, node, out) => {
    const x = plan.dense(node.inputs[0])
    const { axis, exclusive, reverse } = node.attrs
    const sizes = [...around(x.view.shape, axis), +exclusive, +reverse].join(', ')
    return { reads: [x], emit: s => `R->cumsum(${cTag(x.memory.dtype)}, ${pointer(s, x)}, ${s.at(out)}, ${sizes});` }
  },
  sortIndices: (plan, node, out) => {
    const x = plan.dense(node.inputs[0])
    const { axis, descending } = node.attrs
    return { reads: [x], emit: s => `R->sort_indices(${cTag(x.memory.dtype)}, ${pointer(s, x)}, (int32_t *)${s.at(out)}, ${
      around(x.view.shape, axis).join(', ')}, ${concrete(node)[axis]}, ${+descending});` }
  },
  patches: (plan, node, out) => {
    const x = plan.dense(node.inputs[0])
    const [where, fill] = [windows(x.view.shape, concrete(node), node.attrs), cBits(node.attrs.fill, out.dtype)]
    return { reads: [x], emit: s => `R->patches(${where}, ${elementBytes(out.dtype)}, ${pointer(s, x)}, ${s.at(out)}, ${fill});` }
  },
  fold: (plan, node, out) => {
    const x = plan.dense(node.inputs[0])
    const where = windows(concrete(node), x.view.shape, node.attrs)
    return { reads: [x], emit: s => `R->fold(${where}, ${cTag(out.dtype)}, ${pointer(s, x)}, ${s.at(out)});` }
  },
  randomBits: random('random_bits', 'int32_t'), uniform: random('uniform', 'float'),
  // Only without the pass that makes views of these.
  transpose: move, broadcastTo: move, slice: move, reverse: move,
  // Views, constants, ends and loops: the planner's own.
  stopGradient: (_, n) => none(n), straightThrough: (_, n) => none(n), customVjp: (_, n) => none(n), named: (_, n) => none(n),
  constant: (_, n) => none(n), iota: (_, n) => none(n), dimSize: (_, n) => none(n),
  scan: (_, n) => none(n), project: (_, n) => none(n),
  input: (_, n) => { throw new InternalError(`the placeholder ${n.attrs.name} ${n.id} is not bound in the program`) },
}
