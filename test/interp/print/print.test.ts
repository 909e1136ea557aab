import { describe, expect, it } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import type { Node } from '../../../src/dsl/core/node.js'
import { print, printNode } from '../../../src/interp/print/print.js'

const input = (name: string, ...shape: (number | string)[]): Node => b.input({ shape, dtype: 'float32', name })
const [x, w, c] = [input('x', 'B', 3), input('enc.w', 3, 4), input('enc.b', 4)]
const h = b.add(b.matmul(x, w), b.broadcastTo(c, ['B', 4]))

describe('print', () => {
  it('writes one expression in place, operators with as few brackets as they need', () => {
    expect(print(b.tanh(h))).toBe('(x: float32[B, 3], enc.w: float32[3, 4], enc.b: float32[4]) =>\n  tanh(matmul(x, enc.w) + enc.b)')
    expect(print(b.sub(x, b.sub(x, b.mul(x, b.add(x, 1)))))).toBe('(x: float32[B, 3]) =>\n  x - (x - x * (x + 1))')
    expect(print(b.neg(b.add(x, x)))).toBe('(x: float32[B, 3]) =>\n  -(x + x)')
  })
  it('names what is used twice, with its shape', () => {
    expect(print(b.mul(h, b.tanh(h)))).toBe([
      '(x: float32[B, 3], enc.w: float32[3, 4], enc.b: float32[4]) =>',
      '  let v1: float32[B, 4] = matmul(x, enc.w) + enc.b',
      '  v1 * tanh(v1)'].join('\n'))
  })
  it('keeps the names that a user gave', () => {
    expect(print(b.exp(b.named('z', h)))).toContain('  let z: float32[B, 4] = matmul(x, enc.w) + enc.b\n  exp(z)')
  })
  it('writes loops with their bodies', () => {
    const { carry } = b.scan({ init: [b.scalar(0)], xs: [input('xs', 'T')], body: ([s], [v]) => ({ next: [b.add(s, v)], ys: [] }) })
    expect(print(carry[0])).toBe([
      '(xs: float32[T]) =>', '  let v1: (float32[], float32[T]) = scan([0], [xs], [], { length: T }, (x1: float32[], x2: float32[]) =>',
      '      x1 + x2)', '  v1.0'].join('\n'))
  })
  it('is the same from run to run, and takes trees', () => {
    expect(print({ a: h, b: [h] })).toBe(print({ a: h, b: [h] }))
    expect(print({ a: x, b: [h] })).toContain('[x, matmul(x, enc.w) + enc.b]')
  })
  it('tells two placeholders of one name apart', () => {
    expect(print(b.add(input('x', 2), input('x', 2)))).toBe('(x: float32[2], x_2: float32[2]) =>\n  x + x_2')
  })
})

it('printNode stops at a depth', () => expect(printNode(b.exp(b.tanh(h)), 1)).toBe('exp(tanh(...))'))
