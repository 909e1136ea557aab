/** The problem that a statement states, and what its symbols stand for, line by line. */
import { reachable, type Node } from '../../dsl/core/node.js'
import type { NodeOf } from '../../dsl/core/table.js'
import { leavesOf } from '../../dsl/core/trees.js'
import type { Constraint, Objective, Statement } from '../../dsl/statement.js'
import { add, call, mul, num, partsOf, sub, subscript, symbol, symbolsOf, type Expr, type Sym } from './math/expr.js'
import { aligned, latexOf, linesOf } from './math/latex.js'
import { alphabet, type Alphabet } from './read/alphabet.js'
import { reservedIn } from './read/reserved.js'
import { known as knownOf, nextOf, valuesOf, type Known } from './read/facts.js'
import { bare, bernoulliDrawOf, categoricalDrawOf, softmaxOf } from './read/match.js'
import { parameterLetters, type ParameterLetters } from './read/parameters.js'
import { identity, reader, type Context, type Inside, type Place, type Reader } from './read/reader.js'
import { carried, carries, resultOf } from './read/loops.js'
import { isLetter, type At } from './read/reading.js'
import { stepOf, stepsAround, stepsFor, unbound, written } from './read/steps.js'
import { drawOf, isLarge, isResult, sourceOf, symbols, type Draw, type Symbols } from './read/symbols.js'

/** One line: a formula, the expressions in it, and what it defines. */
export interface Formula {
  readonly latex: string
  /** The same in lines with marks where they align. */
  readonly lines: readonly string[]
  readonly parts: readonly Expr[]
  /** Absent for a problem's own line. */
  readonly defines?: Definition
}
export interface Definition { readonly sym: Sym; readonly node: Node; readonly right: Expr }

export interface Mathematics {
  readonly problem: readonly Formula[]
  readonly where: readonly Formula[]
  /** The next values of carried state, as far as they can be read; what they define is the state. */
  readonly carried: readonly Formula[]
  /** Every symbol of the formulas, in the order of reading. */
  readonly symbols: readonly Sym[]
  readonly parameters: ParameterLetters
  readonly known: Known
  /** What was read of each objective's value, in their order. */
  readonly values: readonly Expr[]
}

const lambdaOf = (name: string, letters: Alphabet, given: Map<string, Sym>, weight: number): Sym => {
  const key = `${name} ${weight}`
  const sym = given.get(key) ?? boundOf('\\lambda', `weight of the ${name}`, weight, letters)
  given.set(key, sym)
  return sym
}
const boundOf = (latex: string, meaning: string, value: number, letters: Alphabet): Sym =>
  ({ latex: letters.claim(latex), role: 'constant', meaning, value })

/** How many letters an expression would take, counting shared parts as often as they are shown. */
const sizes = new WeakMap<Expr, number>()
const sizeOf = (e: Expr): number => {
  const size = sizes.get(e) ?? 1 + partsOf(e).reduce((n, p) => n + sizeOf(p), 0)
  sizes.set(e, size)
  return size
}
const long = 17, longer = 34, tooLong = 160
/** Nodes that only give another form: a letter for them would say nothing. */
const forms = new Set(['broadcastTo', 'reshape', 'transpose', 'cast', 'stopGradient', 'slice'])
const layers = new Set(['relu', 'leakyRelu', 'elu', 'silu', 'gelu', 'tanh', 'sigmoid', 'softmax', 'softplus'])

interface Wanted { readonly sym: Sym; readonly node: Node; readonly at: At; readonly place: Place }

const bareOf = ({ inside, step }: Place): Place => ({ inside, step })

/** Reads statements' expressions and queues what their letters stand for. */
class Book {
  private readonly sampled: boolean
  readonly known: Known
  readonly letters: Alphabet
  readonly parameters: ParameterLetters
  readonly names: Symbols
  private readonly cuts = new Map<Node, string>()
  private readonly queue = new Map<Sym, Wanted[]>()
  readonly lambdas = new Map<string, Sym>()

