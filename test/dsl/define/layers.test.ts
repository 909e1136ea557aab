import { describe, expect, it } from 'vitest'
import { define } from '../../../src/dsl/define/define.js'
import { layer, layerOf } from '../../../src/dsl/define/layer.js'
import { conv, flattenEach, linear } from '../../../src/dsl/define/layers.js'
import { pipe, seq } from '../../../src/dsl/define/seq.js'
import type { TypeFunction } from '../../../src/dsl/define/type-function.js'
import { add, conv2d, f32, matmul, mul, relu, reshape, stack } from '../../../src/dsl/ops/index.js'
import type { Shape } from '../../../src/dsl/tensor.js'

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

describe('pipe', () => {
  it('is its steps applied to the tensor', () => {
    const first = linear(784, 128)
    const { w, b } = first.params
    const x = f32('B', 784)
    expect(pipe(x, first.with(first.params), relu)).toBe(relu(add(matmul(x, w), b)))
  })
})
