/** Whether matrix notation, which names no axes, says which axes of operands meet: where it may not, a reader writes indices. */
import type { Node } from '../../../dsl/core/node.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import { symbolsOf } from '../../../dsl/shape/dim.js'
import { partsOf, type Expr } from '../math/expr.js'
import type { Known } from './facts.js'
import { bare, onlyOnes, valueOf } from './match.js'
import type { At } from './reading.js'

/** Axes that are read as wholes. */
export const wholeAxes = (n: Node, at: At): number[] =>
  n.shape.flatMap((d, i) => d !== 1 && (at[i] === null || at[i] === 'silent') ? [i] : [])

/** Axes along which a node's formula can be seen to vary: repeats that only make it fit are not written. */
export const seenAxes = (n: Node): number[] => {
  if (valueOf(n) !== null) return []
  const [x] = n.inputs
  if (n.op === 'broadcastTo') {
    const lead = n.shape.length - x.shape.length
    return seenAxes(x).map(i => i + lead)
  }
  if (n.op === 'reshape' && onlyOnes(n)) {
    const places = n.shape.flatMap((d, i) => d === 1 ? [] : [i])
    const from = x.shape.flatMap((d, i) => d === 1 ? [] : [i])
    return seenAxes(x).map(i => places[from.indexOf(i)])
  }
  if (n.prim.elementwise) return [...new Set(n.inputs.flatMap(seenAxes))].sort((a, b) => a - b)
  return n.shape.flatMap((d, i) => d === 1 ? [] : [i])
}
const isBatch = (n: Node, axis: number, known: Known): boolean => axis === 0 && known.batched(n)
/** Whether a node's formula shows all of its axes but the batch. */
export const showsAll = (n: Node, known: Known): boolean => {
  const seen = new Set(seenAxes(n))
  return n.shape.every((d, i) => d === 1 || seen.has(i) || isBatch(n, i, known))
}

/** Operands of a sum or a product of elements: numbers of each example, wholes, and rows that every example has alike. */
export const sureElementwise = (n: Node, at: At, known: Known): boolean => {
  const whole = wholeAxes(n, at).filter(i => !isBatch(n, i, known))
  return whole.length < 2 || n.inputs.every(x => {
    const seen = seenAxes(x).filter(i => whole.includes(i))
    return seen.length === 0 || seen.length === whole.length
      || known.batched(n) && seen.length === 1 && seen[0] === whole[whole.length - 1] && seen[0] === n.shape.length - 1
  })
}

/** Whether examples meet in a product: then an expectation over one of them would be wrong. */
export const rowsMeet = (n: Node, known: Known): boolean => {
  const [a, b] = n.inputs
  const rows = (x: Node): number[] => x.shape.flatMap((d, i) =>
    (known.of(x).data || known.of(x).noise) && (isBatch(x, i, known) || symbolsOf(d).length > 0) ? [i] : [])
  const aligned = a.shape.length > 2 && a.shape.length === b.shape.length
  return rows(a).some(i => i !== 0) || rows(b).some(i => !aligned || i !== 0)
}
export const sureMatmul = (n: Node, known: Known): boolean => {
  const [a, b] = n.inputs
  if (rowsMeet(n, known)) return false
  const fits = (x: Node): boolean => {
    const seen = new Set(seenAxes(x))
    return x.shape.every((d, i) => d === 1 || seen.has(i) || i === 0 && known.batched(n) && x.shape.length > 2)
  }
  if (![a, b].every(fits)) return false
  const inner = a.shape[a.shape.length - 1], last = b.shape[b.shape.length - 1]
  const made = bare(a) !== a || bare(b) !== b
  if (a.shape.length === 2) return inner !== 1 || !made
  return known.batched(n) && (b.shape.length === 2 || inner !== 1 && last !== 1)
}

/** How a change of the order of axes can be written. */
export const orderOf = (n: NodeOf<'transpose'>, at: At, known: Known): 'kept' | 'transposed' | 'named' | 'unsure' => {
  const { perm } = n.attrs
  const whole = wholeAxes(n, at)
  const from = whole.map(i => perm[i])
  if (from.every((p, i) => i === 0 || p > from[i - 1])) return 'kept'
  const r = perm.length
  const swapped = perm.every((p, i) => p === (i < r - 2 ? i : i === r - 2 ? r - 1 : r - 2))
  if (at.some(s => s !== null && s !== 'silent') || !showsAll(n.inputs[0], known)) return 'unsure'
  return swapped && (r === 2 || known.batched(n)) ? 'transposed' : 'named'
}

const having = new WeakMap<Expr, boolean>()
/** Whether an expression gives a tensor by its elements somewhere. */
export const hasElements = (e: Expr): boolean => {
  const has = having.get(e) ?? (e.kind === 'elements' || partsOf(e).some(hasElements))
  having.set(e, has)
  return has
}
