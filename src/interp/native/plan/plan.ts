/** From a graph to steps: what is a view costs nothing, what fits one loop is one step, everything else is a call. */
import { InternalError } from '../../../dsl/errors.js'
import { operandsOf, reachable, type Node } from '../../../dsl/core/node.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import { sizeOf, type Value } from '../../../dsl/value.js'
import { concrete } from '../../program.js'
import { uniformValue } from '../../simplify/rules.js'
import { calls, copyCall, type Call, type Plan } from '../emit/calls.js'
import { cNumber } from '../emit/c.js'
import { elementLoop, type Access } from '../emit/loop.js'
import { rowLoop } from '../emit/row-loop.js'
import { components } from './components.js'
import { Members } from './members.js'
import { placesOf, type Place } from './places.js'
import { scanSteps } from './scan.js'
import { arena, type Memory, type Read, type Step } from './steps.js'
import type { Replacement } from './schedule.js'
import type { Names, PlanBody, Planned, Target } from './targets.js'
import { dense, isWhole, merged, runsTogether } from './views.js'

/** Above this many elements, an operand whose neighbours lie apart is brought together first. */
const largeApart = 4096

const constantOf = (node: Node): Value | null => {
  if (node.op === 'constant') return (node as NodeOf<'constant'>).attrs.value
  if (node.op === 'iota') {
    const [n] = concrete(node)
    return { dtype: 'int32', shape: [n], data: Int32Array.from({ length: n }, (_, i) => i) }
  }
  if (node.op === 'dimSize') return { dtype: 'int32', shape: [], data: Int32Array.of((node as NodeOf<'dimSize'>).attrs.size as number) }
  return null
}

class Planner implements Plan {
  readonly steps: Step[] = []
  private readonly memories = new Map<Node, Memory>()
  private readonly copies = new Map<string, Read>()
  private readonly ids = new Map<Memory, number>()
  private readonly nodes: readonly Node[]
  private readonly places: ReadonlyMap<Node, Place>
  private readonly members: Members
  readonly replacements: Replacement[] = []
  readonly unchanged = new Set<Memory>()

  constructor(bound: ReadonlyMap<Node, Memory>, targets: readonly Target[], private readonly names: Names) {
    const inputsOf = (n: Node): readonly Node[] => bound.has(n) ? [] : operandsOf(n)
    this.nodes = reachable(targets.map(t => t.node), inputsOf)
    const held = new Set(bound.keys())
    this.places = placesOf(this.nodes, held)
    for (const [n, m] of bound) this.memories.set(n, m)
    const copied = this.claim(targets)
    this.members = new Members(this.nodes, this.places, held, new Set(targets.map(t => this.place(t.node).root)))
    for (const n of this.nodes) if (this.place(n).root === n && !held.has(n)) this.make(n)
    this.makeLoops()
    for (const t of copied) this.step(t.node.id, copyCall(this.read(t.node), t.memory), [t.memory])
  }

  private place(n: Node): Place {
    const p = this.places.get(n)
    if (!p) throw new InternalError(`${n.op} has no place in the plan`)
    return p
  }

  /** Gives results their memories; what cannot be computed there, for it is another memory's already, is returned: it is copied. */
  private claim(targets: readonly Target[]): Target[] {
    return targets.filter(t => {
      const { root, view } = this.place(t.node)
      const whole = isWhole(view, sizeOf(concrete(root)))
      if (t.over && whole && this.memories.get(root) === t.over) {
        this.unchanged.add(t.memory)
        return false
      }
      if (t.over) this.replacements.push({ to: t.memory, over: t.over })
      if (!whole || this.memories.has(root) || constantOf(root)) return true
      this.memories.set(root, t.memory)
      return false
    })
  }

  private memoryOf(root: Node): Memory {
    const known = this.memories.get(root)
    if (known) return known
    const value = constantOf(root)
    const made: Memory = value ? { dtype: root.dtype, size: sizeOf(value.shape), home: { kind: 'constant', value } }
      : arena(root.dtype, sizeOf(concrete(root)))
    this.memories.set(root, made)
    return made
  }

  private step(order: number, call: Call, writes: readonly Memory[]): void {
    this.steps.push({ order, reads: call.reads, writes, temps: call.temps ?? [], emit: call.emit })
  }

  read(n: Node): Read {
    const { root, view } = this.place(n)
    return { memory: this.memoryOf(root), view }
  }
  dense(n: Node): Read { return this.together(this.read(n), n.id) }

  together(r: Read, order: number): Read {
    if (runsTogether(r.view)) return r
    const id = this.ids.get(r.memory) ?? this.ids.size
    this.ids.set(r.memory, id)
    const key = [id, r.view.offset, r.view.shape.join(), r.view.strides.join()].join(';')
    const known = this.copies.get(key)
    if (known) return known
    const memory = arena(r.memory.dtype, sizeOf(r.view.shape))
    this.step(order, copyCall(r, memory), [memory])
    const made = { memory, view: dense(r.view.shape) }
    this.copies.set(key, made)
    return made
  }

  private make(n: Node): void {
    if (this.members.get(n) || constantOf(n) || n.op === 'project') return
    if (n.op === 'scan') {
      const body: PlanBody = (bound, targets) => plan(bound, targets, this.names)
      this.steps.push(scanSteps(this, n as NodeOf<'scan'>, this.resultsOf(n), this.names, body))
      return
    }
    const out = this.memoryOf(n)
    const rule = calls[n.op as keyof typeof calls] as (plan: Plan, node: Node, out: Memory) => Call
    this.step(n.id, rule(this, n, out), [out])
  }

  /** By index, the memories of a loop's results that somebody uses. */
  private resultsOf(scan: Node): Map<number, Memory> {
    const used = this.nodes.filter(n => n.op === 'project' && n.inputs[0] === scan)
    return new Map(used.map(n => [(n as NodeOf<'project'>).attrs.index, this.memoryOf(n)]))
  }

  private makeLoops(): void {
    for (const group of components(this.members.all(), (user, via) => this.members.isLocal(user, via), n => this.place(n).root)) {
      const { domain, cols } = group[0]
      const rows = group.some(m => m.kind !== 'full')
      const nodes = group.map(m => m.node)
      const access = this.access(domain, rows ? cols : 0)
      this.steps.push(rows ? rowLoop(group, domain, cols, access) : elementLoop(nodes, domain, access))
    }
  }

  private access(domain: readonly number[], cols: number): Access {
    const large = sizeOf(domain) > largeApart
    return {
      local: (node, via) => this.members.isLocal(node, via) ? this.place(via).root : null,
      literal: via => {
        const x = uniformValue(via)
        return x === null ? null : cNumber(x, via.dtype)
      },
      read: (node, via) => {
        const r = this.read(via)
        const m = this.members.get(node)
        if (m?.kind === 'row') return this.together(r, node.id)
        const strides = r.view.strides
        let [lead, count] = [domain.length, 1]
        while (cols > 0 && lead > 0 && count < cols) count *= domain[--lead]
        const along = cols > 0 ? merged(domain.slice(lead), [strides.slice(lead)]) : merged(domain, [strides])
        const last = along.strides[0].at(-1) ?? 0
        const apart = cols > 0 && along.shape.length > 1 || large && last !== 0 && last !== 1
        return apart ? this.together(r, node.id) : r
      },
      memory: node => this.members.inMemory(node) ? this.memoryOf(node) : null,
    }
  }
}

/** Steps that compute the targets from what is bound, in no order yet. */
export const plan = (bound: ReadonlyMap<Node, Memory>, targets: readonly Target[], names: Names): Planned =>
  new Planner(bound, targets, names)
