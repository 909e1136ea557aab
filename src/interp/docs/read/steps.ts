/** Steps of loops in formulas: which functions act on each step by itself, and where a letter for a step is not bound. */
import { reachable, type Node } from '../../../dsl/core/node.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import { mulDim, sameDim } from '../../../dsl/shape/dim.js'
import type { Dim } from '../../../dsl/tensor.js'
import { everyPart, num, partsOf, symbol, type Expr, type Sym } from '../math/expr.js'
import { reductions } from './tables.js'

/** An index as it is written: a letter, or the number of a position. */
export const written = (s: Sym): Expr => s.value === undefined ? symbol(s) : num(s.value)
/** A fixed position along an axis, counted from 1. */
export const position = (value: number): Sym => ({ latex: `${value}`, role: 'index', meaning: 'a position', value })

const product = (dims: readonly Dim[]): Dim => dims.reduce<Dim>(mulDim, 1)
/** Whether a reshape leaves rows of axis 0 in their order, each whole: axes after it change, or leading axes join or part. */
const keepsRows = (from: readonly Dim[], to: readonly Dim[]): boolean => from.length > 0 && to.length > 0
  && (sameDim(from[0], to[0]) || [[from, to], [to, from]].some(([more, less]) =>
    more.some((_, i) => sameDim(product(more.slice(0, i + 1)), less[0]) && sameDim(product(more.slice(i + 1)), product(less.slice(1))))))

/** Whether each row of a node along axis 0 comes from the same row of its operands that depend on `rows`. */
const byRow = (n: Node, depends: (x: Node) => boolean): boolean => {
  const [a, b] = n.inputs
  const { axis, axes } = n.attrs as { readonly axis?: number; readonly axes?: readonly number[] }
  switch (n.op) {
    case 'named': case 'customVjp': case 'stopGradient': return true
    case 'broadcastTo': return a.shape.length === n.shape.length && sameDim(a.shape[0], n.shape[0])
    case 'reshape': return keepsRows(a.shape, n.shape)
    case 'matmul': return !depends(b) || a.shape.length > 2 && a.shape.length === b.shape.length
    case 'takeAlong': case 'concat': case 'argMax': return axis !== 0
  }
  return n.prim.elementwise || n.op in reductions && axes?.includes(0) === false
}

/** Whether a function of arguments takes each row of its result from the same row of them. */
export const mapsRows = (call: NodeOf<'named'>, args: readonly Node[]): boolean => {
  const given = new Set(args)
  const known = new Map<Node, boolean>()
  const depends = (n: Node): boolean => {
    const found = known.get(n) ?? (given.has(n) || n.inputs.some(depends))
    known.set(n, found)
    return found
  }
  const seen = new Set<Node>()
  const visit = (n: Node): boolean => {
    if (seen.has(n) || given.has(n) || !depends(n)) return true
    seen.add(n)
    // A named function has its arguments beside what they become.
    const from = n.op === 'named' ? n.inputs.slice(0, 1) : n.inputs
    return n.shape.length > 0 && byRow(n, depends) && from.every(visit)
  }
  return visit(call.inputs[0])
}

const letterOf = (below: Expr): string | undefined =>
  below.kind === 'symbol' ? below.sym.latex : below.kind === 'relation' ? letterOf(below.sides[0]) : undefined
/** The letters that an operator binds for its body. */
export const boundBy = (e: Expr): readonly string[] => e.kind === 'elements' ? e.indices.flatMap(i => letterOf(i) ?? [])
  : e.kind !== 'big' ? []
    : e.below.flatMap(b => [letterOf(b) ?? '', ...everyPart([b]).flatMap(p => p.kind === 'symbol' ? p.sym.step ?? [] : [])])

/** The letters of indices and steps that an expression uses and does not bind. */
export const unbound = (e: Expr): ReadonlySet<string> => {
  const bound = new Set(boundBy(e))
  const own = e.kind !== 'symbol' ? [] : e.sym.step !== undefined ? [e.sym.step]
    : e.sym.role === 'index' && /^[a-z](_\{\d+\})?$/.test(e.sym.latex) ? [e.sym.latex] : []
  return new Set([...own, ...partsOf(e).flatMap(p => [...unbound(p)])].filter(l => !bound.has(l)))
}

/** The letter of a loop's step, and which nodes of its body change from step to step. */
export interface Step {
  readonly sym: Sym
  readonly changes: (n: Node) => boolean
  /** The step of a loop around it, where this loop changes with that. */
  readonly outer?: Step
}
export const stepOf = (sym: Sym, loop: Node, placeholders: readonly Node[], around?: Step): Step =>
  ({ sym, changes: changing(new Set(placeholders)), ...around?.changes(loop) && { outer: around } })
/** The indices of what changes with a step: of the loops around it, then of its own. */
export const stepsFor = (n: Node, step: Step | undefined): readonly Sym[] => step?.changes(n) ? all(step) : []
/** The letters of steps that are in use. */
export const stepsAround = (step: Step | undefined): readonly Sym[] => step ? all(step) : []
const all = ({ sym, outer }: Step): readonly Sym[] => [...outer ? all(outer) : [], sym]
const changing = (inside: ReadonlySet<Node>): (n: Node) => boolean => {
  const known = new Map<Node, boolean>()
  return n => {
    const found = known.get(n) ?? reachable([n]).some(x => inside.has(x))
    known.set(n, found)
    return found
  }
}
