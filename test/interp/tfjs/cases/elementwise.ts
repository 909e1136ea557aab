/** Elementwise primitives over shapes, broadcasts and the edges of their dtypes. */
import * as b from '../../../../src/dsl/core/build.js'
import type { Node } from '../../../../src/dsl/core/node.js'
import type { DType } from '../../../../src/dsl/tensor.js'
import { all, draw, numeric, over, value, type Case, type Cases, type Range } from './draw.js'

const shapes = [[], [1], [7], [3, 5], [2, 1, 4], [2, 3, 2, 2], [2, 1, 3, 2, 2, 2]] as const
/** Signs of zero, halves, tiny, large, infinite, not a number. */
const floats = [
  0, -0, 1, -1, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 3.7, -3.7, 1e-3, -1e-3, 1e-6, -1e-6, 0.1, 20, -20, 80, -80, 1e10, -1e10,
  Infinity, -Infinity, NaN,
]
/** Beyond the 24 bits that a float32 holds, to the ends of int32. */
const ints = [0, 1, -1, 2, -2, 3, 7, -7, 100, 65536, 65537, 16777217, 123456789, -123456789, 2147483647, -2147483648, 2 ** 30]
const nonzero = (xs: readonly number[]): number[] => xs.filter(x => x !== 0)

interface Domain {
  readonly range?: Range
  readonly dtypes?: readonly DType[]
  readonly floats?: readonly number[]
  readonly ints?: readonly number[]
}
const edgesOf = (dtype: DType, d: Domain): readonly number[] =>
  dtype === 'bool' ? [0, 1] : dtype === 'int32' ? d.ints ?? ints : d.floats ?? floats

const unary = (f: (x: Node) => Node, d: Domain = {}): Cases => () => (d.dtypes ?? ['float32']).flatMap(dtype => [
  ...shapes.map(s => over([draw(s, dtype, d.range)], f)),
  // Held small by a broadcast, and used whole.
  over([draw([3, 1], dtype, d.range)], x => b.transpose(f(b.broadcastTo(x, [2, 3, 4])), [1, 2, 0])),
  over([value([edgesOf(dtype, d).length], dtype, edgesOf(dtype, d))], f),
])

/** Two shapes that broadcast to a third. */
const broadcasts = [
  [[4], [3, 4], [3, 4]], [[3, 4], [], [3, 4]], [[], [3, 4], [3, 4]], [[3, 1], [3, 4], [3, 4]], [[3, 1, 2], [1, 5, 1], [2, 3, 5, 2]],
  [[2, 1, 3, 1, 2], [2, 2, 3, 2, 2], [2, 2, 3, 2, 2]],
] as const
const pairs = (xs: readonly number[]): [number[], number[]] => [xs.flatMap(x => xs.map(() => x)), xs.flatMap(() => xs)]

const binary = (f: (x: Node, y: Node) => Node, d: Domain = {}): Cases => () => (d.dtypes ?? ['float32']).flatMap(dtype => {
  const [xs, ys] = pairs(edgesOf(dtype, d))
  return [
    ...shapes.map(s => over([draw(s, dtype, d.range), draw(s, dtype, d.range)], f)),
    ...broadcasts.map(([s, t, to]) =>
      over([draw(s, dtype, d.range), draw(t, dtype, d.range)], (x, y) => f(b.broadcastTo(x, to), b.broadcastTo(y, to)))),
    over([value([xs.length], dtype, xs), value([ys.length], dtype, ys)], f),
    // Each edge as the one number that an array meets, from both sides.
    ...edgesOf(dtype, d).flatMap(e => [0, 1].map(side => over([value([xs.length], dtype, xs), value([1], dtype, [e])], (x, y) => {
      const scalar = b.broadcastTo(y, [xs.length])
      return side === 0 ? f(x, scalar) : f(scalar, x)
    }))),
  ]
})

const select = (): Case[] => all.flatMap(dtype => [
  ...shapes.map(s => over([draw(s, 'bool'), draw(s, dtype), draw(s, dtype)], b.select)),
  over([draw([3, 1], 'bool'), draw([4], dtype), draw([], dtype)], (...xs) => {
    const [c, x, y] = xs.map(n => b.broadcastTo(n, [3, 4]))
    return b.select(c, x, y)
  }),
  over([value([3], 'bool', [1, 0, 1]), value([3], dtype, [1, NaN, 0]), value([3], dtype, [NaN, 1, 0])], b.select),
])

const cast = (): Case[] => all.flatMap(from => all.filter(to => to !== from).flatMap(to => [
  over([draw([3, 4], from)], x => b.cast(x, to)),
  over([draw([3], from)], x => b.cast(b.broadcastTo(x, [2, 3]), to)),
  ...from === 'float32' ? [over([value([8], from, [0, -0, 0.5, -0.5, 255.9, 256, -1.9, 1e9])], x => b.cast(x, to))] : [],
  ...from === 'int32' ? [over([value([5], from, [0, 256, -1, 16777217, -2147483648])], x => b.cast(x, to))] : [],
]))

export const elementwiseCases = {
  neg: unary(b.neg, { dtypes: numeric }), abs: unary(b.abs, { dtypes: numeric }), sign: unary(b.sign, { dtypes: numeric }),
  floor: unary(b.floor), ceil: unary(b.ceil), round: unary(b.round), exp: unary(b.exp), log: unary(b.log, { range: [0.01, 4] }),
  log1p: unary(b.log1p, { range: [-0.9, 4] }), expm1: unary(b.expm1), sqrt: unary(b.sqrt, { range: [0, 4] }), sin: unary(b.sin),
  cos: unary(b.cos), tanh: unary(b.tanh), sigmoid: unary(b.sigmoid), softplus: unary(b.softplus), erf: unary(b.erf),
  not: unary(b.not, { dtypes: ['bool'] }),
  add: binary(b.add, { dtypes: numeric }), sub: binary(b.sub, { dtypes: numeric }), mul: binary(b.mul, { dtypes: numeric }),
  div: binary(b.div),
  // JavaScript's NaN for 1 to an infinite power is not IEEE 754's, so infinite exponents are left out.
  pow: binary(b.pow, { range: [0.1, 3], floats: [0, 1, -1, 0.5, 2, -2, 3, 1.5, 10] }),
  mod: binary(b.mod, { dtypes: numeric, floats: nonzero(floats), ints: nonzero(ints) }),
  maximum: binary(b.maximum, { dtypes: numeric }), minimum: binary(b.minimum, { dtypes: numeric }),
  equal: binary(b.equal, { dtypes: all }), less: binary(b.less, { dtypes: numeric }), lessEqual: binary(b.lessEqual, { dtypes: numeric }),
  and: binary(b.and, { dtypes: ['bool'] }), or: binary(b.or, { dtypes: ['bool'] }),
  select, cast,
}
