/** Views against a naive oracle: the list of addresses that a view visits, in order. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sizeOf } from '../../../../src/dsl/value.js'
import {
  axesBeforeRow, cut, dense, isWhole, merged, repeated, reshaped, reversed, runsTogether, transposed, windowed, type View,
} from '../../../../src/interp/native/plan/views.js'

/** Every index of a shape, the last axis fastest. */
const indices = (shape: readonly number[]): number[][] =>
  shape.reduce<number[][]>((all, d) => all.flatMap(i => Array.from({ length: d }, (_, k) => [...i, k])), [[]])
const addressAt = (v: View, index: readonly number[]): number => index.reduce((at, k, i) => at + k * v.strides[i], v.offset)
const addresses = (v: View): number[] => indices(v.shape).map(i => addressAt(v, i))

const move = fc.oneof(
  fc.record({ kind: fc.constant('transpose' as const), seed: fc.nat() }),
  fc.record({ kind: fc.constant('cut' as const), seed: fc.nat() }),
  fc.record({ kind: fc.constant('reverse' as const), seed: fc.nat() }),
  fc.record({ kind: fc.constant('repeat' as const), seed: fc.nat() }),
)
const digit = (seed: number, i: number, n: number): number => Math.floor(seed / 7 ** i) % n
const moved = (v: View, { kind, seed }: { kind: 'transpose' | 'cut' | 'reverse' | 'repeat'; seed: number }): View => {
  const axes = [...v.shape.keys()]
  switch (kind) {
    case 'transpose': return transposed(v, axes.sort((a, c) => digit(seed, a, 7) - digit(seed, c, 7)))
    case 'cut': {
      const starts = v.shape.map((d, i) => digit(seed, i, d))
      return cut(v, starts, v.shape.map((d, i) => 1 + digit(seed, i + 3, d - starts[i])))
    }
    case 'reverse': return reversed(v, axes.filter(i => digit(seed, i, 2) === 1))
    case 'repeat': return repeated(v, [...(seed % 3 === 0 ? [2] : []), ...v.shape.map((d, i) => d === 1 ? 1 + digit(seed, i, 3) : d)])
  }
}
const views = fc.tuple(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }), fc.array(move, { maxLength: 4 }))
  .map(([shape, moves]) => moves.reduce((v, m) => v.shape.length < 6 ? moved(v, m) : v, dense(shape)))
const runs = { numRuns: 500, seed: 2026 }

/** Shapes of a size: its factors in some order, with ones between. */
const shapeOfSize = (size: number, seed: number): number[] => {
  const shape: number[] = []
  for (let [rest, i] = [size, 0]; rest > 1; i++) {
    const factors = Array.from({ length: rest }, (_, k) => k + 1).filter(k => rest % k === 0)
    const d = factors[digit(seed, i, factors.length)]
    shape.push(d)
    rest /= d
    if (i > 8) { shape.push(rest); break }
  }
  return shape
}

