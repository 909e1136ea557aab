/** Mathematics as data: what a printer shows and a notation table lists. Constructors keep signs outside, where a reader looks for them. */
import type { Node } from '../../../dsl/core/node.js'
import type { Shape } from '../../../dsl/tensor.js'
import type { OperatorName } from './operators.js'

export type Role = 'parameter' | 'data' | 'noise' | 'state' | 'constant' | 'named' | 'function' | 'index'
/** Something that a formula calls by a letter. */
export interface Sym {
  readonly latex: string
  readonly role: Role
  readonly meaning: string
  /** Its type, where it stands for a tensor. */
  readonly shape?: Shape
  /** The value of a constant. */
  readonly value?: number
  /** What it stands for; a symbol of several nodes, such as θ, has none. */
  readonly node?: Node
  /** The letter that `latex` leaves free, as d in `x_{<d}`. */
  readonly free?: string
  /** The letter in `latex` that stands for a position along axis 0, as t in `s_{t+1}`. */
  readonly step?: string
}

/** How the arguments of a named function are written. */
export type Style = 'call' | 'density' | 'divergence' | 'norm'

export type Expr =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'symbol'; readonly sym: Sym }
  /** A symbol of steps at another step than its letter, as `s_{k+1}`. */
  | { readonly kind: 'atStep'; readonly sym: Sym; readonly step: Expr }
  /** A named function of arguments; `of` are its parameters, written as subscripts. */
  | { readonly kind: 'apply'; readonly fn: Sym; readonly of: readonly Expr[]; readonly args: readonly Expr[]; readonly style: Style }
  | { readonly kind: 'sum'; readonly terms: readonly Term[] }
  | { readonly kind: 'product'; readonly factors: readonly Expr[]; readonly sign: Multiplication }
  | { readonly kind: 'fraction'; readonly over: Expr; readonly under: Expr }
  | { readonly kind: 'power'; readonly base: Expr; readonly exponent: Expr }
  /** Symbols below, as those of a sum. */
  | { readonly kind: 'subscript'; readonly base: Expr; readonly subs: readonly Expr[] }
  | { readonly kind: 'function'; readonly op: OperatorName; readonly args: readonly Expr[]; readonly subs?: readonly Expr[] }
  /** An operator whose body runs to the right: a sum, an expectation, a largest element. */
  | { readonly kind: 'big'; readonly op: OperatorName; readonly below: readonly Expr[]; readonly above?: string; readonly body: Expr }
  | { readonly kind: 'relation'; readonly op: OperatorName; readonly sides: readonly [Expr, Expr] }
  | { readonly kind: 'cases'; readonly when: Expr; readonly then: Expr; readonly otherwise: Expr }
  | { readonly kind: 'gradient'; readonly of: Expr; readonly by: Expr }
  /** A term with its name below a brace. */
  | { readonly kind: 'brace'; readonly body: Expr; readonly label: string }
  /** The tensor that has an element at each index. */
  | { readonly kind: 'elements'; readonly indices: readonly Expr[]; readonly body: Expr }
  /** What a random symbol is drawn from. */
  | { readonly kind: 'drawn'; readonly sym: Expr; readonly from: Expr }

export type Multiplication = 'beside' | 'elementwise' | 'convolution' | 'transposedConvolution'
export interface Term { readonly minus: boolean; readonly e: Expr }

export const num = (value: number): Expr => ({ kind: 'number', value })
export const symbol = (sym: Sym): Expr => ({ kind: 'symbol', sym })
export const call = (op: OperatorName, ...args: readonly Expr[]): Expr => ({ kind: 'function', op, args })
export const relation = (op: OperatorName, a: Expr, b: Expr): Expr => ({ kind: 'relation', op, sides: [a, b] })
export const isNumber = (e: Expr, value?: number): e is Extract<Expr, { kind: 'number' }> =>
  e.kind === 'number' && (value === undefined || e.value === value)

const termsOf = (e: Expr, minus: boolean): Term[] => {
  if (e.kind === 'sum') return e.terms.map(t => ({ minus: t.minus !== minus, e: t.e }))
  if (e.kind === 'number' && e.value < 0) return [{ minus: !minus, e: num(-e.value) }]
  return [{ minus, e }]
}
const fromTerms = (terms: readonly Term[]): Expr => terms.length === 1 && !terms[0].minus ? terms[0].e : { kind: 'sum', terms }

