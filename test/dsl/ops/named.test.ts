/** Names and straight-through nodes: identities for values, each with its own gradient, and what readers learn of a named function. */
import { describe, expect, it } from 'vitest'
import type { NamedAttrs } from '../../../src/dsl/core/primitives/control.js'
import type { Node } from '../../../src/dsl/core/node.js'
import { add, mul } from '../../../src/dsl/ops/arithmetic.js'
import { f32, tensor } from '../../../src/dsl/ops/create.js'
import { block, named } from '../../../src/dsl/ops/named.js'
import { sum } from '../../../src/dsl/ops/reduce.js'
import { round, square, straightThrough, tanh } from '../../../src/dsl/ops/unary.js'
import { grad } from '../../../src/dsl/transform/grad.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { print } from '../../../src/interp/print/print.js'
import { numbers } from '../values.js'

const x = tensor([0.3, -1.2])
const node = (t: unknown): Node<NamedAttrs> => t as Node<NamedAttrs>
const cube = (y: Tensor<[2]>): Tensor<[]> => sum(mul(y, square(y)))

describe('named', () => {
  it('is the identity, with its name and LaTeX', () => {
    expect(numbers(named('x̂', x, { latex: '\\hat{x}' }))).toEqual([0.3, -1.2])
    expect(node(named('x̂', x, { latex: '\\hat{x}' })).attrs).toEqual({ name: 'x̂', latex: '\\hat{x}' })
    expect(node(named('β', x)).attrs).toEqual({ name: 'β' })
    expect(print(sum(named('z', f32(2))))).toContain('let z: float32[2]')
  })
  it('is transparent to gradients of any order', () => {
    const through = (y: Tensor<[2]>): Tensor<[]> => cube(named('y', y))
    const twice = (f: (y: Tensor<[2]>) => Tensor<[]>): Tensor<[2]> => grad((y: Tensor<[2]>) => sum(grad(f)(y)))(x)
    expect(numbers(grad(through)(x))).toEqual(numbers(grad(cube)(x)))
    expect(numbers(twice(through))).toEqual(numbers(twice(cube)))
    expect(numbers(twice(through))[0]).toBeCloseTo(6 * 0.3, 12)
  })
  it('is one node for one expression and name', () => {
    expect(named('a', x)).toBe(named('a', x))
    expect(named('a', x)).not.toBe(named('b', x))
  })
  it('refuses what is no name or no tensor', () => {
    expect(() => named('', x)).toThrow('named: a name was expected but "" is given')
    expect(() => named(3 as never, x)).toThrow('named: a name was expected but 3 is given')
    expect(() => named('a', [1] as never)).toThrow('named: a tensor was expected but an array is given')
  })
})

describe('block', () => {
  const params = { w: f32(2), b: f32(2) }
  const f = block('f', (p: typeof params, y: Tensor<[2]>, scale: number) => mul(add(mul(p.w, tanh(y)), p.b), scale), { latex: 'f_\\theta' })
  it('is the function, and readers see what it was applied to', () => {
    const result = node(f(params, x, 2))
    expect(result.attrs).toEqual({ name: 'f', latex: 'f_\\theta', args: [2, 1, 0] })
    expect(result.inputs.slice(1)).toEqual([params.w, params.b, x])
    const plain = { w: tensor([1, 2]), b: tensor([3, 4]) }
    expect(numbers(f(plain, x, 2))[0]).toBeCloseTo(2 * (Math.tanh(0.3) + 3), 12)
  })
  it('sends gradients through the result only, not once more through its arguments', () => {
    const g = block('g', (y: Tensor<[2]>) => square(y))
    expect(numbers(grad((y: Tensor<[2]>) => sum(g(y)))(x))).toEqual([0.6, -2.4])
    expect(numbers(grad((y: Tensor<[2]>) => sum(grad((v: Tensor<[2]>) => sum(g(v)))(y)))(x))).toEqual([2, 2])
    const ignores = block('h', (_y: Tensor<[2]>) => tensor([5, 5]))
    expect(numbers(grad((y: Tensor<[2]>) => sum(ignores(y)))(x))).toEqual([0, 0])
  })
  it('names the application of an application', () => {
    const D = block('D', (y: Tensor<[2]>) => sum(y))
    const G = block('G', (z: Tensor<[2]>) => tanh(z))
    const [, argument] = node(D(G(x))).inputs
    expect(node(argument).attrs).toEqual({ name: 'G', args: [1] })
  })
  it('refuses what is no name, or a result that is no tensor', () => {
    expect(() => block('', (y: Tensor<[2]>) => y)).toThrow('block: a name was expected but "" is given')
    expect(() => block('f', () => 3 as never)()).toThrow('f: a tensor was expected but 3 is given')
  })
})

describe('straightThrough', () => {
  it('has the value of the hard one and the gradient of the soft one, at any order', () => {
    expect(numbers(straightThrough(round(x), x))).toEqual([0, -1])
    const loss = (y: Tensor<[2]>): Tensor<[]> => cube(straightThrough(round(y), y))
    // d/dy of q^3 at q = round(y), as if q were y: 3 q^2, whose own gradient is 6 q.
    expect(numbers(grad(loss)(x))).toEqual([0, 3])
    expect(numbers(grad((y: Tensor<[2]>) => sum(grad(loss)(y)))(x))).toEqual([0, -6])
  })
  it('gives the hard one nothing', () => {
    expect(numbers(grad((h: Tensor<[2]>) => cube(straightThrough(h, x)))(x))).toEqual([0, 0])
  })
  it('goes through the soft one\'s own function', () => {
    const slope = numbers(grad((y: Tensor<[2]>) => sum(straightThrough(round(y), tanh(y))))(x))
    expect(slope[0]).toBeCloseTo(1 - Math.tanh(0.3) ** 2, 12)
  })
  it('refuses two shapes and whole numbers', () => {
    expect(() => straightThrough(f32(2), f32(3) as never))
      .toThrow('straightThrough: the hard value is [2] but the soft one [3]; they must have one shape')
    expect(() => straightThrough(tensor([1, 2], 'int32') as never, x as never)).toThrow('straightThrough')
  })
})
