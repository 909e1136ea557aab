/** Rewrites that keep the value. Each is named, sees one node whose inputs are already simple, and answers with a simpler one or null. */
import * as b from '../../dsl/core/build.js'
import type { Node } from '../../dsl/core/node.js'
import type { NodeOf } from '../../dsl/core/table.js'
import { addDim, mulDim, sameShape, sizeOfShape } from '../../dsl/shape/dim.js'
import { sizeOf } from '../../dsl/value.js'
import { evaluate } from '../js/evaluate.js'
import { layoutRules } from './layout-rules.js'
import { is, like, uniformValue, type Rule } from './rule.js'

export { uniformValue, type Rule } from './rule.js'

/** Results larger than this stay expressions: a constant would cost memory that the expression does not. */
const foldBelow = 4096
const isConstant = (n: Node): boolean => n.op === 'constant'
/** A repeated constant counts beside a real one; alone it is left as a repeat, which costs nothing. */
const foldable = (n: Node): boolean => n.op !== 'named' && !n.tuple && n.inputs.some(isConstant)
  && n.inputs.every(i => isConstant(i) || (i.op === 'broadcastTo' && isConstant(i.inputs[0])))
  && n.shape.every(d => typeof d === 'number') && sizeOf(n.shape) <= foldBelow

const attrs = <A>(n: Node): A => n.attrs as A
type Box = { starts: readonly number[]; ends: readonly (number | string)[] }

/** Whether one factor does what two do one after the other: their product is a number that float32 has all digits of. */
const joins = (p: number, q: number): boolean =>
  p === 0 || q === 0 || (Math.abs(p * q) >= 2 ** -126 && Number.isFinite(Math.fround(p * q)))