  constructor(statement: Statement) {
    this.known = knownOf(statement)
    const loops = reachable(valuesOf(statement)).some(n => n.op === 'scan')
    this.sampled = !statement.objectives.some(o => o.solver !== undefined) && (this.known.data.length > 0 || !loops)
    this.letters = alphabet(reservedIn(statement))
    // Signs that formulas have of their own, so that no name is printed like one of them.
    const logistic = reachable(valuesOf(statement)).some(n => n.op === 'sigmoid' || n.op === 'softplus')
    ;[identity.latex, ...logistic ? ['\\sigma'] : []].forEach(l => this.letters.claim(l))
    this.parameters = parameterLetters(statement, this.letters)
    this.names = symbols(statement, this.known, this.letters, this.parameters)
  }
  private context(cuts: ReadonlyMap<Node, string>): Context {
    return {
      known: this.known, letters: this.letters, parameters: this.parameters, symbols: this.names, cuts, sampled: this.sampled,
      wanted: (sym, node, at, place) => this.queue.set(sym, [...this.queue.get(sym) ?? [], { sym, node, at, place: bareOf(place) }]),
    }
  }
  private reader(without: Node | null, place: Place = {}): Reader {
    const cuts = new Map(this.cuts)
    if (without) cuts.delete(without)
    return reader(this.context(cuts), place)
  }
  /** An expression, with letters for the layers and the repeated parts of a long one. */
  read(n: Node, at: At, own: Node | null = null, place: Place = {}): Expr {
    const where: Place = { ...place, open: at.filter(isLetter) }
    const first = this.trial(() => this.reader(own, where), r => r.read(n, at))
    const size = sizeOf(first.e)
    if (size <= long) return this.reader(own, where).read(n, at)
    const nameable = (x: Node): boolean => x !== n && !this.cuts.has(x) && x.shape.length > 0 && x.dtype !== 'bool' && !forms.has(x.op)
    const wanted = [...first.reads].filter(([x, { count, e }]) => nameable(x)
      && (!place.objective && e.kind === 'function' && layers.has(e.op) && sizeOf(e) > 5 || size > longer && count > 1 && sizeOf(e) > 12))
    for (const [x, { e }] of wanted) {
      const letter = e.kind === 'function' && layers.has(e.op) ? 'h' : 'u'
      this.cuts.set(x, letter)
      // Inner ones were read first, so that layers are counted from the input.
      this.names.auxiliary(x, letter)
    }
    return this.reader(own, where).read(n, at)
  }
  /** Reads without asking for definitions. */
  private trial(make: () => Reader, f: (r: Reader) => Expr): { e: Expr; reads: Reader['reads'] } {
    const before = new Map(this.queue)
    const r = make()
    const e = f(r)
    this.queue.clear()
    before.forEach((w, s) => this.queue.set(s, w))
    return { e, reads: r.reads }
  }

