/** What formulas call by a letter: placeholders, draws of noise, named nodes, constant tables. */
import { reachable, type Node } from '../../../dsl/core/node.js'
import { leavesOf } from '../../../dsl/core/trees.js'
import type { Dim } from '../../../dsl/tensor.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import type { Statement } from '../../../dsl/statement.js'
import { latexOfName, subscriptable, upright } from '../latex/letters.js'
import type { Expr, Style, Sym } from '../math/expr.js'
import type { Alphabet } from './alphabet.js'
import { isKey, valuesOf, type Known } from './facts.js'
import { bare, bernoulliDrawOf, categoricalDrawOf, isNormalDraw, peeled, valueOf } from './match.js'
import type { ParameterLetters } from './parameters.js'

export interface Symbols {
  /** The letter of a node that has one by itself: a placeholder, a draw, a constant table. */
  readonly own: (n: Node) => Sym | undefined
  /** The letter of a named node without arguments. */
  readonly named: (n: NodeOf<'named'>) => Sym
  /** The letter for a position along an axis of this size, where symbols have one in their names, as t in s_t. */
  readonly step: (size: Dim) => string | undefined
  /** The letter of a named function. */
  readonly fn: (n: NodeOf<'named'>) => Sym
  /** A letter for a node that has no name: `h` for layers, `u` for the rest. */
  readonly auxiliary: (n: Node, letter: string) => Sym
  /** A primitive that no sign stands for, by its name. */
  readonly primitive: (op: string) => Sym
  /** A symbol as another is called without the logarithm before it. */
  readonly unlogged: (fn: Sym) => Sym
}

/** Which law a node is a draw of, where it is one. */
export type Draw = 'normal' | 'uniform' | 'bernoulli' | 'categorical'
export const drawOf = (n: Node): Draw | null =>
  isNormalDraw(n) ? 'normal' : n.op === 'uniform' ? 'uniform'
    : bernoulliDrawOf(n) ? 'bernoulli' : categoricalDrawOf(n) ? 'categorical' : null

const familiar: Readonly<Record<string, string>> = { logits: '\\ell' }
/** A carried state: its own name with a bar, what has none as `state`, and places of a list as subscripts. */
const barred = (path: string): string => {
  const parts = path.split('.')
  const name = parts.filter(p => p !== '' && !/^\d+$/.test(p)).at(-1)
  const letter = latexOfName(name ?? 'state')
  const places = name === undefined ? parts.filter(p => p !== '') : parts.slice(parts.lastIndexOf(name) + 1)
  const over = `\\${/^\\(mathrm|text)/.test(letter) ? 'overline' : 'bar'}{${letter}}`
  return places.length === 0 ? over : `${over}_{${places.join(',')}}`
}
/** The letter that a user's LaTeX leaves free: the one below which other variables stand. */
const freeIn = (latex: string): string | undefined => /_\{[^{}]*<\s*([a-z])\}/.exec(latex)?.[1]
const words = { normal: 'standard normal noise', uniform: 'noise, uniform between 0 and 1', bernoulli: 'random zeros and ones',
  categorical: 'random classes' } as const
const noiseLetters = { normal: '\\varepsilon', uniform: 'u', bernoulli: 'm', categorical: 'k' } as const

/** How the arguments of a function of a name are written. */
export const styleOf = (name: string, latex: string, parameters: number): Style =>
  name === 'norm' ? 'norm' : name === 'KL' && parameters > 1 ? 'divergence'
    : /^(log\s*)?(p|q|π|pi)$/.test(name) || /^\\log/.test(latex) ? 'density' : 'call'

export const nameLatex = ({ attrs: { name, latex } }: NodeOf<'named'>): string => latex ?? familiar[name] ?? latexOfName(name)

const largest = 60
/** A loop too large to be written out, as an environment's: what it gives is only named. */
export const isLarge = (n: Node): boolean => {
  if (n.op !== 'scan') return false
  const { body } = (n as NodeOf<'scan'>).attrs
  return reachable([...body.next, ...body.ys]).length > largest
}

/** What a loop that is written out gives, step by step. */
export const isResult = (n: Node): boolean => {
  if (n.op !== 'project' || isLarge(n.inputs[0])) return false
  const { index } = (n as NodeOf<'project'>).attrs
  const { carry, ys } = (n.inputs[0] as NodeOf<'scan'>).attrs.body
  return index >= carry.length && index < carry.length + ys.length
}

/** What a node is but for its form. */
export const sourceOf = (n: Node): Node => ['reshape', 'broadcastTo', 'cast', 'transpose'].includes(n.op) ? sourceOf(n.inputs[0]) : n

/** Letters of what a loop carries and gives, which must not look like what a model calls by them. */
const loopLetters: Readonly<Record<string, readonly string[]>> = { a: ['a', 'c', 'q', 'o', 'w', 'e'], y: ['y', 'o', 'w', 'q', 'e'] }
const masks = 'zeros and ones that never change'

