/** Tensors by their elements, and primitives that pick or move elements: what matrix notation has no sign for. */
import type { Node } from '../../../dsl/core/node.js'
import type { NodeOf, Op } from '../../../dsl/core/table.js'
import { big, call, mul, num, relation, sub, subscript, symbol, type Expr, type Sym } from '../math/expr.js'
import { alongOf, every, rangeOf, shapeLatex, sizeLatex } from './axes.js'
import { onlyOnes } from './match.js'
import { atBelow } from './places.js'
import { isLetter, type At, type Reading } from './reading.js'
import { latexOf } from '../math/latex.js'
import { position, written } from './steps.js'
import { hasElements, orderOf, rowsMeet, sureMatmul, wholeAxes } from './sure.js'
import { functions } from './tables.js'

const nulls = (n: Node): null[] => n.shape.map(() => null)

/** A tensor by its elements, with a letter for every axis that is whole. */
export const elements = (n: Node, at: At, r: Reading): Expr => {
  const fresh: Sym[] = []
  const full = at.map((s, i): At[number] => {
    if (isLetter(s) || n.shape[i] === 1) return s
    const sym = r.letter([...fresh, ...at.filter(isLetter)], i === 0 ? r.symbols.step(n.shape[0]) : undefined)
    fresh.push(sym)
    return sym
  })
  return { kind: 'elements', indices: fresh.map(symbol), body: r.within(fresh, () => r.read(n, full)) }
}

/** A product of matrices, element by element. */
const dot = (n: Node, at: At, r: Reading): Expr => {
  const [a, b] = n.inputs
  const [row, column, lead] = [at[at.length - 2], at[at.length - 1], at.slice(0, -2)]
  const size = a.shape[a.shape.length - 1]
  const k = size === 1 ? null : r.letter(at.filter(isLetter))
  const right = b.shape.length === 2 ? [] : lead
  const body = r.within(k ? [k] : [], () => mul(r.read(a, [...lead, row, k]), r.read(b, [...right, k, column])))
  return k ? big('sum', [relation('equals', symbol(k), num(1))], body, sizeLatex(size)) : body
}
const matmul = (n: Node, at: At, r: Reading): Expr => {
  if (sureMatmul(n, r.known)) {
    const [x, y] = n.inputs.map(i => r.read(i, nulls(i)))
    if (!hasElements(x) && !hasElements(y)) return r.picked(mul(x, y), n, at)
  }
  const unwritten = wholeAxes(n, at).filter(i => !(i === 0 && r.known.batched(n)) || rowsMeet(n, r.known))
  return unwritten.length > 0 ? elements(n, at, r) : dot(n, at, r)
}

const formOf = (op: 'reshape' | 'permute', latex: string, meaning: string, x: Node, r: Reading): Expr =>
  ({ kind: 'function', op, args: [r.read(x, nulls(x))], subs: [symbol({ latex, role: 'index', meaning })] })

const transpose = (n: NodeOf<'transpose'>, at: At, r: Reading): Expr => {
  const { inputs: [a], attrs: { perm } } = n
  switch (orderOf(n, at, r.known)) {
    case 'kept': return r.read(a, perm.map((_, i) => at[perm.indexOf(i)]))
    case 'unsure': return elements(n, at, r)
    case 'transposed': return call('transpose', r.read(a, nulls(a)))
    case 'named': return formOf('permute', perm.join(','), 'an order of axes', a, r)
  }
}

/** The sum of what lies before a place along an axis, and there unless that is left out. */
const cumsum = (n: NodeOf<'cumsum'>, at: At, r: Reading): Expr | null => {
  const { inputs: [a], attrs: { axis, exclusive, reverse } } = n
  const last = at[axis]
  if (reverse || last === null || !isLetter(last)) return null
  const k = r.letter(at.filter(isLetter))
  const body = r.within([k], () => r.read(a, at.map((s, i) => i === axis ? k : s)))
  return big('sum', [relation('equals', symbol(k), num(1))], body, latexOf(exclusive ? sub(written(last), num(1)) : written(last)))
}

const gather = (n: NodeOf<'gather'>, at: At, r: Reading): Expr => {
  const { inputs: [a, b], attrs: { axis } } = n
  const table = r.read(a, nulls(a))
  const picked = (): Expr => ({ kind: 'function', op: 'gather', args: [table, r.read(b, nulls(b))], ...alongOf(a, [axis], true) })
  if (axis !== 0) return r.picked(picked(), n, at)
  const rank = b.shape.length
  const index = r.read(b, at.slice(0, rank))
  // Formulas count from 1, and indices from 0.
  if (rank === 0 && index.kind === 'number') return r.read(a, [position(index.value + 1), ...at])
  const tail = at.slice(rank)
  const last = tail.reduce((l, s, i) => isLetter(s) ? i : l, -1)
  return subscript(table, [index, ...tail.slice(0, last + 1).map(s => symbol(isLetter(s) ? s : every))])
}

const slice = (n: NodeOf<'slice'>, at: At, r: Reading): Expr => {
  const { inputs: [a], attrs: { starts, ends } } = n
  const cut = starts.map((s, i): Expr | null => s === 0 && ends[i] === a.shape[i] ? null : rangeOf(s, ends[i]))
  const last = cut.reduce((l, c, i) => c ? i : l, -1)
  const subs = cut.slice(0, last + 1).flatMap((c, i) => c ? [c] : i === 0 && r.known.batched(a) ? [] : [symbol(every)])
  const from = r.read(a, nulls(a))
  // What has subscripts already is cut as a whole.
  const part: Expr = from.kind === 'subscript' ? { kind: 'subscript', base: from, subs } : subscript(from, subs)
  const indices = r.shown(n, at)
  return indices.length === 0 ? part : { kind: 'subscript', base: part, subs: indices }
}

/** Primitives that pick, move or join elements, and those that no sign stands for, which are called by their names. */
export const layout = (n: Node, at: At, r: Reading): Expr => {
  const [a, b] = n.inputs
  switch (n.op as Op) {
    case 'reshape': return onlyOnes(n) ? r.read(a, atBelow(n, at)) : r.picked(formOf('reshape', shapeLatex(n), 'a shape', a, r), n, at)
    case 'transpose': return transpose(n as NodeOf<'transpose'>, at, r)
    case 'matmul': return matmul(n, at, r)
    case 'cumsum': {
      const sum = cumsum(n as NodeOf<'cumsum'>, at, r)
      if (sum) return sum
      break
    }
    case 'gather': return gather(n as NodeOf<'gather'>, at, r)
    case 'takeAlong': {
      const { axis } = (n as NodeOf<'takeAlong'>).attrs
      return r.picked({ kind: 'function', op: 'gather', args: [a, b].map(x => r.read(x, nulls(x))), ...alongOf(a, [axis]) }, n, at)
    }
    case 'slice': return slice(n as NodeOf<'slice'>, at, r)
    // Sums count from 1, and these numbers from 0.
    case 'iota': return isLetter(at[0]) ? sub(symbol(at[0]), num(1)) : call('iota')
  }
  const word = functions[n.op as Op]
  if (word && (n.prim.elementwise || n.op === 'stopGradient')) return call(word, ...n.inputs.map(i => r.read(i, at)))
  const args = n.inputs.map(i => r.read(i, nulls(i)))
  const { axis } = n.attrs as { readonly axis?: number }
  const e: Expr = word ? { kind: 'function', op: word, args, ...axis !== undefined && alongOf(a, [axis]) }
    : { kind: 'apply', fn: r.symbols.primitive(n.op), of: [], args, style: 'call' }
  return r.picked(e, n, at)
}
