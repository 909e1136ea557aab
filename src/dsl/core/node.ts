/**
 * The expression graph. A node is data with four parts: primitive, inputs, attributes, type. A primitive is one record in one place;
 * builders, tests, printers, docs and engines derive from it. The two speak of each other, so their types live together.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { Dim, DType, Shape } from '../tensor.js'

/** What is known of a node's value before it runs. Dimensions are numbers or symbols in normal form. */
export interface TensorType {
  readonly shape: Shape
  readonly dtype: DType
  /** The types of the results, where there are several; `project` picks one, and shape and dtype mean nothing. */
  readonly tuple?: readonly TensorType[]
}

/** One interned expression. `id` grows with construction, so inputs always have smaller ids: sorting by id is a topological order. */
export interface Node<A = unknown> extends TensorType {
  readonly id: number
  readonly prim: AnyPrimitive
  readonly op: string
  readonly inputs: readonly Node[]
  readonly attrs: A
}

/** Cotangents for a node's inputs, in order; `null` where nothing flows (integers, booleans, keys). */
export type Cotangents = readonly (Node | null)[]

export interface PrimitiveSpec<A> {
  readonly op: string
  /** One sentence, for the docs. */
  readonly summary: string
  /** The formula, from the formulas of the inputs. */
  readonly latex: (inputs: readonly string[], attrs: A) => string
  /** The type of the result, or the sentence that says why there is none. */
  readonly type: (inputs: readonly TensorType[], attrs: A) => Either<string, TensorType>
  /** The vector-Jacobian product, written in expressions; `null` for a primitive through which nothing can flow. */
  readonly vjp: ((g: Node, node: Node<A>) => Cotangents) | null
  /** Only for a primitive with several results (`scan`): one cotangent a result, `null` where that result is not used. */
  readonly vjpOfTuple?: (gs: Cotangents, node: Node<A>) => Cotangents
  /** Floating-point operations of one evaluation, one an element for any function of it: a size, symbolic where a dimension is. */
  readonly flops: (node: Node<A>) => Dim
  /** An expression in the public language that evaluates to a small value. */
  readonly example: string
  /** The key under which equal attributes are equal, where the general one (plain data by content) will not do. */
  readonly key?: (attrs: A) => string
  /** Applies a function to every dimension held in the attributes, so that sizes can be substituted. */
  readonly mapDims?: (attrs: A, f: (d: Dim) => Dim) => A
  /** Only for a primitive that holds closed graphs in its attributes: rebuilds them. */
  readonly mapBody?: (attrs: A, rebuild: (nodes: readonly Node[]) => Node[]) => A
  /**
   * Only for a primitive that holds a function over nodes: that function after a substitution, for what it closes over must be replaced
   * like everything else. `scope` tells substitutions apart, so that equal ones make one node.
   */
  readonly mapRule?: (node: Node<A>, rebuild: (nodes: readonly Node[]) => Node[], scope: string) => A
  /** True when the result is computed element by element from inputs of its own shape: engines may fuse and broadcast these. */
  readonly elementwise?: boolean
}

export interface Primitive<A> extends PrimitiveSpec<A> {
  /** Builds (or finds) the node; throws a `TypegradError` when the types do not fit. */
  readonly make: (inputs: readonly Node[], attrs: A) => Node<A>
}

/** A primitive whose attributes are not known: a node keeps it beside attributes of the matching type. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the one place where the pairing of rule and attributes is not tracked
export type AnyPrimitive = Primitive<any>

/** The attributes of a primitive. */
export type AttrsOf<P> = P extends Primitive<infer A> ? A : never

/** What a node's value is computed from: a name's other inputs only tell readers what it was applied to. */
export const operandsOf = (n: Node): readonly Node[] => n.op === 'named' ? n.inputs.slice(0, 1) : n.inputs

/** Every node from which values of `outputs` are computed, inputs before users. */
export const computed = (outputs: readonly Node[]): Node[] => reachable(outputs, operandsOf)

/** Every node that `outputs` depend on, inputs before users. */
export const reachable = (outputs: readonly Node[], inputsOf: (n: Node) => readonly Node[] = n => n.inputs): Node[] => {
  const seen = new Set<Node>()
  const stack = [...outputs]
  for (let n = stack.pop(); n !== undefined; n = stack.pop()) {
    if (seen.has(n)) continue
    seen.add(n)
    for (const i of inputsOf(n)) if (!seen.has(i)) stack.push(i)
  }
  return [...seen].sort((a, b) => a.id - b.id)
}
