/** Scans: both directions, dead results, a loop in a loop, steps that return what they were given. */
import * as b from '../../../../src/dsl/core/build.js'
import type { Node } from '../../../../src/dsl/core/node.js'
import { draw, over, type Case } from './draw.js'

const everything = (s: { carry: Node[]; ys: Node[]; before: Node[] }): Node[] => [...s.carry, ...s.ys, ...s.before]
const row = (x: Node): Node => b.reshape(x, [1, 3])

export const scans = (): Case[] => [false, true].flatMap(reverse => [
  over([draw([3]), draw([5, 3]), draw([3, 3])], (c, x, w) => everything(b.scan({ init: [c], xs: [x], reverse, body: ([h], [y]) => {
    const n = b.tanh(b.add(b.reshape(b.matmul(row(h), w), [3]), y))
    return { next: [n], ys: [b.mul(n, y), b.sum(n, [0])] }
  } }))),
  // Only a part is looked at: the second carry and the first y are dead.
  over([draw([2]), draw([]), draw([4, 2])], (c, d, x) => b.scan({ init: [c, d], xs: [x], reverse, body: ([h, k], [y]) =>
    ({ next: [b.add(h, y), b.add(k, b.sum(h, [0]))], ys: [b.mul(h, y), b.exp(y)] }) }).ys[1]),
  // No step, and steps without elements.
  ...[[0, 2], [3, 0]].map(shape => over([draw([shape[1]]), draw(shape)], (c, x) => everything(b.scan({ init: [c], xs: [x], reverse,
    body: ([h], [y]) => ({ next: [b.add(h, y)], ys: [b.mul(h, y)] }) })))),
  // A carry that only another carry needs.
  over([draw([2]), draw([2]), draw([4, 2])], (c, d, x) => b.scan({ init: [c, d], xs: [x], reverse, body: ([h, k], [y]) =>
    ({ next: [b.add(h, k), b.mul(k, y)], ys: [] }) }).carry[0]),
  over([draw([2]), draw([3, 2])], (c, x) => everything(b.scan({ init: [c, b.scalar(1, 'int32')], xs: [x], reverse, body: ([h, i], [y]) => {
    const inner = b.scan({ init: [h], xs: [], length: 2, body: ([g]) => ({ next: [b.mul(0.5, b.add(g, y))], ys: [g] }) })
    return { next: [inner.carry[0], b.add(i, 1)], ys: [h, b.full(3, [2]), inner.ys[0]] }
  } }))),
])
