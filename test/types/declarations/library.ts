/** What a library built on typegrad exports: a value of every form that calls of its functions have, none with an annotation. */
import {
  adagrad, adam, adamW, add, addDecayedWeights, all, argMax, attention, avgPool2d, bernoulli, binaryCrossEntropyWithLogits,
  broadcastTo, cast, categorical, chain, clip, clipByGlobalNorm, clipByValue, concat, conv, conv2d, crossEntropy, cumsum, customVjp,
  define, dist, div, dropout, einsum, ema, equal, expandDims, eye, f32, flatten, flattenEach, foldIn, gather, globalNorm, grad,
  hostKey, hvp, i32, init, initialise, jvp, key, layer, layerNorm, layerOf, leakyRelu, less, linear, logSumExp, matmul, maxPool,
  maxPool2d, mean, momentum, mse, mul, named, nesterov, normal, not, oneHot, ones, parameter, patches, pipe, rearrange, relu, reshape,
  rmsprop, scan, schedule, seq, sgd, sigmoid, slice, softmax, solveTriangular, sort, split, splitKey, stack, stopGradient, sum, tensor,
  topK,
  trace, trainStep, transpose, uniform, upsample2d, valueAndGrad, vjp, where, zeros, type Dim, type Shape, type Tensor, type
  TypeFunction,
} from 'typegrad'
import { compile, evaluate, jsEngine } from 'typegrad/engines'
import { fvsbn, made } from 'typegrad/models'
import { arrays, defineRecipe, setting } from 'typegrad/run'

/* ---------- definitions and layers ---------- */
export const affine = define({ w: f32('I', 'O'), b: f32('O') }, (p, x: Tensor<['B', 'I']>) => add(matmul(x, p.w), p.b))
export const centred = define({}, [f32('B', 'T', 'D')], (_, x) => mean(x, ['T']))
export const small = affine.at({ I: 3, O: 'E' })
export const gaussian = define({ m: f32('D') }, [f32('B', 'D')], (p, x) => dist.normal(add(x, p.m), 1))
export const applied = affine({ w: f32(3, 4), b: f32(4) }, f32('B', 3))
export const scaled = layer(define({ s: f32('D') }, [f32('B', 'D')], (p, x) => mul(x, p.s)).at({ D: 64 }))
interface Twice extends TypeFunction {
  readonly out: this['in'] extends readonly [...infer P extends Shape, infer D extends Dim] ? [...P, D, 2] : 'twice: no axis'
}
export const twice = layerOf<Twice>()({}, (_, x) => stack([x, x], -1))
export const dense = linear(784, 128)
export const convolution = conv(1, 32, 3, { stride: 2 })
export const bound = dense.with(dense.params)
export const flat = flattenEach
export const net = seq(dense, relu, seq(linear(128, 64), sigmoid), scaled)
export const images = seq(convolution, relu, maxPool(2), (x: Tensor<['N', 6, 6, 32]>) => maxPool2d(x, 2), flattenEach)
export const wide = seq(affine, relu)
export const mlp = (width: number) => seq(linear(784, width), relu, linear(width, 10))
export function sized<N extends number>(n: N) { return seq(linear(784, n), leakyRelu) }
export const params = net.params
export const logits = net(net.params, f32('B', 784))
export const ready = net.with(net.params)
export const piped = pipe(f32('B', 784), bound, relu)
export class Model { readonly net = seq(linear(3, 4), relu); readonly grads = grad((w: Tensor<[2]>) => sum(w)) }

/* ---------- transforms ---------- */
const energy = (w: Tensor<[2]>) => sum(mul(w, w))
const lossOf = define({ w: f32('I') }, (p, x: Tensor<['I']>) => sum(mul(p.w, x)))
export const gradient = grad(energy)
export const gradientOf = grad(lossOf)
export const both = valueAndGrad(energy)
export const bothOf = valueAndGrad(lossOf)
export const curvature = hvp(energy)
export const curvatureOf = hvp(lossOf)
export const hessians = () => hvp(energy)
export const pushed = jvp(energy, [f32(2)], [f32(2)])
export const pulled = vjp(energy, f32(2))
export const [value, pull] = vjp((x: { a: Tensor<[2]> }) => mul(x.a, x.a), { a: f32(2) })
export const straight = customVjp((x: Tensor<[3]>) => relu(x), g => [g])
export const looped = scan((c, x) => [add(c, x), { kept: x }], f32(3), f32('T', 3))
export const counted = scan(c => [c, c], f32(3), [], { length: 5 })

/* ---------- operations ---------- */
export const ops = { add, all, argMax, concat, conv2d, einsum, equal, less, mean, not, pow: div, rearrange, relu, sum, where,
  maxPool2d, softmax }
