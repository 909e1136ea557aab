/** Every rule alone keeps the value of a graph in which it fires; all together shrink graphs and keep their gradients' values. */
import { describe, expect, it } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import { gradient, variable } from '../../../src/dsl/core/gradient.js'
import { reachable, type Node } from '../../../src/dsl/core/node.js'
import { evaluate } from '../../../src/interp/js/evaluate.js'
import { executionRules, rules } from '../../../src/interp/simplify/rules.js'
import { simplify } from '../../../src/interp/simplify/simplify.js'

const x = variable({ shape: [2, 3], dtype: 'float32' }, 'x')
const y = variable({ shape: [2, 3], dtype: 'float32' }, 'y')
const at =
  new Map(
    [x, y].map((n, k) =>
      [n, { shape: [2, 3], dtype: 'float32' as const, data: Float64Array.from({ length: 6 }, (_, i) => Math.sin(1 + i * 3 + k)) }]))
const full = (v: number): Node => b.full(v, [2, 3])
const mask = b.less(x, y)
const picked = b.constant({ shape: [2], dtype: 'int32', data: Int32Array.of(1, 0) })

/** For each rule, graphs in which it must fire. A rule without one fails the test below. */
const fires: Readonly<Record<string, readonly Node[]>> = {
  'constant folding': [b.mul(b.constant({ shape: [2], dtype: 'float32', data: Float64Array.of(1, 2) }), 3)],
  'bound dimension': [b.dimSize(7)],
  'x + 0': [b.add(x, 0), b.add(0, x)],
  'x + x': [b.add(x, x), b.add(b.cast(x, 'int32'), b.cast(x, 'int32'))],
  'x - 0': [b.sub(x, 0), b.sub(0, x)],
  'x * 1': [b.mul(x, 1), b.mul(1, x), b.mul(x, -1), b.mul(-1, x)],
  'x / 1': [b.div(x, 1)],
  'x ^ 1, x ^ 2': [b.pow(x, 1), b.pow(x, 2)],
  '-(-x)': [b.neg(b.neg(x)), b.neg(b.sub(x, y))],
  'x + (-y)': [b.add(x, b.neg(y)), b.add(b.neg(x), y)],
  'x - (-y)': [b.sub(x, b.neg(y))],
  '(-x)(-y)': [b.mul(b.neg(x), b.neg(y)), b.div(b.neg(x), b.neg(y))],
  'not not x': [b.not(b.not(mask))],
  'where with one outcome': [b.select(mask, x, x), b.select(b.full(1, [2, 3], 'bool'), x, y), b.select(b.full(0, [2, 3], 'bool'), x, y)],
  'scale of a scale': [b.mul(b.mul(x, 2), 3), b.mul(3, b.mul(2, x))],
  'elementwise below a broadcast': [b.add(b.broadcastTo(b.sum(x, [0]), [4, 3]), b.broadcastTo(b.sum(y, [0]), [4, 3])),
    b.exp(b.broadcastTo(b.sum(x, [0]), [4, 3]))],
  'reshape of a reshape': [b.reshape(b.reshape(x, [3, 2]), [6])],
  'reshape of a repeated number': [b.reshape(full(2), [6]), b.transpose(full(2), [1, 0]), b.slice(full(2), [0, 1], [2, 3]),
    b.reverse(full(2), [0])],
  'transpose of a transpose': [b.transpose(b.transpose(b.reshape(x, [1, 2, 3]), [1, 2, 0]), [1, 2, 0]),
    b.transpose(b.transpose(x, [1, 0]), [1, 0])],
  'transpose of size-1 axes': [b.transpose(b.reshape(x, [2, 1, 3]), [1, 0, 2])],
  'broadcast of a broadcast': [b.broadcastTo(b.broadcastTo(x, [4, 2, 3]), [5, 4, 2, 3])],
  'broadcast of added size-1 axes': [b.broadcastTo(b.reshape(x, [1, 2, 3]), [4, 2, 3])],
  'reverse of a reverse': [b.reverse(b.reverse(x, [0, 1]), [1]), b.reverse(b.reverse(x, [0]), [0])],
  'slice of a slice': [b.slice(b.slice(x, [0, 1], [2, 3]), [1, 0], [2, 1])],
  'cast of a cast': [b.cast(b.cast(mask, 'int32'), 'float32')],
  'sum of a sum': [b.sum(b.sum(b.reshape(x, [2, 3, 1]), [1]), [0]), b.sum(b.sum(x, [0]), [0])],
  'sum over axes of size 1': [b.sum(b.reshape(x, [2, 1, 3]), [1]), b.max(b.reshape(x, [2, 1, 3]), [1])],
  'sum of copies': [b.sum(b.broadcastTo(x, [4, 2, 3]), [0]), b.sum(b.broadcastTo(b.reshape(x, [2, 1, 3]), [2, 5, 3]), [1])],
  'stop-gradient of a constant': [b.stopGradient(b.scalar(2)), b.stopGradient(b.stopGradient(x))],
  'gather of an elementwise operation': [b.gather(b.add(x, y), picked, 1), b.gather(b.tanh(x), b.scalar(1, 'int32'), 0)],
  'gather of columns of a product': [b.gather(b.matmul(x, b.transpose(x, [1, 0])), b.scalar(1, 'int32'), 1),
    b.gather(b.matmul(b.reshape(y, [3, 2]), x), picked, 1)],
  'gather of a broadcast': [b.gather(b.broadcastTo(x, [4, 2, 3]), picked, 2), b.gather(b.broadcastTo(x, [4, 2, 3]), picked, 0),
    b.gather(b.broadcastTo(b.reshape(x, [2, 1, 3]), [2, 5, 3]), b.reshape(picked, [1, 2]), 1)],
  'a repeated number': [b.broadcastTo(b.constant({ shape: [1], dtype: 'float32', data: Float64Array.of(2) }), [3, 2]),
    b.reshape(b.broadcastTo(b.scalar(2), [6]), [2, 3])],
  'elementwise with numbers below a broadcast': [b.add(b.broadcastTo(b.sum(x, [0]), [4, 3]), 1),
    b.select(b.broadcastTo(b.less(b.sum(x, [0]), 0), [2, 3]), b.broadcastTo(b.sum(y, [0]), [2, 3]), full(7))],
  'sum of a negation': [b.sum(b.neg(x), [1])],
  'sum of multiples': [b.sum(b.div(x, b.broadcastTo(b.reshape(b.sum(b.exp(x), [1]), [2, 1]), [2, 3])), [1]),
    b.sum(b.mul(b.broadcastTo(b.sum(x, [0]), [2, 3]), y), [0]), b.sum(b.mul(x, 3), [0, 1])],
  'sum of what is scattered onto zeros': [
    b.sum(b.scatterAlong(full(0), b.reshape(picked, [2, 1]), b.sum(b.reshape(x, [2, 1, 3]), [2]), 1), [0, 1]),
    b.sum(b.scatterAdd(b.full(0, [4, 5]), b.reshape(picked, [1, 2]),
      b.broadcastTo(b.reshape(b.sum(x, [1]), [1, 2, 1]), [1, 2, 5]), 0), [0])],
  'scatter onto zeros, plus': [b.add(b.scatterAdd(full(0), picked, y, 0), x),
    b.add(x, b.scatterAlong(full(0), b.reshape(picked, [2, 1]), b.reshape(b.sum(x, [1]), [2, 1]), 1))],
  'gather of consecutive positions': [b.gather(x, b.iota(2), 0), b.gather(x, b.iota(2), 1)],
  'scatter to every position': [b.scatterAdd(x, b.iota(3), y, 1)],
  'sum of pieces': [b.add(b.pad(x, [0, 1], [0, 4]), b.pad(y, [0, 4], [0, 1])), b.add(b.pad(y, [2, 0], [0, 0]), b.pad(x, [0, 0], [2, 0]))],
  'concat of a concat': [b.concat([b.concat([x, y], 1), x], 1), b.concat([x, b.concat([y, x], 0)], 0)],
  'transpose of a concat': [b.transpose(b.concat([x, y], 0), [1, 0])],
  'slice of a transpose': [b.slice(b.transpose(b.reshape(x, [1, 2, 3]), [2, 0, 1]), [1, 0, 0], [3, 1, 1])],
  'transpose of a product': [b.transpose(b.matmul(b.transpose(x, [1, 0]), y), [1, 0]),
    b.transpose(b.matmul(b.reshape(x, [1, 2, 3]), b.transpose(b.reshape(y, [1, 2, 3]), [0, 2, 1])), [0, 2, 1])],
  'product over one': [b.matmul(b.reshape(x, [6, 1]), b.sum(b.reshape(y, [1, 2, 3]), [1])),
    b.matmul(b.reshape(x, [2, 3, 1]), b.reshape(y, [2, 1, 3]))],
  'operands in order': [b.equal(y, x), b.and(b.not(mask), mask)],
  identities: [b.stopGradient(x), b.named('z', x), b.straightThrough(b.round(x), x), b.customVjp(b.exp(x), [x], g => [g])],
}

