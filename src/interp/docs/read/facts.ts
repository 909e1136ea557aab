/** What the nodes of a statement depend on: parameters, data, noise. */
import { reachable, type Node } from '../../../dsl/core/node.js'
import { leavesOf } from '../../../dsl/core/trees.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import type { Statement } from '../../../dsl/statement.js'
import { symbolsOf } from '../../../dsl/shape/dim.js'
import type { Dim } from '../../../dsl/tensor.js'

export interface Facts {
  readonly params: boolean
  /** On a parameter, by a way that no stopped gradient closes. */
  readonly moved: boolean
  readonly state: boolean
  readonly data: boolean
  readonly noise: boolean
}
const nothing: Facts = { params: false, moved: false, state: false, data: false, noise: false }
const either = (a: Facts, b: Facts): Facts => ({
  params: a.params || b.params, moved: a.moved || b.moved, state: a.state || b.state, data: a.data || b.data, noise: a.noise || b.noise,
})

/** The scalars of a statement: objectives and the terms of their constraints. */
export const valuesOf = ({ objectives }: Statement): Node[] => objectives.flatMap(o =>
  leavesOf<Node>([o.value, ...o.constraints.flatMap(c => c.kind === 'clip' ? [] : [c.value])]).map(l => l.leaf))

/** What a step makes of the carried state, where that is stated. */
export const nextOf = ({ carries }: Statement): Node[] => carries === undefined ? [] : leavesOf<Node>(carries).map(l => l.leaf)

export interface Known {
  readonly of: (n: Node) => Facts
  /** Placeholders that are neither parameters nor carried state, in the order of construction. */
  readonly data: readonly Node[]
  /** Whether axis 0 of a node runs over examples. */
  readonly batched: (n: Node) => boolean
}

/** Whether a placeholder may be a key. */
export const isKey = (n: Node): boolean => n.op === 'input' && n.dtype === 'int32' && n.shape.length === 1 && n.shape[0] === 2

/** Reads a statement's graph once. */
export const known = (statement: Statement): Known => {
  const params = new Set(leavesOf<Node>(statement.params).map(l => l.leaf))
  const state = new Set(leavesOf<Node>(statement.aux).map(l => l.leaf))
  const nodes = reachable(valuesOf(statement))
  const all = reachable([...valuesOf(statement), ...nextOf(statement)])
  const keys = new Set(all.filter(n => n.op === 'randomBits' || n.op === 'uniform').flatMap(n => n.inputs.filter(isKey)))
  const stated = new Set(nodes)
  const data: Node[] = []
  const facts = new Map<Node, Facts>()
  const visit = (n: Node): void => {
    const own = params.has(n) ? { ...nothing, params: true, moved: true } : state.has(n) ? { ...nothing, state: true }
      : n.op === 'uniform' || n.op === 'randomBits' || keys.has(n) ? { ...nothing, noise: true }
        : n.op === 'input' ? { ...nothing, data: true } : nothing
    const inner = inside.get(n)
    if (n.op === 'input' && own.data && !inner && stated.has(n)) data.push(n)
    const all = n.inputs.reduce((f, i) => either(f, facts.get(i) ?? nothing), inner ?? own)
    facts.set(n, n.op === 'stopGradient' ? { ...all, moved: false } : all)
    if (n.op === 'scan') within(n as NodeOf<'scan'>, all)
  }
  /** Of a loop's placeholders is known what is known of the loop's inputs; loops of one form share them. */
  const inside = new Map<Node, Facts>()
  const within = ({ inputs, attrs: { body } }: NodeOf<'scan'>, all: Facts): void => {
    const nc = body.carry.length
    body.carry.forEach(c => inside.set(c, either(inside.get(c) ?? nothing, all)))
    ;[...body.xs, ...body.consts].forEach((x, i) => inside.set(x, either(inside.get(x) ?? nothing, facts.get(inputs[nc + i]) ?? nothing)))
    reachable([...body.next, ...body.ys]).forEach(visit)
  }
  all.forEach(visit)
  const of = (n: Node): Facts => facts.get(n) ?? nothing
  const sources = [...data, ...nodes.filter(n => n.op === 'uniform').map(n => n as NodeOf<'uniform'>)]
  const rows = new Set(sources.filter(n => n.shape.length > 0).map(n => n.shape[0]))
  const letters = new Set([...rows].flatMap(symbolsOf))
  const isRows = (d: Dim): boolean => rows.has(d) || symbolsOf(d).some(s => letters.has(s))
  return { of, data, batched: n => n.shape.length > 0 && isRows(n.shape[0]) && (of(n).data || of(n).noise) }
}
