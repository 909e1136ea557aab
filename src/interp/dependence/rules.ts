/** How elements depend on elements, operation by operation; what is not here may depend on everything, which is never wrong. */
import type { Node } from '../../dsl/core/node.js'
import type { NodeOf } from '../../dsl/core/table.js'
import { sizeOf } from '../../dsl/value.js'
import { around, stridesOf, walk } from '../js/arrays.js'
import { evaluateNode } from '../js/evaluate.js'
import { concrete } from '../program.js'
import { Elements, everything, huge, numbersOf, setsOf } from './elements.js'
import { elementwise } from './elementwise.js'
import { convolution, product } from './products.js'
import type { Sets } from './sets.js'

/** Operations that move elements without computing: what is known of elements moves along. */
const moves = new Set(['reshape', 'transpose', 'broadcastTo', 'slice', 'pad', 'concat', 'reverse', 'patches'])
const identities = new Set(['stopGradient', 'straightThrough', 'named', 'customVjp'])

const moved = (node: Node, xs: readonly Elements[], rest: readonly Elements[] = []): Elements => {
  const attrs = node.attrs as object
  const fill = 'fill' in attrs ? { fill: 0 } : 'value' in attrs ? { value: 0 } : {}
  const others = rest.flatMap(r => r.value ? [r.value] : [])
  const carry = (dtype: 'int32' | 'float32', replaced: object): Node => ({ ...node, dtype, attrs: { ...attrs, ...replaced } })
  const shape = concrete(node)
  const ids = xs.some(x => x.depends)
    ? evaluateNode(carry('int32', fill), [...xs.map(setsOf), ...others]).data.slice() as Int32Array : new Int32Array(sizeOf(shape))
  // What is added around may be known where nothing else is.
  if (!xs.some(x => x.partly) && Object.keys(fill).length === 0) return Elements.of(shape, ids)
  const known = evaluateNode(carry('float32', {}), [...xs.map(x => numbersOf(x)), ...others]).data.slice() as Float64Array
  return Elements.of(shape, ids, known)
}

/** Runs over lines of elements that are reduced to one. */
const reduced = (x: Elements, axes: readonly number[], shape: readonly number[], sets: Sets, node: Node): Elements => {
  const strides = stridesOf(shape)
  const kept = [...x.shape.keys()].filter(i => !axes.includes(i))
  const ids = new Int32Array(sizeOf(shape))
  const unknown = new Uint8Array(ids.length)
  /** A known number that settles the result whatever the rest. */
  const settles = new Float64Array(ids.length).fill(NaN)
  const decisive = (v: number): boolean => node.op === 'prod' ? v === 0 : node.op === 'max' ? v >= huge : node.op === 'min' && v <= -huge
  walk(x.shape, x.shape.map((_, i) => kept.includes(i) ? strides[kept.indexOf(i)] : 0), 0, (i, at) => {
    if (!x.partly || Number.isNaN(x.known[i])) {
      unknown[at] = 1
      ids[at] = sets.union(ids[at], x.ids[i])
    } else if (decisive(x.known[i])) settles[at] = x.known[i]
  })
  if (!x.partly) return Elements.of(shape, ids)
  const raw = node.op === 'argMax' ? settles : evaluateNode(node, [numbersOf(x, node.dtype)]).data
  return Elements.of(shape, ids, Float64Array.from(unknown, (u, i) => u === 0 && node.op !== 'argMax' ? raw[i] : settles[i]))
}

/** Every element of a line may depend on the whole line. */
const mixed = (x: Elements, axis: number, shape: readonly number[], sets: Sets): Elements => {
  const [before, size, after] = around(x.shape, axis)
  const out = shape[axis]
  const ids = new Int32Array(sizeOf(shape))
  for (let b = 0; b < before; b++) for (let a = 0; a < after; a++) {
    let line = 0
    for (let i = 0; i < size; i++) line = sets.union(line, x.ids[(b * size + i) * after + a])
    for (let i = 0; i < out; i++) ids[(b * out + i) * after + a] = line
  }
  return Elements.of(shape, ids)
}

