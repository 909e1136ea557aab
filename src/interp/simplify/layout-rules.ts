/** Rewrites for graphs on their way to an engine: fewer elements moved, equal values but for the order in which floats are summed. */
import * as b from '../../dsl/core/build.js'
import type { Node } from '../../dsl/core/node.js'
import type { NodeOf } from '../../dsl/core/table.js'
import { sameShape } from '../../dsl/shape/dim.js'
import { is, like, uniformValue, type Rule } from './rule.js'

/** The value of a repeat along axes that it only repeats: without them; null where it varies. */
const without = (n: Node, axes: readonly number[]): Node | null => {
  if (n.op !== 'broadcastTo') return null
  const [from] = n.inputs
  const lead = n.shape.length - from.shape.length
  if (!axes.every(a => a < lead || from.shape[a - lead] === 1)) return null
  const squeezed = b.reshape(from, from.shape.filter((_, i) => !axes.includes(i + lead)))
  return b.broadcastTo(squeezed, n.shape.filter((_, i) => !axes.includes(i)))
}

const sumRules: readonly Rule[] = [
  { name: 'sum of a negation', ops: ['sum'], apply: n => {
    const [x] = n.inputs
    return x.op === 'neg' && n.dtype === 'float32' ? b.neg(n.prim.make(x.inputs, n.attrs)) : null
  } },
  // A softmax and a normalisation divide every element by what is one number a row: summed over the row, it is divided once.
  { name: 'sum of multiples', ops: ['sum'], apply: node => {
    const n = node as NodeOf<'sum'>
    const [x] = n.inputs
    // A sum of nothing is 0, whatever it would be multiplied by.
    if (n.dtype !== 'float32' || (x.op !== 'mul' && x.op !== 'div') || n.attrs.axes.some(a => x.shape[a] === 0)) return null
    const [p, q] = x.inputs
    const right = without(q, n.attrs.axes)
    if (right) return x.prim.make([b.sum(p, n.attrs.axes), right], {})
    const left = x.op === 'mul' ? without(p, n.attrs.axes) : null
    return left && b.mul(b.sum(q, n.attrs.axes), left)
  } },
  { name: 'sum of what is scattered onto zeros', ops: ['sum'], apply: node => {
    const n = node as NodeOf<'sum'>
    const [x] = n.inputs
    if ((x.op !== 'scatterAdd' && x.op !== 'scatterAlong') || !is(x.inputs[0], 0)) return null
    const { attrs: { axis }, inputs: [, index, updates] } = x as NodeOf<'scatterAdd'>
    if (!n.attrs.axes.includes(axis)) return null
    // The positions have as many axes in the updates as the indices have, and take the place of one.
    const width = x.op === 'scatterAlong' ? 1 : index.shape.length
    return b.sum(updates, n.attrs.axes.flatMap(a => a < axis ? [a] : a > axis ? [a + width - 1] : Array.from({ length: width },
      (_, i) => axis + i)))
  } },
]

const scatterRules: readonly Rule[] = [
  // The gradient of a gather meets other gradients: added in place, and no array of zeros is made.
  { name: 'scatter onto zeros, plus', ops: ['add'], apply: n => {
    const at = n.inputs.findIndex(i => (i.op === 'scatterAdd' || i.op === 'scatterAlong') && is(i.inputs[0], 0))
    if (at < 0) return null
    const [, ...rest] = n.inputs[at].inputs
    return n.inputs[at].prim.make([n.inputs[1 - at], ...rest], n.inputs[at].attrs)
  } },
  { name: 'gather of consecutive positions', ops: ['gather'], apply: node => {
    const n = node as NodeOf<'gather'>
    const [x, i] = n.inputs
    const { axis } = n.attrs
    const [read, of] = [i.shape[0], x.shape[axis]]
    const within = read === of || (typeof read === 'number' && typeof of === 'number' && read < of)
    return i.op === 'iota' && within ? b.slice(x, x.shape.map(() => 0), x.shape.with(axis, read)) : null
  } },
  { name: 'scatter to every position', ops: ['scatterAdd'], apply: node => {
    const n = node as NodeOf<'scatterAdd'>
    const [base, i, updates] = n.inputs
    return i.op === 'iota' && sameShape(base.shape, updates.shape) ? b.add(base, updates) : null
  } },
]

const zeroPad = (n: Node): n is NodeOf<'pad'> => n.op === 'pad' && (n as NodeOf<'pad'>).attrs.value === 0
/** The axis along which `y` begins where `x` ends, both padded with zeros to one shape. */
const meeting = (x: NodeOf<'pad'>, y: NodeOf<'pad'>): number | null => {
  const differ = [...x.shape.keys()].filter(i => x.attrs.lo[i] !== y.attrs.lo[i] || x.attrs.hi[i] !== y.attrs.hi[i])
  const [axis] = differ
  const size = x.inputs[0].shape[axis]
  return differ.length === 1 && typeof size === 'number' && x.attrs.lo[axis] + size === y.attrs.lo[axis] ? axis : null
}
const joined = (x: NodeOf<'pad'>, y: NodeOf<'pad'>): Node | null => {
  const axis = meeting(x, y)
  return axis === null ? null : b.pad(b.concat([x.inputs[0], y.inputs[0]], axis), x.attrs.lo, y.attrs.hi)
}

