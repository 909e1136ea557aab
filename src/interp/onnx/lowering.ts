/**
 * From nodes to operators. A node's value may be smaller than its type: a broadcast is not computed but left to the operator that uses
 * it, since ONNX broadcasts elementwise operands by itself. `dense` computes it where an operator needs every element.
 */
import { InternalError } from '../../dsl/errors.js'
import { reachable, type Node } from '../../dsl/core/node.js'
import type { NodeOf, Op } from '../../dsl/core/table.js'
import type { DType } from '../../dsl/tensor.js'
import { sizeOf } from '../../dsl/value.js'
import { concrete } from '../program.js'
import { elements, type Attributes, type ElementType, type Graph, type Operand } from './graph.js'

/** How a primitive becomes operators: one value, or several for a primitive with several results (absent where nobody uses one). */
export type Lowering<P extends Op> = (cx: Context, node: NodeOf<P>) => Lowered
export type Lowered = Operand | readonly (Operand | undefined)[]

const isTuple = (v: Lowered): v is readonly (Operand | undefined)[] => Array.isArray(v)
export const sameShape = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((d, i) => d === b[i])

/** The shape that operands broadcast to together. */
export const broadcastShape = (shapes: readonly (readonly number[])[]): number[] => {
  const rank = Math.max(...shapes.map(s => s.length))
  return Array.from({ length: rank }, (_, i) => {
    const dims = shapes.map(s => s[s.length - rank + i] ?? 1)
    return dims.find(d => d !== 1) ?? 1
  })
}

/** A shape with leading ones up to a rank. */
export const padShape = (shape: readonly number[], rank: number): number[] =>
  [...Array.from({ length: rank - shape.length }, () => 1), ...shape]

export class Context {
  private readonly values = new Map<Node, Lowered>()
  /** Who uses each node, among what is lowered here. */
  private readonly users = new Map<Node, Node[]>()

  constructor(readonly graph: Graph, private readonly table: { readonly [P in Op]: Lowering<P> }) {}

  bind(node: Node, name: string): void { this.values.set(node, { name, shape: concrete(node) }) }

  /** Lowers everything that the outputs need. */
  lower(outputs: readonly Node[]): void {
    const nodes = reachable(outputs)
    for (const n of nodes) for (const i of n.inputs) {
      const users = this.users.get(i)
      if (users) users.push(n)
      else this.users.set(i, [n])
    }
    for (const n of nodes) {
      if (this.values.has(n)) continue
      const rule = this.table[n.op as Op] as (cx: Context, node: Node) => Lowered
      this.values.set(n, rule(this, n))
    }
  }

  usersOf(node: Node): readonly Node[] { return this.users.get(node) ?? [] }

  /** A new context for a loop's body, whose graph sees this one's constants. */
  inner(graph: Graph): Context { return new Context(graph, this.table) }

  /** The node's value, perhaps not yet broadcast to its shape. */
  value(node: Node): Operand {
    const v = this.values.get(node)
    if (v === undefined || isTuple(v)) throw new InternalError(`${node.op} has no single value in the ONNX graph`)
    return v
  }

  /** One of several results. */
  result(node: Node, index: number): Operand {
    const v = this.values.get(node)
    const r = v !== undefined && isTuple(v) ? v[index] : undefined
    if (r === undefined) throw new InternalError(`${node.op} has no result ${index} in the ONNX graph`)
    return r
  }

  /** The node's value with all its elements. */
  dense(node: Node): Operand { return this.expand(this.value(node), concrete(node)) }

  op(type: string, inputs: readonly Operand[], shape: readonly number[], attrs: Attributes = {}): Operand {
    return { name: this.graph.op(type, inputs.map(i => i.name), attrs), shape }
  }

  /** An elementwise operator: operands broadcast. */
  map(type: string, ...inputs: readonly Operand[]): Operand { return this.op(type, inputs, broadcastShape(inputs.map(i => i.shape))) }

  float(x: number): Operand { return { name: this.graph.float(x), shape: [] } }
  int(x: number): Operand { return { name: this.graph.int(x), shape: [] } }
  scalar(x: number, dtype: DType): Operand {
    if (dtype === 'bool') return { name: this.graph.constant('bool', [], Uint8Array.of(x)), shape: [] }
    return dtype === 'float32' ? this.float(x) : this.int(x)
  }
  ints(xs: readonly number[]): Operand { return { name: this.graph.ints(xs), shape: [xs.length] } }

  cast(x: Operand, to: ElementType): Operand { return this.op('Cast', [x], x.shape, { to: elements[to] }) }

  expand(x: Operand, shape: readonly number[]): Operand {
    if (sizeOf(shape) === sizeOf(x.shape)) return this.reshape(x, shape)
    return this.op('Expand', [x, this.ints(shape)], shape)
  }

  reshape(x: Operand, shape: readonly number[]): Operand {
    // allowzero: a 0 in the shape is a size, not "as in the input".
    return sameShape(x.shape, shape) ? x : this.op('Reshape', [x, this.ints(shape)], shape, { allowzero: 1 })
  }

  transpose(x: Operand, perm: readonly number[]): Operand {
    return perm.every((p, i) => p === i) ? x : this.op('Transpose', [x], perm.map(p => x.shape[p]), { perm })
  }

  slice(x: Operand, axes: readonly number[], starts: readonly number[], ends: readonly number[], steps?: readonly number[]): Operand {
    const size = (i: number): number => {
      const at = axes.indexOf(i)
      return at < 0 ? x.shape[i] : Math.max(0, Math.ceil((ends[at] - starts[at]) / (steps?.[at] ?? 1)))
    }
    const ranges = [starts, ends, axes, ...steps ? [steps] : []].map(v => this.ints(v))
    return this.op('Slice', [x, ...ranges], x.shape.map((_, i) => size(i)))
  }
}