const basicRules: readonly Rule[] = [
  { name: 'constant folding', ops: [], apply: n => foldable(n) && n.op !== 'broadcastTo' ? b.constant(evaluate([n], new Map())[0]) : null },
  {
    name: 'bound dimension', ops: ['dimSize'],
    apply: n => typeof attrs<{ size: unknown }>(n).size === 'number' ? b.scalar(attrs<{ size: number }>(n).size, 'int32') : null,
  },

  { name: 'x + 0', ops: ['add'], apply: ({ inputs: [x, y] }) => is(y, 0) ? x : is(x, 0) ? y : null },
  // A scale, which other rules take out of sums and join with others.
  { name: 'x + x', ops: ['add'], apply: n => n.inputs[0] === n.inputs[1] ? b.mul(n.inputs[0], like(2, n)) : null },
  { name: 'x - 0', ops: ['sub'], apply: ({ inputs: [x, y] }) => is(y, 0) ? x : is(x, 0) ? b.neg(y) : null },
  {
    name: 'x * 1', ops: ['mul'],
    apply: ({ inputs: [x, y] }) => is(y, 1) ? x : is(x, 1) ? y : is(y, -1) ? b.neg(x) : is(x, -1) ? b.neg(y) : null,
  },
  { name: 'x / 1', ops: ['div'], apply: ({ inputs: [x, y] }) => is(y, 1) ? x : null },
  { name: 'x ^ 1, x ^ 2', ops: ['pow'], apply: ({ inputs: [x, y] }) => is(y, 1) ? x : is(y, 2) ? b.mul(x, x) : null },
  {
    name: '-(-x)', ops: ['neg'],
    apply: ({ inputs: [x] }) => x.op === 'neg' ? x.inputs[0] : x.op === 'sub' ? b.sub(x.inputs[1], x.inputs[0]) : null,
  },
  {
    name: 'x + (-y)', ops: ['add'],
    apply: ({ inputs: [x, y] }) => y.op === 'neg' ? b.sub(x, y.inputs[0]) : x.op === 'neg' ? b.sub(y, x.inputs[0]) : null,
  },
  { name: 'x - (-y)', ops: ['sub'], apply: ({ inputs: [x, y] }) => y.op === 'neg' ? b.add(x, y.inputs[0]) : null },
  {
    name: '(-x)(-y)', ops: ['mul', 'div'],
    apply: n => n.inputs.every(i => i.op === 'neg') ? n.prim.make(n.inputs.map(i => i.inputs[0]), {}) : null,
  },
  { name: 'not not x', ops: ['not'], apply: ({ inputs: [x] }) => x.op === 'not' ? x.inputs[0] : null },
  { name: 'where with one outcome', ops: ['select'], apply: ({ inputs: [c, x, y] }) => x === y || is(c, 1) ? x : is(c, 0) ? y : null },
  { name: 'scale of a scale', ops: ['mul'], apply: n => {
    const [x, y] = uniformValue(n.inputs[0]) !== null ? [n.inputs[1], n.inputs[0]] : n.inputs
    const [p, q] = [uniformValue(y),
      x.op === 'mul' && x.dtype === 'float32' ? uniformValue(x.inputs[1]) ?? uniformValue(x.inputs[0]) : null]
    if (p === null || q === null || !joins(p, q)) return null
    return b.mul(uniformValue(x.inputs[1]) !== null ? x.inputs[0] : x.inputs[1], like(p * q, n))
  } },
  { name: 'elementwise below a broadcast', ops: [], apply: n => {
    const [first, ...rest] = n.inputs
    if (!n.prim.elementwise || first.op !== 'broadcastTo') return null
    const small = first.inputs[0].shape
    return rest.every(i => i.op === 'broadcastTo' && sameShape(i.inputs[0].shape, small))
      ? b.broadcastTo(n.prim.make(n.inputs.map(i => i.inputs[0]), n.attrs), n.shape) : null
  } },

  {
    name: 'reshape of a reshape', ops: ['reshape'],
    apply: n => n.inputs[0].op === 'reshape' ? b.reshape(n.inputs[0].inputs[0], n.shape) : null,
  },
  { name: 'reshape of a repeated number', ops: ['reshape', 'transpose', 'slice', 'reverse'], apply: n => {
    const [x] = n.inputs
    return x.op === 'broadcastTo' && x.inputs[0].shape.length === 0 ? b.broadcastTo(x.inputs[0], n.shape) : null
  } },
  { name: 'transpose of a transpose', ops: ['transpose'], apply: n => {
    const [x] = n.inputs
    const { perm } = attrs<{ perm: number[] }>(n)
    return x.op === 'transpose' ? b.transpose(x.inputs[0], perm.map(p => attrs<{ perm: number[] }>(x).perm[p])) : null
  } },
  { name: 'transpose of size-1 axes', ops: ['transpose'], apply: n => {
    const moved = attrs<{ perm: number[] }>(n).perm.filter(p => n.inputs[0].shape[p] !== 1)
    return moved.every((p, i) => i === 0 || p > moved[i - 1]) ? b.reshape(n.inputs[0], n.shape) : null
  } },
  {
    name: 'broadcast of a broadcast', ops: ['broadcastTo'],
    apply: n => n.inputs[0].op === 'broadcastTo' ? b.broadcastTo(n.inputs[0].inputs[0], n.shape) : null,
  },
  { name: 'broadcast of added size-1 axes', ops: ['broadcastTo'], apply: n => {
    const [x] = n.inputs
    const [inner] = x.inputs
    if (x.op !== 'reshape' || inner.shape.length >= x.shape.length) return null
    const lead = x.shape.length - inner.shape.length
    return x.shape.slice(0, lead).every(d => d === 1) && sameShape(x.shape.slice(lead), inner.shape) ? b.broadcastTo(inner, n.shape) : null
  } },
  { name: 'reverse of a reverse', ops: ['reverse'], apply: n => {
    const [x] = n.inputs
    if (x.op !== 'reverse') return null
    const [p, q] = [attrs<{ axes: number[] }>(n).axes, attrs<{ axes: number[] }>(x).axes]
    return b.reverse(x.inputs[0], [...p.filter(a => !q.includes(a)), ...q.filter(a => !p.includes(a))].sort((i, j) => i - j))
  } },
  { name: 'slice of a slice', ops: ['slice'], apply: n => {
    const [x] = n.inputs
    if (x.op !== 'slice') return null
    const [outer, inner] = [attrs<Box>(n), attrs<Box>(x)]
    return b.slice(x.inputs[0], outer.starts.map((s, i) => s + inner.starts[i]), outer.ends.map((e, i) => addDim(e, inner.starts[i])))
  } },
  { name: 'cast of a cast', ops: ['cast'], apply: n => {
    const [x] = n.inputs
    // Only where the middle dtype keeps every value: a bool through any number, and nothing else.
    return x.op === 'cast' && x.inputs[0].dtype === 'bool' ? b.cast(x.inputs[0], n.dtype) : null
  } },
  { name: 'sum of a sum', ops: ['sum'], apply: n => {
    const [x] = n.inputs
    if (x.op !== 'sum') return null
    const gone = attrs<{ axes: number[] }>(x).axes
    const kept = [...x.inputs[0].shape.keys()].filter(i => !gone.includes(i))
    return b.sum(x.inputs[0], [...gone, ...attrs<{ axes: number[] }>(n).axes.map(a => kept[a])])
  } },
  { name: 'sum over axes of size 1', ops: ['sum', 'max', 'min', 'prod'], apply: n =>
    attrs<{ axes: number[] }>(n).axes.every(a => n.inputs[0].shape[a] === 1) ? b.reshape(n.inputs[0], n.shape) : null },
  { name: 'sum of copies', ops: ['sum'], apply: n => {
    const [x] = n.inputs
    if (x.op !== 'broadcastTo' || n.dtype !== 'float32') return null
    const [from] = x.inputs
    const lead = x.shape.length - from.shape.length
    const { axes } = attrs<{ axes: number[] }>(n)
    if (!axes.every(a => a < lead || (from.shape[a - lead] === 1 && x.shape[a] !== 1))) return null
    const count = axes.reduce((c, a) => mulDim(c, x.shape[a]), sizeOfShape([]))
    const squeezed = b.reshape(from, from.shape.filter((_, i) => !axes.includes(i + lead)))
    if (count === 0) return like(0, n)
    const copies = typeof count === 'number' ? b.scalar(count) : b.cast(b.dimSize(count), 'float32')
    return b.mul(b.broadcastTo(squeezed, n.shape), b.broadcastTo(copies, n.shape))
  } },
  {
    name: 'stop-gradient of a constant', ops: ['stopGradient'],
    apply: n => n.inputs[0].op === 'constant' || n.inputs[0].op === 'stopGradient' ? n.inputs[0] : null,
  },
]