const cumulative = ({ attrs: { axis, exclusive, reverse } }: NodeOf<'cumsum'>, x: Elements, sets: Sets): Elements => {
  const [before, size, after] = around(x.shape, axis)
  const ids = new Int32Array(x.ids.length)
  for (let b = 0; b < before; b++) for (let a = 0; a < after; a++) {
    let heard = 0
    for (let s = 0; s < size; s++) {
      const at = (b * size + (reverse ? size - 1 - s : s)) * after + a
      const next = sets.union(heard, x.ids[at])
      ids[at] = exclusive ? heard : next
      heard = next
    }
  }
  return Elements.of(x.shape, ids)
}

/** Reading at positions that depend on variables: any element of the line, and the variables of the position. */
const read = (node: NodeOf<'gather'>, x: Elements, index: Elements, shape: readonly number[], sets: Sets): Elements => {
  const [before, size, after] = around(x.shape, node.attrs.axis)
  const ids = new Int32Array(sizeOf(shape))
  const n = index.ids.length
  for (let b = 0; b < before; b++) for (let a = 0; a < after; a++) {
    let line = 0
    if (x.depends) for (let i = 0; i < size; i++) line = sets.union(line, x.ids[(b * size + i) * after + a])
    for (let i = 0; i < n; i++) ids[(b * n + i) * after + a] = sets.union(line, index.ids[i])
  }
  return Elements.of(shape, ids)
}

/** Adding at known positions. */
const scattered = (node: Node, [base, index, updates]: readonly Elements[], sets: Sets): Elements => {
  const { axis } = node.attrs as { axis: number }
  const ids = base.ids.slice()
  const known = base.known.slice()
  const add = (to: number, from: number): void => {
    if (updates.known[from] === 0) return
    ids[to] = sets.union(ids[to], updates.ids[from])
    known[to] += updates.known[from]
  }
  if (node.op === 'scatterAlong') {
    const strides = stridesOf(base.shape)
    walk(index.shape, strides.with(axis, 0), 0, (i, at) => { add(at + index.known[i] * strides[axis], i) })
  } else {
    const [before, size, after] = around(base.shape, axis)
    const n = index.ids.length
    for (let b = 0; b < before; b++) for (let i = 0; i < n; i++) for (let a = 0; a < after; a++)
      add((b * size + index.known[i]) * after + a, (b * n + i) * after + a)
  }
  return Elements.of(base.shape, ids, known)
}

/** Elements of a node from those of its inputs. */
export const dependOn = (node: Node, xs: readonly Elements[], sets: Sets): Elements => {
  const shape = concrete(node)
  if (moves.has(node.op)) return moved(node, xs)
  if (identities.has(node.op)) return xs[0]
  if (node.prim.elementwise || node.op === 'cast') return elementwise(node, xs, sets)
  switch (node.op) {
    case 'matmul': return product(xs[0], xs[1], shape, sets)
    case 'conv2d': return convolution(node as NodeOf<'conv2d'>, xs[0], xs[1], shape, sets)
    case 'sum': case 'max': case 'min': case 'prod': return reduced(xs[0], (node as NodeOf<'sum'>).attrs.axes, shape, sets, node)
    case 'argMax': return reduced(xs[0], [(node as NodeOf<'argMax'>).attrs.axis], shape, sets, node)
    case 'cumsum': return cumulative(node as NodeOf<'cumsum'>, xs[0], sets)
    case 'sortIndices': return mixed(xs[0], (node as NodeOf<'sortIndices'>).attrs.axis, shape, sets)
    case 'gather': case 'takeAlong':
      if (xs[1].value) return moved(node, [xs[0]], [xs[1]])
      return node.op === 'gather' ? read(node as NodeOf<'gather'>, xs[0], xs[1], shape, sets) : taken(node, xs, shape, sets)
    case 'scatterAdd': case 'scatterAlong': return xs[1].value ? scattered(node, xs, sets) : everything(shape, xs, sets)
    default: return everything(shape, xs, sets)
  }
}

const taken = (node: Node, [x, index]: readonly Elements[], shape: readonly number[], sets: Sets): Elements => {
  const lines = mixed(x, (node.attrs as { axis: number }).axis, shape, sets)
  return Elements.of(shape, lines.ids.map((line, i) => sets.union(line, index.ids[i])))
}
