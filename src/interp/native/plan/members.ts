/**
 * Which nodes share a loop. A loop runs over a domain, the shape of the elementwise nodes in it, perhaps cut into rows: then sums over a
 * row, and elementwise nodes on one number a row that go back into the loop, are in it too (softmax, layer normalisation). Nodes of one
 * domain and one level make a loop. Whatever stands between two nodes without being in their loop raises the level, so loops never wait
 * for each other in a circle.
 */
import { InternalError } from '../../../dsl/errors.js'
import type { Node } from '../../../dsl/core/node.js'
import { sizeOf } from '../../../dsl/value.js'
import { concrete } from '../../program.js'
import type { Without } from '../passes.js'
import type { Place } from './places.js'
import { axesBeforeRow, denseStrides, isWhole, type View } from './views.js'

/** `full` computes an element of the domain, `reduce` a number from a row of it, `row` a number from other numbers of the row. */
export type Kind = 'full' | 'row' | 'reduce'
export interface Member {
  readonly node: Node
  readonly kind: Kind
  readonly domain: readonly number[]
  /** How many elements make a row. */
  readonly cols: number
  level: number
}

/** The longest row whose sum is taken in a loop: it is kept in the nearest cache. */
export const longestRow = 16384

const isLoop = (n: Node): boolean => n.prim.elementwise === true || n.op === 'cast'
const isReduction = (n: Node): boolean => ['sum', 'max', 'min', 'prod'].includes(n.op) && n.dtype === 'float32'
const keyOf = (shape: readonly number[]): string => shape.join()

/** The elements that a reduction takes together, where they lie together at the end of the shape; 0 where they do not. */
const rowLength = (n: Node): number => {
  const shape = concrete(n.inputs[0])
  const { axes } = n.attrs as { axes: readonly number[] }
  const real = [...shape.keys()].filter(i => shape[i] !== 1)
  const gone = real.filter(i => axes.includes(i))
  const together = gone.every((a, i) => a === real[real.length - gone.length + i])
  const cols = sizeOf(gone.map(i => shape[i]))
  return together && cols > 1 && cols <= longestRow ? cols : 0
}

export class Members {
  private readonly members = new Map<Node, Member>()
  private readonly users = new Map<Node, { user: Node; via: Node }[]>()
  /** By domain, the row length of its reductions: the most frequent one. */
  private readonly cols = new Map<string, number>()
  /** By node, the domains of the loops that its numbers go back into. */
  private readonly back = new Map<Node, Set<string>>()
  private readonly ready = new Map<Node, number>()

  constructor(
    private readonly nodes: readonly Node[], private readonly places: ReadonlyMap<Node, Place>, private readonly bound: ReadonlySet<Node>,
    private readonly targets: ReadonlySet<Node>, private readonly without: Without,
  ) {
    for (const n of nodes) if (this.isRoot(n)) for (const via of new Set(n.inputs)) {
      const { root } = this.place(via)
      const known = this.users.get(root)
      if (known) known.push({ user: n, via })
      else this.users.set(root, [{ user: n, via }])
    }
    this.chooseRows()
    this.traceBack()
    for (const n of nodes) this.admit(n)
    for (let i = nodes.length - 1; i >= 0; i--) this.sink(nodes[i])
  }

  get(n: Node): Member | undefined { return this.members.get(n) }
  all(): Member[] { return [...this.members.values()] }
  place(n: Node): Place {
    const p = this.places.get(n)
    if (!p) throw new InternalError(`${n.op} has no place in the plan`)
    return p
  }

  private isRoot(n: Node): boolean { return !this.bound.has(n) && this.place(n).root === n }

  /** Whether `m` may read the value of `via` in its own loop, were they on one level. */
  private fits(m: Member, via: Node): boolean {
    if (this.without.has('loops')) return false
    const { root, view } = this.place(via)
    const from = this.members.get(root)
    return from !== undefined && keyOf(from.domain) === keyOf(m.domain) && this.sees(m, from.kind, view)
  }

  private sees(m: Member, kind: Kind, view: View): boolean {
    if (kind === 'full') return m.kind !== 'row' && isWhole(view, sizeOf(m.domain)) && keyOf(view.shape) === keyOf(m.domain)
    if (m.kind === 'row') return isWhole(view, sizeOf(m.domain) / m.cols)
    return m.kind === 'full' && this.isPerRow(view, m)
  }

  /** Whether a view over the domain repeats one number along each row. */
  private isPerRow(view: View, m: Member): boolean {
    if (view.offset !== 0 || keyOf(view.shape) !== keyOf(m.domain)) return false
    const lead = axesBeforeRow(m.domain, m.cols)
    if (sizeOf(m.domain.slice(lead)) !== m.cols) return false
    const want = denseStrides(m.domain.slice(0, lead))
    return m.domain.every((d, i) => d === 1 || view.strides[i] === (i < lead ? want[i] : 0))
  }

