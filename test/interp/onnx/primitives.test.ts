import { beforeAll, describe, test } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import type { Node } from '../../../src/dsl/core/node.js'
import type { Op } from '../../../src/dsl/core/table.js'
import type { Value } from '../../../src/dsl/value.js'
import type { Engine } from '../../../src/interp/engine.js'
import { onnxEngine } from '../../../src/interp/onnx/engine.js'
import { agree, bool, float, Inputs, int, spread, upTo } from './agree.js'

let engine: Engine
beforeAll(async () => { engine = await onnxEngine({ threads: 1 }) })

const edges = [-100, -20, -17, -3.5, -2.5, -1, -0.5, -1e-3, -1e-6, 0, 1e-6, 1e-3, 0.5, 1, 1.5, 2.5, 17, 20, 80]
const positive = [1e-6, 1e-3, 0.5, 1, 2, 100, 1e6]
const rows = float([2, 3], [5, -1, 2, 4, 4, -7])
const bools = bool([2, 3], [1, 0, 1, 0, 0, 0])
type Case = (x: (v: Value) => Node) => Node[]

const each = (f: (x: Node) => Node, data: readonly number[]): Case => x => [f(x(float([data.length], data))), f(x(spread(2, 3, 2)))]
const pairs = (f: (a: Node, c: Node) => Node): Case => x => {
  const [a, c] = [x(spread(3, 4)), x(spread(4))]
  const wide = b.broadcastTo(c, [3, 4])
  return [f(a, wide), f(wide, a), f(a, b.full(0.75, [3, 4])), f(b.full(0.75, [3, 4]), b.full(2, [3, 4])), f(a, a)]
}
const whole = (f: (a: Node, c: Node) => Node): Case => x =>
  [f(x(int([6], [5, -5, 7, -7, 0, 2147483647])), x(int([6], [3, 3, -3, -3, 2, 5])))]
const both = (...cases: Case[]): Case => x => cases.flatMap(c => c(x))
const logic = (f: (a: Node, c: Node) => Node): Case => x => [f(x(bool([4], [0, 0, 1, 1])), x(bool([4], [0, 1, 0, 1])))]
const reductions = (f: (x: Node, axes: number[]) => Node): Case => x => {
  const [a, i] = [x(spread(2, 3, 4)), x(upTo(5, 3, 4))]
  return [f(a, [0]), f(a, [1]), f(a, [0, 2]), f(a, [0, 1, 2]), f(i, [1]), f(b.broadcastTo(x(spread(3, 1)), [2, 3, 4]), [0, 2])]
}
const ties = int([2, 9], [3, 1, 2, 3, 1, 2, 3, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0])
const orders: Case = x => [0, 1].flatMap(axis => [false, true].flatMap(descending =>
  [...[rows, bools].map(v => b.sortIndices(x(v), axis, { descending })), b.sortIndices(x(ties), axis, { descending, k: 2 })]))
const convs = [
  { image: [2, 5, 6, 4], kernel: [3, 3, 4, 5], stride: [1, 1], padding: [[1, 1], [1, 1]], dilation: [1, 1], groups: 1 },
  { image: [1, 7, 6, 4], kernel: [3, 2, 2, 6], stride: [2, 3], padding: [[0, 1], [2, 0]], dilation: [1, 1], groups: 2 },
  { image: [2, 9, 8, 3], kernel: [2, 3, 1, 3], stride: [2, 1], padding: [[1, 0], [0, 2]], dilation: [3, 2], groups: 3 },
  { image: [1, 4, 4, 1], kernel: [1, 1, 1, 2], stride: [3, 2], padding: [[0, 0], [0, 0]], dilation: [1, 1], groups: 1 },
  { image: [1, 6, 6, 2], kernel: [2, 2, 2, 2], stride: [4, 4], padding: [[0, 0], [1, 1]], dilation: [1, 1], groups: 1 },
  { image: [2, 7, 8, 10], kernel: [3, 2, 10, 3], stride: [2, 1], padding: [[1, 1], [0, 1]], dilation: [1, 2], groups: 1 },
  { image: [2, 7, 9, 3], kernel: [2, 3, 3, 2], stride: [2, 3], padding: [[0, 0], [1, 0]], dilation: [1, 1], groups: 1 },
] as const
const eachConv = (f: (x: Node, w: Node, y: Node, a: typeof convs[number]) => Node): Case => x => convs.map(c => {
  const { image, kernel, ...attrs } = c
  const [i, w] = [x(spread(...image)), x(spread(...kernel))]
  return f(i, w, x(spread(...b.conv2d(i, w, attrs).shape as number[])), c)
})

