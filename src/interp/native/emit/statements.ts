/** The statements of a loop, one a node, and what they need. */
import type { Node } from '../../../dsl/core/node.js'
import { cLocal } from './c.js'
import { expressionOf } from './expressions.js'
import type { Source } from './sources.js'

export class Statements {
  /** Headers under runtime/math. */
  readonly uses = new Set<string>()
  /** What one element costs, an addition being 1. */
  cost = 0
  private readonly names: ReadonlyMap<Node, string>

  constructor(nodes: readonly Node[]) { this.names = new Map(nodes.map((n, i) => [n, `t${i}`])) }

  /** The C variable of a node's value. */
  nameOf(n: Node): string { return this.names.get(n) ?? '' }

  /** The C expression for an input of a loop's node; what comes from memory has been loaded. */
  textOf(x: Source): string { return 'own' in x ? this.nameOf(x.own) : 'text' in x ? x.text : `${x.operand.name}v` }

  /** Computes a node from C expressions for its inputs. */
  assign(node: Node, inputs: readonly string[]): string {
    const e = expressionOf(node, inputs)
    e.uses?.forEach(u => this.uses.add(u))
    this.cost += e.cost
    return `const ${cLocal(node.dtype)} ${this.nameOf(node)} = ${e.text};`
  }
}
