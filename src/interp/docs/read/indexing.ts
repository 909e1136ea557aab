/** The indices that a letter is written with. */
import type { Node } from '../../../dsl/core/node.js'
import { subscript, symbol, type Expr, type Sym } from '../math/expr.js'
import { every } from './axes.js'
import type { Known } from './facts.js'
import { carries } from './loops.js'
import { bare, onlyOnes } from './match.js'
import { atBelow } from './places.js'
import { isLetter, type At } from './reading.js'
import { stepsFor, written, type Step } from './steps.js'

export interface Indexing {
  readonly shown: (n: Node, at: At, but?: (s: Sym) => boolean) => Expr[]
  readonly withIndices: (e: Expr, n: Node, at: At) => Expr
  readonly ofStep: (sym: Sym, n: Node, at: At) => Expr
  readonly isVector: (n: Node, at: At) => boolean
}

/** How indices are written at a step of a loop, or outside of loops. */
export const indexing = (known: Known, step: Step | undefined): Indexing => {
  /** The written indices; a dot stands for a whole axis before one. */
  const shown = (n: Node, at: At, but: (s: Sym) => boolean = () => false): Expr[] => {
    const last = at.reduce((l, s, i) => isLetter(s) && !but(s) ? i : l, -1)
    return at.flatMap((s, i) => isLetter(s) ? but(s) ? [] : [written(s)]
      : i < last && n.shape[i] !== 1 && !(i === 0 && known.batched(n)) ? [symbol(every)] : [])
  }
  const withIndices = (e: Expr, n: Node, at: At): Expr => {
    const [first] = at
    if (e.kind === 'symbol' && e.sym.step !== undefined && first && isLetter(first) && first.latex !== e.sym.step)
      return subscript({ kind: 'atStep', sym: e.sym, step: written(first) }, shown(n, at, s => s === first))
    return subscript(e, shown(n, at, s => e.kind === 'symbol' && carries(e.sym, s.latex)))
  }
  /** A letter of this loop's body has the step for an index, unless it is in its name. */
  const ofStep = (sym: Sym, n: Node, at: At): Expr => {
    const steps = stepsFor(n, step).filter(s => !carries(sym, s.latex)).map(symbol)
    return steps.length === 0 ? withIndices(symbol(sym), n, at) : subscript(symbol(sym), [...steps, ...shown(n, at)])
  }
  /** Whether some axis is whole, so that a product is one of elements. */
  const isVector = (n: Node, at: At): boolean => {
    const x = bare(n)
    if (n.op === 'broadcastTo' || n.op === 'reshape' && onlyOnes(n)) return x.shape.length > 0 && isVector(n.inputs[0], atBelow(n, at))
    if (n.prim.elementwise) return n.inputs.some(i => isVector(i, at))
    return n.shape.some((d, i) => d !== 1 && at[i] === null && !(i === 0 && known.batched(n)))
  }
  return { shown, withIndices, ofStep, isVector }
}
