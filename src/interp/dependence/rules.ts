/** How elements depend on elements, operation by operation; what is not here may depend on everything, which is never wrong. */
import { concrete } from '../program.js'
import type { Node } from '../../dsl/core/node.js'
import type { NodeOf } from '../../dsl/core/table.js'
import { sizeOf, type Value } from '../../dsl/value.js'
import { stridesOf, walk } from '../js/arrays.js'
import { evaluateNode } from '../js/evaluate.js'
import { everything, unknown, type Elements } from './elements.js'

/** Operations that move elements without computing: run on positions, they say where each element came from. */
const moves = new Set(['reshape', 'transpose', 'broadcastTo', 'slice', 'pad', 'concat', 'reverse', 'patches'])
const identities = new Set(['stopGradient', 'straightThrough', 'named', 'customVjp', 'cast'])
/** f(0) = 0. */
const zeroPreserving = new Set(['neg', 'abs', 'sign', 'floor', 'ceil', 'round', 'expm1', 'log1p', 'sqrt', 'sin', 'tanh', 'erf'])

/** Positions from 1, over all inputs in turn; 0 is an element that comes from nowhere. */
const positions = (xs: readonly Elements[]): Value[] => {
  let next = 1
  return xs.map(x => ({ shape: x.shape, dtype: 'int32', data: Int32Array.from(x.deps, () => next++) }))
}

const moved = (node: Node, xs: readonly Elements[]): Elements => {
  const fill = 'fill' in (node.attrs as object) ? { fill: 0 } : 'value' in (node.attrs as object) ? { value: 0 } : {}
  const from = evaluateNode({ ...node, dtype: 'int32', attrs: { ...node.attrs as object, ...fill } }, positions(xs))
  const [deps, zero] = [xs.flatMap(x => x.deps), xs.flatMap(x => x.zero)]
  const paddedZero = node.op !== 'pad' || (node as NodeOf<'pad'>).attrs.value === 0
  return unknown(from.shape, Array.from(from.data, p => p === 0 ? 0n : deps[p - 1]),
    Array.from(from.data, p => p === 0 ? paddedZero && node.op === 'pad' : zero[p - 1]))
}

const elementwise = (node: Node, xs: readonly Elements[]): Elements => {
  const [a, b, c] = xs
  const condition = node.op === 'select' ? a.value : null
  const zero = a.zero.map((z, i) => node.op === 'mul' ? z || b.zero[i] : node.op === 'div' ? z && !b.zero[i]
    : node.op === 'add' || node.op === 'sub' ? z && b.zero[i] : zeroPreserving.has(node.op) ? z
    : condition ? (condition.data[i] ? b.zero[i] : c.zero[i]) : node.op === 'select' && b.zero[i] && c.zero[i])
  return unknown(a.shape,
    zero.map((z, i) => z ? 0n : condition ? (condition.data[i] ? b.deps[i] : c.deps[i]) : xs.reduce((s, x) => s | x.deps[i], 0n)), zero)
}

const matmul = ([a, b]: readonly Elements[], shape: readonly number[]): Elements => {
  const [m, k] = a.shape.slice(-2)
  const n = b.shape[b.shape.length - 1]
  const batchOfB = b.shape.length === 2 ? 0 : k * n
  const deps: bigint[] = []
  const zero: boolean[] = []
  for (let s = 0; s < sizeOf(a.shape.slice(0, -2)); s++) for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) {
    let [d, z] = [0n, true]
    for (let p = 0; p < k; p++) {
      const [x, y] = [(s * m + i) * k + p, s * batchOfB + p * n + j]
      if (a.zero[x] || b.zero[y]) continue
      d |= a.deps[x] | b.deps[y]
      z = false
    }
    deps.push(d)
    zero.push(z)
  }
  return unknown(shape, deps, zero)
}

const reduced = (x: Elements, axes: readonly number[], shape: readonly number[], keepsZero: boolean): Elements => {
  const strides = stridesOf(shape)
  const kept = [...x.shape.keys()].filter(i => !axes.includes(i))
  const deps = Array.from({ length: sizeOf(shape) }, () => 0n)
  const zero = deps.map(() => keepsZero)
  walk(x.shape, x.shape.map((_, i) => kept.includes(i) ? strides[kept.indexOf(i)] : 0), 0, (i, at) => {
    deps[at] |= x.deps[i]
    zero[at] &&= x.zero[i]
  })
  return unknown(shape, deps, zero)
}

const cumulative = (node: NodeOf<'cumsum'>, x: Elements): Elements => {
  const { axis, exclusive, reverse } = node.attrs
  const stride = stridesOf(x.shape)[axis]
  const size = x.shape[axis]
  const deps = x.deps.map((_, i) => {
    const place = Math.floor(i / stride) % size
    const heard = [...Array(size).keys()].filter(p => reverse ? (exclusive ? p > place : p >= place) : (exclusive ? p < place : p <= place))
    return heard.reduce((s, p) => s | x.deps[i + (p - place) * stride], 0n)
  })
  return unknown(x.shape, deps)
}

/** Elements of a slice of x taken at known positions. */
const gathered = (node: NodeOf<'gather'>, x: Elements, index: Value): Elements => {
  const from = evaluateNode({ ...node, dtype: 'int32' }, [positions([x])[0], index])
  return unknown(from.shape, Array.from(from.data, p => x.deps[p - 1]), Array.from(from.data, p => x.zero[p - 1]))
}

/** Elements of a node from those of its inputs. */
export const dependOn = (node: Node, xs: readonly Elements[]): Elements => {
  const shape = concrete(node)
  if (moves.has(node.op)) return moved(node, xs)
  if (identities.has(node.op)) return { ...xs[0], value: null }
  if (node.prim.elementwise) return elementwise(node, xs)
  if (node.op === 'matmul') return matmul(xs, shape)
  if (node.op === 'sum' || node.op === 'max' || node.op === 'min') return reduced(xs[0], (node as NodeOf<'sum'>).attrs.axes, shape, true)
  if (node.op === 'prod') return reduced(xs[0], (node as NodeOf<'prod'>).attrs.axes, shape, false)
  if (node.op === 'cumsum') return cumulative(node as NodeOf<'cumsum'>, xs[0])
  const index = node.op === 'gather' ? xs[1].value : null
  return index ? gathered(node as NodeOf<'gather'>, xs[0], index) : everything(shape, xs)
}