  /** What a step makes of a carried state. */
  next(held: Node, value: Node): Formula[] {
    const sym = this.names.own(held)
    return sym === undefined || held === value || reachable([value]).some(isLarge) ? []
      : this.equation(symbol(sym), { sym, node: held }, () => this.read(value, value.shape.map(() => null)), '\\leftarrow')
  }
  /** The lines that define what was asked for, and what they ask for in turn. */
  definitions(): Formula[] {
    const lines: Formula[] = []
    const done = new Set<Sym>()
    for (;;) {
      const next = [...this.queue.keys()].find(sym => !done.has(sym))
      if (next === undefined) return lines
      done.add(next)
      lines.push(...this.define(simplest(this.queue.get(next) ?? [])))
    }
  }
  private define({ sym, node, at: given, place }: Wanted): Formula[] {
    if (node.op === 'project') return this.loop(sym, node as NodeOf<'project'>, place)
    const inner = node.op === 'named' ? node.inputs[0] : node
    if (node.op === 'named' && isResult(inner)) return this.loop(sym, inner as NodeOf<'project'>, place)
    const source = sourceOf(inner)
    if (source.op === 'project' && isLarge(source.inputs[0])) return []
    const law = drawOf(bare(inner))
    const at = law ? given : this.stepped(sym, node, inner, given, place)
    const left = this.left(sym, node, at, place)
    if (law) return [this.drawn(left, { sym, node }, law, bare(inner), place)]
    return this.equation(left, { sym, node }, () => this.read(inner, at, node, place))
  }
  /** What is made of symbols that have the step in their names is defined step by step. */
  private stepped(sym: Sym, node: Node, inner: Node, at: At, place: Place): At {
    if (at[0] && isLetter(at[0])) return sym.step === undefined ? at : [this.letters.index([], sym.step), ...at.slice(1)]
    const letter = node.shape.length > 0 && sym.role !== 'function' ? this.names.step(node.shape[0]) : undefined
    if (letter === undefined) return at
    const loose = sym.step === letter || unbound(this.trial(() => this.reader(node, place), r => r.read(inner, at)).e).has(letter)
    return loose ? [this.letters.index([], letter), ...at.slice(1)] : at
  }
  /** A line unless it would be too long to be read, or say nothing; what a line that is left out asks for is left out too. */
  private equation(given: Expr, of: { sym: Sym; node: Node }, read: () => Expr, sign = '='): Formula[] {
    const before = new Map(this.queue)
    const whole = read()
    const byElement = whole.kind === 'elements'
    const right = byElement ? whole.body : whole
    const left = byElement ? subscript(given, whole.indices) : given
    const plain = (e: Expr): string => latexOf(e).replace(/_\{(\w)\}/g, '_$1')
    if (sizeOf(right) > tooLong || plain(right) === plain(left)) {
      this.queue.clear()
      before.forEach((w, s) => this.queue.set(s, w))
      return []
    }
    const lines = linesOf(`${latexOf(left)} &${sign}`, right)
    return [{ latex: aligned(lines), lines, parts: [left, right], defines: { ...of, right } }]
  }
  /** A result of a loop, at a step t: what the body gives, and for what is carried the first value and the next. */
  private loop(sym: Sym, n: NodeOf<'project'>, { inside, step }: Place): Formula[] {
    const loop = n.inputs[0] as NodeOf<'scan'>
    const { body, reverse, length } = loop.attrs
    if (isLarge(loop)) return []
    const [nc, nx, ny] = [body.carry.length, body.xs.length, body.ys.length]
    // A loop within a loop has a letter of its own.
    const t = this.letters.index(stepsAround(step), 't')
    const given = (x: Node, at: At): Expr => this.reader(null, { inside, step }).read(x, at)
    const whole = (x: Node): null[] => x.shape.map(() => null)
    const within: Inside = new Map([
      ...body.carry.map((c, k) => [c, (at: At) => given(carried(loop, k), [t, ...at])] as const),
      ...body.xs.map((x, k) => [x, (at: At) => given(loop.inputs[nc + k], [t, ...at])] as const),
      ...body.consts.map((c, k) => [c, (at: At) => given(loop.inputs[nc + nx + k], at)] as const),
    ])
    const at: Place = { inside: within, step: stepOf(t, loop, [...body.carry, ...body.xs], step) }
    const { index } = n.attrs
    const outer = stepsFor(loop, step).map(symbol)
    const equal = (index: Expr, e: () => Expr): Formula[] =>
      this.equation(subscript(symbol(sym), [...outer, ...carries(sym, latexOf(index)) ? [] : [index]]), { sym, node: n }, e)
    const line = (index: Expr, x: Node, place: Place): Formula[] => equal(index, () => this.read(x, whole(x), null, place))
    if (index < nc + ny) return line(symbol(t), body.ys[index - nc], at)
    const k = index - nc - ny
    const last = typeof length === 'number' ? num(length) : symbol({ latex: length, role: 'index', meaning: 'a size' })
    const following = reverse ? sub(symbol(t), num(1)) : add(symbol(t), num(1))
    // What is carried on may be a result too, which has a line of its own.
    const asResult = body.ys.indexOf(body.next[k])
    return [...line(reverse ? last : num(1), loop.inputs[k], { inside, step }), ...asResult < 0 ? line(following, body.next[k], at)
      : equal(following, () => given(resultOf(loop, asResult), [t, ...whole(body.next[k])]))]
  }
  private left(sym: Sym, node: Node, at: At, { inside, step }: Place): Expr {
    if (sym.role === 'function') return this.reader(null, { inside, step }).read(node, node.shape.map(() => null))
    const all = [...stepsFor(node, step), ...at]
    return subscript(symbol(sym), all.flatMap(s => isLetter(s) && !carries(sym, s.latex) ? [written(s)] : []))
  }
  private drawn(left: Expr, of: { sym: Sym; node: Node }, law: Draw, n: Node, place: Place): Formula {
    const from = law === 'normal' ? call('normalLaw', num(0), symbol(identity)) : law === 'uniform' ? call('uniformLaw', num(0), num(1))
      : law === 'bernoulli' ? call('bernoulli', this.probability(bernoulliDrawOf(n), place))
        : call('categorical', this.probability(categoricalDrawOf(n), place, true))
    const e: Expr = { kind: 'drawn', sym: left, from }
    return { latex: latexOf(e), lines: [`${latexOf(left)} &\\sim ${latexOf(from)}`], parts: [e], defines: { ...of, right: from } }
  }
  private probability(n: Node | null, place: Place, logits = false): Expr {
    if (n === null) return num(0)
    const whole = n.shape.map(() => null)
    const softmax = softmaxOf(n)
    const read = (x: Node): Expr => this.read(x, whole, null, place)
    return logits ? call('softmax', read(n)) : softmax ? call('softmax', read(softmax)) : read(n)
  }
}
/** Of several applications of a function, the one with the simplest arguments says what it is. */
const simplest = (wanted: readonly Wanted[]): Wanted => {
  const simple = (n: Node): boolean => n.op === 'input' || n.op === 'named' && n.inputs.length === 1
  const cost = ({ node }: Wanted): number => node.inputs.slice(1).filter(i => !simple(i)).length
  return [...wanted].sort((a, b) => cost(a) - cost(b))[0]
}

