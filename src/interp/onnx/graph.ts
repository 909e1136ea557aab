/** An ONNX graph under construction: operators in order, constants and repeated operators shared, what nobody uses left out. */
import { create } from '@bufbuild/protobuf'
import { identityOf } from '../../dsl/core/intern.js'
import type { DType } from '../../dsl/tensor.js'
import {
  AttributeProto_AttributeType as Kind, AttributeProtoSchema, GraphProtoSchema, NodeProtoSchema, TensorProto_DataType as Element,
  TensorProtoSchema, ValueInfoProtoSchema, type AttributeProto, type GraphProto, type NodeProto, type TensorProto, type ValueInfoProto,
} from './onnx_pb.js'

/** A value in the graph: its name and the shape it really has. */
export interface Operand { readonly name: string; readonly shape: readonly number[] }

/** Integers are ONNX ints; a float is marked, because ONNX tells 1 from 1.0. */
export type Attribute = number | readonly number[] | string | { readonly float: number } | { readonly graph: GraphProto }
export type Attributes = Readonly<Record<string, Attribute>>

/** Element types of the graph: the language's own, and those that lowerings compute with. */
export type ElementType = DType | 'int64' | 'uint32'
export const elements: Readonly<Record<ElementType, Element>> = {
  float32: Element.FLOAT, int32: Element.INT32, bool: Element.BOOL, int64: Element.INT64, uint32: Element.UINT32,
}

type Data = Float32Array | Float64Array | Int32Array | Uint8Array | BigInt64Array | Uint32Array

const attribute = (name: string, v: Attribute): AttributeProto => {
  const of = (type: Kind, rest: object): AttributeProto => create(AttributeProtoSchema, { name, type, ...rest })
  if (typeof v === 'number') return of(Kind.INT, { i: BigInt(v) })
  if (typeof v === 'string') return of(Kind.STRING, { s: new TextEncoder().encode(v) })
  if ('float' in v) return of(Kind.FLOAT, { f: v.float })
  if ('graph' in v) return of(Kind.GRAPH, { g: v.graph })
  return of(Kind.INTS, { ints: v.map(BigInt) })
}

const contentOf = (d: Data): string => Array.from<number | bigint, string>(d, x => Object.is(x, -0) ? '-0' : `${x}`).join()
const bytesOf = (d: Data): Uint8Array => new Uint8Array(d.buffer, d.byteOffset, d.byteLength)

/** What a graph says of a value at its ends. */
export const valueInfo = (name: string, dtype: ElementType, shape: readonly number[]): ValueInfoProto => create(ValueInfoProtoSchema, {
  name,
  type: { value: { case: 'tensorType', value: {
    elemType: elements[dtype], shape: { dim: shape.map(d => ({ value: { case: 'dimValue' as const, value: BigInt(d) } })) },
  } } },
})

/** One operator, with every name it reads: its inputs and what its subgraphs capture. */
interface Emitted { readonly proto: NodeProto; readonly reads: readonly string[] }

/** What all graphs of one model share: constants live in the outermost graph, and names are never used twice. */
interface Shared { names: number; readonly constants: Map<string, TensorProto>; readonly positional: Map<string, Positional> }

/** What an operator that reads or adds at positions was lowered from, and how long its axis is. */
export interface Positional { readonly op: string; readonly size: number }

/** Internal operators of ONNX Runtime, by domain. */
const domains: Readonly<Record<string, string>> = { FusedMatMul: 'com.microsoft' }

export class Graph {
  private readonly emitted: Emitted[] = []
  private readonly known = new Map<string, readonly string[]>()
  private readonly made = new Set<string>()
  private readonly shared: Shared

  constructor(private readonly outer?: Graph) {
    this.shared = outer?.shared ?? { names: 0, constants: new Map(), positional: new Map() }
  }

  fresh(prefix: string): string { return `${prefix}_${this.shared.names++}` }