const pieceRules: readonly Rule[] = [
  // What the gradient of a split adds up: each part among zeros.
  { name: 'sum of pieces', ops: ['add'], apply: ({ inputs: [x, y] }) => zeroPad(x) && zeroPad(y) ? joined(x, y) ?? joined(y, x) : null },
  { name: 'concat of a concat', ops: ['concat'], apply: node => {
    const n = node as NodeOf<'concat'>
    const inner = (i: Node): boolean => i.op === 'concat' && (i as NodeOf<'concat'>).attrs.axis === n.attrs.axis
    return n.inputs.some(inner) ? b.concat(n.inputs.flatMap(i => inner(i) ? i.inputs : [i]), n.attrs.axis) : null
  } },
  // Pieces are often transposed already: the two moves become one.
  { name: 'transpose of a concat', ops: ['transpose'], apply: node => {
    const { inputs: [x], attrs: { perm } } = node as NodeOf<'transpose'>
    return x.op === 'concat' ? b.concat(x.inputs.map(i => b.transpose(i, perm)), perm.indexOf((x as NodeOf<'concat'>).attrs.axis)) : null
  } },
  { name: 'slice of a transpose', ops: ['slice'], apply: node => {
    const { inputs: [x], attrs: { starts, ends } } = node as NodeOf<'slice'>
    if (x.op !== 'transpose') return null
    const { perm } = (x as NodeOf<'transpose'>).attrs
    const at = perm.map((_, i) => perm.indexOf(i))
    return b.transpose(b.slice(x.inputs[0], at.map(i => starts[i]), at.map(i => ends[i])), perm)
  } },
]

const swapsLast = (n: Node): n is NodeOf<'transpose'> => n.op === 'transpose' && (n as NodeOf<'transpose'>).attrs.perm
  .every((p, i, { length }) => p === (i < length - 2 ? i : 2 * length - 3 - i))
const swapLast = (n: Node): Node => {
  const rank = n.shape.length
  return b.transpose(n, [...n.shape.keys()].map(i => i < rank - 2 ? i : 2 * rank - 3 - i))
}

const productRules: readonly Rule[] = [
  // (AᵀB)ᵀ = BᵀA: engines read operands transposed at no cost, but a result that is written and then transposed is moved twice.
  { name: 'transpose of a product', ops: ['transpose'], apply: (n, once) => {
    const [x] = n.inputs
    if (x.op !== 'matmul' || !swapsLast(n) || !once(x)) return null
    const [p, q] = x.inputs
    return p.shape.length === q.shape.length && (swapsLast(p) || swapsLast(q)) ? b.matmul(swapLast(q), swapLast(p)) : null
  } },
  // A column by a row is a product of numbers, which fuses with what follows.
  { name: 'product over one', ops: ['matmul'], apply: n => {
    const [x, y] = n.inputs
    return x.shape[x.shape.length - 1] === 1 ? b.mul(b.broadcastTo(x, n.shape), b.broadcastTo(y, n.shape)) : null
  } },
]

const repeatRules: readonly Rule[] = [
  { name: 'a repeated number', ops: ['broadcastTo', 'reshape'], apply: n => {
    const value = uniformValue(n)
    return value === null || (n.op === 'broadcastTo' && n.inputs[0].shape.length === 0) ? null : like(value, n)
  } },
  { name: 'elementwise with numbers below a broadcast', ops: [], apply: n => {
    if (!n.prim.elementwise || n.inputs.length < 2 || !n.inputs.every(i => i.op === 'broadcastTo')) return null
    const values = n.inputs.map(uniformValue)
    const varied = n.inputs.filter((_, i) => values[i] === null).map(i => i.inputs[0])
    if (varied.length === 0 || varied.length === values.length || !varied.every(v => sameShape(v.shape, varied[0].shape))) return null
    return b.broadcastTo(n.prim.make(n.inputs.map((x, i) => {
      const value = values[i]
      return value === null ? x.inputs[0] : b.full(value, varied[0].shape, x.dtype)
    }), n.attrs), n.shape)
  } },
]

/** So that x = y and y = x are one node: each side of a maximum asks for it in the order of its own. */
const orderRules: readonly Rule[] = [
  { name: 'operands in order', ops: ['equal', 'and', 'or'], apply: n => {
    const [x, y] = n.inputs
    return x.id > y.id ? n.prim.make([y, x], n.attrs) : null
  } },
]

/** In the order in which they are tried. */
export const layoutRules: readonly Rule[] = [...repeatRules, ...sumRules, ...scatterRules, ...pieceRules, ...productRules, ...orderRules]