/** Reading a few elements of a result computes those only: one conditional of an autoregressive model, one column of a product. */
const fewer = ({ inputs: [x, i], attrs: { axis } }: NodeOf<'gather'>): boolean => {
  const [read, of] = [sizeOfShape(i.shape), x.shape[axis]]
  return typeof read === 'number' && typeof of === 'number' && read < of
}
const gatherRules: readonly Rule[] = [
  { name: 'gather of an elementwise operation', ops: ['gather'], apply: node => {
    const n = node as NodeOf<'gather'>
    const [x, i] = n.inputs
    return x.prim.elementwise && fewer(n) ? x.prim.make(x.inputs.map(y => b.gather(y, i, n.attrs.axis)), x.attrs) : null
  } },
  { name: 'gather of columns of a product', ops: ['gather'], apply: node => {
    const n = node as NodeOf<'gather'>
    const [x, i] = n.inputs
    const [left, right] = x.inputs
    if (x.op !== 'matmul' || right.shape.length !== 2 || n.attrs.axis !== x.shape.length - 1 || !fewer(n)) return null
    return b.reshape(b.matmul(left, b.gather(right, b.reshape(i, [sizeOfShape(i.shape)]), 1)), n.shape)
  } },
  { name: 'gather of a broadcast', ops: ['gather'], apply: node => {
    const n = node as NodeOf<'gather'>
    const [x, i] = n.inputs
    if (x.op !== 'broadcastTo') return null
    const [from] = x.inputs
    const axis = n.attrs.axis - (x.shape.length - from.shape.length)
    if (axis < 0) return b.broadcastTo(from, n.shape)
    const repeated = from.shape[axis] === 1 && x.shape[n.attrs.axis] !== 1
    return b.broadcastTo(repeated ? b.reshape(from, [...from.shape.slice(0, axis), ...i.shape.map(() => 1), ...from.shape.slice(axis + 1)])
      : b.gather(from, i, axis), n.shape)
  } },
]

/** The rules that hold at any time. */
export const rules: readonly Rule[] = [...basicRules, ...gatherRules]

/** Only once nothing will be differentiated, printed or audited any more: what steers gradients has done its work. */
export const executionRules: readonly Rule[] = [
  { name: 'identities', ops: ['stopGradient', 'straightThrough', 'customVjp', 'named'], apply: n => n.inputs[0] },
  ...layoutRules,
]
