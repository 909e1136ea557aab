/** Simplification: the rules of `rules.ts` from the inputs up, until none applies. Dead code is what the outputs no longer reach. */
import { InternalError } from '../../dsl/errors.js'
import { reachable, type Node } from '../../dsl/core/node.js'
import { leavesOf, treeLike } from '../../dsl/core/trees.js'
import { sameShape } from '../../dsl/shape/dim.js'
import type { Rule } from './rule.js'
import { executionRules, rules as allRules } from './rules.js'

export interface SimplifyOptions {
  /** Also drops the identities that only steer gradients and names, and moves fewer elements; for graphs on their way to an engine. */
  readonly forExecution?: boolean
  /** Other rules, for testing one alone. */
  readonly rules?: readonly Rule[]
}

/** Rules by the op they look at; a rule without ops looks at every node. */
const byOp = (rules: readonly Rule[]): ((op: string) => readonly Rule[]) => {
  const table = new Map<string, Rule[]>()
  return op => {
    const known = table.get(op)
    if (known) return known
    const found = rules.filter(r => r.ops.length === 0 || r.ops.includes(op))
    table.set(op, found)
    return found
  }
}

/** Expressions of equal value with less to compute; placeholders stay as they are. */
export const simplify = (outputs: readonly Node[], options: SimplifyOptions = {}): Node[] => {
  const rules = byOp(options.rules ?? (options.forExecution ? [...executionRules, ...allRules] : allRules))
  const nodes = reachable(outputs)
  const users = usersOf(nodes)
  const once = (n: Node): boolean => (users.get(n) ?? 1) < 2
  const done = new Map<Node, Node>()
  const settle = (node: Node): Node => {
    const known = done.get(node)
    if (known) return known
    let current = rebuild(node, node.inputs.map(settle), nodes => simplify(nodes, options))
    for (const rule of rules(current.op)) {
      const next = rule.apply(current, once)
      if (!next) continue
      if (next.dtype !== current.dtype || !sameShape(next.shape, current.shape))
        throw new InternalError(`the rule "${rule.name}" changes the type of ${current.op}`)
      current = settle(next)
      break
    }
    // What takes a node's place has its users; all of them come later.
    if (current !== node) users.set(current, (users.get(current) ?? 0) + (users.get(node) ?? 0))
    done.set(node, current)
    done.set(current, current)
    return current
  }
  // In order of construction, so that `settle` never recurses deeper than the few nodes that one rule adds.
  nodes.forEach(settle)
  return outputs.map(settle)
}

/** How many nodes read each. */
const usersOf = (nodes: readonly Node[]): Map<Node, number> => {
  const users = new Map<Node, number>()
  for (const n of nodes) for (const i of n.inputs) users.set(i, (users.get(i) ?? 0) + 1)
  return users
}

const rebuild = (node: Node, inputs: readonly Node[], body: (nodes: readonly Node[]) => Node[]): Node => {
  const attrs: unknown = node.prim.mapBody ? node.prim.mapBody(node.attrs, body) : node.attrs
  return attrs === node.attrs && inputs.every((x, i) => x === node.inputs[i]) ? node : node.prim.make(inputs, attrs)
}

/**
 * The same tree of expressions with less to compute: constants folded, identities and cancelling moves dropped, equal parts shared.
 *
 * @example
 * ```ts
 * import { print, simplifyTree } from 'typegrad/engines'
 * print(simplifyTree(mul(add(f32(2), 0), 1)))
 * ```
 */
export const simplifyTree = <T>(tree: T): T => {
  const simple: unknown = treeLike(tree, simplify(leavesOf<Node>(tree).map(l => l.leaf)))
  return simple as T
}