const all = [...rules, ...executionRules]
const close = (a: ArrayLike<number>, c: ArrayLike<number>): void => Array.from(a).forEach((v, i) => expect(v).toBeCloseTo(c[i], 10))

describe.each(all.map(r => [r.name, r] as const))('%s', (name, rule) => {
  it('fires and keeps the value', () => {
    expect(fires[name]?.length ?? 0).toBeGreaterThan(0)
    for (const graph of fires[name]) {
      const fired = all.filter(r => r.name === name).some(r => r.apply(graph, () => true) !== null)
      expect(fired, `on ${graph.op}`).toBe(true)
      const [simple] = simplify([graph], { rules: all.filter(r => r.name === name) })
      expect(simple).not.toBe(graph)
      close(evaluate([simple], at)[0].data, evaluate([graph], at)[0].data)
    }
    expect(rule.name).toBe(name)
  })
})

it('leaves no trace of what cancels', () => {
  const round = b.transpose(b.transpose(b.reshape(b.reshape(x, [6]), [2, 3]), [1, 0]), [1, 0])
  expect(simplify([b.add(b.mul(round, 1), 0)])).toEqual([x])
})

describe('a product that has other users', () => {
  const product = b.matmul(b.transpose(x, [1, 0]), y)
  const matmuls = (n: Node): number => reachable(simplify([n], { forExecution: true })).filter(m => m.op === 'matmul').length
  it('is not computed a second time for its transpose', () => {
    expect(matmuls(b.add(product, b.transpose(product, [1, 0])))).toBe(1)
    expect(matmuls(b.transpose(product, [1, 0]))).toBe(1)
  })
})

