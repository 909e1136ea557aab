/** Which nodes an expression reaches: by value, by gradient, by gradient through straight-through nodes alone. One pass over the graph. */
import { reachable, type Node } from '../../dsl/core/node.js'
import type { NodeOf } from '../../dsl/core/table.js'
import { flowOf, valueInputs } from './edges.js'

/** Bits of how a node is reached. */
export const PLAIN = 1, SURROGATE = 2, VALUE = 4
export const GRADIENT = PLAIN | SURROGATE

/** One way of reaching after another. */
const after = (first: number, then: number): number =>
  first & then & VALUE
  | (first & then & PLAIN)
  | ((first & SURROGATE && then & GRADIENT) || (first & PLAIN && then & SURROGATE) ? SURROGATE : 0)
const start = (n: Node): number => n.dtype === 'float32' ? PLAIN | VALUE : VALUE

export interface Reach {
  readonly nodes: ReadonlyMap<Node, number>
  /** How each result of a loop is reached. */
  readonly results: ReadonlyMap<Node, readonly number[]>
}

/** From the outputs down to everything that they are computed from. */
export const reach = (outputs: readonly Node[]): Reach => {
  const nodes = new Map<Node, number>()
  const results = new Map<Node, number[]>()
  const mark = (n: Node, bits: number): void => {
    const kept = n.dtype === 'float32' ? bits : bits & VALUE
    if (kept) nodes.set(n, (nodes.get(n) ?? 0) | kept)
  }
  outputs.forEach(o => { mark(o, start(o)) })
  for (const n of reachable(outputs).reverse()) {
    if (n.op === 'scan') {
      const row = results.get(n) ?? []
      loopReach(n as NodeOf<'scan'>).forEach((ways, r) => { ways.forEach((way, k) => { mark(n.inputs[k], after(row[r] ?? 0, way)) }) })
      continue
    }
    const bits = nodes.get(n) ?? 0
    if (bits === 0) continue
    if (n.op === 'project') {
      const row = results.get(n.inputs[0]) ?? []
      const { index } = (n as NodeOf<'project'>).attrs
      row[index] = (row[index] ?? 0) | bits
      results.set(n.inputs[0], row)
      continue
    }
    if (bits & VALUE) valueInputs(n).forEach(i => { mark(i, VALUE) })
    if (bits & GRADIENT) flowOf(n).edges.forEach(e => { mark(e.to, e.surrogate ? SURROGATE : bits & GRADIENT) })
  }
  return { nodes, results }
}

const loops = new WeakMap<Node, number[][]>()
/** How each result of a loop (carries, stacks, carries before each step) reaches each input, over any number of steps. */
export const loopReach = (n: NodeOf<'scan'>): readonly (readonly number[])[] => {
  const known = loops.get(n)
  if (known) return known
  const { body } = n.attrs
  const placeholders = [...body.carry, ...body.xs, ...body.consts]
  const step = [...body.next, ...body.ys].map(o => {
    const { nodes } = reach([o])
    return placeholders.map(p => nodes.get(p) ?? 0)
  })
  const carries = body.carry.map((c, i) => placeholders.map((_, k) => k === i ? start(c) : 0))
  /** One more step: what is reached at the carries is reached at what they came from. */
  const back = (ways: readonly number[], into: number[]): boolean => {
    let changed = false
    const add = (k: number, bits: number): void => {
      if ((into[k] | bits) === into[k]) return
      into[k] |= bits
      changed = true
    }
    ways.forEach((way, k) => {
      if (k < carries.length) carries[k].forEach((c, j) => { add(j, after(way, c)) })
      else add(k, way)
    })
    return changed
  }
  for (let changed = true; changed;) changed = carries.map((c, i) => back(step[i], c)).some(Boolean)
  const stacks = body.ys.map((_, i) => {
    const row = placeholders.map(() => 0)
    back(step[carries.length + i], row)
    return row
  })
  const all = [...carries, ...stacks, ...carries]
  loops.set(n, all)
  return all
}

/**
 * For every node, the marks (bits of a bigint) of the leaves that it is computed from or that its gradient reaches; of those that its
 * gradient reaches only, where `by` says so.
 */
export const touched = (
  outputs: readonly Node[], marks: ReadonlyMap<Node, bigint>, by: typeof GRADIENT | typeof VALUE = VALUE,
): ((n: Node) => bigint) => {
  const ways = by === VALUE ? GRADIENT | VALUE : GRADIENT
  const at = new Map<Node, bigint>()
  const of = (n: Node): bigint => at.get(n) ?? 0n
  for (const n of reachable(outputs)) {
    const own = marks.get(n) ?? 0n
    if (n.op === 'project') {
      const { index } = (n as NodeOf<'project'>).attrs
      const [tuple] = n.inputs
      at.set(n, loopReach(tuple as NodeOf<'scan'>)[index].reduce((s, way, k) => way & ways ? s | of(tuple.inputs[k]) : s, own))
    } else if (!n.tuple) {
      const below = by === VALUE ? valueInputs(n).reduce((s, i) => s | of(i), own) : own
      at.set(n, flowOf(n).edges.reduce((s, e) => s | of(e.to), below))
    }
  }
  return of
}
