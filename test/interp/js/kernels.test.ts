/** The reference's kernels against their definitions, written out element by element over random cases. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import type { Node } from '../../../src/dsl/core/node.js'
import type { Conv } from '../../../src/dsl/core/primitives/linear.js'
import type { NodeOf, Op } from '../../../src/dsl/core/table.js'
import type { Value } from '../../../src/dsl/value.js'
import { stridesOf } from '../../../src/interp/js/arrays.js'
import { generate } from '../../../src/interp/js/generate/generate.js'
import { program } from '../../../src/interp/program.js'
import { cases } from '../../dsl/core/cases.js'
import { bind, gap, run } from '../../dsl/core/numeric.js'

/** Reads an element by its index; outside the array it is `outside`. */
type At = (...index: number[]) => number
const reader = (v: Value, outside = NaN): At => (...index) =>
  index.every((i, k) => i >= 0 && i < v.shape[k]) ? v.data[index.reduce((n, i, k) => n + i * stridesOf(v.shape)[k], 0)] : outside
const indices = (shape: readonly number[]): number[][] =>
  shape.reduce<number[][]>((all, n) => all.flatMap(i => Array.from({ length: n }, (_, k) => [...i, k])), [[]])
const range = (n: number): number[] => [...Array(n).keys()]
const sum = (xs: readonly number[]): number => xs.reduce((n, x) => n + x, 0)

/** The value at an index of the result, from the inputs and the attributes. */
type Definition<P extends Op> = (inputs: readonly At[], attrs: NodeOf<P>['attrs'], shapes: readonly (readonly number[])[]) => At
const shapeIndex = (index: readonly number[], axis: number, i: number): number[] => index.map((k, a) => a === axis ? i : k)
/** Indices of an array whose given axes run over everything, the others from `kept` in order. */
const along = (shape: readonly number[], axes: readonly number[], kept: readonly number[]): number[][] =>
  indices(shape).filter(full => full.filter((_, a) => !axes.includes(a)).every((k, a) => k === kept[a]))
const rowMajor = (index: readonly number[], shape: readonly number[]): number => sum(index.map((i, k) => i * stridesOf(shape)[k]))
const unflat = (n: number, shape: readonly number[]): number[] => stridesOf(shape).map((s, k) => Math.floor(n / s) % Math.max(shape[k], 1))

/** The pixel under tap p of window i along axis a. */
const pixel = (g: { stride: readonly number[]; padding: readonly (readonly number[])[]; dilation: readonly number[] },
  a: number, i: number, p: number): number =>
  i * g.stride[a] - g.padding[a][0] + p * g.dilation[a]
const conv = (x: At, w: At, g: Conv, [kh, kw, per, cout]: readonly number[]): At => (n, i, j, o) =>
  sum(indices([kh, kw, per]).map(([p, q, c]) => x(n, pixel(g, 0, i, p), pixel(g, 1, j, q), Math.floor(o / (cout / g.groups)) * per + c)
    * w(p, q, c, o)))

