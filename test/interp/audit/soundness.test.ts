/**
 * The audits are sound on random expressions over the whole table, gradients and loops among them: what a difference quotient or a
 * gradient shows, the table does not deny; what a change of an input moves is in the set of dependences.
 */
import { expect, it } from 'vitest'
import { gradient, zerosLike } from '../../../src/dsl/core/gradient.js'
import type { Node } from '../../../src/dsl/core/node.js'
import { treeLike } from '../../../src/dsl/core/trees.js'
import type { Statement } from '../../../src/dsl/statement.js'
import { sizeOf, type Value } from '../../../src/dsl/value.js'
import { flowsOf } from '../../../src/interp/audit/flow.js'
import { parametersOf } from '../../../src/interp/audit/parameters.js'
import { dependence } from '../../../src/interp/dependence/dependence.js'
import { evaluate } from '../../../src/interp/js/evaluate.js'
import * as b from '../../../src/dsl/core/build.js'
import { projected, total } from '../../dsl/core/numeric.js'
import { randomExpressions, type Expression } from '../random-expressions.js'
import { Random } from '../random.js'

const bindings = ({ inputs, values }: Expression): Map<Node, Value> => new Map(inputs.map((n, i) => [n, values[i]]))
const with1 = (v: Value, i: number, x: number): Value =>
  ({ ...v, data: (v.dtype === 'float32' ? Float64Array.from(v.data) : v.data.slice()).fill(x, i, i + 1) }) as Value
const whole = (n: Node): Node => b.sum(n, [...n.shape.keys()])

/** A statement whose parameters are the float inputs of an expression, and whose terms are its results. */
const statementOf = ({ inputs, outputs, seed }: Expression): Statement => {
  const floats = inputs.filter(n => n.dtype === 'float32')
  const params = treeLike(Object.fromEntries(floats.map((n, i) => [`p${i}`, n])), floats) as never
  const value = total(outputs.filter(n => n.dtype === 'float32').map((n, i) => projected(n, seed + i))) as never
  return { params, aux: {}, objectives: [{ player: 'model', sense: 'minimise', moves: params, value, constraints: [], steps: 1 }] }
}

it('never denies a gradient or a dependence of a term on a parameter', () => {
  const seen = new Set<string>()
  for (const expression of randomExpressions(16, 1)) {
    const statement = statementOf(expression)
    const params = parametersOf(statement)
    const bound = bindings(expression)
    for (const flow of flowsOf(statement, params)) {
      const term = whole(flow.term.node)
      const leaves = params.leaves.map(l => l.node)
      const grads = evaluate(gradient(term, leaves).map((g, i) => g ?? zerosLike(leaves[i])), bound)
      params.leaves.forEach((leaf, k) => {
        const status = flow.status(leaf)
        seen.add(status)
        const value = bound.get(leaf.node) as Value
        const at = (i: number, h: number): number =>
          evaluate([term], new Map([...bound, [leaf.node, with1(value, i, value.data[i] + h)]]))[0].data[0]
        const moves = Array.from(value.data.keys()).some(i => [1e-4, 0.3, -0.7].some(h => Math.abs(at(i, h) - at(i, -h)) > 1e-9))
        const says = `seed ${expression.seed}, ${flow.term.name} in ${leaf.path}: ${status}`
        if (moves) expect(status, says).not.toBe('not reached')
        if (grads[k].data.some(g => g !== 0)) expect(['reached', 'straight-through'], says).toContain(status)
      })
    }
  }
  expect([...seen].sort()).toEqual(['not reached', 'reached', 'stopped', 'straight-through'])
}, 60_000)

