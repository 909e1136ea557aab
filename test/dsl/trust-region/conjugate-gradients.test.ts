import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conjugateGradients, einsum, grad, mul, sum, tensor, type Tensor } from '../../../src/index.js'
import { number, numbers } from '../values.js'

/** A dense solve by elimination with pivots, in plain JavaScript. */
export const solve = (a: readonly (readonly number[])[], b: readonly number[]): number[] => {
  const rows = a.map((row, i) => [...row, b[i]])
  const n = rows.length
  for (let k = 0; k < n; k++) {
    const pivot = rows.slice(k).reduce((best, row, i) => Math.abs(row[k]) > Math.abs(rows[best][k]) ? k + i : best, k);
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]]
    for (let i = 0; i < n; i++) {
      if (i === k) continue
      const factor = rows[i][k] / rows[k][k]
      rows[i] = rows[i].map((x, j) => x - factor * rows[k][j])
    }
  }
  return rows.map((row, i) => row[n] / row[i])
}

const element = fc.double({ min: -1, max: 1, noNaN: true })
const system = fc.integer({ min: 1, max: 6 }).chain(n => fc.record({
  factor: fc.array(fc.array(element, { minLength: n, maxLength: n }), { minLength: n, maxLength: n }),
  b: fc.array(element, { minLength: n, maxLength: n }),
}))

describe('conjugateGradients', () => {
  it('equals a solve after as many steps as unknowns', () => {
    fc.assert(fc.property(system, ({ factor, b }) => {
      // B Bᵀ + I is symmetric positive definite.
      const a = factor.map((r, i) => factor.map((c, j) => r.reduce((s, x, k) => s + x * c[k], i === j ? 1 : 0)))
      const A = tensor(a) as Tensor<[number, number]>
      const x = conjugateGradients((v: Tensor<[number]>) => einsum('i j, j -> i', A, v), tensor(b), { steps: b.length, tolerance: 0 })
      const expected = solve(a, b)
      numbers(x).forEach((xi, i) => expect(xi).toBeCloseTo(expected[i], 9))
    }), { numRuns: 50 })
  })

  it('solves over trees, and stays at the solution however long it runs', () => {
    const b = { u: tensor([1, 2]), v: { w: tensor(3) } }
    const x = conjugateGradients(t => ({ u: mul(t.u, 2), v: { w: mul(t.v.w, 4) } }), b, { steps: 50 })
    expect(numbers(x.u)).toEqual([0.5, 1])
    expect(number(x.v.w)).toBe(0.75)
  })

  it('is 0 for a right-hand side of 0, and in directions without curvature', () => {
    expect(numbers(conjugateGradients((v: Tensor<[2]>) => v, tensor([0, 0]), { steps: 3 }))).toEqual([0, 0])
    expect(numbers(conjugateGradients((v: Tensor<[2]>) => mul(v, 0), tensor([1, 2]), { steps: 3 }))).toEqual([0, 0])
  })

  it('solves with the Hessian of any loss', () => {
    const loss = (x: Tensor<[2]>): Tensor<[]> => sum(mul(mul(x, x), tensor([1.5, 0.5])))
    const hessian = (v: Tensor<[2]>): Tensor<[2]> => grad((x: Tensor<[2]>) => sum(mul(grad(loss)(x), v)))(tensor([1, 1]))
    const [a, b] = numbers(conjugateGradients(hessian, tensor([3, 1]), { steps: 2 }))
    expect(a).toBeCloseTo(1, 12)
    expect(b).toBeCloseTo(1, 12)
  })

  it('refuses what it cannot solve', () => {
    const b = tensor([1, 2])
    expect(() => conjugateGradients(v => v, b, { steps: 0 })).toThrow('conjugateGradients: steps is 0; a positive integer was expected')
    expect(() => conjugateGradients((() => tensor([1])) as never, b, { steps: 1 }))
      .toThrow('conjugateGradients: product: [2] was expected but [1] is given')
    expect(() => conjugateGradients(v => v, { n: tensor([1], 'int32') }, { steps: 1 })).toThrow('b.n is int32')
  })
})
