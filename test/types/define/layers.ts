/** Layers: the shapes that sequences of them give, and their parameter trees. */
import { define } from '../../../src/dsl/define/define.js'
import { layer, layerOf } from '../../../src/dsl/define/layer.js'
import { avgPool, conv, flattenEach, linear, maxPool } from '../../../src/dsl/define/layers.js'
import { pipe, seq } from '../../../src/dsl/define/seq.js'
import type { TypeFunction } from '../../../src/dsl/define/type-function.js'
import { add, f32, matmul, maxPool2d, mul, relu, softmax, stack, sum, tanh } from '../../../src/dsl/ops/index.js'
import type { Shape, Tensor } from '../../../src/dsl/tensor.js'
import { grad } from '../../../src/dsl/transform/grad.js'
import { same, type Equal } from '../harness/equal.js'

const net = seq(linear(784, 128), relu, linear(128, 10))
const logits = net(net.params, f32('B', 784))
same<Equal<typeof logits, Tensor<['B', 10]>>>()
same<Equal<typeof net.params[0], { readonly w: Tensor<[784, 128]>; readonly b: Tensor<[128]> }>>()
same<Equal<typeof net.params[1], {}>>()
const gradient = grad((p: typeof net.params, x: Tensor<['B', 784]>) => sum(net(p, x)))(net.params, f32('B', 784))
same<Equal<typeof gradient, typeof net.params>>()

// The symbols of an annotated function stand for any sizes
const pooled = seq(conv(1, 4, 3), (x: Tensor<['B', 'H', 'W', 'C']>) => maxPool2d(x, 2), flattenEach, linear(36, 2))
const pooledOf2 = pooled(pooled.params, f32(2, 8, 8, 1))
same<Equal<typeof pooledOf2, Tensor<[2, 2]>>>()
const layered = seq(conv(1, 4, 3), maxPool(2), avgPool([3, 3]), flattenEach)
const layeredOf2 = layered(layered.params, f32('N', 8, 8, 1))
same<Equal<typeof layeredOf2, Tensor<['N', 4]>>>()

// Any rank, symbols, sizes known at run time only
const sequence = net(net.params, f32('B', 'T', 784))
same<Equal<typeof sequence, Tensor<['B', 'T', 10]>>>()
const symbolic = linear('D', 'H')(linear('D', 'H').params, f32('B', 'D'))
same<Equal<typeof symbolic, Tensor<['B', 'H']>>>()
declare const n: number
const dynamic = net(net.params, f32(n, n))
same<Equal<typeof dynamic, Tensor<[number, 10]>>>()

// Convolutions, sequences within sequences
const features = seq(conv(1, 32, 3, { stride: 2, padding: 1 }), relu, conv(32, 64, 3, { stride: 2, padding: 'same' }), tanh, flattenEach)
const classifier = seq(features, linear(3136, 10))
const scores = classifier(classifier.params, f32('B', 28, 28, 1))
same<Equal<typeof scores, Tensor<['B', 10]>>>()

// Functions with settings of their own
const probabilities = seq(linear(784, 10), softmax)
const distribution = probabilities(probabilities.params, f32('B', 784))
same<Equal<typeof distribution, Tensor<['B', 10]>>>()

// Layers of one's own: from a definition, from a type function
const scaled = define({ s: f32('D') }, [f32('B', 'D')], (p, x) => mul(x, p.s))
const withOwn = seq(linear(784, 128), layer(scaled.at({ D: 128 })), scaled.at({ D: 128 }), relu)
const own = withOwn(withOwn.params, f32('N', 784))
same<Equal<typeof own, Tensor<['N', 128]>>>()
same<Equal<(typeof withOwn.params)[1]['s'], Tensor<[128]>>>()
interface Doubled extends TypeFunction { readonly out: this['in'] extends readonly [...infer P extends Shape, infer D extends number]
  ? [...P, D, 2] : 'doubled: no axis' }
const doubled = layerOf<Doubled>()({}, (_, x: Tensor<['B', 'D']>) => stack([x, x], -1))
const pairs = doubled({}, f32('B', 5))
same<Equal<typeof pairs, Tensor<['B', 5, 2]>>>()

// pipe: layers with their parameters in place, operations, functions of one shape
const first = linear(784, 128)
const w = f32(128, 3)
const piped = pipe(f32('B', 784), first.with(first.params), relu, (h: Tensor<['B', 128]>) => matmul(h, w), tanh)
same<Equal<typeof piped, Tensor<['B', 3]>>>()
const summed = add(pipe(f32(2, 784), first.with(first.params)), 1)
same<Equal<typeof summed, Tensor<[2, 128]>>>()
