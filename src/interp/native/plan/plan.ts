/** From a graph to steps: what is a view costs nothing, what fits one loop is one step, everything else is a call. */
import { InternalError } from '../../../dsl/errors.js'
import { operandsOf, reachable, type Node } from '../../../dsl/core/node.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import { sizeOf } from '../../../dsl/value.js'
import { uniformValue } from '../../simplify/rules.js'
import { calls, copyCall, type Call, type Plan } from '../emit/calls.js'
import { cNumber } from '../emit/c.js'
import { elementLoop } from '../emit/loop.js'
import { rowLoop } from '../emit/row/loop.js'
import type { Access } from '../emit/sources.js'
import { reducedAsMade } from './columns.js'
import { components } from './components.js'
import { constantOf } from './constants.js'
import { Copies } from './copies.js'
import { Members } from './members.js'
import { Memories } from './memories.js'
import { placesOf, type Place } from './places.js'
import { scanSteps } from './scan.js'
import type { Memory, Read, Step } from './steps.js'
import type { Context, PlanBody, Planned, Target } from './targets.js'
import { axesBeforeRow, merged, runsTogether } from './views.js'

/** Above this many elements, an operand whose neighbours lie apart is brought together first. */
const largeApart = 4096

class Planner implements Plan {
  readonly steps: Step[] = []
  private readonly nodes: readonly Node[]
  private readonly places: ReadonlyMap<Node, Place>
  private readonly memories: Memories
  private readonly copies = new Copies((from, to, order) => { this.step(order, copyCall(from, to), to) })

  constructor(private readonly bound: ReadonlyMap<Node, Memory>, targets: readonly Target[], private readonly context: Context) {
    const inputsOf = (n: Node): readonly Node[] => bound.has(n) ? [] : operandsOf(n)
    this.nodes = reachable(targets.map(t => t.node), inputsOf)
    this.places = placesOf(this.nodes, new Set(bound.keys()), context.without)
    this.memories = new Memories(bound)
  }

  run(targets: readonly Target[]): Planned {
    const { copied, replacements, unchanged } = this.memories.claim(targets, n => this.place(n))
    const roots = new Set(targets.map(t => this.place(t.node).root))
    const members = new Members(this.nodes, this.places, new Set(this.bound.keys()), roots, this.context.without)
    for (const n of this.nodes) if (this.place(n).root === n && !this.bound.has(n) && !members.get(n)) this.call(n)
    this.loops(members)
    for (const t of copied) this.step(t.node.id, copyCall(this.read(t.node), t.memory), t.memory)
    const { without } = this.context
    return {
      steps: without.has('loops') ? this.steps : reducedAsMade(this.steps), unchanged,
      replacements: without.has('inPlace') ? [] : replacements,
    }
  }

  read(n: Node): Read {
    const { root, view } = this.place(n)
    return { memory: this.memories.of(root), view }
  }
  dense(n: Node): Read { return this.together(this.read(n), n.id) }
  together(r: Read, order: number): Read { return this.copies.together(r, order) }

  private place(n: Node): Place {
    const p = this.places.get(n)
    if (!p) throw new InternalError(`${n.op} has no place in the plan`)
    return p
  }

  private step(order: number, { temps = [], ...call }: Call, out: Memory): void {
    this.steps.push({ ...call, order, writes: [out], temps })
  }

  /** A node that is no part of a loop. */
  private call(n: Node): void {
    if (constantOf(n) || n.op === 'project') return
    if (n.op === 'scan') {
      const body: PlanBody = (bound, targets) => plan(bound, targets, this.context)
      this.steps.push(scanSteps(this, n as NodeOf<'scan'>, this.resultsOf(n), this.context, body))
      return
    }
    const out = this.memories.of(n)
    const rule = calls[n.op as keyof typeof calls] as (plan: Plan, node: Node, out: Memory) => Call
    this.step(n.id, rule(this, n, out), out)
  }

  /** By index, the memories of a scan's results that somebody uses. */
  private resultsOf(scan: Node): Map<number, Memory> {
    const used = this.nodes.filter(n => n.op === 'project' && n.inputs[0] === scan)
    return new Map(used.map(n => [(n as NodeOf<'project'>).attrs.index, this.memories.of(n)]))
  }

  private loops(members: Members): void {
    for (const group of components(members.all(), (user, via) => members.isLocal(user, via), n => this.place(n).root)) {
      const { domain, cols, node, kind } = group[0]
      // A sum by itself of elements that lie together: the runtime shares long rows out among threads.
      if (group.length === 1 && kind === 'reduce' && runsTogether(this.read(node.inputs[0]).view)) {
        this.call(node)
        continue
      }
      const rows = group.some(m => m.kind !== 'full')
      const access = this.access(members, domain, rows ? cols : 0)
      this.steps.push(rows ? rowLoop(group, domain, cols, access) : elementLoop(group.map(m => m.node), domain, access))
    }
  }

  /** What a loop over a domain sees; `cols` is the length of its rows, or 0 where it has none. */
  private access(members: Members, domain: readonly number[], cols: number): Access {
    const large = sizeOf(domain) > largeApart
    const lead = cols > 0 ? axesBeforeRow(domain, cols) : 0
    return {
      local: (node, via) => members.isLocal(node, via) ? this.place(via).root : null,
      literal: via => {
        const x = uniformValue(via)
        return x === null ? null : cNumber(x, via.dtype)
      },
      read: (node, via) => {
        const r = this.read(via)
        if (members.get(node)?.kind === 'row') return this.together(r, node.id)
        const along = merged(domain.slice(lead), [r.view.strides.slice(lead)])
        const last = along.strides[0].at(-1) ?? 0
        // One stride must lead along a row; and vectors are loaded from neighbours.
        const apart = cols > 0 && along.shape.length > 1 || large && last !== 0 && last !== 1
        return apart ? this.together(r, node.id) : r
      },
      memory: node => members.inMemory(node) ? this.memories.of(node) : null,
    }
  }
}

/** Steps that compute the targets from what is bound, in no order yet. */
export const plan = (bound: ReadonlyMap<Node, Memory>, targets: readonly Target[], context: Context): Planned =>
  new Planner(bound, targets, context).run(targets)
