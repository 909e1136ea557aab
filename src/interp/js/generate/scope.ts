/** Nodes on their way to generated code: which are computed where they are used, and which get a buffer and a loop of their own. */
import { InternalError } from '../../../dsl/errors.js'
import { computed, operandsOf, type Node } from '../../../dsl/core/node.js'
import type { NodeOf, Op } from '../../../dsl/core/table.js'
import type { DType } from '../../../dsl/tensor.js'
import { sizeOf } from '../../../dsl/value.js'
import { dense, isWhole, type Buf, type Data, type View } from './buffers.js'
import { placeOf, viewForm, type Form } from './forms.js'
import { Kernel, type Atom } from './kernel.js'

/** How a primitive is read: one form, or one a result (absent where nobody uses it). */
export type Lowered = Form | readonly (Form | undefined)[]
const isOne = (f: Lowered): f is Form => !Array.isArray(f)
export type Rule<P extends Op> = (cx: Scope, node: NodeOf<P>) => Lowered
export type Rules = { readonly [P in Op]: Rule<P> }

/** A piece of a program: a loop nest, or a loop over the steps of a scan. */
export type Step = string | Loop
interface Loop { readonly counter: string; readonly length: number; readonly reverse: boolean; readonly steps: readonly Step[] }
/** A primitive that is left to the reference's kernel, on the arrays of its inputs and then its result. */
export type Call = (...arrays: readonly Data[]) => void

/** All that a program's code consists of; scopes add to it. */
export class Code {
  readonly bufs: Buf[] = []
  readonly calls: Call[] = []
  private readonly byName = new Map<string, Buf>()
  private steps: Step[] = []
  private clock = 0
  private counters = 0

  buffer(size: number, dtype: DType, data: Data | null = null): Buf {
    const at = this.clock++
    const buf: Buf = { name: `b${this.bufs.length}`, size, dtype, data, from: at, until: at }
    this.bufs.push(buf)
    this.byName.set(buf.name, buf)
    return buf
  }

  emit(text: string): void {
    const at = this.clock++
    for (const [name] of text.matchAll(/\bb\d+\b/g)) {
      const buf = this.byName.get(name) as Buf
      buf.until = Math.max(buf.until, at)
    }
    this.steps.push(text)
  }

  /** A loop around what `body` emits; what was there before it and is read inside lives until it ends. */
  loop(length: number, reverse: boolean, body: (counter: string) => void): void {
    const [outer, from] = [this.steps, this.clock++]
    const counter = `t${this.counters++}`
    this.steps = []
    body(counter)
    outer.push({ counter, length, reverse, steps: this.steps })
    this.steps = outer
    const until = this.clock++
    for (const buf of this.bufs) if (buf.from < from && buf.until > from) buf.until = Math.max(buf.until, until)
  }

  keep(buf: Buf): void { buf.until = Infinity }
  get program(): readonly Step[] { return this.steps }
}

/** Beyond this many operations one inside the other a value gets a buffer, so that no loop's body grows without end. */
const deepest = 24

export class Scope {
  private readonly forms = new Map<Node, Lowered>()
  private readonly users = new Map<Node, Set<Node>>()

  constructor(readonly code: Code, private readonly rules: Rules) {}

  /** A scope for a loop's body, in the same program. */
  inner(): Scope { return new Scope(this.code, this.rules) }

  bind(node: Node, form: Form): void { this.forms.set(node, form) }

  /** Lowers all that the outputs need. */
  lower(outputs: readonly Node[]): void {
    const nodes = computed(outputs)
    for (const n of nodes) for (const i of operandsOf(n)) this.users.set(i, (this.users.get(i) ?? new Set()).add(n))
    for (const n of nodes) {
      if (this.forms.has(n)) continue
      const rule = this.rules[n.op as Op] as (cx: Scope, node: Node) => Lowered
      const form = rule(this, n)
      this.forms.set(n, form)
      if (isOne(form) && form.depth > 0 && ((this.users.get(n)?.size ?? 0) > 1 || form.depth > deepest)) this.view(n)
    }
  }

  /** Which results of a node are used. */
  usedResults(node: Node): Set<number> {
    return new Set([...this.users.get(node) ?? []].map(n => (n as NodeOf<'project'>).attrs.index))
  }

  form(node: Node): Form {
    const f = this.forms.get(node)
    if (f === undefined || !isOne(f)) throw new InternalError(`${node.op} has no single value in generated code`)
    return f
  }
  result(node: Node, index: number): Form {
    const f = this.forms.get(node)
    const r = f === undefined || isOne(f) ? undefined : f[index]
    if (r === undefined) throw new InternalError(`${node.op} has no result ${index} in generated code`)
    return r
  }

  /** A form whose elements cost no more than a read. */
  ready(node: Node): Form {
    const f = this.form(node)
    return f.depth === 0 ? f : viewForm(this.view(node))
  }
  /** Where a node's value lies; it is computed now if it does not lie anywhere yet. */
  view(node: Node): View { return this.lying(node, v => v !== null) }
  /** The same as a buffer of its own, in row-major order. */
  whole(node: Node): View { return this.lying(node, v => v !== null && isWhole(v)) }
  private lying(node: Node, fits: (v: View | null) => boolean): View {
    const form = this.form(node)
    if (form.view !== null && fits(form.view)) return form.view
    const made = this.fresh(form)
    this.forms.set(node, viewForm(made))
    return made
  }

  /** A buffer for a value of some type. */
  space(shape: readonly number[], dtype: DType): View { return dense(this.code.buffer(sizeOf(shape), dtype), shape) }
  /** A form's value in a new buffer. */
  fresh(form: Form): View {
    const to = this.space(form.shape, form.dtype)
    this.store(form, to)
    return to
  }

  /** Computes a form into a place. */
  store(form: Form, to: View): void {
    const k = new Kernel()
    const { flat } = form
    if (flat !== null && viewForm(to).flat !== null) {
      const i = k.loop(sizeOf(to.shape))
      const from = flat(k, i)
      k.do(`${placeOf({ ...to, shape: [sizeOf(to.shape)], strides: [1] }, [i]).text}=${from.text}`)
    } else {
        const index = loops(k, to.shape)
      k.do(`${placeOf(to, index).text}=${form.at(k, index).text}`)
    }
    this.code.emit(k.text())
  }
}

/** Loops over a shape, the last axis inside. */
export const loops = (k: Kernel, shape: readonly number[]): Atom[] => shape.map(d => k.loop(d))
