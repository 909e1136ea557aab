/** From nodes to formulas: letters where a node has one, rules where a composition is known, and else the primitive's own sign. */
import type { Node } from '../../../dsl/core/node.js'
import type { NodeOf, Op } from '../../../dsl/core/table.js'
import { mulDim } from '../../../dsl/shape/dim.js'
import type { Dim } from '../../../dsl/tensor.js'
import {
  add, big, call, div, everyPart, mul, neg, num, relation, sub, subscript, symbol, type Expr, type Multiplication, type Sym,
} from '../math/expr.js'
import type { OperatorName } from '../math/operators.js'
import type { Alphabet } from './alphabet.js'
import type { Known } from './facts.js'
import { axesOf, bare, meanOf, peeled, sizeOf, squareOf, valueOf } from './match.js'
import type { ParameterLetters } from './parameters.js'
import { carried } from './loops.js'
import { atBelow, randomIn } from './places.js'
import { isLetter, type At, type Reading } from './reading.js'
import { hasElements, showsAll, sureElementwise, wholeAxes } from './sure.js'
import { isFunctionOfOne, minusSoftplus, rules } from './rules.js'
import { boundBy, mapsRows, stepsAround, stepsFor, type Step } from './steps.js'
import { sizeLatex } from './axes.js'
import { elements, layout } from './elements.js'
import { indexing } from './indexing.js'
import { reductions, relations } from './tables.js'
import { drawOf, labelOf, nameLatex, styleOf, type Symbols } from './symbols.js'

export interface Context {
  readonly known: Known
  readonly letters: Alphabet
  readonly parameters: ParameterLetters
  readonly symbols: Symbols
  /** Nodes without a name that are called by a letter, and the letter's kind. */
  readonly cuts: ReadonlyMap<Node, string>
  /** Whether data are independent examples, rather than what a policy met. */
  readonly sampled: boolean
  /** What was called by a letter that a line must define. */
  readonly wanted: (sym: Sym, n: Node, at: At, place: Place) => void
}
const blank: Sym = { latex: '\\cdot', role: 'data', meaning: 'everything that is random' }
export const identity: Sym = { latex: 'I', role: 'constant', meaning: 'identity matrix' }

/** Where an expression stands: in an objective, or at a step of a loop, whose placeholders are what the loop is given; letters in use. */
export interface Place { readonly objective?: boolean; readonly inside?: Inside; readonly step?: Step; readonly open?: readonly Sym[] }
export type Inside = ReadonlyMap<Node, (at: At) => Expr>

export interface Reader extends Reading {
  /** How often each node was read in place, and as what. */
  readonly reads: ReadonlyMap<Node, { readonly count: number; readonly e: Expr }>
}

const nulls = (n: Node): null[] => n.shape.map(() => null)

