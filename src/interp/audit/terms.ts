/** The terms of an objective, found in its graph: a sum is taken apart, and numbers in front become weights. */
import type { Node } from '../../dsl/core/node.js'
import { reachable } from '../../dsl/core/node.js'
import { sameShape } from '../../dsl/shape/dim.js'
import type { Objective } from '../../dsl/statement.js'
import { evaluate } from '../js/evaluate.js'
import { GRADIENT, reach, type Reach } from './reach.js'
import { meanOf, say } from './say.js'

/** What stands before a term: a number where it is known, and how it is written. */
export interface Weight { readonly value: number | null; readonly text: string }
export interface Term {
  readonly player: string
  readonly name: string
  readonly formula: string
  readonly kind: 'value' | 'penalty' | 'bound'
  readonly weight: Weight
  /** The term itself, without its weight. */
  readonly node: Node
  readonly reach: Reach
}
interface Piece { readonly name: string | null; readonly node: Node; readonly weight: Weight }
type Parametric = (n: Node) => { readonly value: boolean; readonly gradient: boolean }

const one: Weight = { value: 1, text: '1' }
const short = (x: number): string => `${Number(x.toPrecision(6))}`
const times = (a: Weight, b: Weight): Weight => {
  const value = a.value === null || b.value === null ? null : a.value * b.value
  const plain = (w: Weight): boolean => w.value !== null && w.text === short(w.value)
  const text = plain(a) && plain(b) && value !== null ? short(value)
    : a.value === 1 ? b.text : b.value === 1 ? a.text : a.value === -1 && plain(a) ? `-${b.text}`
      : b.value === -1 && plain(b) ? `-${a.text}` : `${a.text} ${b.text}`
  return { value, text }
}
const minus = (w: Weight): Weight => times({ value: -1, text: '-1' }, w)

const isScalar = (n: Node): boolean => n.op === 'broadcastTo' || n.op === 'named' ? isScalar(n.inputs[0])
  : n.shape.every(d => d === 1)
/** The number, where no placeholder and no symbolic size is in it. */
const numberOf = (n: Node): number | null => {
  const from = n.op === 'broadcastTo' ? n.inputs[0] : n
  if (reachable([from]).some(m => m.op === 'input' || m.shape.some(d => typeof d !== 'number')
    || m.op === 'dimSize' && typeof (m.attrs as { size: unknown }).size !== 'number')) return null
  const [{ data }] = evaluate([from], new Map())
  return data.length > 0 && data.every(x => x === data[0]) ? data[0] : null
}
const weightOf = (n: Node, inverse = false): Weight => {
  const number = numberOf(n)
  const value = number === null ? null : inverse ? 1 / number : number
  const symbol = say(n)
  const text = Number.isFinite(Number(symbol)) && value !== null ? short(value) : inverse ? `1/${symbol}` : symbol
  return { value, text }
}

const nameOf = (n: Node): string | null => n.op === 'named' ? (n.attrs as { name: string }).name : null

/** The weighted pieces of a sum; one piece when it is none. */
const piecesOf = (n: Node, parametric: Parametric): Piece[] => {
  const whole: Piece[] = [{ name: nameOf(n), node: n, weight: one }]
  const split = (x: Node): Piece[] => piecesOf(x, parametric)
  const weighted = (ps: readonly Piece[], w: Weight): Piece[] => ps.map(p => ({ ...p, weight: times(w, p.weight) }))
  /** A factor: a weight where parameters do not enter it; where only its gradient is cut, the term keeps it. */
  const factor = (by: Node, x: Node, inverse = false): Piece[] => {
    if (!isScalar(by) || parametric(by).gradient || !parametric(x).gradient) return whole
    if (!parametric(by).value) return weighted(split(x), weightOf(by, inverse))
    return [{ name: nameOf(unwrapped(x)), node: n, weight: one }]
  }
  switch (n.op) {
    case 'add': return [...split(n.inputs[0]), ...split(n.inputs[1])]
    case 'sub': return [...split(n.inputs[0]), ...split(n.inputs[1]).map(p => ({ ...p, weight: minus(p.weight) }))]
    case 'neg': return split(n.inputs[0]).map(p => ({ ...p, weight: minus(p.weight) }))
    case 'mul': {
      const [a, b] = n.inputs
      return parametric(b).gradient ? factor(a, b) : factor(b, a)
    }
    case 'div': {
      const inner = meanOf(n)
      // A mean of what is repeated is the same; a sum is not.
      return inner ? ifNamed(split(inner.op === 'sum' ? inner.inputs[0] : inner), whole) : factor(n.inputs[1], n.inputs[0], true)
    }
    case 'sum': {
      const [x] = n.inputs
      const pieces = split(x)
      return pieces.every(p => sameShape(p.node.shape, x.shape)) ? ifNamed(pieces, whole) : whole
    }
    case 'named': case 'reshape': case 'broadcastTo': return ifNamed(split(n.inputs[0]), whole)
    default: return whole
  }
}
const unwrapped = (n: Node): Node => n.op === 'broadcastTo' || n.op === 'reshape' || n.op === 'neg' ? unwrapped(n.inputs[0]) : n
/** A name or a mean is looked into only where its parts have names of their own. */
const ifNamed = (pieces: Piece[], whole: Piece[]): Piece[] => pieces.length > 1 && pieces.some(p => p.name !== null) ? pieces : whole

/** The name of the whole value says nothing about its terms: below it every sum is taken apart. */
const top = (n: Node, parametric: Parametric): Piece[] => {
  const inside = n.op === 'named' ? top(n.inputs[0], parametric) : piecesOf(n, parametric)
  return n.op === 'named' && inside.length === 1 ? [{ name: nameOf(n), node: n, weight: one }] : inside
}

/** All terms of a player: of the value, the penalties, and what is held below a bound. */
export const termsOf = (objective: Objective, params: readonly Node[]): Term[] => {
  const known = new Map<Node, { value: boolean; gradient: boolean }>()
  const parametric: Parametric = n => {
    const found = known.get(n) ?? (() => {
      const { nodes } = reach([n])
      const bits = params.reduce((s, p) => s | (nodes.get(p) ?? 0), 0)
      return { value: bits !== 0, gradient: (bits & GRADIENT) !== 0 }
    })()
    known.set(n, found)
    return found
  }
  const nodeOf = (x: unknown): Node => x as Node
  const taken = new Map<string, number>()
  const term = (kind: Term['kind'], { name, node, weight }: Piece): Term => {
    const formula = say(node.op === 'named' ? node.inputs[0] : node)
    const wished = name ?? formula
    const count = (taken.get(wished) ?? 0) + 1
    taken.set(wished, count)
    const unique = count === 1 ? wished : `${wished} (${count})`
    return { player: objective.player, kind, node, weight, formula, name: unique, reach: reach([node]) }
  }
  const sign = objective.sense === 'minimise' ? 1 : -1
  return [
    ...top(nodeOf(objective.value), parametric).map(p => term('value', p)),
    ...objective.constraints.flatMap(c => c.kind === 'clip' ? [] : [term(c.kind === 'penalty' ? 'penalty' : 'bound', {
      name: c.name, node: nodeOf(c.value), weight: c.kind === 'penalty' ? { value: sign * c.weight, text: short(sign * c.weight) } : one,
    })]),
  ]
}
