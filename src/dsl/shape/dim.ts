import type { Dim, Shape } from '../tensor.js'
import { addPoly, constantPoly, dimOf, divPoly, floorDivPoly, mulPoly, openFloor, polyOf, subPoly, type Poly } from './poly.js'

/** A size in normal form: `T+S` and `S+T` are both `S+T`, `(B+1)*2` is `2*B+2`. */
export const normalDim = (d: Dim): Dim => (typeof d === 'number' ? d : dimOf(polyOf(d)))
export const addDim = (a: Dim, b: Dim): Dim =>
  typeof a === 'number' && typeof b === 'number' ? a + b : dimOf(addPoly(polyOf(a), polyOf(b)))
export const subDim = (a: Dim, b: Dim): Dim =>
  typeof a === 'number' && typeof b === 'number' ? a - b : dimOf(subPoly(polyOf(a), polyOf(b)))
// + 0 turns -0 into 0, which is another size to Object.is.
export const mulDim = (a: Dim, b: Dim): Dim =>
  typeof a === 'number' && typeof b === 'number' ? a * b + 0 : dimOf(mulPoly(polyOf(a), polyOf(b)))

/** The exact quotient, or undefined when `b` does not divide `a`. */
export const divDim = (a: Dim, b: Dim): Dim | undefined => {
  const quotient = divPoly(polyOf(a), polyOf(b))
  return quotient && dimOf(quotient)
}

/** floor(a / n) for a positive integer n; symbolic sizes that do not divide become one `floor((P)/n)`. */
export const floorDivDim = (a: Dim, n: number): Dim => (typeof a === 'number' ? Math.floor(a / n) + 0 : dimOf(floorDivPoly(polyOf(a), n)))
/** ceil(a / n) for a positive integer n. */
export const ceilDivDim = (a: Dim, n: number): Dim => floorDivDim(addDim(a, n - 1), n)

/** Whether two sizes are equal for every value of their symbols. */
export const sameDim = (a: Dim, b: Dim): boolean =>
  a === b || ((typeof a === 'string' || typeof b === 'string') && normalDim(a) === normalDim(b))
export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => sameDim(d, b[i]))

const substitutePoly = (p: Poly, sizes: Readonly<Record<string, Dim>>): Poly =>
  p
    .map(term =>
      term.atoms
        .map(atom => {
          const inside = openFloor(atom)
          return inside
            ? floorDivPoly(substitutePoly(inside.poly, sizes), inside.by)
            : polyOf(Object.hasOwn(sizes, atom) ? sizes[atom] : atom)
        })
        .reduce(mulPoly, constantPoly(term.coef)),
    )
    .reduce(addPoly, [])

/** Replaces symbols by sizes or other symbols, all at once, and computes. */
export const substituteDim = (d: Dim, sizes: Readonly<Record<string, Dim>>): Dim =>
  typeof d === 'number' ? d : dimOf(substitutePoly(polyOf(d), sizes))

const symbolsOfPoly = (p: Poly): string[] =>
  p
    .flatMap(t => t.atoms)
    .flatMap(atom => {
      const inside = openFloor(atom)
      return inside ? symbolsOfPoly(inside.poly) : [atom]
    })
/** The symbols of a size, each once, sorted. */
export const symbolsOf = (d: Dim): string[] => (typeof d === 'number' ? [] : [...new Set(symbolsOfPoly(polyOf(d)))].sort())

/** A shape as errors write it: `[B, 784]`. */
export const showShape = (s: Shape): string => `[${s.join(', ')}]`
/** The number of elements. */
export const sizeOfShape = (s: Shape): Dim => s.reduce(mulDim, 1)