export const neg = (e: Expr): Expr => e.kind === 'number' ? num(-e.value) : fromTerms(termsOf(e, true))
/** Whole numbers among terms are added up; terms that are 0 go, unless nothing else is left. */
export const add = (...es: readonly Expr[]): Expr => {
  const all = es.flatMap(e => termsOf(e, false))
  const whole = all.filter(t => t.e.kind === 'number' && Number.isInteger(t.e.value))
  const total = whole.reduce((n, { minus, e }) => n + (minus ? -1 : 1) * (e.kind === 'number' ? e.value : 0), 0)
  const terms = all.flatMap(t => !whole.includes(t) ? [t] : t === whole[0] ? termsOf(num(total), false) : [])
    .filter(t => !isNumber(t.e, 0))
  return terms.length === 0 ? num(0) : fromTerms(terms)
}
export const sub = (a: Expr, b: Expr): Expr => add(a, neg(b))

/** The expression without a sign before it, and whether there was one. */
export const unsigned = (e: Expr): Term => {
  if (e.kind === 'number' && e.value < 0) return { minus: true, e: num(-e.value) }
  return e.kind === 'sum' && e.terms.length === 1 ? e.terms[0] : { minus: false, e }
}
const signed = (minus: boolean, e: Expr): Expr => minus ? neg(e) : e

/** A product; signs come out, numbers multiply and stand first, and 1 goes. */
export const mul = (a: Expr, b: Expr, sign: Multiplication = 'beside'): Expr => {
  const [x, y] = [unsigned(a), unsigned(b)]
  if (isNumber(x.e) && isNumber(y.e)) return num((x.minus !== y.minus ? -1 : 1) * x.e.value * y.e.value)
  const flat = [x.e, y.e].flatMap(e => e.kind === 'product' && e.sign === sign ? e.factors : [e])
  const value = flat.reduce((n, e) => e.kind === 'number' ? n * e.value : n, 1)
  const rest = flat.filter(e => e.kind !== 'number')
  const factors = value === 1 ? rest : [num(value), ...rest]
  return signed(x.minus !== y.minus, factors.length === 1 ? factors[0] : { kind: 'product', factors, sign })
}
export const div = (a: Expr, b: Expr): Expr => {
  const [x, y] = [unsigned(a), unsigned(b)]
  return signed(x.minus !== y.minus, isNumber(y.e, 1) ? x.e : { kind: 'fraction', over: x.e, under: y.e })
}
export const pow = (base: Expr, exponent: Expr): Expr => isNumber(exponent, 1) ? base : { kind: 'power', base, exponent }
export const square = (e: Expr): Expr => pow(unsigned(e).e, num(2))
/** A linear operator: the sign of its body comes out. */
export const big = (op: OperatorName, below: readonly Expr[], body: Expr, above?: string): Expr => {
  const { minus, e } = unsigned(body)
  return signed(minus && linear.has(op), { kind: 'big', op, below, body: linear.has(op) ? e : body, ...above !== undefined && { above } })
}
const linear = new Set<OperatorName>(['sum', 'expectation'])
export const subscript = (base: Expr, subs: readonly Expr[]): Expr =>
  subs.length === 0 ? base
    : base.kind === 'subscript' ? { kind: 'subscript', base: base.base, subs: [...base.subs, ...subs] } : { kind: 'subscript', base, subs }

/** The parts of an expression, in the order in which they are read. */
export const partsOf = (e: Expr): readonly Expr[] => {
  switch (e.kind) {
    case 'number': case 'symbol': return []
    case 'atStep': return [e.step]
    case 'apply': return [...e.of, ...e.args]
    case 'sum': return e.terms.map(t => t.e)
    case 'product': return e.factors
    case 'fraction': return [e.over, e.under]
    case 'power': return [e.base, e.exponent]
    case 'subscript': return [e.base, ...e.subs]
    case 'function': return [...e.subs ?? [], ...e.args]
    case 'big': return [...e.below, e.body]
    case 'relation': return e.sides
    case 'cases': return [e.when, e.then, e.otherwise]
    case 'gradient': return [e.by, e.of]
    case 'brace': return [e.body]
    case 'elements': return [...e.indices, e.body]
    case 'drawn': return [e.sym, e.from]
  }
}

/** Every part of expressions once, outer ones first. */
export const everyPart = (roots: readonly Expr[]): Expr[] => {
  const seen = new Set<Expr>()
  const visit = (e: Expr): void => {
    if (seen.has(e)) return
    seen.add(e)
    partsOf(e).forEach(visit)
  }
  roots.forEach(visit)
  return [...seen]
}
/** The symbols of expressions, each once, in the order of reading; functions before their arguments. */
export const symbolsOf = (roots: readonly Expr[]): Sym[] =>
  [...new Set(everyPart(roots).flatMap(e =>
    e.kind === 'symbol' || e.kind === 'atStep' ? [e.sym] : e.kind === 'apply' && e.style !== 'norm' ? [e.fn] : []))]