  private find(key: string): readonly string[] | undefined { return this.known.get(key) ?? this.outer?.find(key) }

  /** Adds an operator with several results, or finds the same one; `captured` are the outer names its subgraphs read. */
  ops(type: string, inputs: readonly string[], attrs: Attributes = {}, results = 1, captured: readonly string[] = []): readonly string[] {
    // Loops are never the same operator twice: equal ones were one node already.
    const hasGraph = Object.values(attrs).some(a => typeof a === 'object' && 'graph' in a)
    const key = hasGraph ? this.fresh(type) : `${type}(${inputs.join()})${results}${JSON.stringify(attrs)}`
    return this.find(key) ?? this.emit(key, type, inputs, attrs, results, captured)
  }

  private emit(
    key: string, type: string, inputs: readonly string[], attrs: Attributes, results: number, captured: readonly string[],
  ): readonly string[] {
    const outputs = Array.from({ length: results }, () => this.fresh(type))
    const proto = create(NodeProtoSchema, {
      name: outputs[0], opType: type, domain: domains[type] ?? '', input: [...inputs], output: [...outputs],
      attribute: Object.entries(attrs).map(([k, v]) => attribute(k, v)),
    })
    this.emitted.push({ proto, reads: [...inputs, ...captured] })
    this.known.set(key, outputs)
    outputs.forEach(o => this.made.add(o))
    return outputs
  }

  /** The operators whose positions may lie outside of an axis, by name, in this graph and those around and in it. */
  get positional(): Map<string, Positional> { return this.shared.positional }

  /** Whether an operator of this very graph makes the value. */
  makes(name: string): boolean { return this.made.has(name) }

  /** The value under a new name. */
  copy(name: string): string { return this.emit(this.fresh('copy'), 'Identity', [name], {}, 1, [])[0] }

  /** Adds an operator with one result. */
  op(type: string, inputs: readonly string[], attrs: Attributes = {}): string { return this.ops(type, inputs, attrs)[0] }

  /** A constant; small ones are shared by content, large ones by buffer. */
  constant(dtype: ElementType, shape: readonly number[], data: Data): string {
    const key = `${dtype}[${shape.join()}]${data.length <= 64 ? contentOf(data) : identityOf(data)}`
    const known = this.shared.constants.get(key)
    if (known) return known.name
    const name = this.fresh('c')
    const exact = dtype === 'float32' ? Float32Array.from(data as Float64Array) : data
    const tensor = create(TensorProtoSchema, { name, dims: shape.map(BigInt), dataType: elements[dtype], rawData: bytesOf(exact) })
    this.shared.constants.set(key, tensor)
    return name
  }

  /** A vector of int64, as ONNX wants shapes and axes. */
  ints(xs: readonly number[]): string { return this.constant('int64', [xs.length], BigInt64Array.from(xs, BigInt)) }
  float(x: number): string { return this.constant('float32', [], Float64Array.of(x)) }
  int(x: number): string { return this.constant('int32', [], Int32Array.of(x)) }

  /** The finished graph with only the operators that its outputs need, and the outer names it captures. */
  finish(name: string, inputs: readonly ValueInfoProto[], outputs: readonly ValueInfoProto[]): { graph: GraphProto; captured: string[] } {
    const needed = new Set(outputs.map(o => o.name))
    const kept: NodeProto[] = []
    for (const { proto, reads } of [...this.emitted].reverse()) {
      if (!proto.output.some(o => needed.has(o))) continue
      kept.push(proto)
      reads.forEach(r => needed.add(r))
    }
    const own = new Set([...inputs.map(i => i.name), ...kept.flatMap(n => n.output)])
    const captured = [...needed].filter(n => !own.has(n))
    const initializer = this.outer ? [] : [...this.shared.constants.values()].filter(c => needed.has(c.name))
    const graph = create(GraphProtoSchema, { name, node: kept.reverse(), input: [...inputs], output: [...outputs], initializer })
    return { graph, captured }
  }
}
