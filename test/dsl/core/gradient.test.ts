/** Differentiation as a whole: nesting, closures, sharing, what does not depend. */
import { describe, expect, test } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import { gradient, jvp, variable, vjp } from '../../../src/dsl/core/gradient.js'
import type { Node } from '../../../src/dsl/core/node.js'
import { substitute } from '../../../src/dsl/core/substitute.js'
import type { Value } from '../../../src/dsl/value.js'
import { run } from './numeric.js'

const num = (x: number): Value => ({ shape: [], dtype: 'float32', data: Float64Array.of(x) })
const at = (f: (x: Node) => Node, x: number): number => {
  const v = b.input({ shape: [], dtype: 'float32' })
  return run([f(v)], [v], [num(x)])[0].data[0]
}
/** The derivative of a function of a scalar, as a function of expressions. */
const d = (f: (x: Node) => Node) => (x: Node): Node => {
  const v = variable(x)
  return substitute(gradient(f(v), [v]), new Map([[v, x]]))[0]
}
/** The same by forward mode. */
const forward = (f: (x: Node) => Node) => (x: Node): Node => {
  const v = variable(x)
  return substitute(jvp([f(v)], [v], [b.scalar(1)]), new Map([[v, x]]))[0]
}

describe.each([['reverse over reverse', d, d], ['forward over reverse', forward, d], ['reverse over forward', d, forward],
  ['forward over forward', forward, forward]])('%s', (_, outer, inner) => {
  test('does not confuse the variable of an inner derivative with an outer one', () => {
    // Siskind and Pearlmutter (2005): d/dx (x * d/dy (x + y)) is 1, but 2 when the perturbations are one.
    expect(at(outer(x => b.mul(x, inner(y => b.add(x, y))(b.scalar(1)))), 1)).toBe(1)
    expect(at(outer(x => b.mul(x, inner(y => b.mul(x, y))(x))), 3)).toBe(6)
    expect(at(outer(x => inner(y => b.mul(b.mul(x, x), b.mul(y, y)))(x)), 2)).toBe(6 * 2 ** 2)
  })
  test('differentiates a derivative taken at an expression of its own variable', () => {
    // f = d/dy y^3 at y = x^2: 3 x^4, whose derivative is 12 x^3.
    expect(at(outer(x => inner(y => b.mul(y, b.mul(y, y)))(b.mul(x, x))), 2)).toBeCloseTo(96, 10)
  })
  test('goes through a constant function', () => {
    expect(at(outer(x => inner(() => x)(x)), 2)).toBe(0)
  })
})

test('the fifth derivative of the exponential is the exponential, of a quintic 120', () => {
  const times = (n: number, f: (x: Node) => Node): (x: Node) => Node => n === 0 ? f : d(times(n - 1, f))
  expect(at(times(5, b.exp), 0.3)).toBeCloseTo(Math.exp(0.3), 12)
  expect(at(times(5, x => b.pow(x, 5)), 0.7)).toBeCloseTo(120, 10)
  expect(at(times(4, b.tanh), 0.5)).toBeCloseTo((16 * Math.tanh(0.5) - 24 * Math.tanh(0.5) ** 3) / Math.cosh(0.5) ** 2, 10)
})

test('what is shared is counted every time it is used', () => {
  expect(at(d(x => { const y = b.mul(x, x); return b.add(b.mul(y, y), y) }), 2)).toBe(4 * 8 + 4)
})

test('nothing flows where nothing depends: null from vjp, zeros from gradient', () => {
  const [x, y] = [b.input({ shape: [2], dtype: 'float32' }), b.input({ shape: [3], dtype: 'float32' })]
  const loss = b.sum(b.mul(x, x), [0])
  expect(vjp([loss], [b.scalar(1)], [y])).toEqual([null])
  expect(gradient(loss, [y])[0].shape).toEqual([3])
  expect([...run(gradient(loss, [y]), [], [])[0].data]).toEqual([0, 0, 0])
})

test('the gradient in a node of the middle, and in a node that is the output', () => {
  const x = b.input({ shape: [], dtype: 'float32' })
  const y = b.mul(x, x)
  const z = b.mul(y, y)
  expect(run(gradient(z, [y, x, z]), [x], [num(3)]).map(v => v.data[0])).toEqual([18, 108, 1])
})

test('integers, booleans and keys carry no gradient, and do not stop the others', () => {
  const [x, i] = [b.input({ shape: [3], dtype: 'float32' }), b.input({ shape: [2], dtype: 'int32' })]
  const loss = b.sum(b.gather(b.mul(x, x), i, 0), [0])
  expect(vjp([loss], [b.scalar(1)], [i])).toEqual([null])
  const values: Value[] = [{ shape: [3], dtype: 'float32', data: Float64Array.of(1, 2, 3) },
    { shape: [2], dtype: 'int32', data: Int32Array.of(2, 2) }]
  expect([...run(gradient(loss, [x]), [x, i], values)[0].data]).toEqual([0, 0, 12])
})

