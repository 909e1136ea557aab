/** Unification against substitution: sizes put into a shape come out of it again. */
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { substituteShape, symbolsOfShape } from '../../../src/dsl/shape/subst.js'
import { unifyShape } from '../../../src/dsl/shape/unify.js'
import type { Dim } from '../../../src/dsl/tensor.js'

const symbol = fc.constantFrom('A', 'B', 'C')
const factor = fc.integer({ min: 2, max: 9 })
const spec = fc.array(fc.oneof<fc.Arbitrary<Dim>[]>(
  symbol, fc.integer({ min: 0, max: 9 }),
  fc.tuple(factor, symbol).map(([n, s]) => `${n}*${s}`), fc.tuple(symbol, factor).map(([s, n]) => `${s}+${n}`),
  fc.tuple(factor, symbol, factor).map(([n, s, m]) => `${n}*${s}+${m}`),
), { minLength: 1, maxLength: 5 })
/** Sizes, symbols of the caller (some with the definition's names) and compounds of them. */
const size = fc.oneof<fc.Arbitrary<Dim>[]>(fc.integer({ min: 1, max: 40 }), fc.constantFrom('A', 'C', 'N', '2*N', 'M+1', 'A*B'))
const sizes = fc.record({ A: size, B: size, C: size })

describe('unifyShape', () => {
  it('finds the sizes that were put into a shape', () => {
    fc.assert(fc.property(spec, sizes, (shape, z) => {
      const actual = substituteShape(shape, z)
      const unified = unifyShape(shape, actual, { sizes: {} }, 'x')
      expect(unified).toMatchObject({ _tag: 'Right' })
      if (isRight(unified)) {
        expect(substituteShape(shape, unified.right.sizes)).toEqual(actual)
        expect(Object.keys(unified.right.sizes).sort()).toEqual(symbolsOfShape(shape).sort())
      }
    }))
  })

  it('refuses any other size of an axis that is determined, naming where', () => {
    fc.assert(fc.property(spec, sizes, fc.nat(), (shape, z, n) => {
      const axis = n % shape.length
      const actual = substituteShape(shape, z).map((d, i) => i === axis ? 'Other' : d)
      const again = unifyShape([...shape, ...shape], [...substituteShape(shape, z), ...actual], { sizes: {} }, 'x')
      expect(isLeft(again) && again.left).toMatch(/^x: .* but Other here$/)
    }))
  })
})