  /** Whether `n` reads `via` as a local of their common loop. */
  isLocal(n: Node, via: Node): boolean {
    const m = this.members.get(n)
    return m !== undefined && this.members.get(this.place(via).root)?.level === m.level && this.fits(m, via)
  }

  /** Whether the node's value must be in memory. */
  inMemory(root: Node): boolean {
    return this.targets.has(root) || (this.users.get(root) ?? []).some(({ user, via }) => !this.isLocal(user, via))
  }

  private chooseRows(): void {
    const counts = new Map<string, Map<number, number>>()
    for (const n of this.nodes) {
      if (!this.isRoot(n) || !isReduction(n)) continue
      const cols = rowLength(n)
      if (cols === 0) continue
      const key = keyOf(concrete(n.inputs[0]))
      const of = counts.get(key) ?? new Map<number, number>()
      counts.set(key, of.set(cols, (of.get(cols) ?? 0) + 1))
    }
    for (const [key, of] of counts) this.cols.set(key, [...of].sort((a, b) => b[1] - a[1])[0][0])
  }

  private traceBack(): void {
    for (let i = this.nodes.length - 1; i >= 0; i--) {
      const n = this.nodes[i]
      const reached = new Set<string>()
      for (const { user, via } of this.users.get(this.place(n).root) ?? []) {
        if (this.place(n).root !== n || !isLoop(user)) continue
        reached.add(keyOf(concrete(user)))
        if (sizeOf(concrete(user)) === sizeOf(concrete(n)) && sizeOf(concrete(via)) === sizeOf(concrete(n)))
          for (const d of this.back.get(user) ?? []) reached.add(d)
      }
      this.back.set(n, reached)
    }
  }

  private readyOf(root: Node): number { return this.bound.has(root) || root.op === 'constant' ? 0 : this.ready.get(root) ?? 0 }

  private admit(n: Node): void {
    if (!this.isRoot(n)) return
    const member = this.bound.has(n) ? undefined : this.candidate(n)
    if (!member) {
      this.ready.set(n, Math.max(0, ...n.inputs.map(i => this.readyOf(this.place(i).root))))
      return
    }
    this.members.set(n, member)
    member.level = Math.max(0, ...n.inputs.map(i => {
      const { root } = this.place(i)
      return this.fits(member, i) ? this.members.get(root)?.level ?? 0 : this.readyOf(root)
    }))
    this.ready.set(n, member.level + 1)
  }

  private candidate(n: Node): Member | undefined {
    if (isReduction(n)) {
      const domain = concrete(n.inputs[0])
      const cols = rowLength(n)
      return cols > 0 && this.cols.get(keyOf(domain)) === cols ? { node: n, kind: 'reduce', domain, cols, level: 0 } : undefined
    }
    if (!isLoop(n)) return undefined
    // A number a row that goes back into the row's loop is computed there.
    for (const i of n.inputs) {
      const from = this.members.get(this.place(i).root)
      if (!from || from.kind === 'full' || !this.back.get(n)?.has(keyOf(from.domain))) continue
      const row: Member = { node: n, kind: 'row', domain: from.domain, cols: from.cols, level: 0 }
      if (this.fits(row, i) && sizeOf(concrete(n)) === sizeOf(from.domain) / from.cols) return row
    }
    const domain = concrete(n)
    return { node: n, kind: 'full', domain, cols: this.cols.get(keyOf(domain)) ?? 1, level: 0 }
  }

  /** Moves a node down to the one later loop that reads it, where that keeps no more in memory than before. */
  private sink(n: Node): void {
    const m = this.members.get(n)
    const users = this.users.get(n) ?? []
    if (m?.kind !== 'full' || this.targets.has(n) || users.length === 0) return
    const levels = users.map(({ user, via }) => {
      const u = this.members.get(user)
      return u !== undefined && this.fits(u, via) ? u.level : -1
    })
    const to = levels[0]
    if (to <= m.level || levels.some(l => l !== to)) return
    const bytes = (x: Node): number => sizeOf(concrete(x)) * (x.dtype === 'bool' ? 1 : 4)
    const roots = new Set(n.inputs.filter(i => this.isLocal(n, i)).map(i => this.place(i).root))
    const kept = [...roots].filter(r => !this.inMemory(r)).reduce((sum, r) => sum + bytes(r), 0)
    if (kept <= bytes(n)) m.level = to
  }
}