describe('control', () => {
  test('stopGradient: the value passes, the gradient does not, and a straight-through estimate is one line', () => {
    expect(at(x => b.stopGradient(b.mul(x, x)), 3)).toBe(9)
    expect(at(d(x => b.mul(x, b.stopGradient(x))), 3)).toBe(3)
    const straight = (x: Node): Node => b.add(x, b.stopGradient(b.sub(b.round(x), x)))
    expect(at(straight, 2.7)).toBe(3)
    expect(at(d(x => b.mul(straight(x), straight(x))), 2.7)).toBe(6)
  })
  test('named: a value and its gradient are those of what is named, in any order', () => {
    expect(at(d(d(x => b.named('cube', b.mul(x, b.mul(x, x))))), 2)).toBe(12)
  })
  test('customVjp: the rule replaces the gradient, is differentiated in turn, and reaches nothing that it does not name', () => {
    const tripled = (x: Node): Node => b.customVjp(b.mul(x, x), [x], (g, _, [y]) => [b.mul(g, b.mul(3, y))])
    expect(at(tripled, 5)).toBe(25)
    expect(at(d(tripled), 5)).toBe(15)
    expect(at(d(d(tripled)), 5)).toBe(3)
    const blocked = (x: Node): Node => b.customVjp(b.mul(x, x), [x], () => [null])
    expect(at(d(x => b.add(blocked(x), x)), 5)).toBe(1)
  })
  test('customVjp: two uses with rules of their own stay two', () => {
    const scaled = (k: number) => (x: Node): Node => b.customVjp(x, [x], g => [b.mul(g, k)])
    expect(at(d(x => b.add(scaled(2)(x), scaled(5)(x))), 1)).toBe(7)
  })
})

describe('a rule that closes over tensors', () => {
  const scaled = (x: Node, k: Node): Node => b.customVjp(b.sin(x), [x], g => [b.mul(g, b.mul(k, x))])
  const value = (n: Node, inputs: Node[], ...xs: number[]): number => run([n], inputs, xs.map(num))[0].data[0]
  test('follows them through a substitution', () => {
    const [x, k, y, m] = [0, 1, 2, 3].map(() => b.input({ shape: [], dtype: 'float32' }))
    const [moved] = substitute([scaled(x, b.exp(k))], new Map<Node, Node>([[x, b.mul(y, y)], [k, m]]))
    expect(value(gradient(moved, [y])[0], [y, m], 3, 0.5)).toBeCloseTo(Math.exp(0.5) * 9 * 6, 10)
    expect(value(gradient(gradient(moved, [y])[0], [m])[0], [y, m], 3, 0.5)).toBeCloseTo(Math.exp(0.5) * 9 * 6, 10)
  })
  test('follows them to sizes', () => {
    const [x, k] = [0, 1].map(() => b.input({ shape: ['N'], dtype: 'float32' }))
    const [sx, sk, total] = substitute([x, k, b.sum(scaled(x, k), [0])], new Map(), { N: 2 })
    const [g] = gradient(total, [sx])
    expect([...run([g], [sx, sk],
      [[2, 3], [5, 7]].map((data): Value => ({ shape: [2], dtype: 'float32', data: Float64Array.from(data) })))[0].data]).toEqual([10, 21])
  })
  test('follows the carry of a loop, and the gradient of a gradient', () => {
    const x = b.input({ shape: [], dtype: 'float32' })
    const loop =
      b.scan({ init: [x], xs: [], length: 2,
        body: ([c]) => ({ next: [b.customVjp(b.mul(c, c), [c], g => [b.mul(g, b.mul(c, 2))])], ys: [] }) }).carry[0]
    expect(value(gradient(loop, [x])[0], [x], 3)).toBe(4 * 3 ** 3)
    expect(value(gradient(gradient(loop, [x])[0], [x])[0], [x], 3)).toBe(12 * 3 ** 2)
  })
  test('may use its own function', () => {
    const rule = (g: Node, _: Node, [u]: readonly Node[]): Node[] => [b.mul(g, self(u))]
    const self = (u: Node): Node => b.customVjp(b.exp(u), [u], rule)
    const twice = (x: Node): Node => d(d(d(self)))(b.mul(x, 1))
    expect(at(twice, 0.5)).toBeCloseTo(Math.exp(0.5), 12)
  })
  test('the same substitution makes the same node', () => {
    const [x, y] = [0, 1].map(() => b.input({ shape: [], dtype: 'float32' }))
    const made = scaled(x, x)
    expect(substitute([made], new Map([[x, y]]))[0]).toBe(substitute([made], new Map([[x, y]]))[0])
  })
})

test('jvp: a missing tangent is zero, an output that is not reached has a zero tangent', () => {
  const [x, y] = [b.input({ shape: [], dtype: 'float32' }), b.input({ shape: [], dtype: 'float32' })]
  const tangents = jvp([b.mul(x, y), b.exp(y)], [x, y], [b.scalar(1), null])
  expect(run(tangents, [x, y], [num(2), num(7)]).map(v => v.data[0])).toEqual([7, 0])
})

test('a Hessian-vector product two ways', () => {
  const x = b.input({ shape: [3], dtype: 'float32' })
  const v: Value = { shape: [3], dtype: 'float32', data: Float64Array.of(1, -2, 0.5) }
  const f = b.sum(b.mul(b.sin(x), b.cumsum(b.mul(x, x), 0)), [0])
  const grad = gradient(f, [x])
  const reverse = gradient(b.sum(b.mul(grad[0], b.constant(v)), [0]), [x])
  const forwards = jvp(grad, [x], [b.constant(v)])
  const [a, c] = run([...reverse, ...forwards], [x], [{ shape: [3], dtype: 'float32', data: Float64Array.of(0.3, 1.2, -0.7) }])
  a.data.forEach((n, i) => { expect(n).toBeCloseTo(c.data[i], 12) })
})
