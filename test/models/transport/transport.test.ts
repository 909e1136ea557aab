import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  gaussianWasserstein2, kantorovichRubinstein, optimalTransport, wassersteinOnLine, type Measure,
} from '../../../src/models/transport/index.js'

const runs = { numRuns: 40, seed: 11 }
const coordinate = fc.integer({ min: -400, max: 400 }).map(n => n / 100)
const measure = (d: number): fc.Arbitrary<Measure> => fc.integer({ min: 1, max: 7 }).chain(n => fc.tuple(
  fc.array(fc.array(coordinate, { minLength: d, maxLength: d }), { minLength: n, maxLength: n }),
  fc.option(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: n, maxLength: n }).filter(w => w.some(x => x > 0)), { nil: undefined }),
).map(([points, weights]) => {
  const total = weights?.reduce((a, b) => a + b, 0) ?? 1
  return { points, weights: weights?.map(w => w / total) }
}))

/** The least mean cost over all ways to pair n points with n points. */
const bestPairing = (p: readonly (readonly number[])[], q: readonly (readonly number[])[]): number => {
  const from = (i: number, left: readonly number[]): number => i === p.length ? 0 : Math.min(...left.map(j =>
    Math.hypot(...p[i].map((x, k) => x - q[j][k])) + from(i + 1, left.filter(l => l !== j))))
  return from(0, q.map((_, j) => j)) / p.length
}

describe('the linear programme of transport', () => {
  test('its plan moves p onto q at its cost, and its prices prove that nothing is cheaper', () => fc.assert(fc.asyncProperty(
    measure(2), measure(2), async (p, q) => {
      const { cost, plan, prices: { u, v } } = await optimalTransport(p, q)
      const a = p.weights ?? p.points.map(() => 1 / p.points.length), b = q.weights ?? q.points.map(() => 1 / q.points.length)
      const distance = (i: number, j: number) => Math.hypot(...p.points[i].map((x, k) => x - q.points[j][k]))
      a.forEach((w, i) => expect(plan[i].reduce((s, x) => s + x, 0)).toBeCloseTo(w, 9))
      b.forEach((w, j) => expect(plan.reduce((s, row) => s + row[j], 0)).toBeCloseTo(w, 9))
      expect(plan.flat().every(x => x >= 0)).toBe(true)
      expect(plan.reduce((s, row, i) => s + row.reduce((t, x, j) => t + x * distance(i, j), 0), 0)).toBeCloseTo(cost, 9)
      u.forEach((ui, i) => v.forEach((vj, j) => expect(ui + vj).toBeLessThan(distance(i, j) + 1e-7)))
      expect(u.reduce((s, x, i) => s + x * a[i], 0) + v.reduce((s, x, j) => s + x * b[j], 0)).toBeCloseTo(cost, 7)
    }), runs))

  test('of equal numbers of equal points, it is the best pairing', () => fc.assert(fc.asyncProperty(
    fc.integer({ min: 1, max: 5 }).chain(n => fc.tuple(...[0, 1].map(() =>
      fc.array(fc.tuple(coordinate, coordinate), { minLength: n, maxLength: n })))), async ([p, q]) => {
      expect((await optimalTransport({ points: p }, { points: q })).cost).toBeCloseTo(bestPairing(p, q), 9)
    }), runs))

  test('the dual equals the primal, and its critic is 1-Lipschitz', () => fc.assert(fc.asyncProperty(
    measure(2), measure(2), async (p, q) => {
      const [{ cost }, { distance, critic }] = [await optimalTransport(p, q), await kantorovichRubinstein(p, q)]
      expect(distance).toBeCloseTo(cost, 7)
      const points = [...p.points, ...q.points], f = [...critic.p, ...critic.q]
      points.forEach((x, i) => points.forEach((y, j) => {
        expect(f[i] - f[j]).toBeLessThan(Math.hypot(...x.map((c, k) => c - y[k])) + 1e-7)
      }))
      expect(f[0]).toBe(0)
    }), runs))

  test('on the line both are the area between the distribution functions', () => fc.assert(fc.asyncProperty(
    measure(1), measure(1), async (p, q) => {
      const area = wassersteinOnLine(p, q)
      expect((await optimalTransport(p, q)).cost).toBeCloseTo(area, 7)
      expect((await kantorovichRubinstein(p, q)).distance).toBeCloseTo(area, 7)
    }), runs))

  test('any cost: squared distances of shifted points cost the squared shift', async () => {
    const points = [[0, 0], [1, 3], [-2, 1]]
    const squared = (x: readonly number[], y: readonly number[]) => x.reduce((s, v, i) => s + (v - y[i]) ** 2, 0)
    const { cost } = await optimalTransport({ points }, { points: points.map(([x, y]) => [x + 3, y - 4]) }, { cost: squared })
    expect(cost).toBeCloseTo(25, 9)
  })
})

