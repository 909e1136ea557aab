/** Contractions, against plain loops over numbers on the reference engine. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { einsum, fromArray, tensor } from '../../../src/dsl/ops/index.js'
import type { AnyTensor } from '../../../src/dsl/shape/check.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { numbers } from '../values.js'

/** A tensor of a shape with distinct small values. */
const counting = (...shape: number[]): Tensor<number[]> =>
  fromArray(
    Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i + 1),
    shape,
  )
const close = (t: AnyTensor, expected: readonly number[], digits = 9): void => {
  const got = numbers(t)
  expect(got.length).toBe(expected.length)
  got.forEach((x, i) => {
    expect(x).toBeCloseTo(expected[i], digits)
  })
}

describe('einsum', () => {
  /** The definition: a loop over every letter. */
  const direct = (spec: string, shapes: number[][], data: number[][]): number[] => {
    const [ins, out] = spec.split('->')
    const letters = [...new Set([...ins].filter(c => c !== ','))]
    const sizes = new Map<string, number>()
    ins.split(',').forEach((s, k) => {
      ;[...s].forEach((c, i) => {
        sizes.set(c, shapes[k][i])
      })
    })
    const offset = (s: string, at: ReadonlyMap<string, number>): number =>
      [...s].reduce((o, c) => o * (sizes.get(c) ?? 0) + (at.get(c) ?? 0), 0)
    const result = new Array<number>([...out].reduce((n, c) => n * (sizes.get(c) ?? 0), 1)).fill(0)
    const walk = (k: number, at: Map<string, number>): void => {
      if (k === letters.length) {
        result[offset(out, at)] += ins.split(',').reduce((p, s, i) => p * data[i][offset(s, at)], 1)
        return
      }
      for (let i = 0; i < (sizes.get(letters[k]) ?? 0); i++) walk(k + 1, at.set(letters[k], i))
    }
    walk(0, new Map())
    return result
  }

  it('is its definition, for any letters', () => {
    const letter = fc.constantFrom('a', 'b', 'c', 'd')
    const operand = fc.array(letter, { minLength: 0, maxLength: 3 })
    fc.assert(
      fc.property(
        fc.array(operand, { minLength: 1, maxLength: 3 }),
        fc.record({
          a: fc.nat(3),
          b: fc.integer({ min: 1, max: 3 }),
          c: fc.integer({ min: 1, max: 3 }),
          d: fc.integer({ min: 1, max: 2 }),
        }),
        fc.nat(7),
        (operands, sizes, mask) => {
          const used = [...new Set(operands.flat())]
          const out = used.filter((_, i) => (mask >> i) % 2 === 1).reverse()
          const spec = `${operands.map(o => o.join('')).join(',')}->${out.join('')}`
          const shapes = operands.map(o => o.map(c => sizes[c]))
          const data = shapes.map((s, k) => Array.from({ length: s.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 7 + k * 3) % 11) - 5))
          const y = einsum(spec, ...shapes.map((s, k) => fromArray(data[k], s)))
          expect(y.shape).toEqual(out.map(c => sizes[c]))
          close(y, direct(spec, shapes, data))
        },
      ),
    )
  })

  it('contracts integers and the axes under an ellipsis', () => {
    expect(numbers(einsum('ij,jk->ik', tensor([[1, 2]], 'int32'), tensor([[3], [4]], 'int32')))).toEqual([11])
    expect(numbers(einsum('...i,i->...', counting(2, 2, 2), tensor([1, 10])))).toEqual([21, 43, 65, 87])
    expect(
      numbers(
        einsum(
          '...i,ji->j...',
          counting(2, 2),
          tensor([
            [1, 0],
            [0, 1],
            [1, 1],
          ]),
        ),
      ),
    ).toEqual([1, 3, 2, 4, 3, 7])
  })
})
