/** Reverse-mode differentiation of graphs: the gradient of an expression is an expression, so any order follows by doing it again. */
import type { Shape } from '../tensor.js'
import { input } from './primitives/leaves.js'
import { add } from './primitives/elementwise.js'
import { full } from './primitives/structure.js'
import { reachable, type Node } from './node.js'
import type { Cotangents } from './primitive.js'
import { substitute } from './substitute.js'

const flows = (n: Node): boolean => n.tuple !== undefined || n.dtype === 'float32'

/** The nodes through which a change of `wrt` can reach a float, judged by the rules alone. */
const activeNodes = (nodes: readonly Node[], wrt: readonly Node[]): Set<Node> => {
  const active = new Set(wrt)
  for (const n of nodes) {
    if (flows(n) && (n.prim.vjp !== null || n.prim.vjpOfTuple) && n.inputs.some(i => active.has(i))) active.add(n)
  }
  return active
}

const accumulate = (a: Node | null | undefined, b: Node): Node => a ? add(a, b) : b

/**
 * The vector-Jacobian product: cotangents of `outputs` pulled back to `wrt`; `null` where nothing flows. Work is proportional to the
 * graph, and shared subexpressions are visited once.
 */
export const vjp = (outputs: readonly Node[], cotangents: Cotangents, wrt: readonly Node[]): (Node | null)[] => {
  const nodes = reachable(outputs)
  const active = activeNodes(nodes, wrt)
  const cts = new Map<Node, Node>()
  const tuples = new Map<Node, (Node | null)[]>()
  const receive = (n: Node, g: Node | null): void => {
    if (g !== null && active.has(n)) cts.set(n, accumulate(cts.get(n), g))
  }
  outputs.forEach((o, i) => receive(o, cotangents[i]))
  for (const node of nodes.reverse()) {
    const gs = tuples.get(node)
    const g = cts.get(node)
    if (gs && node.prim.vjpOfTuple) node.prim.vjpOfTuple(gs, node).forEach((c, i) => receive(node.inputs[i], c))
    if (!g) continue
    if (node.op === 'project') {
      const [tuple] = node.inputs
      const { index } = node.attrs as { index: number }
      const row = tuples.get(tuple) ?? (tuple.tuple ?? []).map(() => null)
      row[index] = accumulate(row[index], g)
      if (active.has(tuple)) tuples.set(tuple, row)
    } else if (node.prim.vjp) node.prim.vjp(g, node).forEach((c, i) => receive(node.inputs[i], c))
  }
  return wrt.map(w => cts.get(w) ?? null)
}

export const zerosLike = (n: { shape: Shape }): Node => full(0, n.shape)

/** The gradient of a scalar in every node of `wrt`; zeros where it does not depend on one. */
export const gradient = (output: Node, wrt: readonly Node[]): Node[] =>
  vjp([output], [full(1, output.shape)], wrt).map((g, i) => g ?? zerosLike(wrt[i]))

/** A fresh placeholder, for differentiating a function at an expression: traced with the placeholder, evaluated by substitution. */
export const variable = (like: { shape: Shape; dtype: Node['dtype'] }, name = ''): Node => input({ shape: like.shape, dtype: like.dtype,
  name })

/**
 * The Jacobian-vector product, forward mode: the transpose of the (linear) vector-Jacobian product, so no primitive needs a second rule.
 * `null` tangents are zeros.
 */
export const jvp = (outputs: readonly Node[], wrt: readonly Node[], tangents: Cotangents): Node[] => {
  const us = outputs.map(o => variable(o))
  const pulled = vjp(outputs, us, wrt)
  const used = pulled.flatMap((p, i) => p && tangents[i] ? [[p, tangents[i]] as const] : [])
  const pushed = vjp(used.map(([p]) => p), used.map(([, t]) => t), us)
  // Linear in the placeholders, so none is left but where a custom rule is not linear: there the derivative at zero is the meaning.
  return substitute(pushed.map((g, i) => g ?? zerosLike(outputs[i])), new Map(us.map(u => [u, zerosLike(u)])))
}