const cases: { readonly [P in Op]: Case } = {
  input: x => [x(spread(2, 3)), x(bools), x(int([], [7]))],
  constant: () => [b.constant(spread(2, 2)), b.scalar(3), b.constant(bools), b.constant(upTo(100, 70)), b.scalar(5, 'int32')],
  iota: () => [b.iota(5), b.iota(1), b.iota(0)],
  dimSize: () => [b.dimSize(12)],
  neg: both(each(b.neg, edges), x => [b.neg(x(upTo(4, 5)))]), abs: both(each(b.abs, edges), x => [b.abs(x(int([2], [-3, 3])))]),
  sign: both(each(b.sign, edges), x => [b.sign(x(int([3], [-3, 0, 3])))]),
  floor: each(b.floor, edges), ceil: each(b.ceil, edges), round: each(b.round, [...edges, 3.5, -1.5]),
  exp: each(b.exp, edges.slice(0, -1)), log: each(b.log, positive), log1p: each(b.log1p, [-0.999, -0.5, -0.3, -1e-6, 0, ...positive]),
  expm1: each(b.expm1, edges.slice(0, -1)), sqrt: each(b.sqrt, [0, ...positive]), sin: each(b.sin, edges), cos: each(b.cos, edges),
  tanh: each(b.tanh, edges), sigmoid: each(b.sigmoid, edges),
  softplus: each(b.softplus, edges), erf: each(b.erf, edges), not: x => [b.not(x(bools))],
  add: both(pairs(b.add), whole(b.add)), sub: both(pairs(b.sub), whole(b.sub)), mul: both(pairs(b.mul), whole(b.mul)), div: pairs(b.div),
  pow: x => [
    b.pow(x(float([4], [0, 0.5, 2, 3])), x(float([4], [2, -1, 0.5, 3]))),
    ...[2, 3, -1].map(n => b.pow(x(float([3], [-2, -1, 3])), b.full(n, [3]))),
  ],
  maximum: both(pairs(b.maximum), whole(b.maximum)), minimum: both(pairs(b.minimum), whole(b.minimum)),
  mod: both(pairs(b.mod), whole(b.mod), x => [b.mod(x(int([4], [5, -5, 0, -(2 ** 31)])), x(int([4], [0, 0, 0, -1])))]),
  equal: both(pairs(b.equal), whole(b.equal), logic(b.equal)), less: both(pairs(b.less), whole(b.less)),
  lessEqual: both(pairs(b.lessEqual), whole(b.lessEqual)),
  and: logic(b.and), or: logic(b.or),
  select: x => {
    const c = x(bool([2, 1], [1, 0]))
    return [
      b.select(b.broadcastTo(c, [2, 3]), x(rows), b.full(9, [2, 3])),
      b.select(x(bools), x(upTo(9, 2, 3)), x(upTo(7, 2, 3))),
      b.select(x(bools), x(bools), b.not(x(bools))), b.select(b.broadcastTo(c, [2, 3]), b.full(1, [2, 3]), b.full(2, [2, 3])),
    ]
  },
  reshape: x => {
    const a = x(spread(2, 6))
    const wide = b.broadcastTo(x(spread(3)), [2, 3])
    return [b.reshape(a, [3, 4]), b.reshape(b.full(2, [4]), [2, 2]), b.reshape(wide, [6]), b.reshape(x(spread(1)), [])]
  },
  transpose: x => {
    const a = x(spread(2, 3, 4))
    return [
      b.transpose(a, [2, 0, 1]), b.transpose(b.broadcastTo(x(spread(3)), [2, 3]), [1, 0]), b.transpose(b.full(1, [2, 3]), [1, 0]),
      b.transpose(b.broadcastTo(x(spread(2, 1, 3)), [2, 4, 3]), [0, 2, 1]),
      b.transpose(b.broadcastTo(x(spread(3, 1, 2)), [3, 4, 2]), [1, 2, 0]),
    ]
  },
  broadcastTo: x =>
    [b.broadcastTo(x(spread(3, 1)), [2, 3, 4]), b.broadcastTo(x(int([], [4])), [2, 2]), b.broadcastTo(x(bool([1], [1])), [3])],
  sum: both(reductions(b.sum), () => [b.sum(b.full(3, [4, 5]), [0]), b.sum(b.full(3, [4, 5], 'int32'), [0, 1])]),
  slice: x => [b.slice(x(spread(4, 5)), [1, 2], [3, 5]), b.slice(x(bools), [0, 1], [2, 2]), b.slice(b.full(1, [4]), [1], [3])],
  pad: x => [b.pad(x(spread(2, 3)), [1, 0], [0, 2], -1), b.pad(x(upTo(9, 2)), [1], [1], 7), b.pad(x(bools), [1, 1], [0, 1])],
  concat: x => [b.concat([x(spread(2, 3)), b.full(1, [2, 1]), x(spread(2, 2))], 1), b.concat([x(bools), x(bools)], 0)],
  reverse: x => [b.reverse(x(spread(3, 4)), [0]), b.reverse(x(spread(3, 4)), [0, 1]), b.reverse(x(upTo(9, 5)), [0])],
  cast: x => [
    b.cast(x(float([6], [-1.7, -0.2, 0, 0.4, 1.9, 300])), 'int32'), b.cast(x(float([4], [-1, 0, 0.1, 2])), 'bool'),
    b.cast(x(upTo(5, 4)), 'float32'), b.cast(x(int([3], [-1, 0, 2])), 'bool'), b.cast(x(bools), 'float32'), b.cast(x(bools), 'int32'),
  ],
  stopGradient: x => [b.add(b.stopGradient(x(rows)), x(rows))],
  max: both(reductions(b.max), x => [b.max(x(bools), [1])]), min: reductions(b.min), prod: reductions(b.prod),
  argMax: x => [0, 1].flatMap(axis => [rows, ties, bools].map(v => b.argMax(x(v), axis))),
  cumsum: x => [0, 1].flatMap(axis => [false, true].flatMap(exclusive => [false, true].flatMap(reverse =>
    [b.cumsum(x(spread(3, 4)), axis, { exclusive, reverse }), b.cumsum(x(upTo(5, 3, 4)), axis, { exclusive, reverse })]))),
  sortIndices: orders,
  gather: x => [
    b.gather(x(spread(5, 3)), x(upTo(5, 4)), 0), b.gather(x(spread(2, 5, 2)), x(upTo(5, 2, 3)), 1),
    b.gather(x(spread(5)), x(int([], [3])), 0),
    b.gather(x(bools), x(int([4], [2, 0, 1, 2])), 1), b.gather(x(upTo(9, 4)), x(int([2], [3, 0])), 0),
  ],
  scatterAdd: x => [
    b.scatterAdd(x(spread(5, 3)), x(int([4], [1, 1, 4, 1])), x(spread(4, 3)), 0),
    b.scatterAdd(x(spread(2, 5, 2)), x(int([2, 3], [0, 0, 0, 4, 0, 1])), x(spread(2, 2, 3, 2)), 1),
    b.scatterAdd(b.full(0, [5]), x(int([], [3])), x(spread()), 0),
    b.scatterAdd(x(upTo(9, 4)), x(int([3], [2, 2, 2])), x(upTo(5, 3)), 0),
    b.scatterAdd(b.full(0, [3]), x(int([1000], Array.from({ length: 1000 }, (_, i) => i % 3))), b.full(1, [1000]), 0),
  ],
  takeAlong: x => [
    b.takeAlong(x(spread(3, 4)), x(upTo(4, 3, 2)), 1), b.takeAlong(x(spread(3, 4)), x(upTo(3, 5, 4)), 0),
    b.takeAlong(x(bools), x(upTo(3, 2, 4)), 1),
  ],
  scatterAlong: x => [
    b.scatterAlong(x(spread(3, 4)), x(int([3, 3], [0, 0, 0, 1, 3, 1, 2, 2, 2])), x(spread(3, 3)), 1),
    b.scatterAlong(b.full(0, [3, 2]), x(upTo(3, 5, 2)), x(spread(5, 2)), 0),
    b.scatterAlong(x(upTo(4, 4)), x(int([3], [1, 1, 0])), x(upTo(6, 3)), 0),
  ],
  matmul: x => {
    const [p, q, r, s] = [x(spread(3, 4)), x(spread(4, 5)), x(spread(2, 3, 4)), x(spread(2, 4, 5))]
    return [
      b.matmul(p, q), b.matmul(r, s), b.matmul(r, q), b.matmul(b.full(1, [2, 3]), b.full(2, [3, 2])),
      b.matmul(x(spread(2, 3, 2, 4)), x(spread(2, 3, 4, 1))),
      // Transposed operands, which become flags.
      b.matmul(b.transpose(x(spread(4, 3)), [1, 0]), q), b.matmul(p, b.transpose(x(spread(5, 4)), [1, 0])),
      b.matmul(b.transpose(x(spread(4, 3)), [1, 0]), b.transpose(x(spread(5, 4)), [1, 0])),
      b.matmul(b.transpose(x(spread(2, 4, 3)), [0, 2, 1]), s), b.matmul(r, b.transpose(x(spread(2, 5, 4)), [0, 2, 1])),
      b.matmul(r, b.transpose(x(spread(5, 4)), [1, 0])), b.matmul(b.transpose(x(spread(2, 4, 3)), [0, 2, 1]), q),
      b.matmul(b.transpose(x(spread(3, 2, 4)), [1, 0, 2]), s),
    ]
  },
  conv2d: eachConv((x, w, _, a) => b.conv2d(x, w, a)),
  conv2dInput: eachConv((_, w, y, a) => b.conv2dInput(y, w, { ...a, size: [a.image[1], a.image[2]] })),
  conv2dKernel: eachConv((x, _, y, a) => b.conv2dKernel(x, y, { ...a, kernel: [a.kernel[0], a.kernel[1]] })),
  patches: both(
    eachConv((x, _, __, { stride, padding, dilation, kernel }) =>
      b.patches(x, { stride, padding, dilation, window: [kernel[0], kernel[1]], fill: -3 })),
    x => {
      const even = { stride: [2, 2], padding: [[0, 0], [0, 0]], dilation: [1, 1], window: [2, 2], fill: 0 } as const
      return [b.patches(x(upTo(9, 1, 4, 4, 2)), even)]
    }),
  fold: eachConv((x, _, __, { stride, padding, dilation, kernel, image }) => {
    const g = { stride, padding, dilation, window: [kernel[0], kernel[1]] as const }
    return b.fold(b.patches(x, { ...g, fill: 1 }), { ...g, size: [image[1], image[2]] })
  }),
  randomBits: x => {
    const [key, other] = [x(int([2], [0x13198a2e | 0, 0x03707344])), x(int([2], [-1, -2147483648]))]
    return [b.randomBits(key, [7]), b.randomBits(key, [2, 2], 3), b.randomBits(key, []), b.randomBits(other, [1001], -5)]
  },
  uniform: x => [b.uniform(x(int([2], [7, -9])), [3, 5]), b.uniform(b.constant(int([2], [1, 2])), [100])],
  named: x => [b.named('z', x(rows)), b.namedCall('f', b.neg(x(rows)), [[x(rows)]])],
  straightThrough: x => [b.straightThrough(b.round(x(rows)), x(rows))],
  customVjp: x => [b.customVjp(b.exp(x(rows)), [], () => [])],
  scan: x => [true, false].flatMap(reverse => {
    const { carry, ys } = b.scan({
      init: [x(float([2], [1, -1])), x(int([], [0]))], xs: [x(spread(5, 2))], reverse,
      body: ([c, n], [v]) => ({ next: [b.add(b.mul(c, b.full(0.5, [2])), v), b.add(n, b.scalar(1, 'int32'))], ys: [b.mul(c, v)] }),
    })
    return [...carry, ...ys]
  }),
  project: x => {
    const { ys } = b.scan({ init: [x(rows)], xs: [], length: 3, body: ([c]) => ({ next: [b.tanh(c)], ys: [c, c] }) })
    return [ys[1]]
  },
}

describe('every primitive agrees with the reference', () => {
  test.each(Object.entries(cases))('%s', async (_, build) => {
    const inputs = new Inputs()
    await agree(engine, inputs, build(v => inputs.of(v)), 4e-6)
  })
})
