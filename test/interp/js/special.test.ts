/** The reference's own functions against published values. */
import { describe, expect, test } from 'vitest'
import { threefry2x32, threefryWords } from '../../../src/dsl/core/threefry.js'
import { erf, roundHalfEven } from '../../../src/interp/js/special.js'

describe('erf', () => {
  // Abramowitz and Stegun, table 7.1, continued to double precision.
  test.each([
    [0, 0], [1e-10, 1.1283791670955126e-10], [0.1, 0.1124629160182849], [0.5, 0.5204998778130465], [1, 0.8427007929497149],
    [1.5, 0.9661051464753108],
    [2, 0.9953222650189527], [2.4, 0.9993114861033549], [2.6, 0.9997639655834707], [3, 0.9999779095030014], [4, 0.9999999845827421],
    [5, 0.9999999999984626], [7, 1], [Infinity, 1],
  ])('of %f is %f, and odd', (x, y) => {
    expect(Math.abs(erf(x) - y)).toBeLessThanOrEqual(4e-15 * Math.max(1e-3, y) + 1e-24)
    expect(erf(-x) + 0).toBe(-erf(x) + 0)
  })
  test('of NaN is NaN', () => { expect(erf(NaN)).toBeNaN() })
  test('grows, with the density as its slope', () => {
    for (let x = -4; x < 4; x += 0.01) {
      expect(erf(x + 0.01)).toBeGreaterThan(erf(x))
      expect((erf(x + 1e-5) - erf(x - 1e-5)) / 2e-5).toBeCloseTo(2 / Math.sqrt(Math.PI) * Math.exp(-x * x), 8)
    }
  })
})

test('rounding takes halves to the even neighbour', () => {
  expect([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 2.4999999, 2.5000001, 0.49999999999999994, 2 ** 52 + 1].map(x => roundHalfEven(x) + 0))
    .toEqual([-2, -2, 0, 0, 2, 2, 4, 2, 3, 0, 2 ** 52 + 1])
  expect([Infinity, -Infinity, NaN].map(roundHalfEven)).toEqual([Infinity, -Infinity, NaN])
})

describe('threefry2x32, 20 rounds', () => {
  // The known-answer test of Random123 (Salmon et al., 2011), file kat_vectors.
  test.each([
    [[0, 0], [0, 0], '6b200159 99ba4efe'],
    [[0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], '1cb996fc bb002be7'],
    [[0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3], 'c4923a9c 483df7a0'],
  ])('key %j, counter %j', ([k0, k1], [c0, c1], answer) => {
    expect(threefry2x32(k0, k1, c0, c1).map(w => (w >>> 0).toString(16).padStart(8, '0')).join(' ')).toBe(answer)
  })
  test('a stream is the blocks of its counters, a shorter one its beginning', () => {
    const words = threefryWords([7, -3], 5, 7)
    expect([...words.slice(0, 6)]).toEqual([0, 1, 2].flatMap(i => threefry2x32(7, -3, 5, i)))
    expect([...threefryWords([7, -3], 5, 4)]).toEqual([...words.slice(0, 4)])
    expect(new Set([...words, ...threefryWords([7, -3], 6, 7), ...threefryWords([-3, 7], 5, 7)]).size).toBe(21)
  })
})