export const symbols = (statement: Statement, known: Known, letters: Alphabet, parameters: ParameterLetters): Symbols => {
  const given = new Map<Node | string, Sym>()
  const once = (key: Node | string, make: () => Sym): Sym => {
    const sym = given.get(key) ?? make()
    given.set(key, sym)
    return sym
  }
  const state = new Map(leavesOf<Node>(statement.aux).map(({ path, leaf }) => [leaf, path]))
  const lastOf = (n: NodeOf<'input'>): string => n.attrs.name.split('.').at(-1) ?? ''
  const input = (n: NodeOf<'input'>): Sym => once(n, () => {
    const path = state.get(n)
    if (path !== undefined) {
      const latex = letters.claim(barred(path))
      return { latex, role: 'state', meaning: path === '' ? 'carried state' : `carried state ${path}`, shape: n.shape, node: n }
    }
    const name = lastOf(n)
    const data = known.of(n).data
    const key = !data && isKey(n)
    const nameless = data ? 'x' : key ? '\\kappa' : 'q'
    const latex = /^\d+$/.test(name) ? `${nameless}_{${name}}` : name !== '' ? latexOfName(name) : nameless
    return { latex: letters.claim(latex), role: data ? 'data' : key ? 'noise' : 'named', shape: n.shape, node: n,
      meaning: data ? `data${name === '' ? '' : `, field ${name}`}` : key ? 'key from which noise is drawn' : 'what a loop is given' }
  })
  const constant = (n: Node): Sym => once(n, () => {
    const bits = n.op === 'cast' && n.inputs[0].dtype === 'bool' || n.dtype === 'bool'
    const drawn = known.of(n).noise ? ', drawn anew in each step' : ''
    return { latex: letters.claim(bits ? 'M' : 'C'), role: 'constant', shape: n.shape, node: n,
      meaning: bits ? drawn === '' ? masks : `zeros and ones${drawn}` : `fixed numbers${drawn}` }
  })
  const draw = (n: Node, law: Draw): Sym => once(n, () =>
    ({ latex: letters.claim(noiseLetters[law]), role: 'noise', shape: n.shape, node: n, meaning: words[law] }))

  const namedSym = (n: NodeOf<'named'>): Sym => once(n, () => {
    const source = sourceOf(n.inputs[0])
    if (source.op === 'input' && known.of(source).data && latexOfName(lastOf(source as NodeOf<'input'>)) === nameLatex(n))
      return input(source as NodeOf<'input'>)
    const latex = letters.claim(nameLatex(n))
    const inner = bare(n.inputs[0])
    const value = valueOf(n.inputs[0])
    const law = drawOf(inner)
    const free = freeIn(latex)
    const step = stepIn(n)
    const data = inner.op === 'input' && known.of(inner).data
    const looped = source.op === 'project' && isLarge(source.inputs[0]) ? ', from a loop over steps' : ''
    const named = `${meaningOf(n.attrs.name)}${looped}`
    return { latex, shape: n.shape, node: n, meaning: law ? words[law] : value !== null ? 'constant' : data ? 'data' : named,
      role: law ? 'noise' : data ? 'data' : value !== null ? 'constant' : 'named',
      ...value !== null && { value }, ...free !== undefined && { free }, ...step !== undefined && { step } }
  })
  const nodes = reachable(valuesOf(statement))
  const numbers = numbersOf(nodes, parameters)
  const outside = new Set(nodes)
  const lengths = new Set(nodes.flatMap(n => n.op === 'scan' ? [(n as NodeOf<'scan'>).attrs.length] : []))
  /** Of what a loop gives or takes, all steps of it: the letter in its name that stands for the step. */
  const stepIn = (n: NodeOf<'named'>): string | undefined =>
    n.shape.length === 0 || !outside.has(n) || !lengths.has(n.shape[0]) ? undefined
      : /_\{?(t)(?:\s*\+\s*\d+)?(?:\}|(?![A-Za-z{]))/.exec(nameLatex(n))?.[1]
  /** Results of loops that have a name. */
  const results = new Map(nodes.flatMap((n): [Node, Node][] =>
    n.op === 'named' && (n as NodeOf<'named'>).attrs.args === undefined && isResult(n.inputs[0]) ? [[n.inputs[0], n]] : []))
  const steps = new Map(nodes.flatMap((n): [Dim, string][] => {
    const step = n.op === 'named' && (n as NodeOf<'named'>).attrs.args === undefined ? stepIn(n as NodeOf<'named'>) : undefined
    return step === undefined ? [] : [[n.shape[0], step]]
  }))
  /** Data that a model calls by a name of its own have that name everywhere. */
  const aliases = new Map(nodes.flatMap((n): [Node, NodeOf<'named'>][] => {
    const from = n.op === 'named' && (n as NodeOf<'named'>).attrs.args === undefined ? uncast(n.inputs[0]) : null
    return from?.op === 'input' && known.of(from).data && !state.has(from) ? [[from, n as NodeOf<'named'>]] : []
  }).reverse())
  const placeholder = (n: NodeOf<'input'>): Sym => {
    const alias = aliases.get(n)
    if (alias === undefined || latexOfName(lastOf(n)) === nameLatex(alias)) return input(n)
    const name = lastOf(n)
    return once(n, () => ({ latex: namedSym(alias).latex, role: 'data', meaning: `data${name === '' ? '' : `, field ${name}`}`,
      shape: n.shape, node: n }))
  }
  return {
    own: n => {
      if (n.op === 'input') return parameters.tensor(n) ?? placeholder(n as NodeOf<'input'>)
      const law = drawOf(n)
      if (law) return draw(n, law)
      const { params, state: carried, data } = known.of(n)
      const fixed = !params && !carried && !data && n.shape.some(d => d !== 1) && valueOf(n) === null
      const table = fixed && (n.op === 'constant' || n.op === 'cast' && n.inputs[0].dtype === 'bool' || n.dtype === 'bool')
      return table ? constant(n) : undefined
    },
    named: namedSym,
    step: size => steps.get(size),
    fn: n => {
      const number = numbers.get(n) ?? 0
      return once(`fn ${n.attrs.name} ${n.attrs.latex ?? ''} ${number}`, () => {
        const latex = number === 0 ? nameLatex(n) : `${subscriptable(nameLatex(n))}_{${number}}`
        return { latex: letters.claim(latex), role: 'function', shape: n.shape,
          meaning: `function ${n.attrs.name}${number === 0 ? '' : `, number ${number} of several with parameters of their own`}` }
      })
    },
    auxiliary: (n, letter) => results.has(n) ? namedSym(results.get(n) as NodeOf<'named'>) : once(n, () =>
      ({ latex: letter in loopLetters ? letters.first(loopLetters[letter]) : letters.numbered(letter), role: 'named',
        meaning: auxiliaryMeaning(n, letter), shape: n.shape, node: n })),
    primitive: op => once(`primitive ${op}`, () => ({ latex: `\\operatorname{${op}}`, role: 'function', meaning: `the primitive ${op}` })),
    unlogged: fn => once(`unlogged ${fn.latex}`, () =>
      ({ latex: fn.latex.replace(/^\\log\s*/, ''), role: 'function', meaning: `density, with the ${fn.meaning}` })),
  }
}
/** A node before casts and axes of size 1. */
const uncast = (n: Node): Node => n.op === 'cast' ? uncast(n.inputs[0]) : bare(n) === n ? n : uncast(bare(n))

/** Functions of one name with different parameters are numbered, as the layers of a network; a function with one set has no number. */
const numbersOf = (nodes: readonly Node[], parameters: ParameterLetters): ReadonlyMap<Node, number> => {
  const groups = new Map<string, Map<string, NodeOf<'named'>[]>>()
  const ids = new Map<Node, number>()
  const idOf = (n: Node): number => ids.get(n) ?? (ids.set(n, ids.size), ids.size - 1)
  for (const n of nodes) {
    if (n.op !== 'named' || (n as NodeOf<'named'>).attrs.args === undefined) continue
    const call = n as NodeOf<'named'>
    const own = call.inputs.slice(1).map(i => peeled(i).leaf).filter(i => parameters.owner(i) !== undefined).map(idOf).join()
    const sets = groups.get(nameLatex(call)) ?? new Map<string, NodeOf<'named'>[]>()
    groups.set(nameLatex(call), sets.set(own, [...sets.get(own) ?? [], call]))
  }
  return new Map([...groups.values()].flatMap(sets => {
    const several = [...sets].filter(([own]) => own !== '')
    return several.length < 2 ? [] : several.flatMap(([, calls], i) => calls.map((c): [Node, number] => [c, i + 1]))
  }))
}
const auxiliaryMeaning = (n: Node, letter: string): string => {
  if (n.op !== 'project') return letter === 'h' ? 'values of a layer' : 'an intermediate value'
  const loop = n.inputs[0] as NodeOf<'scan'>
  return letter === 'a' ? `what a loop of ${loop.attrs.length} steps carries` : `result of a loop of ${loop.attrs.length} steps`
}
const meaningOf = (name: string): string => name === 'logits' ? 'log-odds, the logits of the program' : `the program's ${name}`

/** A scalar's name as the label of a brace. */
export const labelOf = (name: string): string => name.replace(/[\\{}$&#^_%~]/g, ' ')
export const indexExpr = (sym: Sym): Expr => ({ kind: 'symbol', sym })
export { upright }
