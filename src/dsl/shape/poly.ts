import { TypegradError } from '../errors.js'
import type { Dim } from '../tensor.js'

/**
 * The run-time half of symbolic sizes: polynomials with integer coefficients over atoms. An atom is a symbol, or `floor(P/n)`
 * with P a polynomial. Terms stand by falling degree, then by their atoms in ASCII order, so that equal sizes are equal strings.
 * The type-level twin is poly-types.ts; both write the same text.
 */
export interface Term {
  readonly coef: number
  readonly atoms: readonly string[]
}
/** Sorted, without zero coefficients; the empty polynomial is 0. */
export type Poly = readonly Term[]

const compareAtoms = (a: readonly string[], b: readonly string[]): number => {
  if (a.length !== b.length) return b.length - a.length
  const i = a.findIndex((atom, k) => atom !== b[k])
  return i < 0 ? 0 : a[i] < b[i] ? -1 : 1
}

/** Sorts terms and adds up those of one monomial. */
const collect = (terms: readonly Term[]): Poly => {
  const sorted = [...terms].sort((s, t) => compareAtoms(s.atoms, t.atoms))
  const out: Term[] = []
  for (const t of sorted) {
    const last = out[out.length - 1]
    if (last && compareAtoms(last.atoms, t.atoms) === 0) out[out.length - 1] = { coef: last.coef + t.coef, atoms: t.atoms }
    else out.push(t)
  }
  return out.filter(t => t.coef !== 0)
}

export const constantPoly = (n: number): Poly => (n === 0 ? [] : [{ coef: n, atoms: [] }])
export const atomPoly = (atom: string): Poly => [{ coef: 1, atoms: [atom] }]
export const addPoly = (a: Poly, b: Poly): Poly => collect([...a, ...b])
export const scalePoly = (a: Poly, c: number): Poly => (c === 0 ? [] : a.map(t => ({ coef: t.coef * c, atoms: t.atoms })))
export const subPoly = (a: Poly, b: Poly): Poly => addPoly(a, scalePoly(b, -1))
export const mulPoly = (a: Poly, b: Poly): Poly =>
  collect(a.flatMap(s => b.map(t => ({ coef: s.coef * t.coef, atoms: [...s.atoms, ...t.atoms].sort() }))))

/** The value of a polynomial without atoms, else undefined. */
export const constantOf = (p: Poly): number | undefined =>
  p.length === 0 ? 0 : p.length === 1 && p[0].atoms.length === 0 ? p[0].coef : undefined

const without = (atoms: readonly string[], remove: readonly string[]): readonly string[] | undefined => {
  const rest = [...atoms]
  for (const atom of remove) {
    const i = rest.indexOf(atom)
    if (i < 0) return undefined
    rest.splice(i, 1)
  }
  return rest
}

/** Exact division, or undefined when `b` does not divide `a` over the integers. */
export const divPoly = (a: Poly, b: Poly): Poly | undefined => {
  if (b.length === 0) return undefined
  const quotient: Term[] = []
  for (let rest = a; rest.length > 0;) {
    const atoms = without(rest[0].atoms, b[0].atoms)
    if (!atoms || rest[0].coef % b[0].coef !== 0) return undefined
    const term: Term = { coef: rest[0].coef / b[0].coef, atoms }
    quotient.push(term)
    rest = subPoly(rest, mulPoly([term], b))
  }
  return collect(quotient)
}

/**
 * floor(p / n): whole multiples of n leave the floor, and a floor inside a floor becomes one,
 * because floor((floor(x/m) + c) / n) = floor((x + c·m) / (m·n)).
 */