const definitions: { readonly [P in Op]?: Definition<P> } = {
  matmul: ([x, y], _, [a, c]) => (...at) => {
    const [i, j] = at.slice(-2)
    const batch = at.slice(0, -2)
    return sum(range(a[a.length - 1]).map(k => x(...batch, i, k) * y(...(c.length === 2 ? [] : batch), k, j)))
  },
  conv2d: ([x, w], g, [, k]) => conv((...at) => Number.isNaN(x(...at)) ? 0 : x(...at), w, g, k),
  // The transposes by what makes them transposes: sum over all outputs that read the element.
  conv2dInput: ([y, w], g, [ys, k]) => (n, h, v, c) => {
    const [per, perOut] = [k[2], k[3] / g.groups]
    return sum(indices([ys[1], ys[2], k[0], k[1], k[3]]).filter(([i, j, p, q, o]) =>
      pixel(g, 0, i, p) === h && pixel(g, 1, j, q) === v && Math.floor(o / perOut) === Math.floor(c / per)).map(([i, j, p, q, o]) =>
        y(n, i, j, o) * w(p, q, c % per, o)))
  },
  conv2dKernel: ([x, y], g, [xs, ys]) => (p, q, c, o) => {
    const per = xs[3] / g.groups
    const first = Math.floor(o / (ys[3] / g.groups)) * per
    return sum(indices(ys.slice(0, 3)).map(([n, i, j]) => {
      const read = x(n, pixel(g, 0, i, p), pixel(g, 1, j, q), first + c)
      return Number.isNaN(read) ? 0 : read * y(n, i, j, o)
    }))
  },
  patches: ([x], g) =>
    (n, i, j, p, q, c) => { const read = x(n, pixel(g, 0, i, p), pixel(g, 1, j, q), c); return Number.isNaN(read) ? g.fill : read },
  fold: ([x], g, [s]) =>
    (n, h, v, c) => sum(indices(s.slice(1, 5)).filter(([i, j, p, q]) => pixel(g, 0, i, p) === h && pixel(g, 1, j, q) === v)
      .map(([i, j, p, q]) => x(n, i, j, p, q, c))),
  cumsum: ([x], { axis, exclusive, reverse }, [s]) => (...at) => sum(range(s[axis])
    .filter(k => reverse ? k > at[axis] || (!exclusive && k === at[axis]) : k < at[axis] || (!exclusive && k === at[axis])).map(k =>
      x(...shapeIndex(at, axis, k)))),
  sum: ([x], { axes }, [s]) => (...at) => sum(along(s, axes, at).map(i => x(...i))),
  prod: ([x], { axes }, [s]) => (...at) => along(s, axes, at).reduce((n, i) => n * x(...i), 1),
  max: ([x], { axes }, [s]) => (...at) => Math.max(...along(s, axes, at).map(i => x(...i))),
  min: ([x], { axes }, [s]) => (...at) => Math.min(...along(s, axes, at).map(i => x(...i))),
  argMax: ([x], { axis }, [s]) => (...at) => {
    const row = range(s[axis]).map(k => x(...at.toSpliced(axis, 0, k)))
    return row.indexOf(Math.max(...row))
  },
  // Stable: the r-th place goes to the element that r others precede, by value and then by position.
  sortIndices: ([x], { axis, descending }, [s]) => (...at) => {
    const row = range(s[axis]).map(k => x(...shapeIndex(at, axis, k)) * (descending ? -1 : 1))
    return range(s[axis]).find(i => row.filter((v, j) => v < row[i] || (v === row[i] && j < i)).length === at[axis]) ?? -1
  },
  reshape: ([x], { shape }, [s]) => (...at) => x(...unflat(rowMajor(at, shape as number[]), s)),
  transpose: ([x], { perm }) => (...at) => x(...perm.map((_, a) => at[perm.indexOf(a)])),
  broadcastTo: ([x], { shape }, [s]) => (...at) => x(...s.map((d, i) => d === 1 ? 0 : at[i + shape.length - s.length])),
  slice: ([x], { starts }) => (...at) => x(...at.map((i, a) => i + starts[a])),
  pad: ([x], { lo, value }) => (...at) => { const read = x(...at.map((i, a) => i - lo[a])); return Number.isNaN(read) ? value : read },
  reverse: ([x], { axes }, [s]) => (...at) => x(...at.map((i, a) => axes.includes(a) ? s[a] - 1 - i : i)),
  concat: (xs, { axis }, shapes) => (...at) => {
    const part = shapes.findIndex((_, k) => at[axis] < sum(shapes.slice(0, k + 1).map(s => s[axis])))
    return xs[part](...shapeIndex(at, axis, at[axis] - sum(shapes.slice(0, part).map(s => s[axis]))))
  },
  gather: ([x, k], { axis }, [, s]) => (...at) => x(...at.toSpliced(axis, s.length, k(...at.slice(axis, axis + s.length)))),
  takeAlong: ([x, k], { axis }) => (...at) => x(...shapeIndex(at, axis, k(...at))),
  scatterAdd: ([base, k, u], { axis }, [, s]) =>
    (...at) => base(...at) + sum(indices(s).filter(i => k(...i) === at[axis]).map(i => u(...at.toSpliced(axis, 1, ...i)))),
  scatterAlong: ([base, k, u], { axis }, [, s]) => (...at) => base(...at)
    + sum(range(s[axis]).filter(i => k(...shapeIndex(at, axis, i)) === at[axis]).map(i => u(...shapeIndex(at, axis, i)))),
  mod: ([x, y]) => (...at) => { const r = x(...at) % y(...at); return r !== 0 && r < 0 !== y(...at) < 0 ? r + y(...at) : r },
  select: ([c, x, y]) => (...at) => c(...at) === 1 ? x(...at) : y(...at),
  cast: ([x], { dtype }) => (...at) => dtype === 'int32' ? Math.trunc(x(...at)) : dtype === 'bool' ? +(x(...at) !== 0) : x(...at),
}

