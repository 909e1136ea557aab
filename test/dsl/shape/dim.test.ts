/** Symbolic sizes: the normal form is one for equal sizes, and computing commutes with giving the symbols values. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addDim,
  ceilDivDim,
  divDim,
  floorDivDim,
  mulDim,
  normalDim,
  sameDim,
  showShape,
  sizeOfShape,
  subDim,
  substituteDim,
  symbolsOf,
} from '../../../src/dsl/shape/dim.js'
import { TypegradError } from '../../../src/dsl/errors.js'
import type { Dim } from '../../../src/dsl/tensor.js'

const names = ['B', 'T', 'S', 'in_1'] as const
type Sizes = Record<(typeof names)[number], number>
const sizes: fc.Arbitrary<Sizes> = fc.record({ B: fc.nat(50), T: fc.nat(50), S: fc.nat(50), in_1: fc.nat(50) })

/** A size as text, and what it is worth. */
interface Sum {
  readonly text: string
  readonly worth: (z: Sizes) => number
}
const { sum } = fc.letrec<{ sum: Sum }>(tie => ({
  sum: fc.oneof(
    { maxDepth: 3 },
    fc.nat(9).map((n): Sum => ({ text: `${n}`, worth: () => n })),
    fc.constantFrom(...names).map((s): Sum => ({ text: s, worth: z => z[s] })),
    fc.tuple(tie('sum'), tie('sum')).map(([a, b]): Sum => ({ text: `${a.text}+${b.text}`, worth: z => a.worth(z) + b.worth(z) })),
    fc.tuple(tie('sum'), tie('sum')).map(([a, b]): Sum => ({ text: `${a.text}-(${b.text})`, worth: z => a.worth(z) - b.worth(z) + 0 })),
    fc.tuple(tie('sum'), tie('sum')).map(([a, b]): Sum => ({ text: `(${a.text})*(${b.text})`, worth: z => a.worth(z) * b.worth(z) + 0 })),
    fc
      .tuple(tie('sum'), fc.integer({ min: 1, max: 5 }))
      .map(([a, n]): Sum => ({ text: `floor((${a.text})/${n})`, worth: z => Math.floor(a.worth(z) / n) + 0 })),
  ),
}))

describe('the normal form', () => {
  it('is worth what was written', () => {
    fc.assert(
      fc.property(sum, sizes, (s, z) => {
        expect(substituteDim(normalDim(s.text), z)).toBe(s.worth(z))
      }),
    )
  })

  it('is its own normal form', () => {
    fc.assert(
      fc.property(sum, s => {
        expect(normalDim(normalDim(s.text))).toBe(normalDim(s.text))
      }),
    )
  })

  it('does not depend on the order', () => {
    fc.assert(
      fc.property(sum, sum, sum, (a, b, c) => {
        const [x, y, z] = [a, b, c].map(s => normalDim(s.text))
        expect(addDim(x, y)).toBe(addDim(y, x))
        expect(mulDim(x, y)).toBe(mulDim(y, x))
        expect(addDim(addDim(x, y), z)).toBe(addDim(x, addDim(y, z)))
        expect(mulDim(addDim(x, y), z)).toBe(addDim(mulDim(x, z), mulDim(y, z)))
        expect(subDim(addDim(x, y), y)).toBe(x)
      }),
    )
  })

  it.each<[string, Dim]>([
    ['T+S', 'S+T'],
    ['(B+1)*2', '2*B+2'],
    ['3+2*B', '2*B+3'],
    ['T*B', 'B*T'],
    ['B-B', 0],
    ['B+B*T', 'B*T+B'],
    ['2*3', 6],
    ['-B', '-B'],
    ['1-B', '-B+1'],
    ['floor((H+2-3)/2)+1', 'floor((H+1)/2)'],
    ['floor((floor((H+1)/2)+1)/2)', 'floor((H+3)/4)'],
    ['floor((2*H+1)/2)', 'H'],
    ['floor(H/1)', 'H'],
  ])('%s is %s', (text, normal) => {
    expect(normalDim(text)).toBe(normal)
  })

  it.each(['', 'B T', 'B**T', '2B', 'B+', '(B', 'B)', 'floor(B)', 'floor(B/0)', 'B/2', 'é'])('refuses "%s"', text => {
    expect(() => normalDim(text)).toThrow(TypegradError)
  })
})

describe('arithmetic', () => {
  it('agrees with numbers', () => {
    fc.assert(
      fc.property(sum, sum, fc.integer({ min: 1, max: 6 }), sizes, (a, b, n, z) => {
        const [x, y] = [normalDim(a.text), normalDim(b.text)]
        expect(substituteDim(addDim(x, y), z)).toBe(a.worth(z) + b.worth(z))
        expect(substituteDim(subDim(x, y), z)).toBe(a.worth(z) - b.worth(z))
        expect(substituteDim(mulDim(x, y), z)).toBe(a.worth(z) * b.worth(z) + 0)
        expect(substituteDim(floorDivDim(x, n), z)).toBe(Math.floor(a.worth(z) / n) + 0)
        expect(substituteDim(ceilDivDim(x, n), z)).toBe(Math.ceil(a.worth(z) / n) + 0)
      }),
    )
  })

  it('divides products exactly, and nothing else', () => {
    fc.assert(
      fc.property(sum, sum, (a, b) => {
        const [x, y] = [normalDim(a.text), normalDim(b.text)]
        if (y !== 0) expect(divDim(mulDim(x, y), y)).toBe(x)
        const quotient = divDim(x, y)
        if (quotient !== undefined) expect(mulDim(quotient, y)).toBe(x)
      }),
    )
    expect(divDim('B', 2)).toBeUndefined()
    expect(divDim(7, 0)).toBeUndefined()
    expect(divDim('B*B-1', 'B-1')).toBe('B+1')
  })

  it('substitutes sizes and symbols at once', () => {
    expect(substituteDim('B*T+S', { B: 'T', T: 'B', S: 3 })).toBe('B*T+3')
    expect(substituteDim('B+S', { B: 'S', S: 'B' })).toBe('B+S')
    expect(substituteDim('floor((H+1)/2)', { H: '2*W+1' })).toBe('W+1')
    expect(substituteDim('toString', {})).toBe('toString')
  })

  it('knows symbols, sizes of shapes and equality', () => {
    expect(symbolsOf('floor((H+B)/2)*T+B')).toEqual(['B', 'H', 'T'])
    expect(symbolsOf(3)).toEqual([])
    expect(sizeOfShape(['B', 'T+1', 4])).toBe('4*B*T+4*B')
    expect(sameDim('T+S', 'S+T')).toBe(true)
    expect(sameDim('T', 3)).toBe(false)
    expect(showShape(['B', 784])).toBe('[B, 784]')
  })
})
