/**
 * What a node's value is computed from, and where its gradient goes. The two differ at stopGradient, at what has no derivative, at
 * straight-through nodes and at rules of the user's own; everything that an audit says about gradients rests on this difference.
 */
import { variable } from '../../dsl/core/gradient.js'
import type { Node } from '../../dsl/core/node.js'
import type { NodeOf } from '../../dsl/core/table.js'
import { uniformValue } from '../simplify/rules.js'

/** `surrogate`: the gradient is not the derivative of the value, as through a straight-through node. */
export interface Edge { readonly to: Node; readonly surrogate: boolean }
/** A value from which the node is computed but to which it sends no gradient; `by` is the node that stops it. */
export interface Cut { readonly to: Node; readonly by: Node }
interface Flow { readonly edges: readonly Edge[]; readonly cuts: readonly Cut[] }

const isFloat = (n: Node): boolean => n.dtype === 'float32'

/** The nodes from which the value is computed: not those that a name or a gradient rule only speaks of. */
export const valueInputs = (n: Node): readonly Node[] =>
  n.op === 'named' || n.op === 'customVjp' || n.op === 'straightThrough' ? n.inputs.slice(0, 1) : n.inputs

const unnamed = (n: Node): Node => n.op === 'named' ? unnamed(n.inputs[0]) : n

/** A summand of a sum of sums; `under` is the stopGradient that holds it. */
interface Part { readonly node: Node; readonly sign: number; readonly under: Node | null }
const partsOf = (n: Node, depth: number, sign = 1, under: Node | null = null): Part[] => {
  const x = unnamed(n)
  if (depth > 0 && (x.op === 'add' || x.op === 'sub'))
    return [...partsOf(x.inputs[0], depth - 1, sign, under), ...partsOf(x.inputs[1], depth - 1, x.op === 'sub' ? -sign : sign, under)]
  if (depth > 0 && x.op === 'neg') return partsOf(x.inputs[0], depth - 1, -sign, under)
  if (x.op === 'stopGradient') return partsOf(x.inputs[0], depth, sign, under ?? x)
  return [{ node: x, sign, under }]
}

/**
 * x + sg(q - x) and its other spellings: a sum in which x counts once with its gradient and once, opposite in sign, without, beside a
 * rest of x's own sign: the value is the rest's, the gradient x's. Without a rest it is a 0 with a true gradient, such as a score
 * function's; with a rest of the other sign only, x - sg(a + x), it is the error of x from a target that x helps to make.
 */
const handWritten = (n: Node): Flow | null => {
  if (n.op !== 'add' && n.op !== 'sub' || !isFloat(n)) return null
  const parts = partsOf(n, 4)
  if (!parts.some(p => p.under)) return null
  const cancelled = (p: Part): boolean =>
    p.under === null && parts.some(q => q.under !== null && q.node === p.node && q.sign === -p.sign)
  const replaced = (p: Part): boolean => parts.some(q => q.node !== p.node && q.sign === p.sign)
  if (!parts.some(p => cancelled(p) && replaced(p))) return null
  return {
    edges: parts.filter(p => p.under === null).map(p => ({ to: p.node, surrogate: cancelled(p) && replaced(p) })),
    cuts: parts.flatMap(p => p.under ? [{ to: p.node, by: p.under }] : []),
  }
}

/** Whether a gradient, taken at its word, goes from one node to another. */
const derives = (from: Node, to: Node): boolean => {
  const seen = new Set<Node>()
  const visit = (n: Node): boolean => {
    if (n === to) return true
    if (seen.has(n) || n.id < to.id) return false
    seen.add(n)
    return flowOf(n).edges.some(e => !e.surrogate && visit(e.to)) || n.op === 'project' && n.inputs[0].inputs.some(visit)
  }
  return visit(from)
}

/** A rule of the user's own, traced: an input without a cotangent, or with one that is 0, gets nothing. */
const ruled = (n: NodeOf<'customVjp'>): Flow => {
  const [y, ...xs] = n.inputs
  const cotangents = n.attrs.rule(variable(n), y, xs)
  const edges = xs.flatMap((to, i) => {
    const c = cotangents[i] ?? null
    return c === null || !isFloat(to) || uniformValue(c) === 0 ? [] : [{ to, surrogate: !derives(y, to) }]
  })
  return { edges, cuts: [{ to: y, by: n }] }
}

const straight = ([hard, soft]: readonly Node[], by: Node): Flow =>
  ({ edges: [{ to: soft, surrogate: true }], cuts: [{ to: hard, by }] })

const flow = (n: Node): Flow => {
  if (n.tuple || !isFloat(n)) return { edges: [], cuts: [] }
  if (n.op === 'straightThrough') return straight(n.inputs, n)
  if (n.op === 'customVjp') return ruled(n as NodeOf<'customVjp'>)
  const inputs = valueInputs(n)
  if (n.prim.vjp === null) return { edges: [], cuts: inputs.map(to => ({ to, by: n })) }
  return handWritten(n) ?? {
    edges: inputs.filter(i => isFloat(i) && !i.tuple).map(to => ({ to, surrogate: false })),
    cuts: inputs.filter(i => !isFloat(i)).map(to => ({ to, by: to })),
  }
}

const flows = new WeakMap<Node, Flow>()
/** Where a node's gradient goes and where it stops; of a loop's results, see `loops.ts`. */
export const flowOf = (n: Node): Flow => {
  const known = flows.get(n)
  if (known) return known
  const found = flow(n)
  flows.set(n, found)
  return found
}