describe('views', () => {
  test('a transpose, a cut, a reversal and a repetition visit what they say', () => {
    fc.assert(fc.property(views, v => {
      const perm = [...v.shape.keys()].reverse()
      expect(addresses(transposed(v, perm))).toEqual(indices(perm.map(p => v.shape[p])).map(i => addressAt(v, [...i].reverse())))
      const [starts, shape] = [v.shape.map(d => d - 1), v.shape.map(() => 1)]
      expect(addresses(cut(v, starts, shape))).toEqual([addressAt(v, starts)])
      const axes = [...v.shape.keys()]
      expect(addresses(reversed(v, axes))).toEqual(addresses(v).reverse())
      expect(addresses(repeated(v, [2, ...v.shape]))).toEqual([...addresses(v), ...addresses(v)])
    }), runs)
  })

  test('reversing one axis turns that axis alone', () => {
    fc.assert(fc.property(views.filter(v => v.shape.length > 0), fc.nat(), (v, seed) => {
      const axis = seed % v.shape.length
      const turned = indices(v.shape).map(i => addressAt(v, i.with(axis, v.shape[axis] - 1 - i[axis])))
      expect(addresses(reversed(v, [axis]))).toEqual(turned)
    }), runs)
  })

  test('windows visit the pixels under their taps, and are none where they reach outside or channels lie apart', () => {
    const images = reversed(cut(dense([2, 8, 9, 3]), [0, 1, 2, 0], [2, 7, 6, 3]), [1])
    const g = { stride: [2, 1], dilation: [1, 2], padding: [[0, 0], [0, 0]] } as const
    const v = windowed(images, [2, 3, 2, 2, 3, 3], g)
    const under = indices([2, 3, 2, 2, 3, 3]).map(([n, i, j, p, q, c]) => addressAt(images, [n, 2 * i + p, j + 2 * q, c]))
    expect(v && addresses(v)).toEqual(under)
    expect(windowed(images, [2, 4, 2, 2, 3, 3], { ...g, padding: [[0, 1], [0, 0]] })).toBeNull()
    expect(windowed(reversed(images, [3]), [2, 3, 2, 2, 3, 3], g)).toBeNull()
  })

  test('a reshaped view visits the same in the same order; null only where no strides can', () => {
    let impossible = 0
    fc.assert(fc.property(views, fc.nat(), (v, seed) => {
      const shape = shapeOfSize(sizeOf(v.shape), seed)
      const r = reshaped(v, shape)
      const want = addresses(v)
      if (r) {
        expect(r.shape).toEqual(shape)
        expect(addresses(r)).toEqual(want)
        return
      }
      impossible++
      // The strides that the first step along every axis would need do not lead to the other elements.
      const places = indices(shape)
      const strides = shape.map((d, a) => {
        const k = places.findIndex(i => i.every((x, c) => x === (c === a ? 1 : 0)))
        return d === 1 ? 0 : want[k] - want[0]
      })
      expect(places.map(i => addressAt({ offset: want[0], shape, strides }, i))).not.toEqual(want)
    }), runs)
    expect(impossible).toBeGreaterThan(10)
  })

  test('merged axes visit the same pairs in the same order, and no neighbours are left that run together', () => {
    fc.assert(fc.property(views, views, fc.nat(), (v, u, seed) => {
      // A second view of the same shape: the first one's strides, some of another.
      const strides = v.strides.map((s, i) => digit(seed, i, 2) === 0 ? s : u.strides.at(i) ?? 5)
      const m = merged(v.shape, [v.strides, strides])
      const both = (shape: readonly number[], all: readonly (readonly number[])[]): number[][] =>
        indices(shape).map(i => all.map(s => addressAt({ offset: 0, shape, strides: s }, i)))
      expect(both(m.shape, m.strides)).toEqual(both(v.shape, [v.strides, strides]))
      expect(m.shape).not.toContain(1)
      for (let i = 1; i < m.shape.length; i++) expect(m.strides.every(s => s[i - 1] === s[i] * m.shape[i])).toBe(false)
    }), runs)
  })

  test('what runs together visits neighbours, and the whole is everything in order', () => {
    fc.assert(fc.property(views, v => {
      const found = addresses(v)
      expect(runsTogether(v)).toBe(found.every((x, i) => x === found[0] + i))
      expect(isWhole(v, found.length)).toBe(found.every((x, i) => x === i))
      expect(isWhole(v, found.length + 1)).toBe(false)
    }), runs)
  })

  test('without elements, anything is anything', () => {
    expect(reshaped(transposed(dense([0, 3]), [1, 0]), [2, 0])?.shape).toEqual([2, 0])
    expect(runsTogether(dense([0, 3]))).toBe(true)
    expect(reversed(dense([0]), [0]).offset).toBe(0)
  })

  test('the axes before a row', () => {
    expect([[[2, 3, 4], 4], [[2, 3, 4], 12], [[2, 3, 1], 3], [[5], 5], [[5], 1]].map(([s, c]) =>
      axesBeforeRow(s as number[], c as number))).toEqual([2, 1, 1, 0, 1])
  })
})