it('shrinks a gradient and keeps its value', () => {
  const h = b.tanh(b.matmul(x, b.transpose(y, [1, 0])))
  const [g] = gradient(b.sum(b.mul(h, h), [0, 1]), [x])
  const [simple] = simplify([g])
  expect(reachable([simple]).length).toBeLessThan(reachable([g]).length)
  close(evaluate([simple], at)[0].data, evaluate([g], at)[0].data)
})

it('keeps NaN: nothing is multiplied away', () => {
  const nan = { shape: [2, 3], dtype: 'float32' as const, data: Float64Array.from({ length: 6 }, () => NaN) }
  const [simple] = simplify([b.sub(b.mul(x, 0), b.sub(x, x))])
  expect(evaluate([simple], new Map([[x, nan]]))[0].data[0]).toBeNaN()
})

it('keeps scales apart whose product float32 does not have', () => {
  const powers = [[1e30, 1e30], [1e-30, 1e-30], [-1e-25, 1e-20]]
  for (const [p, q] of powers) expect(simplify([b.mul(b.mul(x, p), q)])).toEqual([b.mul(b.mul(x, p), q)])
  expect(reachable(simplify([b.mul(b.mul(x, 1e30), 1e-30)]))).toHaveLength(1)
})

it('sums nothing to 0, whatever it is a multiple of', () => {
  const infinite = { shape: [2, 3], dtype: 'float32' as const, data: Float64Array.from({ length: 6 }, () => Infinity) }
  const none = (of: Node): Node => b.broadcastTo(b.reshape(of, [2, 3, 1]), [2, 3, 0])
  const copies = b.sum(b.broadcastTo(x, [0, 2, 3]), [0])
  const column = b.reshape(b.slice(x, [0, 0], [2, 1]), [2, 1, 1])
  const multiples = b.sum(b.mul(b.reshape(b.slice(y, [0, 0], [2, 0]), [2, 0, 1]), b.broadcastTo(column, [2, 0, 1])), [1])
  const both = [copies, multiples, b.sum(b.mul(b.exp(none(y)), none(x)), [2])]
  for (const v of evaluate(simplify(both, { forExecution: true }), new Map([[x, infinite], [y, infinite]])))
    expect([...v.data].every(e => e === 0)).toBe(true)
})

it('works on symbolic sizes', () => {
  const s = variable({ shape: ['B', 3], dtype: 'float32' })
  const mean = b.div(b.sum(s, [0, 1]), b.cast(b.mul(b.dimSize('B'), 3), 'float32'))
  const [g] = simplify(gradient(mean, [s]))
  expect(g.shape).toEqual(['B', 3])
})

it('simplifies inside loops', () => {
  const { carry: [c] } = b.scan({
    init: [b.scalar(0)], xs: [b.reshape(x, [6])], body: ([s], [v]) => ({ next: [b.add(b.mul(s, 1), b.add(v, 0))], ys: [] }),
  })
  const [simple] = simplify([c], { forExecution: true })
  const body = (simple.inputs[0].attrs as { body: { next: Node[] } }).body
  expect(reachable(body.next)).toHaveLength(3)
  close(evaluate([simple], at)[0].data, evaluate([c], at)[0].data)
})