export const activation = relu
export const pooling = avgPool2d
export const values = {
  tensor: tensor([[1, 2], [3, 4]]), zeros: zeros([2, 'B']), ones: ones([2]), eye: eye(3), parameter: parameter([3, 4], init.heNormal()),
  reshaped: reshape(f32('B', 28, 28), ['B', -1]), flat: flatten(f32('B', 28, 28), 1), transposed: transpose(f32('B', 2)),
  joined: concat([f32('B', 2), f32('B', 3)], 1), stacked: stack([f32(2), f32(2)]), parts: split(f32('B', 9), 3, -1),
  cut: slice(f32('B', 'T'), 'T', 0, -1), gathered: gather(f32(10, 4), i32('B')), hot: oneHot(i32('B'), 10), top: topK(f32('B', 9), 2),
  sorted: sort(f32('B')), product: einsum('bi,io->bo', f32('B', 3), f32(3, 4)), arranged: rearrange(f32('B', 12),
  'b (h d) -> b h d', { h: 3 }),
  wide: broadcastTo(f32(3), ['B', 3]), more: expandDims(f32(3), 0), summed: sum(f32('B', 3), [1]), running: cumsum(f32(3), 0),
  lse: logSumExp(f32('B', 3), [-1]), truth: less(f32(3), 1), chosen: where(less(f32(3), 1), f32(3), 0), clipped: clip(f32(3), 0, 1),
  windows: patches(f32('B', 8, 8, 3), 2), larger: upsample2d(f32('B', 7, 7, 3), 2), convolved: conv2d(f32('B', 8, 8, 3), f32(3, 3, 3, 4)),
  cast: cast(f32(3), 'int32'), still: stopGradient(f32(3)), called: named('z', f32(3)), drawn: normal(key(0), [3]),
  even: uniform(key(0), [3]),
  flipped: bernoulli(key(0), f32(3)), picked: categorical(key(0), f32(3)),
}

/* ---------- nn, distributions, keys ---------- */
export const nn = {
  mse: mse(f32(3), f32(3)), entropy: crossEntropy(f32('B', 10), i32('B')), binary: binaryCrossEntropyWithLogits(f32(3), f32(3)),
  normed: layerNorm(f32('B', 3), f32(3), f32(3)), attended: attention(f32('B', 'T', 8), f32('B', 'T', 8), f32('B', 'T', 8)),
  dropped: dropout(f32(3), key(0), 0.5), solved: solveTriangular(f32(3, 3), f32(3, 2)),
}
export const prior = dist.normal(zeros([8, 20]), 1)
export const posterior = dist.diagonalNormal(f32('B', 20), f32('B', 20))
export const pixels = dist.independent(dist.bernoulli(f32('B', 28, 28)), [-2, -1])
export const classes = dist.categorical(f32('B', 10))
export const box = dist.uniform(f32(3), 1)
export const full = dist.multivariateNormal(f32(3), f32(3, 3))
export const divergence = dist.kl(posterior, posterior)
export const draw = prior.sample(key(0))
export const keys = { key: key(0), split: splitKey(key(0), 'a', 'b'), folded: foldIn(key(0), 1), host: hostKey(0) }

/* ---------- training ---------- */
export const optimisers = {
  adam: adam(1e-3), adamW: adamW(1e-3), sgd: sgd(0.1), momentum: momentum(0.1), nesterov: nesterov(0.1), rmsprop: rmsprop(0.1),
  adagrad: adagrad(0.1), chained: chain(clipByGlobalNorm(1), trace(0.9), clipByValue(1), addDecayedWeights(0.1),
  adam(schedule.constant(1))),
  ema: ema(0.9),
}
export const started = adam(1e-3).init({ w: f32(3) })
export const first = initialise({ w: f32(3) }, key(0))
export const norm = globalNorm({ w: f32(3) })
export const training = trainStep({
  params: { w: f32(3, 1) }, optimiser: chain(clipByGlobalNorm(1), adam(1e-3)),
  loss: (p, x: Tensor<['B', 3]>) => ({ loss: mean(matmul(x, p.w)), metrics: { m: mean(x) } }),
})
export const trainer = () => trainStep({
  params: net.params, optimiser: sgd(0.1), loss: (p, x: Tensor<['B', 784]>) => mean(net(p, x)),
})
export const state = training.init(key(0))

/* ---------- the other entry points ---------- */
export const model = made({ dims: 784, hidden: [500] })
export const belief = fvsbn({ dims: 784 })
export const compiled = () => jsEngine
export const running = { compile, evaluate, arrays, setting, defineRecipe }
export const rate = setting.number(1, 'rate')