describe.each(Object.keys(definitions) as (keyof typeof definitions)[])('%s', op => {
  test('is its definition', () => {
    fc.assert(fc.property(cases[op], c => {
      const { inputs, values, output } = bind(c)
      const [value] = run([output], inputs, values)
      const define = definitions[op] as Definition<Op>
      const at = define(values.map(v => reader(v)), output.attrs as never, values.map(v => v.shape))
      const want = indices(output.shape as number[]).map(i => at(...i))
      expect(gap(value.data, want), `${[...value.data].join()} but ${want.join()}`).toBeLessThan(1e-12)
    }), { numRuns: 60, seed: 7 })
  })
})

describe('integers wrap at 32 bits', () => {
  const int = (...data: number[]): Node => b.constant({ shape: [data.length], dtype: 'int32', data: Int32Array.from(data) })
  const big = 2 ** 31 - 1
  test.each([
    ['add', () => b.add(int(big), int(1)), [-(2 ** 31)]], ['sub', () => b.sub(int(-big), int(2)), [big]],
    ['mul', () => b.mul(int(big, 65537), int(big, 65537)), [1, 131073]], ['neg', () => b.neg(int(-(2 ** 31))), [-(2 ** 31)]],
    ['sum', () => b.sum(int(big, big, 3), [0]), [1]], ['prod', () => b.prod(int(65537, 65537, 65537), [0]), [196609]],
    ['cumsum', () => b.cumsum(int(big, 1, 1), 0), [big, -(2 ** 31), -big]], ['mod', () => b.mod(int(-7, 7, -7), int(3, -3, -3)),
      [2, -2, -1]],
  ])('%s', (_, make, expected) => { expect([...run([make()], [], [])[0].data]).toEqual(expected) })
})

test('orderings of infinities are stable; extrema of NaN are NaN', () => {
  const x = b.constant({ shape: [5], dtype: 'float32', data: Float64Array.of(Infinity, -Infinity, Infinity, 0, -Infinity) })
  const [up, down] = run([b.sortIndices(x, 0), b.sortIndices(x, 0, { descending: true, k: 3 })], [], [])
  expect([[...up.data], [...down.data]]).toEqual([[1, 4, 3, 0, 2], [0, 2, 3]])
  const y = b.constant({ shape: [2], dtype: 'float32', data: Float64Array.of(1, NaN) })
  expect(run([b.max(y, [0]), b.min(y, [0])], [], []).map(v => v.data[0])).toEqual([NaN, NaN])
})

test('the largest of truth values is whether there is a true one, the smallest whether there is no false one', () => {
  const bools = (...data: number[]): Node => b.constant({ shape: [data.length], dtype: 'bool', data: Uint8Array.from(data) })
  const all = [bools(1, 1), bools(1, 0), bools(0, 0), bools()].flatMap(x => [b.max(x, [0]), b.min(x, [0])])
  const expected = [1, 1, 1, 0, 0, 0, 0, 1]
  expect(run(all, [], []).map(v => v.data[0])).toEqual(expected)
  const code = generate(program([], all))
  code?.run()
  expect(code?.outputs.map(data => data[0])).toEqual(expected)
})