export const floorDivPoly = (p: Poly, n: number): Poly => {
  if (n === 1) return p
  const whole = p.flatMap(t =>
    t.atoms.length === 0 ? constantPoly(Math.floor(t.coef / n)) : t.coef % n === 0 ? [{ ...t, coef: t.coef / n }] : [],
  )
  const rest = subPoly(p, scalePoly(whole, n))
  if (rest.every(t => t.atoms.length === 0)) return whole
  const inner =
    rest[0].coef === 1 && rest[0].atoms.length === 1 && rest.slice(1).every(t => t.atoms.length === 0)
      ? openFloor(rest[0].atoms[0])
      : undefined
  if (!inner) return addPoly(whole, atomPoly(floorAtom(rest, n)))
  const shift = rest.length > 1 ? rest[1].coef : 0
  return addPoly(whole, floorDivPoly(addPoly(inner.poly, constantPoly(shift * inner.by)), inner.by * n))
}

const floorAtom = (p: Poly, n: number): string => (p.length > 1 ? `floor((${showPoly(p)})/${n})` : `floor(${showPoly(p)}/${n})`)

/** The parts of a `floor(P/n)` atom, or undefined for a symbol. */
export const openFloor = (atom: string): { readonly poly: Poly; readonly by: number } | undefined => {
  if (!atom.startsWith('floor(')) return undefined
  const slash = atom.lastIndexOf('/')
  return { poly: parsePoly(atom.slice('floor('.length, slash)), by: Number(atom.slice(slash + 1, -1)) }
}

const showTerm = ({ coef, atoms }: Term): string =>
  atoms.length === 0 ? `${coef}` : coef === 1 ? atoms.join('*') : coef === -1 ? `-${atoms.join('*')}` : `${coef}*${atoms.join('*')}`

/** The normal form as text: `B*T+2*B-3`. */
export const showPoly = (p: Poly): string =>
  p.length === 0 ? '0' : p.map((t, i) => (i > 0 && t.coef > 0 ? `+${showTerm(t)}` : showTerm(t))).join('')

const parsed = new Map<string, Poly>()

/** Reads a size written with symbols, integers, `+ - * ( )` and `floor(P/n)`. */
export const parsePoly = (text: string): Poly => {
  const known = parsed.get(text)
  if (known) return known
  const poly = readSum(text)
  parsed.set(text, poly)
  return poly
}

const readSum = (text: string): Poly => {
  const tokens = text.match(/[A-Za-z_][A-Za-z0-9_]*|\d+|\S/g) ?? []
  let at = 0
  const fail = (): never => {
    throw new TypegradError('shape', `dimension: "${text}" is not a size: use symbols (letters, digits, _), integers, + - * and ( )`)
  }
  const expect = (token: string): void => {
    if (tokens[at++] !== token) fail()
  }
  const sum = (): Poly => {
    let total: Poly = tokens[at] === '-' ? [] : product()
    while (tokens[at] === '+' || tokens[at] === '-') total = tokens[at++] === '+' ? addPoly(total, product()) : subPoly(total, product())
    return total
  }
  const product = (): Poly => {
    let total = factor()
    while (tokens[at] === '*') {
      at++
      total = mulPoly(total, factor())
    }
    return total
  }
  const factor = (): Poly => {
    const token = tokens[at++] ?? fail()
    if (/^\d/.test(token)) return constantPoly(Number(token))
    if (token === '(') {
      const inside = sum()
      expect(')')
      return inside
    }
    if (!/^[A-Za-z_]/.test(token)) return fail()
    if (token !== 'floor' || tokens[at] !== '(') return atomPoly(token)
    at++
    const inside = sum()
    expect('/')
    const by = Number(tokens[at++])
    if (!Number.isInteger(by) || by < 1) fail()
    expect(')')
    return floorDivPoly(inside, by)
  }
  const result = sum()
  return at === tokens.length ? result : fail()
}

/** A size as a polynomial. */
export const polyOf = (d: Dim): Poly => (typeof d === 'number' ? constantPoly(d) : parsePoly(d))
/** A polynomial as a size: a number when it has no atoms, else its normal form. */
export const dimOf = (p: Poly): Dim => constantOf(p) ?? showPoly(p)