/** ± weight · value, as it stands in the objective: a penalty counts against the player. */
const penalised = (e: Expr, o: Objective, book: Book): Expr => o.constraints.reduce((sum, c) => {
  if (c.kind !== 'penalty') return sum
  const weight = symbol(lambdaOf(c.name, book.letters, book.lambdas, c.weight))
  const term = mul(weight, book.read(nodeOf(c.value), [], null, { objective: true }))
  return o.sense === 'minimise' ? add(sum, term) : sub(sum, term)
}, e)
const nodeOf = (tree: unknown): Node => leavesOf<Node>(tree)[0].leaf

const senses = { minimise: '\\min', maximise: '\\max' } as const
const held = (c: Constraint, o: Objective, book: Book): { latex: string; parts: Expr[] } | null => {
  if (c.kind === 'penalty') return null
  if (c.kind === 'clip') {
    const bound = boundOf('c', `bound of every parameter of ${o.player}`, c.bound, book.letters)
    const owner = symbol(book.parameters.ownerOf(o))
    return { latex: `${latexOf(owner)} \\in [-${bound.latex}, ${bound.latex}]`, parts: [owner, symbol(bound)] }
  }
  const bound = boundOf('\\delta', `bound of the ${c.name}`, c.bound, book.letters)
  const value = book.read(nodeOf(c.value), [])
  return { latex: `${latexOf(value)} \\le ${bound.latex}`, parts: [value, symbol(bound)] }
}

/** The problem of one player. */
const problemOf = (o: Objective, value: Expr, book: Book, name?: Expr): Formula => {
  const owner = symbol(book.parameters.ownerOf(o))
  const whole = penalised(name ?? value, o, book)
  const constraints = o.constraints.flatMap(c => held(c, o, book) ?? [])
  const head = `${senses[o.sense]}_{${latexOf(owner)}}\\;`
  const parts = [owner, whole, ...constraints.flatMap(c => c.parts)]
  const lines = linesOf(`${head} &`, whole)
  if (constraints.length === 0) return { latex: aligned(lines), lines, parts }
  const under = constraints.map((c, i) => `${i === 0 ? '\\text{subject to}\\quad' : '\\quad'} & ${c.latex}`)
  return { latex: aligned([...lines, ...under]), lines: [...lines, ...under], parts }
}

/** One value that some raise and some lower: min max of it, then what each is held to. */
const minimax = (objectives: readonly Objective[], value: Expr, book: Book): Formula[] => {
  const inner = objectives.filter(o => o.sense === 'maximise'), outer = objectives.filter(o => o.sense === 'minimise')
  const letter = (o: Objective): Expr => symbol(book.parameters.ownerOf(o))
  const players = [...outer, ...inner]
  const V: Sym = { latex: book.letters.claim('V'), role: 'named', meaning: 'the value of the game' }
  const name: Expr = { kind: 'apply', fn: V, of: [], args: players.map(letter), style: 'call' }
  const head = players.map(o => `${senses[o.sense]}_{${latexOf(letter(o))}}`).join('\\,')
  const lines = linesOf(`${head}\\; ${latexOf(name)} &=`, value)
  const shared: Formula = { latex: aligned(lines), lines, parts: [name, value] }
  return [shared, ...objectives.filter(o => o.constraints.length > 0).map(o => problemOf(o, value, book, name))]
}

/** Formulas of a statement: the problem first, then what its symbols stand for. */
export const mathematics = (statement: Statement): Mathematics => {
  const book = new Book(statement)
  const { objectives } = statement
  const values = objectives.map(o => book.read(nodeOf(o.value), [], null, { objective: true }))
  const shared = objectives.length > 1 && new Set(objectives.map(o => nodeOf(o.value))).size === 1
    && new Set(objectives.map(o => o.sense)).size === 2
  const problem = shared ? minimax(objectives, values[0], book) : objectives.map((o, i) => problemOf(o, values[i], book))
  const next = nextOf(statement)
  const carried = next.length === 0 ? [] : leavesOf<Node>(statement.aux).flatMap(({ leaf }, i) => book.next(leaf, next[i]))
  const where = book.definitions()
  const all = [...problem, ...carried, ...where].flatMap(f => f.parts)
  return { problem, where, carried, symbols: symbolsOf(all), parameters: book.parameters, known: book.known, values }
}
