/**
 * Random well-typed expressions over the whole table, with inputs. Each grows from a pool of nodes whose values are known, so that a
 * step is kept only if it stays finite and small; a whole expression is kept only if noise of single precision leaves it alone.
 */
import * as b from '../../src/dsl/core/build.js'
import { gradient } from '../../src/dsl/core/gradient.js'
import { reachable, type Node } from '../../src/dsl/core/node.js'
import { primitives, type Op } from '../../src/dsl/core/table.js'
import type { DType } from '../../src/dsl/tensor.js'
import { sizeOf, type Value } from '../../src/dsl/value.js'
import { evaluate } from '../../src/interp/js/evaluate.js'
import { gap, projected, total } from '../dsl/core/numeric.js'
import { Random } from './random.js'
import { steps, type Pool } from './random-steps.js'

export interface Expression {
  readonly seed: number
  readonly inputs: readonly Node[]
  readonly values: readonly Value[]
  /** Results of any dtype, then the gradients of a projection of the float ones in every float input; for some, second gradients. */
  readonly outputs: readonly Node[]
  /** What the expression itself consists of, without its gradients. */
  readonly ops: readonly string[]
}

const ops = Object.keys(primitives) as Op[]
const largest = 20
const largestSize = 96

const acceptable = (v: Value): boolean => v.data.length <= largestSize
  && v.data.every(x => Number.isFinite(x) && (v.dtype === 'int32' || Math.abs(x) <= largest))

/** A pool of inputs: floats of related shapes, integers, booleans, a key. */
const startPool = (r: Random): Pool & { inputs: Node[]; values: Value[] } => {
  const nodes: Node[] = []
  const known = new Map<Node, Value>()
  const add = (shape: number[], dtype: DType, data: () => number): void => {
    const node = b.input({ shape, dtype, name: `x${nodes.length}` })
    const buffer = dtype === 'float32' ? Float32Array : dtype === 'int32' ? Int32Array : Uint8Array
    nodes.push(node)
    known.set(node, { shape, dtype, data: buffer.from(Array.from({ length: sizeOf(shape) }, data)) })
  }
  const shape = r.shape(1, 3)
  for (let i = 0; i < r.integer(2, 3); i++) add(r.chance(0.6) ? shape : r.shape(0, 3), 'float32', () => r.real(-1.5, 1.5))
  add(r.chance(0.6) ? shape : r.shape(0, 2), 'int32', () => r.integer(-3, 4))
  if (r.chance(0.5)) add(shape, 'bool', () => r.integer(0, 1))
  if (r.chance(0.3)) add([2], 'int32', () => r.integer(-(2 ** 31), 2 ** 31 - 1))
  return { nodes, known, r, inputs: [...nodes], values: nodes.map(n => known.get(n) as Value) }
}

/** Values in float64, with the rounding of a worse single precision imitated on everything that computes. */
const withNoise = (outputs: readonly Node[], bindings: ReadonlyMap<Node, Value>, r: Random): Value[] =>
  evaluate(outputs, bindings, { observe: (node, value) => {
  if (value.dtype !== 'float32' || exact.has(node.op)) return
  for (let i = 0; i < value.data.length; i++) value.data[i] *= 1 + 1e-5 * r.real(-1, 1)
} })
const exact = new Set(['reshape', 'transpose', 'broadcastTo', 'slice', 'pad', 'concat', 'reverse', 'cast', 'stopGradient',
  'named', 'straightThrough', 'customVjp', 'gather', 'takeAlong',
  'select', 'maximum', 'minimum', 'max', 'min', 'neg', 'abs', 'sign', 'floor', 'ceil', 'round', 'constant', 'uniform',
  'patches', 'input', 'project'])

const relative = (a: Value, c: Value): number => gap(a.data, c.data) * Math.max(1, ...a.data.map(Math.abs)) / Math.max(1e-3,
  ...a.data.map(Math.abs))

/** Whether the values barely move under noise: no jump, tie or cancellation is near. */
const steady = (outputs: readonly Node[], bindings: ReadonlyMap<Node, Value>, r: Random): boolean => {
  const plain = evaluate(outputs, bindings)
  if (!plain.every(v => v.data.every(x => Number.isFinite(x) && (v.dtype === 'int32' || Math.abs(x) < 1e4)))) return false
  return [1, 2, 3].every(() => withNoise(outputs, bindings, r).every((v, i) => v.dtype === 'float32' ? relative(plain[i], v) < 5e-4
    : gap(plain[i].data, v.data) === 0))
}

const attempt = (seed: number): Expression | null => {
  const r = new Random(seed)
  const pool = startPool(r)
  const size = r.integer(4, 14)
  for (let tries = 0; pool.nodes.length < pool.inputs.length + size && tries < 80; tries++) {
    const node = steps[r.pick(ops)](pool)
    if (node === null || pool.known.has(node)) continue
    const [value] = evaluate([node], pool.known)
    if (!acceptable(value)) continue
    pool.nodes.push(node)
    pool.known.set(node, value)
  }
  const used = new Set(reachable(pool.nodes).flatMap(n => n.inputs))
  const results = pool.nodes.filter(n => !used.has(n) && !pool.inputs.includes(n))
  if (results.length === 0) return null
  const bindings = new Map(pool.inputs.map((n, i) => [n, pool.values[i]]))
  const wrt = pool.inputs.filter(n => n.dtype === 'float32')
  const loss = total(results.filter(n => n.dtype === 'float32').map((n, i) => projected(n, seed + i)))
  const grads = gradient(loss, wrt)
  const curved = seed % 5 === 0 ? gradient(total(grads.map((g, i) => projected(g, seed + 50 + i))), wrt) : []
  const outputs = [...results, ...grads, ...curved]
  if (!steady(outputs, bindings, r)) return null
  return { seed, inputs: pool.inputs, values: pool.values, outputs, ops: reachable(results).map(n => n.op) }
}

/** The first `n` expressions that hold, from a seed; the same seed gives the same ones. */
export const randomExpressions = (n: number, seed: number): Expression[] => {
  const found: Expression[] = []
  for (let s = seed; found.length < n; s++) {
    const e = attempt(s)
    if (e) found.push(e)
  }
  return found
}
