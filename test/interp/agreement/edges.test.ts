/** Where engines like to differ: ends of the ranges, ties, halves, wrapped integers, not a number. */
import { beforeAll, describe, expect, test } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import type { Node } from '../../../src/dsl/core/node.js'
import type { Value } from '../../../src/dsl/value.js'
import { disagreement, type Job } from './compare.js'
import { subjects, type Subject } from './engines.js'

const floats = (...data: number[]): Value => ({ shape: [data.length], dtype: 'float32', data: Float32Array.from(data) })
const ints = (...data: number[]): Value => ({ shape: [data.length], dtype: 'int32', data: Int32Array.from(data) })
const job = (name: string, f: (...xs: Node[]) => Node, ...values: Value[]): Job => {
  const inputs = values.map(v => b.input({ shape: v.shape, dtype: v.dtype }))
  return { name, inputs, values, outputs: [f(...inputs)] }
}
const [big, least] = [2 ** 31 - 1, -(2 ** 31)]
/** One element a tensor, so that each is held to its own magnitude. */
const apart = (name: string, f: (x: Node) => Node, data: readonly number[]): Job[] => data.map(x => job(`${name}(${x})`, f, floats(x)))
const everywhere = [-Infinity, -1e10, -100, -20, -1.5, -1, -1e-5, 0, 1e-5, 1, 1.5, 20, 80, 1e10, Infinity, NaN]
const moderate = everywhere.filter(x => !(Math.abs(x) > 100))

