/** Programs for every primitive: the table does not compile while one has no case. */
import * as b from '../../../src/dsl/core/build.js'
import type { Node } from '../../../src/dsl/core/node.js'
import type { Op } from '../../../src/dsl/core/table.js'
import type { DType } from '../../../src/dsl/tensor.js'
import { sizeOf, type Value } from '../../../src/dsl/value.js'

/** An expression and values for its placeholders. */
export interface Case { readonly inputs: readonly Node[]; readonly values: readonly Value[]; readonly outputs: readonly Node[] }

/** A small generator of numbers that repeats (mulberry32). */
export const numbers = (seed: number): (() => number) => {
  let s = seed
  return () => {
    s = (s + 0x6D2B79F5) | 0
    let t = Math.imul(s ^ (s >>> 15), 1 | s)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

export const value = (shape: readonly number[], dtype: DType, data: readonly number[]): Value =>
  ({ shape, dtype, data: dtype === 'float32' ? Float32Array.from(data) : dtype === 'int32' ? Int32Array.from(data) : Uint8Array.from(data) })

let next = numbers(1)
type Range = readonly [number, number]
/** Floats in [-2, 2), rounded to halves one time in three so that ties occur; integers in [-9, 9). */
const draw = (shape: readonly number[], dtype: DType = 'float32', range?: Range): Value => {
  const [lo, hi] = range ?? (dtype === 'int32' ? [-9, 9] : [-2, 2])
  const number = (): number => lo + (hi - lo) * next()
  return value(shape, dtype, Array.from({ length: sizeOf(shape) }, () =>
    dtype === 'bool' ? +(next() < 0.5) : dtype === 'int32' ? Math.floor(number()) : next() < 0.3 ? Math.round(number() * 2) / 2 : number()))
}

/** A case from values: `f` sees a placeholder for each. */
const over = (values: readonly Value[], f: (...xs: Node[]) => Node | readonly Node[]): Case => {
  const inputs = values.map(v => b.input({ shape: v.shape, dtype: v.dtype }))
  const out = f(...inputs)
  return { inputs, values, outputs: Array.isArray(out) ? out as Node[] : [out as Node] }
}

const shapes = [[], [1], [7], [3, 5], [2, 1, 4], [2, 3, 2, 2], [2, 1, 3, 2, 2, 2]] as const
/** Edges of float32: signs of zero, halves, tiny, large, infinite, not a number. */
const edges = [0, -0, 1, -1, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 3.7, -3.7, 1e-3, -1e-3, 1e-6, -1e-6, 0.1, 20, -20, 80, -80, 1e10, -1e10, Infinity, -Infinity, NaN]
const ints = [0, 1, -1, 2, -2, 3, 7, -7, 100, 65536, 65537, 16777217, 123456789, -123456789, 2147483647, -2147483648, 2 ** 30]
const pairs = (xs: readonly number[]): [number[], number[]] => [xs.flatMap(x => xs.map(() => x)), xs.flatMap(() => xs)]

interface Domain { readonly range?: Range; readonly dtypes?: readonly DType[]; readonly edges?: readonly number[]; readonly ints?: readonly number[] }
const unary = (f: (x: Node) => Node, d: Domain = {}) => (): Case[] => (d.dtypes ?? ['float32']).flatMap(dtype => [
  ...shapes.map(s => over([draw(s, dtype, d.range)], f)),
  // Held small by a broadcast, and used whole.
  over([draw([3, 1], dtype, d.range)], x => b.transpose(f(b.broadcastTo(x, [2, 3, 4])), [1, 2, 0])),
  ...dtype === 'bool' ? [] : [over([value([(dtype === 'int32' ? ints : d.edges ?? edges).length], dtype, dtype === 'int32' ? ints : d.edges ?? edges)], f)],
])
const binary = (f: (x: Node, y: Node) => Node, d: Domain = {}) => (): Case[] => (d.dtypes ?? ['float32']).flatMap(dtype => {
  const [xs, ys] = pairs(dtype === 'int32' ? d.ints ?? ints : d.edges ?? edges)
  return [
    ...shapes.map(s => over([draw(s, dtype, d.range), draw(s, dtype, d.range)], f)),
    over([draw([4], dtype, d.range), draw([3, 4], dtype, d.range)], (x, y) => f(b.broadcastTo(x, [3, 4]), y)),
    over([draw([3, 4], dtype, d.range), draw([], dtype, d.range)], (x, y) => f(x, b.broadcastTo(y, [3, 4]))),
    over([draw([3, 1, 2], dtype, d.range), draw([1, 5, 1], dtype, d.range)], (x, y) => f(b.broadcastTo(x, [2, 3, 5, 2]), b.broadcastTo(y, [2, 3, 5, 2]))),
    over([draw([2, 1, 3, 1, 2], dtype, d.range), draw([2, 2, 3, 2, 2], dtype, d.range)], (x, y) => f(b.broadcastTo(x, [2, 2, 3, 2, 2]), y)),
    ...dtype === 'bool' ? [] : [over([value([xs.length], dtype, xs), value([ys.length], dtype, ys)], f)],
  ]
})
/** Every nonempty set of axes of a few shapes, with ties. */
const reductions = (f: (x: Node, axes: readonly number[]) => Node, dtypes: readonly DType[] = ['float32', 'int32']) => (): Case[] => dtypes.flatMap(dtype =>
  [[5], [3, 4], [2, 3, 4], [2, 1, 3, 2]].flatMap(shape => Array.from({ length: 2 ** shape.length - 1 }, (_, bits) =>
    over([draw(shape, dtype)], x => f(x, [...shape.keys()].filter(i => (bits + 1) >> i & 1))))))
const withNaN = (f: (x: Node) => Node): Case[] => [[NaN, 1, 2], [1, NaN, 2], [1, 2, NaN], [-Infinity, -Infinity, -Infinity], [Infinity, 1, -Infinity]]
  .map(xs => over([value([1, 3], 'float32', xs)], f))
const axesOf = <T>(shape: readonly number[], f: (axis: number) => T): T[] => [...shape.keys()].map(f)
const numeric: readonly DType[] = ['float32', 'int32']
const all: readonly DType[] = ['float32', 'int32', 'bool']

const convolutions = [
  { x: [2, 5, 6, 3], k: [3, 2], cout: 4, groups: 1, stride: [1, 1], padding: [[0, 0], [0, 0]], dilation: [1, 1] },
  { x: [1, 7, 5, 2], k: [3, 3], cout: 2, groups: 1, stride: [2, 1], padding: [[1, 1], [1, 1]], dilation: [1, 1] },
  { x: [2, 8, 9, 4], k: [3, 2], cout: 6, groups: 2, stride: [2, 3], padding: [[0, 1], [2, 0]], dilation: [1, 1] },
  { x: [1, 9, 8, 3], k: [2, 3], cout: 6, groups: 3, stride: [1, 1], padding: [[1, 2], [0, 3]], dilation: [2, 1] },
  { x: [2, 7, 7, 1], k: [2, 2], cout: 3, groups: 1, stride: [3, 2], padding: [[0, 0], [1, 0]], dilation: [2, 3] },
  { x: [1, 4, 4, 2], k: [1, 1], cout: 3, groups: 1, stride: [2, 2], padding: [[0, 0], [0, 0]], dilation: [1, 1] },
  { x: [1, 3, 3, 1], k: [2, 2], cout: 1, groups: 1, stride: [1, 1], padding: [[3, 3], [4, 2]], dilation: [1, 1] },
  { x: [1, 6, 6, 2], k: [2, 2], cout: 2, groups: 2, stride: [4, 5], padding: [[0, 0], [0, 0]], dilation: [1, 1] },
] as const
const outputOf = (c: typeof convolutions[number]): [number, number] => [0, 1].map(i =>
  Math.floor((c.x[1 + i] + c.padding[i][0] + c.padding[i][1] - c.dilation[i] * (c.k[i] - 1) - 1) / c.stride[i]) + 1) as [number, number]
const conv = (f: (c: typeof convolutions[number], out: [number, number]) => Case) => (): Case[] => convolutions.map(c => f(c, outputOf(c)))

const scans = (): Case[] => [false, true].flatMap(reverse => [
  over([draw([3]), draw([5, 3]), draw([3, 3])], (c, x, w) => {
    const s = b.scan({ init: [c], xs: [x], reverse, body: ([h], [y]) => {
      const n = b.tanh(b.add(b.reshape(b.matmul(b.reshape(h, [1, 3]), w), [3]), y))
      return { next: [n], ys: [b.mul(n, y), b.sum(n, [0])] }
    } })
    return [...s.carry, ...s.ys, ...s.before]
  }),
  // Only a part is looked at: the second carry and the first y are dead.
  over([draw([2]), draw([]), draw([4, 2])], (c, d, x) => b.scan({ init: [c, d], xs: [x], reverse, body: ([h, k], [y]) =>
    ({ next: [b.add(h, y), b.add(k, b.sum(h, [0]))], ys: [b.mul(h, y), b.exp(y)] }) }).ys[1]),
  // A loop in a loop, and a step that returns its carry and a constant.
  over([draw([2]), draw([3, 2])], (c, x) => {
    const s = b.scan({ init: [c, b.scalar(1, 'int32')], xs: [x], reverse, body: ([h, i], [y]) => {
      const inner = b.scan({ init: [h], xs: [], length: 2, body: ([g]) => ({ next: [b.mul(0.5, b.add(g, y))], ys: [g] }) })
      return { next: [inner.carry[0], b.add(i, 1)], ys: [h, b.full(3, [2]), inner.ys[0]] }
    } })
    return [...s.carry, ...s.ys, ...s.before]
  }),
])

const made: { readonly [P in Op]: () => Case[] } = {
  input: () => [over([draw([2, 3])], x => x), over([draw([2])], x => [x, x, b.neg(x)])],
  constant: () => all.map(dtype => over([], () => b.constant(draw([2, 70], dtype)))),
  iota: () => [over([], () => b.iota(5))],
  dimSize: () => [over([], () => b.dimSize(7))],
  neg: unary(b.neg, { dtypes: numeric }), abs: unary(b.abs, { dtypes: numeric }), sign: unary(b.sign, { dtypes: numeric }), floor: unary(b.floor),
  ceil: unary(b.ceil), round: unary(b.round), exp: unary(b.exp), log: unary(b.log, { range: [0.01, 4] }), log1p: unary(b.log1p, { range: [-0.9, 4] }),
  expm1: unary(b.expm1), sqrt: unary(b.sqrt, { range: [0, 4] }), sin: unary(b.sin), cos: unary(b.cos), tanh: unary(b.tanh), sigmoid: unary(b.sigmoid),
  softplus: unary(b.softplus), erf: unary(b.erf), not: unary(b.not, { dtypes: ['bool'] }),
  add: binary(b.add, { dtypes: numeric }), sub: binary(b.sub, { dtypes: numeric }), mul: binary(b.mul, { dtypes: numeric }), div: binary(b.div),
  // JavaScript's NaN for 1 to an infinite power is not IEEE 754's, so infinite exponents are left out.
  pow: binary(b.pow, { range: [0.1, 3], edges: [0, 1, -1, 0.5, 2, -2, 3, 1.5, 10] }),
  maximum: binary(b.maximum, { dtypes: numeric }), minimum: binary(b.minimum, { dtypes: numeric }),
  mod: binary(b.mod, { dtypes: numeric, edges: edges.filter(x => x !== 0), ints: ints.filter(x => x !== 0) }),
  equal: binary(b.equal, { dtypes: all }), less: binary(b.less, { dtypes: numeric }), lessEqual: binary(b.lessEqual, { dtypes: numeric }),
  and: binary(b.and, { dtypes: ['bool'] }), or: binary(b.or, { dtypes: ['bool'] }),
  select: () => all.flatMap(dtype => [
    ...shapes.map(s => over([draw(s, 'bool'), draw(s, dtype), draw(s, dtype)], b.select)),
    over([draw([3, 1], 'bool'), draw([4], dtype), draw([], dtype)], (c, x, y) => b.select(b.broadcastTo(c, [3, 4]), b.broadcastTo(x, [3, 4]), b.broadcastTo(y, [3, 4]))),
    over([value([3], 'bool', [1, 0, 1]), value([3], dtype, [1, NaN, 0]), value([3], dtype, [NaN, 1, 0])], b.select),
  ]),
  reshape: () => all.map(dtype => over([draw([2, 6], dtype)], x => b.reshape(x, [3, 1, 4]))),
  transpose: () => all.flatMap(dtype => [[1, 0, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]].map(p => over([draw([2, 3, 4], dtype)], x => b.transpose(x, p)))
    .concat([[1, 0], [0, 2, 1, 3], [3, 1, 2, 0], [4, 1, 0, 5, 3, 2], [2, 3, 0, 1, 6, 5, 4]].map(p => over([draw(p.map((_, i) => 1 + i % 3), dtype)], x => b.transpose(x, p))))),
  broadcastTo: () => all.flatMap(dtype => ([[[], [3, 2]], [[1], [4]], [[3], [2, 3]], [[3, 1], [2, 3, 4]], [[2, 1, 2, 1], [2, 3, 2, 5]], [[1, 1], [1, 1]]] as const)
    .map(([from, to]) => over([draw(from, dtype)], x => b.broadcastTo(x, to)))),
  sum: reductions(b.sum), max: () => [...reductions(b.max)(), ...withNaN(x => b.max(x, [1]))], min: () => [...reductions(b.min)(), ...withNaN(x => b.min(x, [1]))],
  prod: reductions(b.prod),
  slice: () => all.flatMap(dtype => [
    over([draw([4, 5], dtype)], x => b.slice(x, [1, 2], [3, 5])), over([draw([2, 3, 2, 2, 2], dtype)], x => b.slice(x, [1, 0, 1, 0, 0], [2, 2, 2, 1, 2])),
    over([draw([4], dtype)], x => b.slice(x, [2], [2])),
  ]),
  pad: () => all.flatMap(dtype => [
    over([draw([2, 3], dtype)], x => b.pad(x, [1, 0], [0, 2])), over([draw([2, 1, 2, 2, 2], dtype)], x => b.pad(x, [1, 1, 0, 0, 2], [0, 2, 1, 0, 1], 1)),
    ...dtype === 'float32' ? [over([draw([3])], x => b.pad(x, [2], [1], -Infinity)), over([draw([3])], x => b.pad(x, [2], [1], 0.5))] : [],
  ]),
  concat: () => all.flatMap(dtype => axesOf([2, 3, 4], axis => over([2, 1, 3].map(n => draw([2, 3, 4].with(axis, n), dtype)), (...xs) => b.concat(xs, axis)))
    .concat([over([draw([0, 2], dtype), draw([2, 2], dtype)], (x, y) => b.concat([x, y], 0)), over([draw([2], dtype)], x => b.concat([x, x, x], 0))])),
  reverse: () => all.flatMap(dtype => [[0], [1], [2], [0, 2], [0, 1, 2]].map(axes => over([draw([2, 3, 4], dtype)], x => b.reverse(x, axes)))
    .concat([over([draw([2, 2, 3, 2, 2], dtype)], x => b.reverse(x, [1, 2, 4]))])),
  cast: () => all.flatMap(from => all.filter(to => to !== from).flatMap(to => [
    over([draw([3, 4], from)], x => b.cast(x, to)), over([draw([3], from)], x => b.cast(b.broadcastTo(x, [2, 3]), to)),
    ...from === 'float32' ? [over([value([8], from, [0, -0, 0.5, -0.5, 255.9, 256, -1.9, 1e9])], x => b.cast(x, to))] : [],
    ...from === 'int32' ? [over([value([5], from, [0, 256, -1, 16777217, -2147483648])], x => b.cast(x, to))] : [],
  ])),
  stopGradient: () => [over([draw([3])], b.stopGradient)],
  argMax: () => [
    ...(['float32', 'int32'] as const).flatMap(dtype => axesOf([2, 5, 3], axis => over([draw([2, 5, 3], dtype)], x => b.argMax(x, axis)))),
    over([value([2, 4], 'float32', [1, 3, 3, 2, -5, -5, -5, -5])], x => b.argMax(x, 1)), over([value([3], 'float32', [-Infinity, -Infinity, -Infinity])], x => b.argMax(x, 0)),
    over([value([2, 2], 'int32', [16777216, 16777217, -2147483648, -2147483647])], x => b.argMax(x, 1)), over([value([3], 'bool', [0, 1, 1])], x => b.argMax(x, 0)),
  ],
  cumsum: () => (['float32', 'int32'] as const).flatMap(dtype => axesOf([2, 4, 3], axis => [[false, false], [true, false], [false, true], [true, true]]
    .map(([exclusive, reverse]) => over([draw([2, 4, 3], dtype)], x => b.cumsum(x, axis, { exclusive, reverse })))).flat()),
  sortIndices: () => (['float32', 'int32'] as const).flatMap(dtype => axesOf([3, 6, 2], axis => [false, true]
    .flatMap(descending => [undefined, 2].map(k => over([draw([3, 6, 2], dtype)], x => b.sortIndices(x, axis, { descending, k }))))).flat()),
  gather: () => all.flatMap(dtype => axesOf([3, 4, 2], axis => [[5], [2, 2], []].map(s =>
    over([draw([3, 4, 2], dtype), draw(s, 'int32', [0, [3, 4, 2][axis]])], (x, i) => b.gather(x, i, axis)))).flat()),
  scatterAdd: () => numeric.flatMap(dtype => axesOf([3, 4, 2], axis => [[5], [2, 2], []].map(s =>
    over([draw([3, 4, 2], dtype), draw(s, 'int32', [0, [3, 4, 2][axis]]), draw([...[3, 4, 2].slice(0, axis), ...s, ...[3, 4, 2].slice(axis + 1)], dtype)],
      (x, i, u) => b.scatterAdd(x, i, u, axis)))).flat()),
  takeAlong: () => all.flatMap(dtype => axesOf([3, 4, 2], axis => [1, 5].map(n =>
    over([draw([3, 4, 2], dtype), draw([3, 4, 2].with(axis, n), 'int32', [0, [3, 4, 2][axis]])], (x, i) => b.takeAlong(x, i, axis)))).flat()),
  scatterAlong: () => numeric.flatMap(dtype => axesOf([3, 4, 2], axis => [1, 5].map(n =>
    over([draw([3, 4, 2], dtype), draw([3, 4, 2].with(axis, n), 'int32', [0, [3, 4, 2][axis]]), draw([3, 4, 2].with(axis, n), dtype)], (x, i, u) => b.scatterAlong(x, i, u, axis)))).flat()),
  matmul: () => ([[[2, 3], [3, 4]], [[1, 1], [1, 1]], [[2, 5, 3], [3, 2]], [[4, 2, 3], [4, 3, 5]], [[2, 2, 2, 3], [2, 2, 3, 4]], [[2, 2, 2, 3], [3, 4]], [[40, 33], [33, 17]]] as const)
    .map(([x, y]) => over([draw(x), draw(y)], b.matmul))
    .concat([over([draw([5, 3]), draw([5, 4])], (x, y) => b.matmul(b.transpose(x, [1, 0]), y)), over([draw([3, 5]), draw([4, 5])], (x, y) => b.matmul(x, b.transpose(y, [1, 0])))]),
  conv2d: conv(({ x, k, cout, ...a }) => over([draw(x), draw([...k, x[3] / a.groups, cout])], (i, w) => b.conv2d(i, w, a))),
  conv2dInput: conv(({ x, k, cout, ...a }, out) => over([draw([x[0], ...out, cout]), draw([...k, x[3] / a.groups, cout])], (y, w) => b.conv2dInput(y, w, { ...a, size: [x[1], x[2]] }))),
  conv2dKernel: conv(({ x, k, cout, ...a }, out) => over([draw(x), draw([x[0], ...out, cout])], (i, y) => b.conv2dKernel(i, y, { ...a, kernel: k }))),
  patches: () => [...conv(({ x, k, stride, padding, dilation }) => over([draw(x)], i => b.patches(i, { window: k, stride, padding, dilation, fill: 0 })))(),
    ...conv(({ x, k, stride, padding, dilation }) => over([draw(x)], i => b.patches(i, { window: k, stride, padding, dilation, fill: -Infinity })))(),
    over([draw([1, 5, 5, 2], 'int32')], i => b.patches(i, { window: [2, 2], stride: [2, 1], padding: [[1, 0], [0, 0]], dilation: [1, 1], fill: -7 }))],
  fold: () => [...conv(({ x, k, stride, padding, dilation }, out) => over([draw([x[0], ...out, ...k, x[3]])], y => b.fold(y, { window: k, stride, padding, dilation, size: [x[1], x[2]] })))(),
    over([draw([1, 2, 4, 2, 2, 2], 'int32')], y => b.fold(y, { window: [2, 2], stride: [2, 1], padding: [[0, 0], [0, 0]], dilation: [1, 1], size: [5, 5] }))],
  randomBits: () => [[6], [7], [2, 3, 5], []].flatMap(s => [0, 3].map(stream => over([value([2], 'int32', [12345, -678])], k => b.randomBits(k, s, stream)))),
  uniform: () => [[6], [2, 3, 5], [1000]].map(s => over([value([2], 'int32', [1, 2])], k => b.uniform(k, s, 1))),
  named: () => [over([draw([3])], x => b.named('z', x))],
  customVjp: () => [over([draw([3])], x => b.customVjp(b.exp(x), [x], g => [g]))],
  scan: scans, project: scans,
}

/** The cases of a primitive: the same ones each time. */
export const casesOf = (op: Op): Case[] => {
  next = numbers(op.length * 1000 + op.charCodeAt(0))
  return made[op]()
}
export const ops = Object.keys(made) as Op[]