describe('Gaussians', () => {
  test('on the line: √((m - n)² + (s - t)²)', () => fc.assert(fc.property(
    coordinate, coordinate, fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }), (m, n, s, t) => {
      const [a, b] = [s / 100, t / 100]
      expect(gaussianWasserstein2({ mean: [m], covariance: [[a * a]] }, { mean: [n], covariance: [[b * b]] }))
        .toBeCloseTo(Math.hypot(m - n, a - b), 6)
    }), runs))

  test('covariances that commute: the roots of their eigenvalues differ', () => {
    const [c, s] = [Math.cos(0.7), Math.sin(0.7)]
    const turned = (x: number, y: number) => [[c * c * x + s * s * y, c * s * (x - y)], [c * s * (x - y), s * s * x + c * c * y]]
    const distance = gaussianWasserstein2({ mean: [1, 2], covariance: turned(4, 9) }, { mean: [1, 2], covariance: turned(1, 0.25) })
    expect(distance).toBeCloseTo(Math.hypot(2 - 1, 3 - 0.5), 9)
  })

  test('covariances that do not commute: what the optimal linear map between them costs', () => {
    // T = A^-½ (A^½ B A^½)^½ A^-½ pushes N(0, A) onto N(0, B); with A = I it is B^½, and the cost is tr (B^½ - I)²
    const b = [[2, 1], [1, 2]] // eigenvalues 3 and 1
    expect(gaussianWasserstein2({ mean: [0, 0], covariance: [[1, 0], [0, 1]] }, { mean: [0, 0], covariance: b }))
      .toBeCloseTo(Math.sqrt(3) - 1, 9)
    const a = [[5, 2], [2, 1]]
    const there = gaussianWasserstein2({ mean: [0, 0], covariance: a }, { mean: [0, 0], covariance: b })
    expect(gaussianWasserstein2({ mean: [0, 0], covariance: b }, { mean: [0, 0], covariance: a })).toBeCloseTo(there, 9)
    // tr (AB)^½ of 2x2 matrices: √(tr AB + 2 √det AB)
    expect(there ** 2).toBeCloseTo(6 + 4 - 2 * Math.sqrt(16 + 2 * Math.sqrt(3)), 9)
  })
})

describe('mistakes', () => {
  const says = (run: () => unknown, sentence: string) => expect(run).toThrow(sentence)
  test('are named', async () => {
    says(() => wassersteinOnLine({ points: [[0, 1]] }, { points: [[0, 1]] }), 'the points have 2 coordinates, but 1 is expected')
    says(() => wassersteinOnLine({ points: [3, 4] } as never, { points: [[0]] }), 'p has the point 3 (point 0), but a point is a list of')
    says(() => wassersteinOnLine({ points: [[0]] }, {} as never), 'q has no list of points, such as points: [[0], [1]]')
    says(() => wassersteinOnLine({ points: [[0]] }, undefined as never), 'q has no list of points')
    await expect(optimalTransport({ points: [0, 1] } as never, { points: [[0]] })).rejects.toThrow('p has the point 0 (point 0)')
    says(() => wassersteinOnLine({ points: [] }, { points: [[0]] }), 'p has no points')
    says(() => wassersteinOnLine({ points: [[0]] }, { points: [[0], [1]], weights: [0.5, 0.6] }), 'q has weights that sum to 1.1')
    says(() => wassersteinOnLine({ points: [[0]] }, { points: [[0]], weights: [1, 0] }), 'q has 1 points but 2 weights')
    says(() => wassersteinOnLine({ points: [[0], [1]], weights: [2, -1] }, { points: [[0]] }), 'p has the weight -1 at point 1')
    says(() => wassersteinOnLine({ points: [[NaN]] }, { points: [[0]] }), 'not finite, in point 0')
    await expect(optimalTransport({ points: [[0, 1]] }, { points: [[0]] })).rejects.toThrow('p has points of 2 coordinates but q of 1')
    await expect(optimalTransport({ points: [[0]] }, { points: [[0]] }, { cost: () => Infinity })).rejects.toThrow('is Infinity')
    const plain = { mean: [0, 0], covariance: [[1, 0], [0, 1]] }
    says(() => gaussianWasserstein2({ mean: [0], covariance: [[1]] }, plain), 'p has a mean of 1 and q of 2')
    says(() => gaussianWasserstein2({ mean: [0, 0], covariance: [[1, 2], [0, 1]] }, plain), 'not symmetric')
    says(() => gaussianWasserstein2({ mean: [0, 0], covariance: [[1, 2], [2, 1]] }, plain), 'eigenvalue -0.99')
    says(() => gaussianWasserstein2({ mean: [0, 0], covariance: [[1, 2]] }, plain), 'a covariance of 1 x 2; 2 x 2 is expected')
  })
})
