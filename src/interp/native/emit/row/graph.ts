/** The nodes of a loop over rows: what each reads, and in which pass over the row it is computed. */
import type { Node } from '../../../../dsl/core/node.js'
import type { Kind } from '../../plan/members.js'
import { axesBeforeRow } from '../../plan/views.js'
import { Ends } from '../operands.js'
import { outputsOf, sourcesOf, type Access, type Source } from '../sources.js'

export interface RowMember { readonly node: Node; readonly kind: Kind }

export interface RowGraph {
  /** In order of dependence. */
  readonly members: readonly RowMember[]
  readonly domain: readonly number[]
  readonly cols: number
  /** The sizes of the axes before the row, which make up the number of rows. */
  readonly lead: readonly number[]
  readonly ends: Ends
  readonly outputs: ReadonlyMap<Node, string>
  readonly passes: number
  sourcesOf(n: Node): readonly Source[]
  passOf(n: Node): number
  isFull(n: Node): boolean
}

export const rowGraph = (members: readonly RowMember[], domain: readonly number[], cols: number, access: Access): RowGraph => {
  const nodes = members.map(m => m.node)
  const ends = new Ends()
  const sources = sourcesOf(nodes, access, ends)
  const outputs = outputsOf(nodes, access, ends)
  const full = new Set(members.filter(m => m.kind === 'full').map(m => m.node))
  // A sum is known once its row has been passed over, so it belongs to the pass after that of what it sums.
  const pass = new Map<Node, number>()
  for (const { node, kind } of members) {
    const before = Math.max(0, ...(sources.get(node) ?? []).map(x => 'own' in x ? pass.get(x.own) ?? 0 : 0))
    pass.set(node, before + (kind === 'reduce' ? 1 : 0))
  }
  return {
    members, domain, cols, lead: domain.slice(0, axesBeforeRow(domain, cols)), ends, outputs,
    passes: Math.max(...pass.values()) + 1,
    sourcesOf: n => sources.get(n) ?? [], passOf: n => pass.get(n) ?? 0, isFull: n => full.has(n),
  }
}
