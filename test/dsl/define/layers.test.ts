import { describe, expect, it } from 'vitest'
import { define } from '../../../src/dsl/define/define.js'
import { layer, layerOf } from '../../../src/dsl/define/layer.js'
import { avgPool, conv, flattenEach, linear, maxPool } from '../../../src/dsl/define/layers.js'
import { pipe, seq } from '../../../src/dsl/define/seq.js'
import type { TypeFunction } from '../../../src/dsl/define/type-function.js'
import { add, avgPool2d, conv2d, f32, matmul, maxPool2d, mul, relu, reshape, stack, sum } from '../../../src/dsl/ops/index.js'
import type { Shape, Tensor } from '../../../src/dsl/tensor.js'

describe('seq', () => {
  const net = seq(linear(784, 128), relu, linear(128, 10))

  it('is its steps in order', () => {
    const [a, , b] = net.params
    const x = f32('B', 784)
    expect(net(net.params, x)).toBe(add(matmul(relu(add(matmul(x, a.w), a.b)), b.w), b.b))
    expect(net(net.params, f32(2, 3, 784)).shape).toEqual([2, 3, 10])
  })

  it('gives a layer that is used twice parameters of its own', () => {
    const square = linear(3, 3)
    const twice = seq(square, square)
    expect(twice.params[0].w).not.toBe(twice.params[1].w)
  })

  it('takes definitions and layers of one\'s own as steps', () => {
    const scaled = define({ s: f32('D') }, [f32('B', 'D')], (p, x) => mul(x, p.s))
    interface Doubled extends TypeFunction { readonly out: this['in'] extends readonly [...infer P extends Shape, infer D extends number]
      ? [...P, D, 2] : 'doubled: no axis' }
    const doubled = layerOf<Doubled>()({}, (_, x) => stack([x, x], -1))
    const own = seq(linear(5, 4), layer(scaled.at({ D: 4 })), scaled.at({ D: 4 }), doubled)
    expect(own(own.params, f32('N', 5)).shape).toEqual(['N', 4, 2])
  })

  it('runs convolutions, and sequences within sequences', () => {
    const features = seq(conv(1, 8, 3, { stride: 2, padding: 1 }), relu, flattenEach)
    const classifier = seq(features, linear(1568, 10))
    const x = f32('B', 28, 28, 1)
    expect(classifier(classifier.params, x).shape).toEqual(['B', 10])
    const [{ w, b }] = classifier.params[0]
    expect(features(classifier.params[0], x)).toBe(reshape(relu(add(conv2d(x, w, { stride: 2, padding: 1 }), b)), ['B', 1568]))
  })
})

describe('a sequence is tried when it is built', () => {
  const message = (...steps: readonly unknown[]): string => {
    try {
      Reflect.apply(seq, undefined, steps)
      return 'built'
    } catch (e) {
      return (e as Error).message
    }
  }
  it('and refused in the words of the first step that cannot fit', () => {
    expect(message(linear(3, 4), relu, linear(5, 6))).toBe('linear(5, 6): the input has 4 features')
    expect(message(relu, linear(3, 4), linear(5, 6))).toBe('linear(5, 6): the input has 4 features')
    expect(message(seq(linear(3, 4), relu), seq(linear(5, 6)))).toBe('linear(5, 6): the input has 4 features')
    expect(message(conv(1, 2, 3), maxPool(2), linear(3, 1))).toBe('linear(3, 1): the input has 2 features')
    expect(message(conv(1, 2, 3), flattenEach, conv(1, 2, 3))).toContain('[number, number]')
    expect(message(linear(3, 4), (x: Tensor<['B', 4]>) => sum(x, ['B']), linear(4, 4))).toBe('built')
  })
  it('but not where only the input can tell', () => {
    expect(message(relu, linear(3, 4))).toBe('built')
    expect(message(linear(1, 8), conv(8, 4, 3), flattenEach, linear(100, 2))).toBe('built')
    expect(message(conv(1, 2, 3), flattenEach, linear(7, 1))).toBe('built')
    expect(message(linear(3, 4), (x: any) => reshape(x, [2, 2] as never), linear(9, 1))).toBe('built')
    expect(message(linear('D', 4), linear(4, 'H'), linear('H', 2))).toBe('built')
    expect(message()).toBe('built')
  })
  it('calls no step that holds randomness twice as often when it runs', () => {
    let calls = 0
    const net = seq(linear(3, 4), (x: Tensor<['B', 4]>) => { calls++; return relu(x) })
    const before = calls
    net(net.params, f32('B', 3))
    expect(calls - before).toBe(1)
  })
  it('needs at least one feature', () => {
    expect(() => linear(0, 3)).toThrow('linear: 0 features')
    expect(() => conv(3, 0, 3)).toThrow('conv: 0 features')
  })
})

describe('pooling', () => {
  it('is a step', () => {
    const net = seq(conv(1, 8, 3, { padding: 1 }), relu, maxPool(2), avgPool([7, 7], { stride: 7 }), flattenEach, linear(32, 10))
    expect(net(net.params, f32('B', 28, 28, 1)).shape).toEqual(['B', 10])
    const x = f32('B', 8, 8, 3)
    expect(maxPool(2)(x)).toBe(maxPool2d(x, 2))
    expect(avgPool(2, { stride: 1 })(x)).toBe(avgPool2d(x, 2, { stride: 1 }))
  })
})

describe('pipe', () => {
  it('is its steps applied to the tensor', () => {
    const first = linear(784, 128)
    const { w, b } = first.params
    const x = f32('B', 784)
    expect(pipe(x, first.with(first.params), relu)).toBe(relu(add(matmul(x, w), b)))
  })
})