/** A reader with nothing read yet. */
export const reader = (context: Context, place: Place = {}): Reader => {
  const { objective = false, inside = new Map() as Inside, step } = place
  const { known, symbols, parameters, letters, cuts, wanted } = context
  const reads = new Map<Node, { count: number; e: Expr }>()
  const memo = new Map<Node, Map<string, Expr>>()
  const open: Sym[] = [...stepsAround(step), ...place.open ?? []]

  const { shown, withIndices, ofStep, isVector } = indexing(known, step)

  /** Indices over axes that are summed, and the body's place. */
  const over = (x: Node, axes: readonly number[], at: At, wished?: string): { at: At; below: { sym: Sym; dim: Dim }[] } => {
    const below: { sym: Sym; dim: Dim }[] = []
    let next = 0
    const inner = x.shape.map((dim, i) => {
      if (!axes.includes(i)) return at[next++]
      if (dim === 1) return null
      const sym = letters.index([...open, ...below.map(b => b.sym), ...at.filter((s): s is Sym => s !== null && s !== 'silent')],
        i === 0 ? symbols.step(dim) ?? wished : below.length === 0 ? wished : undefined)
      below.push({ sym, dim })
      return sym
    })
    return { at: inner, below }
  }
  const within = <T>(syms: readonly Sym[], f: () => T): T => {
    open.push(...syms)
    const result = f()
    open.length -= syms.length
    return result
  }
  /** The letter that a named summand leaves free. */
  const freeBelow = (x: Node): string | undefined => {
    const inner = bare(x)
    const plain = inner.op === 'named' && (inner as NodeOf<'named'>).attrs.args === undefined
    const own = plain ? symbols.named(inner as NodeOf<'named'>).free : undefined
    return own ?? (inner.prim.elementwise ? inner.inputs.map(freeBelow).find(f => f !== undefined) : undefined)
  }
  const reduce = (op: OperatorName, x: Node, axes: readonly number[], at: At): Expr => {
    const { at: inner, below } = over(x, axes, at, freeBelow(x))
    const body = within(below.map(b => b.sym), () => read(x, inner))
    if (below.length === 0) return body
    if (op !== 'sum' && op !== 'product') return big(op, below.map(b => symbol(b.sym)), body)
    const [first] = below
    return below.length > 1 ? big(op, below.map(b => symbol(b.sym)), body)
      : big(op, [relation('equals', symbol(first.sym), num(1))], body, sizeLatex(first.dim))
  }

  /** A mean: an expectation where it runs over the batch, else the sum over a count. */
  const mean = ({ of: x, axes }: { of: Node; axes: readonly number[] }, at: At): Expr => {
    const count = (over: readonly number[]): Dim => over.map(a => x.shape[a]).reduce<Dim>(mulDim, 1)
    const fraction = (n: Dim): Expr => div(num(1), typeof n === 'number' ? num(n) : symbol(sizeSym(n)))
    if (!axes.includes(0) || !known.batched(x)) {
      const inner = squareOf(x)
      const whole = inner && axes.length === x.shape.length
      return mul(fraction(count(axes)), plainNorm(whole ? inner : null) ?? reduce('sum', x, axes, at))
    }
    const extra = axes.filter(a => a !== 0 && x.shape[a] !== 1)
    const square = context.sampled ? squareOf(x) : null
    // Below a sum over axis 0, examples lie along another.
    const moved = reductions[bare(x).op as Op] !== undefined && axesOf(bare(x)).includes(0)
    let next = 0
    const inner = x.shape.map((_, i): At[number] =>
      axes.includes(i) ? i === 0 && !moved || x.shape[i] === 1 ? null : 'silent' : at[next++])
    const norm = square && extra.length > 0 && axes.length === x.shape.length ? plainNorm(square) : null
    const body = norm ? mul(fraction(count(extra)), norm) : x.op === 'softplus' ? neg(minusSoftplus(x, inner, self)) : read(x, inner)
    // By elements, examples have a letter too: then the mean is a sum over them.
    if (hasElements(body)) return mul(fraction(count(axes)), reduce('sum', x, axes, at))
    const random = randomIn(body, known)
    const examples = random.every(n => sampledFrom(n))
    const below = random.map((n, i) => i === random.length - 1 && (random.length === 1 || examples) ? lawful(n) : letterOf(n))
    const letters = new Set(below.flatMap(b => b.kind === 'symbol' ? b.sym.step ?? [] : []))
    const within = everyPart([body]).some(e => boundBy(e).some(l => letters.has(l)))
    return big('expectation', below.length <= 3 && !within ? below : [], body)
  }
  /** ‖x‖², unless the formula of x does not show all that is summed. */
  const plainNorm = (x: Node | null): Expr | null => {
    const e = x && showsAll(x, known) ? read(x, nulls(x)) : null
    return e && !hasElements(e) ? { kind: 'power', base: call('norm', e), exponent: num(2) } : null
  }
  const letterOf = (n: Node): Expr =>
    symbol(n.op === 'named' ? symbols.named(n as NodeOf<'named'>)
      : cuts.has(n) ? symbols.auxiliary(n, cuts.get(n) ?? 'u') : symbols.own(n) ?? blank)
  /** With what it is drawn from, where that is short. */
  const lawful = (n: Node): Expr => {
    const inner = n.op === 'named' ? bare(n.inputs[0]) : n
    if (drawOf(inner) === 'normal') return { kind: 'drawn', sym: letterOf(n), from: call('normalLaw', num(0), symbol(identity)) }
    return sampledFrom(n) ? { kind: 'drawn', sym: letterOf(n), from: call('dataLaw') } : letterOf(n)
  }
  const sampledFrom = (n: Node): boolean => {
    const inner = n.op === 'named' ? bare(n.inputs[0]) : n
    return inner.op === 'input' && known.of(inner).data && context.sampled
  }
  const sizes = new Map<string, Sym>()
  const sizeSym = (n: string): Sym => {
    const known = sizes.get(n) ?? { latex: sizeLatex(n), role: 'index' as const, meaning: 'a size' }
    sizes.set(n, known)
    return known
  }

  const product = (a: Node, b: Node, at: At): Expr => {
    const sign: Multiplication = isVector(a, at) && isVector(b, at) ? 'elementwise' : 'beside'
    const [x, y] = [read(a, at), read(b, at)]
    return valueOf(b) !== null ? mul(y, x, sign) : mul(x, y, sign)
  }

  const called = (n: NodeOf<'named'>, at: At): Expr => {
    const { name, args = [] } = n.attrs
    let from = 1
    const groups = args.map(count => n.inputs.slice(from, from += count))
    const owned = groups.map(group => {
      const owners = group.map(leaf => ({ owner: parameters.owner(peeled(leaf).leaf), stopped: peeled(leaf).stopped }))
      const [first] = owners
      return group.length > 0 && owners.every(o => o.owner !== undefined) && first.owner !== undefined
        ? first.stopped ? parameters.old(first.owner) : first.owner : undefined
    })
    const of = owned.flatMap(o => o === undefined ? [] : [symbol(o)])
    const rest = groups.flatMap((group, i) => owned[i] !== undefined ? [] : group)
      .filter(leaf => known.of(leaf).data || known.of(leaf).noise || known.of(leaf).params || leaf.op === 'named')
    const fn = symbols.fn(n)
    const style = styleOf(name, fn.latex, of.length)
    const gradientOf = name.startsWith('∇')
    if (style !== 'norm' && !gradientOf) wanted(fn, n, nulls(n), place)
    const [first] = at
    const stepwise = first && isLetter(first) && symbols.step(n.shape[0]) !== undefined && mapsRows(n, rest)
    const argAt = (leaf: Node): At => stepwise && leaf.shape[0] === n.shape[0] ? [first, ...nulls(leaf).slice(1)] : nulls(leaf)
    const e: Expr = { kind: 'apply', fn, of, args: rest.map(leaf => read(leaf, argAt(leaf))), style }
    return style === 'divergence' ? e : stepwise ? subscript(e, shown(n, at, s => s === first)) : withIndices(e, n, at)
  }

  const named = (n: NodeOf<'named'>, at: At): Expr => {
    const [inner] = n.inputs
    if (n.attrs.gradient === true) {
      const [, of, by] = n.inputs
      return withIndices({ kind: 'gradient', of: perRow(of), by: read(by, nulls(by)) }, n, at)
    }
    if (n.attrs.args !== undefined) return called(n, at)
    if (objective && n.shape.length === 0 && valueOf(n.inputs[0]) === null)
      return { kind: 'brace', body: read(n.inputs[0], at), label: labelOf(n.attrs.name) }
    if (inner.op === 'named' && (inner as NodeOf<'named'>).attrs.args === undefined && nameLatex(inner as NodeOf<'named'>) === nameLatex(n))
      return named(inner as NodeOf<'named'>, at)
    const sym = symbols.named(n)
    if (sym.value === undefined && sym.role !== 'data') wanted(sym, n, at, place)
    return ofStep(sym, n, at)
  }
  /** The function whose sum over the batch is differentiated: rows do not meet, so each has the gradient of its own. */
  const perRow = (loss: Node): Expr => {
    const x = loss.op === 'named' ? loss.inputs[0] : loss
    if (x.op !== 'sum') return read(loss, [])
    const [rows] = x.inputs
    return known.batched(rows) && axesOf(x).length === rows.shape.length ? read(rows, nulls(rows)) : read(loss, [])
  }

  const primitive = (n: Node, at: At): Expr => {
    const [a, b, c] = n.inputs
    const op = n.op as Op
    const value = valueOf(n)
    if (value !== null) return num(value)
    const size = n.shape.length === 0 && n.op !== 'constant' ? sizeOf(n) : null
    if (size !== null) return typeof size === 'number' ? num(size) : symbol(sizeSym(size))
    const [related, reduction] = [relations[op], reductions[op]]
    if (reduction) return reduce(reduction, a, axesOf(n), at)
    if (related) return relation(related, read(a, at), read(b, at))
    switch (op) {
      case 'add': return add(read(a, at), read(b, at))
      case 'sub': return sub(read(a, at), read(b, at))
      case 'neg': return neg(read(a, at))
      case 'mul': return product(a, b, at)
      case 'div': return div(read(a, at), read(b, at))
      case 'pow': return { kind: 'power', base: read(a, at), exponent: read(b, at) }
      case 'select': return { kind: 'cases', when: read(a, at), then: read(b, at), otherwise: read(c, at) }
      case 'broadcastTo': return read(a, atBelow(n, at))
      case 'cast': return a.dtype === 'bool' ? call('indicator', read(a, at)) : read(a, at)
      case 'customVjp': return read(a, at)
      case 'conv2d': return withIndices(mul(read(a, nulls(a)), read(b, nulls(b)), 'convolution'), n, at)
      case 'conv2dInput': return withIndices(mul(read(a, nulls(a)), read(b, nulls(b)), 'transposedConvolution'), n, at)
      default: return layout(n, at, self)
    }
  }

  /** One result of a loop: a letter with the step as its first index. */
  const looped = (n: NodeOf<'project'>, at: At): Expr => {
    const loop = n.inputs[0] as NodeOf<'scan'>
    const { carry, ys } = loop.attrs.body
    const { index } = n.attrs
    const of = index < carry.length ? carried(loop, index) : n
    const sym = symbols.auxiliary(of, of === n && index < carry.length + ys.length ? 'y' : 'a')
    wanted(sym, of, at, place)
    const { length } = loop.attrs
    const last = typeof length === 'number' ? num(length + 1) : add(symbol(sizeSym(length)), num(1))
    return index < carry.length ? subscript(symbol(sym), [...stepsFor(loop, step).map(symbol), last, ...shown(n, at)]) : ofStep(sym, of, at)
  }

  const compute = (n: Node, at: At): Expr => {
    const given = inside.get(n)
    if (given) return given(at)
    const own = symbols.own(n)
    if (own) {
      if (own.role === 'noise' && drawOf(n)) wanted(own, n, at, place)
      return withIndices(symbol(own), n, at)
    }
    const letter = cuts.get(n)
    if (letter !== undefined) {
      const sym = symbols.auxiliary(n, letter)
      wanted(sym, n, at, place)
      return ofStep(sym, n, at)
    }
    if (n.op === 'named') return named(n as NodeOf<'named'>, at)
    if (n.op === 'project') return looped(n as NodeOf<'project'>, at)
    const hoisted = n.prim.elementwise || reductions[n.op as Op] !== undefined
    const whole = wholeAxes(n, at)
    if (hoisted && n.prim.elementwise && !sureElementwise(n, at, known) && !isComposed(n)) return elements(n, at, self)
    const e = composed(n, at)
    return hoisted && whole.length > 0 && e.kind !== 'elements' && hasElements(e) ? elements(n, at, self) : e
  }
  /** Softmax and its like are functions of one tensor, whatever is repeated within them. */
  const isComposed = (n: Node): boolean => meanOf(n) !== null || isFunctionOfOne(n)
  const composed = (n: Node, at: At): Expr => {
    const average = meanOf(n)
    if (average) return mean(average, at)
    for (const rule of rules[n.op as Op] ?? []) {
      const e = rule(n, at, self)
      if (e) return e
    }
    return primitive(n, at)
  }

  const read = (n: Node, at: At): Expr => {
    const key = at.map(s => s === null ? '' : s === 'silent' ? '*' : s.latex).join(',')
    const places = memo.get(n) ?? new Map<string, Expr>()
    memo.set(n, places)
    const known = places.get(key)
    const e = known ?? compute(n, at)
    places.set(key, e)
    const before = reads.get(n)
    reads.set(n, { count: (before?.count ?? 0) + 1, e })
    return e
  }
  const self: Reader = {
    read, shown, within, symbols, known, reads, picked: withIndices,
    letter: (inUse, wished) => letters.index([...open, ...inUse], wished), index: wished => letters.index(open, wished),
  }
  return self
}