it('has every dependence of an element on an element in its set', () => {
  let sharp = 0
  for (const expression of randomExpressions(16, 500)) {
    const bound = bindings(expression)
    const before = evaluate(expression.outputs, bound)
    for (const input of expression.inputs) {
      const value = bound.get(input) as Value
      const changes = value.dtype === 'float32' ? [0.01, -1.3] : value.dtype === 'bool' ? [1] : [1, 7]
      const sets = expression.outputs.map(o => dependence(o as never, input as never))
      sharp += sets.flat().filter(s => s.length < sizeOf(value.shape)).length
      for (let j = 0; j < value.data.length; j++) for (const h of changes) {
        const x = value.dtype === 'bool' ? 1 - value.data[j] : value.data[j] + h
        evaluate(expression.outputs, new Map([...bound, [input, with1(value, j, x)]])).forEach((after, k) => {
          for (let i = 0; i < after.data.length; i++)
            if (!Object.is(after.data[i], before[k].data[i]) && !(after.data[i] === before[k].data[i]))
              expect(sets[k][i], `seed ${expression.seed}, output ${k}[${i}], input ${expression.inputs.indexOf(input)}`).toContain(j)
        })
      }
    }
  }
  expect(sharp).toBeGreaterThan(100)
}, 60_000)

/** Layers that masks make sparse, on a row of numbers. */
const layers: readonly ((h: Node, r: Random) => Node)[] = [
  (h, r) => b.tanh(b.matmul(h, b.mul(drawn([width, width], r), bits([width, width], r)))),
  (h, r) => b.select(b.cast(bits([1, width], r), 'bool'), h, drawn([1, width], r)),
  (h, r) => b.mul(h, bits([1, width], r)),
  (h, r) => b.gather(h, ints(width, r), 1),
  h => b.cumsum(h, 1, { exclusive: true }),
  (h, r) => {
    // Attention of every place to those that a mask leaves, itself among them.
    const hidden = b.mul(b.sub(1, b.maximum(bits([width, width], r), identity)), r.chance(0.5) ? -1e30 : -3e38)
    const scores = b.add(b.broadcastTo(h, [width, width]), hidden)
    const spread = (n: Node): Node => b.broadcastTo(b.reshape(n, [width, 1]), [width, width])
    const e = b.exp(b.sub(scores, spread(b.max(scores, [1]))))
    return b.reshape(b.matmul(b.div(e, spread(b.sum(e, [1]))), b.reshape(h, [width, 1])), [1, width])
  },
]
const width = 5
const constant = (shape: number[], f: () => number): Node =>
  b.constant({ shape, dtype: 'float32', data: Float64Array.from({ length: sizeOf(shape) }, f) })
const bits = (shape: number[], r: Random): Node => constant(shape, () => r.integer(0, 1))
const drawn = (shape: number[], r: Random): Node => b.add(constant(shape, () => r.real(0.2, 1)), 0)
const ints = (n: number, r: Random): Node =>
  b.constant({ shape: [n], dtype: 'int32', data: Int32Array.from({ length: n }, () => r.integer(0, n - 1)) })
const identity = b.cast(b.equal(b.broadcastTo(b.iota(width), [width, width]),
  b.broadcastTo(b.reshape(b.iota(width), [width, 1]), [width, width])), 'float32')

it('is sound and mostly exact for stacks of masked layers', () => {
  const input = b.input({ shape: [1, width], dtype: 'float32', name: 'x' })
  const count = { exact: 0, all: 0 }
  for (let seed = 0; seed < 60; seed++) {
    const r = new Random(seed)
    let h: Node = input
    for (let i = 0; i < r.integer(1, 4); i++) h = r.pick(layers)(h, r)
    const row = (): Value => ({ shape: [1, width], dtype: 'float32', data: Float64Array.from({ length: width }, () => r.real(-1, 1)) })
    const at = (x: Value): Value => evaluate([h], new Map([[input, x]]))[0]
    const sets = dependence(h as never, input as never)
    for (let j = 0; j < width; j++) {
      const moved = new Set<number>()
      for (const x of [row(), row()]) {
        const [before, after] = [at(x), at(with1(x, j, x.data[j] + r.real(0.1, 0.5)))]
        after.data.forEach((y, i) => { if (y !== before.data[i]) moved.add(i) })
      }
      for (const i of moved) expect(sets[i], `seed ${seed}: ${i} moves with ${j}`).toContain(j)
      count.all += width
      count.exact += sets.filter((s, i) => s.includes(j) === moved.has(i)).length
    }
  }
  expect(count.exact / count.all).toBeGreaterThan(0.97)
})
