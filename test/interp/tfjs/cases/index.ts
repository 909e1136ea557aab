/** Programs for every primitive: the table does not compile while one has no case. */
import * as b from '../../../../src/dsl/core/build.js'
import type { Op } from '../../../../src/dsl/core/table.js'
import { all, draw, over, seed, value, type Case, type Cases } from './draw.js'
import { elementwiseCases } from './elementwise.js'
import { linearCases } from './linear.js'
import { scans } from './loops.js'
import { structureCases } from './structure.js'

const made: { readonly [P in Op]: Cases } = {
  ...elementwiseCases, ...structureCases, ...linearCases,
  input: () => [over([draw([2, 3])], x => x), over([draw([2])], x => [x, x, b.neg(x)])],
  constant: () => all.map(dtype => over([], () => b.constant(draw([2, 70], dtype)))),
  iota: () => [over([], () => b.iota(5))],
  dimSize: () => [over([], () => b.dimSize(7))],
  randomBits: () => [[6], [7], [2, 3, 5], []].flatMap(s => [0, 3].map(stream =>
    over([value([2], 'int32', [12345, -678])], k => b.randomBits(k, s, stream)))),
  uniform: () => [[6], [2, 3, 5], [1000]].map(s => over([value([2], 'int32', [1, 2])], k => b.uniform(k, s, 1))),
  named: () => [over([draw([3])], x => b.named('z', x))],
  straightThrough: () => [over([draw([3])], x => b.straightThrough(b.round(x), x))],
  customVjp: () => [over([draw([3])], x => b.customVjp(b.exp(x), [x], g => [g]))],
  scan: scans, project: scans,
}

/** The cases of a primitive: the same ones each time. */
export const casesOf = (op: Op): Case[] => {
  seed(op.length * 1000 + op.charCodeAt(0))
  return made[op]()
}
export const ops = Object.keys(made) as Op[]
