/** The forward values of a statement as a small graph: one vertex a named node, a draw, a field of the data or an objective. */
import type { Node } from '../../../dsl/core/node.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import { leavesOf } from '../../../dsl/core/trees.js'
import type { Statement } from '../../../dsl/statement.js'
import { shapeText } from '../costs.js'
import type { Mathematics } from '../formulas.js'
import { isKey } from '../read/facts.js'
import { valueOf } from '../read/match.js'
import { drawOf, isLarge, sourceOf } from '../read/symbols.js'

export type Kind = 'data' | 'noise' | 'value' | 'function' | 'objective'
export interface Vertex { readonly id: number; readonly kind: Kind; readonly label: string; readonly note: string }
export interface Edge { readonly from: number; readonly to: number; readonly label: string }
export interface Diagram { readonly vertices: readonly Vertex[]; readonly edges: readonly Edge[] }

const nameOf = (n: Node): string => (n.attrs as { readonly name: string }).name
const isCall = (n: Node): n is NodeOf<'named'> =>
  n.op === 'named' && (n as NodeOf<'named'>).attrs.args !== undefined && nameOf(n) !== 'norm'
const isGradient = (n: Node): boolean => n.op === 'named' && (n as NodeOf<'named'>).attrs.gradient === true
/** A name for what has it already, in another form. */
const again = (n: Node): boolean => {
  const source = sourceOf(n.inputs[0])
  return source.op === 'named' && nameOf(source) === nameOf(n)
}
/** A name that says something: not that of a constant, a norm, or of what has it already. */
const tells = (n: Node): boolean => valueOf(n.inputs[0]) === null && !isGradient(n) && nameOf(n) !== 'norm' && !again(n)
const most = 3

/** The diagram of a statement, whose layers without a name are those of its formulas. */
export const diagramOf = (statement: Statement, { where }: Mathematics): Diagram => {
  const cuts = new Map(where.flatMap(({ defines: d }) =>
    d?.sym.role === 'named' && d.sym.node === d.node ? [[d.node, d.sym.latex] as const] : []))
  const paths = new Map(leavesOf<Node>(statement.params).map(l => [l.leaf, l.path === '' ? 'params' : l.path]))
  const vertices: Vertex[] = []
  const edges: Edge[] = []
  const ids = new Map<Node, number>()
  const insides = new Map<Node, { folded: readonly Node[]; params: readonly string[] }>()

  const stands = (n: Node): boolean => n.op === 'input' ? !paths.has(n) && !isKey(n)
    : n.op === 'named' ? tells(n) : drawOf(n) !== null || cuts.has(n) || isLarge(n)
  /** What a node is made of: the nearest vertices below it, and the parameters on the way. */
  const inside = (n: Node): { folded: readonly Node[]; params: readonly string[] } => {
    const before = insides.get(n)
    if (before) return before
    insides.set(n, { folded: [], params: [] })
    const path = paths.get(n)
    const found = path !== undefined ? { folded: [], params: [path] } : stands(n) ? { folded: [n], params: [] }
      : below(isGradient(n) ? [n.inputs[1]] : n.inputs)
    insides.set(n, found)
    return found
  }
  const below = (inputs: readonly Node[]): { folded: readonly Node[]; params: readonly string[] } => {
    const all = inputs.map(inside)
    return { folded: [...new Set(all.flatMap(a => a.folded))], params: [...new Set(all.flatMap(a => a.params))] }
  }
  const listed = (params: readonly string[]): string => {
    const groups = params.length <= most ? params : [...new Set(params.map(p => p.split('.')[0]))]
    return groups.length <= most ? groups.join(', ') : `${groups.slice(0, most).join(', ')}, ...`
  }
  const vertex = (kind: Kind, label: string, note: string, from: readonly Node[]): number => {
    const sources = from.map(n => [n, idOf(n)] as const)
    const id = vertices.length
    vertices.push({ id, kind, label, note })
    for (const [n, source] of sources) edges.push({ from: source, to: id, label: n.tuple ? '' : shapeText(n.shape) })
    return id
  }
  const idOf = (n: Node): number => {
    const before = ids.get(n)
    if (before !== undefined) return before
    const id = make(n)
    ids.set(n, id)
    return id
  }
  const make = (n: Node): number => {
    if (n.op === 'input') return vertex('data', nameOf(n) === '' ? 'x' : nameOf(n).split('.').at(-1) ?? '', '', [])
    if (isLarge(n)) {
      const { params, folded } = below(n.inputs)
      // Its noise and what it carries are its own affair.
      return vertex('function', `loop of ${(n as NodeOf<'scan'>).attrs.length} steps`, listed(params), folded.filter(f => f.op === 'named'))
    }
    if (n.op !== 'named') {
      if (drawOf(n)) return vertex('noise', 'noise', drawOf(n) ?? '', [])
      const parts = below(n.inputs)
      return vertex('value', plain(cuts.get(n) ?? 'h'), listed(parts.params), parts.folded)
    }
    const [inner, ...rest] = n.inputs
    if (isCall(n)) {
      const args = below(rest)
      return vertex('function', nameOf(n), listed(args.params), args.folded)
    }
    const law = drawOf(inner)
    if (law) return vertex('noise', nameOf(n), law, [])
    if (inner.op === 'input' && !paths.has(inner)) return vertex('data', nameOf(n), '', [])
    if (inner.op === 'named' && isCall(inner)) {
      const args = below(inner.inputs.slice(1))
      return vertex('function', `${nameOf(n)} = ${nameOf(inner)}`, listed(args.params), args.folded)
    }
    const parts = below([inner])
    return vertex('value', nameOf(n), listed(parts.params), parts.folded)
  }

  const sinks = new Map<Node, string[]>()
  const sink = (tree: unknown, label: string): void => {
    const [{ leaf }] = leavesOf<Node>(tree)
    sinks.set(leaf, [...sinks.get(leaf) ?? [], label])
  }
  for (const o of statement.objectives) {
    sink(o.value, `${o.sense} (${o.player})`)
    for (const c of o.constraints) {
      if (c.kind === 'penalty') sink(c.value, `${c.name} (${o.player})`)
      else if (c.kind === 'atMost') sink(c.value, `${c.name} at most ${c.bound}`)
    }
  }
  for (const [node, labels] of sinks) {
    const parts = below([node])
    vertex('objective', labels.join(', '), listed(parts.params), parts.folded)
  }
  return { vertices, edges }
}
/** A letter of a formula as plain text. */
const plain = (latex: string): string => latex.replace(/[{}\\]/g, '')