const jobs: Readonly<Record<string, Job[]>> = {
  'functions over their range': [
    ...Object.entries({ neg: b.neg, abs: b.abs, sign: b.sign, floor: b.floor, ceil: b.ceil, exp: b.exp, log: b.log,
      log1p: b.log1p, sqrt: b.sqrt,
      tanh: b.tanh, sigmoid: b.sigmoid, softplus: b.softplus, erf: b.erf, expm1: b.expm1 }).flatMap(([name, f]) =>
        apart(name, f, everywhere)),
    ...Object.entries({ sin: b.sin, cos: b.cos, round: b.round }).flatMap(([name, f]) => apart(name, f, moderate)),
  ],
  'accuracy near 0': [b.log1p, b.expm1, b.tanh, b.erf, b.sin].flatMap(f => apart(f.name, x => b.div(f(x), x), [1e-3, -1e-4, 1e-6, 1e-9])),
  'rounding': [
    job('round', b.round, floats(-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 0.4999999, 8388609)),
    job('cast to int32', x => b.cast(x, 'int32'), floats(-2.9, -0.9, 0.9, 2.9, 1e9)),
    job('cast to bool', x => b.cast(x, 'bool'), floats(-0.1, 0, -0, 1e-30, NaN)),
  ],
  'division, remainder and power': [
    job('div', b.div, floats(1, -1, 0, Infinity, 1), floats(0, 0, 0, Infinity, Infinity)),
    job('mod', b.mod, floats(5.5, -5.5, 5.5, -5.5, 6), floats(2, 2, -2, -2, 3)),
    job('mod of int32', b.mod, ints(7, -7, 7, -7, 6, least), ints(3, 3, -3, -3, 3, 7)),
    job('pow', b.pow, floats(0, -2, -2, 2, 0, 4, -2), floats(0, 3, 2, -1, 2, 0.5, 0.5)),
  ],
  'not a number and infinities': [
    job('maximum', b.maximum, floats(NaN, 1, NaN, Infinity), floats(1, NaN, NaN, -Infinity)),
    job('minimum', b.minimum, floats(NaN, 1, NaN, Infinity), floats(1, NaN, NaN, -Infinity)),
    // Not among these: extrema along an axis, where some engines pass over what is not a number.
    job('max of infinities', x => b.max(x, [0]), floats(-Infinity, -Infinity)),
    job('equal', b.equal, floats(NaN, 0, Infinity), floats(NaN, -0, Infinity)),
    job('less', b.less, floats(NaN, -0, -Infinity), floats(1, 0, Infinity)),
    job('lessEqual', b.lessEqual, floats(NaN, -0, 1), floats(NaN, 0, NaN)),
    job('select', (x, y) => b.select(b.less(x, y), x, y), floats(NaN, 1), floats(1, NaN)),
    job('a window of nothing but padding', x => b.max(b.patches(b.reshape(x, [1, 1, 1, 1]),
      { window: [2, 2], stride: [1, 1], padding: [[2, 2], [2, 2]], dilation: [1, 1], fill: -Infinity }), [3, 4]), floats(3)),
    job('what is not chosen', x => b.select(b.less(b.full(0, [2]), x), b.log(x), b.full(0, [2])), floats(-1, 1)),
  ],
  'ties': [
    job('argMax', x => b.argMax(x, 0), floats(1, 3, 3, 2, 3)),
    job('argMax of int32', x => b.argMax(x, 0), ints(1, 3, 3, 2, 3)),
    job('sortIndices', x => b.sortIndices(x, 0), floats(2, 1, 2, 1, Infinity, 0, -Infinity, 2)),
    job('descending', x => b.sortIndices(x, 0, { descending: true }), floats(2, 1, 2, 1, 0, 2)),
    job('the first of a descending order', x => b.sortIndices(x, 0, { descending: true, k: 2 }), ints(2, 1, 2, big, least, big)),
    job('a long order', x => b.sortIndices(x, 0), ints(...Array.from({ length: 90 }, (_, i) => i * 7 % 5))),
  ],
  'integers wrap': [
    job('add', b.add, ints(big, least, big), ints(1, -1, big)),
    job('sub', b.sub, ints(least, big, 0), ints(1, -1, least)),
    job('mul', b.mul, ints(big, 65537, 123456789), ints(big, 65537, 987654321)),
    job('neg', b.neg, ints(least, big)),
    job('sum', x => b.sum(x, [0]), ints(big, big, 3)),
    job('prod', x => b.prod(x, [0]), ints(65537, 65537, 65537, -3, 7)),
    job('cumsum', x => b.cumsum(x, 0), ints(big, 1, 1, big)),
    job('scatterAdd', (x, i, u) => b.scatterAdd(x, i, u, 0), ints(big, 0), ints(0, 0), ints(1, 5)),
  ],
  'integers beyond 2^24 are exact': [
    job('add', b.add, ints(16777217, -16777217), ints(2, -2)),
    job('mul', b.mul, ints(46341, 16777217), ints(46341, 3)),
    job('maximum', b.maximum, ints(16777216, -16777217), ints(16777217, -16777216)),
    job('equal', b.equal, ints(16777216), ints(16777217)),
    job('less', b.less, ints(16777216), ints(16777217)),
    job('max', x => b.max(x, [0]), ints(16777216, 16777217)),
    job('sum', x => b.sum(x, [0]), ints(16777216, 1)),
    job('cumsum', x => b.cumsum(x, 0), ints(16777216, 1, 1)),
    job('gather', (x, i) => b.gather(x, i, 0), ints(16777217, big), ints(1, 0)),
    job('argMax', x => b.argMax(x, 0), ints(16777216, 16777217)),
    job('sortIndices', x => b.sortIndices(x, 0), ints(16777217, 16777216)),
    job('pad', x => b.pad(x, [1], [0], 16777217), ints(big)),
    job('takeAlong', (x, i) => b.takeAlong(x, i, 0), ints(16777217, big), ints(1, 0)),
    job('sign and abs', x => b.mul(b.sign(x), b.abs(x)), ints(-16777217, 16777217, 0)),
    job('select', (x, y) => b.select(b.less(x, y), x, y), ints(16777217, 5), ints(16777219, 3)),
    job('concat and reverse', (x, y) => b.reverse(b.concat([x, y], 0), [0]), ints(16777217), ints(big)),
  ],
}

describe.each(Object.keys(subjects))('%s', name => {
  let subject: Subject
  beforeAll(async () => { subject = await subjects[name]() })
  test.each(Object.keys(jobs))('%s', async group => {
    const before = subject.live()
    expect(await disagreement(subject, jobs[group], 100)).toBeNull()
    expect(subject.live()).toEqual(before)
  })
})
