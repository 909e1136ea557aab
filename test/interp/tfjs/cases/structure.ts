/** Primitives that move, gather or reduce elements, along every axis of their shapes. */
import * as b from '../../../../src/dsl/core/build.js'
import type { Node } from '../../../../src/dsl/core/node.js'
import { all, axesOf, draw, numeric, over, value, type Case, type Cases } from './draw.js'

const perms = [
  [1, 0], [1, 0, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1], [0, 2, 1, 3], [3, 1, 2, 0], [4, 1, 0, 5, 3, 2], [2, 3, 0, 1, 6, 5, 4],
]
const stretches = [[[], [3, 2]], [[1], [4]], [[3], [2, 3]], [[3, 1], [2, 3, 4]], [[2, 1, 2, 1], [2, 3, 2, 5]], [[1, 1], [1, 1]]] as const

/** Every nonempty set of axes of a few shapes, with ties. */
const reduction = (f: (x: Node, axes: readonly number[]) => Node): Cases => () => numeric.flatMap(dtype =>
  [[5], [3, 4], [2, 3, 4], [2, 1, 3, 2]].flatMap(shape => Array.from({ length: 2 ** shape.length - 1 }, (_, bits) =>
    over([draw(shape, dtype)], x => f(x, [...shape.keys()].filter(i => (bits + 1) >> i & 1))))))
const edges = (f: (x: Node) => Node): Case[] =>
  [[NaN, 1, 2], [1, NaN, 2], [1, 2, NaN], [-Infinity, -Infinity, -Infinity], [Infinity, 1, -Infinity]]
    .map(xs => over([value([1, 3], 'float32', xs)], f))

const box = [3, 4, 2] as const
const indices = (axis: number, shape: readonly number[]) => draw(shape, 'int32', [0, box[axis]])
const taken = (axis: number, shape: readonly number[]): number[] => [...box.slice(0, axis), ...shape, ...box.slice(axis + 1)]
const positions = [[5], [2, 2], []] as const
const along = (axis: number, n: number): number[] => box.map((d, i) => i === axis ? n : d)

export const structureCases = {
  reshape: () => all.map(dtype => over([draw([2, 6], dtype)], x => b.reshape(x, [3, 1, 4]))),
  transpose: () => all.flatMap(dtype => perms.map(p => over([draw(p.map((_, i) => 1 + i % 3), dtype)], x => b.transpose(x, p)))),
  broadcastTo: () => all.flatMap(dtype => stretches.map(([from, to]) => over([draw(from, dtype)], x => b.broadcastTo(x, to)))),
  slice: () => all.flatMap(dtype => [
    over([draw([4, 5], dtype)], x => b.slice(x, [1, 2], [3, 5])),
    over([draw([2, 3, 2, 2, 2], dtype)], x => b.slice(x, [1, 0, 1, 0, 0], [2, 2, 2, 1, 2])),
    over([draw([4], dtype)], x => b.slice(x, [2], [2])),
  ]),
  pad: () => [
    ...all.flatMap(dtype => [
      over([draw([2, 3], dtype)], x => b.pad(x, [1, 0], [0, 2])),
      over([draw([2, 1, 2, 2, 2], dtype)], x => b.pad(x, [1, 1, 0, 0, 2], [0, 2, 1, 0, 1], 1)),
    ]),
    over([value([2], 'int32', [16777217, -2147483647])], x => b.pad(x, [1], [2], 16777219)),
    over([draw([3])], x => b.pad(x, [2], [1], -Infinity)), over([draw([3])], x => b.pad(x, [2], [1], 0.5)),
  ],
  concat: () => all.flatMap(dtype => [
    ...axesOf(box, axis => [over([2, 1, 3].map(n => draw(along(axis, n), dtype)), (...xs) => b.concat(xs, axis))]),
    over([draw([0, 2], dtype), draw([2, 2], dtype)], (x, y) => b.concat([x, y], 0)),
    over([draw([2], dtype)], x => b.concat([x, x, x], 0)),
    over([draw([2, 20], dtype), draw([2, 17], dtype)], (x, y) => b.concat([x, y], 1)),
  ]),
  reverse: () => all.flatMap(dtype => [
    ...[[0], [1], [2], [0, 2], [0, 1, 2]].map(axes => over([draw([2, 3, 4], dtype)], x => b.reverse(x, axes))),
    over([draw([2, 2, 3, 2, 2], dtype)], x => b.reverse(x, [1, 2, 4])),
    over([draw([3, 20], dtype)], x => b.reverse(x, [0])),
  ]),
  stopGradient: () => [over([draw([3])], b.stopGradient)],
  sum: reduction(b.sum), prod: reduction(b.prod),
  max: () => [...reduction(b.max)(), ...edges(x => b.max(x, [1]))], min: () => [...reduction(b.min)(), ...edges(x => b.min(x, [1]))],
  argMax: () => [
    ...numeric.flatMap(dtype => axesOf([2, 5, 3], axis => [over([draw([2, 5, 3], dtype)], x => b.argMax(x, axis))])),
    over([value([2, 4], 'float32', [1, 3, 3, 2, -5, -5, -5, -5])], x => b.argMax(x, 1)),
    over([value([3], 'float32', [-Infinity, -Infinity, -Infinity])], x => b.argMax(x, 0)),
    over([value([2, 2], 'int32', [16777216, 16777217, -2147483648, -2147483647])], x => b.argMax(x, 1)),
    over([value([3], 'bool', [0, 1, 1])], x => b.argMax(x, 0)),
  ],
  cumsum: () => numeric.flatMap(dtype => axesOf([2, 4, 3], axis => [[false, false], [true, false], [false, true], [true, true]]
    .map(([exclusive, reverse]) => over([draw([2, 4, 3], dtype)], x => b.cumsum(x, axis, { exclusive, reverse }))))),
  sortIndices: () => numeric.flatMap(dtype => axesOf([3, 6, 2], axis => [false, true].flatMap(descending => [undefined, 2]
    .map(k => over([draw([3, 6, 2], dtype)], x => b.sortIndices(x, axis, { descending, k })))))),
  gather: () => all.flatMap(dtype => [
    ...axesOf(box, axis => positions.map(s => over([draw(box, dtype), indices(axis, s)], (x, i) => b.gather(x, i, axis)))),
    over([draw([3, 20], dtype), draw([4], 'int32', [0, 3])], (x, i) => b.gather(x, i, 0)),
  ]),
  scatterAdd: () => numeric.flatMap(dtype => axesOf(box, axis => positions.map(s =>
    over([draw(box, dtype), indices(axis, s), draw(taken(axis, s), dtype)], (x, i, u) => b.scatterAdd(x, i, u, axis))))),
  takeAlong: () => all.flatMap(dtype => axesOf(box, axis => [1, 5].map(n =>
    over([draw(box, dtype), indices(axis, along(axis, n))], (x, i) => b.takeAlong(x, i, axis))))),
  scatterAlong: () => numeric.flatMap(dtype => axesOf(box, axis => [1, 5].map(n =>
    over([draw(box, dtype), indices(axis, along(axis, n)), draw(along(axis, n), dtype)], (x, i, u) => b.scatterAlong(x, i, u, axis))))),
}
