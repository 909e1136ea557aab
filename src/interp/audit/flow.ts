/** Gradient flow: which parameters each term of each player's objective reaches, and by which nodes it is stopped. */
import { reachable } from '../../dsl/core/node.js'
import type { Statement } from '../../dsl/statement.js'
import type { Leaf, Parameters } from './parameters.js'
import { GRADIENT, PLAIN, VALUE } from './reach.js'
import { nearestName, say } from './say.js'
import { stops } from './stops.js'
import { termsOf, type Term, type Weight } from './terms.js'

/**
 * How a term reaches a parameter: by its gradient; by its gradient through straight-through nodes only; by its value while every gradient
 * is stopped on the way; not at all. What a player holds fixed is `frozen` where the term depends on it.
 */
export type FlowStatus = 'reached' | 'straight-through' | 'stopped' | 'not reached' | 'frozen'

/** How a term reaches a group of parameters. */
export interface FlowCell {
  /** A top-level entry of a player's tree, by its path. */
  readonly group: string
  /** The strongest of its leaves'. */
  readonly status: FlowStatus
  /** What stops the gradient, where the group is stopped: `stopGradient(z_e) inside codebook`. */
  readonly stoppedBy: readonly string[]
  /** The leaves that fare differently from the group, by path. */
  readonly except: Readonly<Record<string, FlowStatus>>
}

/** One term of one player's objective. */
export interface FlowRow {
  readonly player: string
  /** The name that the program gives it, else its formula. */
  readonly term: string
  readonly formula: string
  /** A part of the value, a penalty, or what a constraint bounds (which moves nothing by itself). */
  readonly kind: 'value' | 'penalty' | 'bound'
  /** The factor in front: its value is null where it is known at run time only. */
  readonly weight: Weight
  readonly cells: readonly FlowCell[]
}

const strength: readonly FlowStatus[] = ['reached', 'straight-through', 'frozen', 'stopped', 'not reached']
const statusOf = (bits: number, moved: boolean): FlowStatus => bits === 0 ? 'not reached' : !moved ? 'frozen'
  : bits & PLAIN ? 'reached' : bits & GRADIENT ? 'straight-through' : 'stopped'

/** What stops the gradients on the way to some leaves, in words; the culprits are few, and the first ones say enough. */
const stoppers = (term: Term, leaves: readonly Leaf[]): string[] => {
  const found = stops([term.node], new Map(leaves.map(l => [l.node, 1n])), term.reach).get(1n) ?? []
  const nodes = reachable([term.node])
  return [...new Set(found.map(n => {
    const within = nearestName(n, nodes)
    return within === null || within === term.name ? say(n) : `${say(n)} inside ${within}`
  }))].slice(0, 3)
}

/** A term with the status of every leaf. */
export interface Flow {
  readonly term: Term
  status(leaf: Leaf): FlowStatus
  stoppedBy(leaves: readonly Leaf[]): string[]
}

export const flowsOf = (statement: Statement, params: Parameters): Flow[] => statement.objectives.flatMap(objective => {
  const moved = new Set(params.moved(objective).map(l => l.node))
  return termsOf(objective, params.leaves.map(l => l.node)).map((term): Flow => ({
    term,
    status: leaf => statusOf((term.reach.nodes.get(leaf.node) ?? 0) & (GRADIENT | VALUE), moved.has(leaf.node)),
    stoppedBy: leaves => stoppers(term, leaves),
  }))
})

const cell = (flow: Flow, group: string, leaves: readonly Leaf[]): FlowCell => {
  const each = leaves.map(l => ({ leaf: l, status: flow.status(l) }))
  const status = strength.find(s => each.some(e => e.status === s)) ?? 'not reached'
  return {
    group, status,
    stoppedBy: status === 'stopped' ? flow.stoppedBy(each.filter(e => e.status === 'stopped').map(e => e.leaf)) : [],
    except: Object.fromEntries(each.filter(e => e.status !== status).map(e => [e.leaf.path, e.status])),
  }
}

/** The table: a row a term, a cell a group. */
export const flowTable = (flows: readonly Flow[], params: Parameters, byLeaf = false): FlowRow[] => flows.map(flow => ({
  player: flow.term.player, term: flow.term.name, formula: flow.term.formula, kind: flow.term.kind, weight: flow.term.weight,
  cells: byLeaf ? params.leaves.map(l => cell(flow, l.path, [l]))
    : params.groups.map(g => cell(flow, g, params.leaves.filter(l => l.group === g))),
}))
