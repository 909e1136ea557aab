/** Nodes are interned when they are made, so equal expressions are one node and sharing is never lost. */
import type { DType, Shape } from '../tensor.js'
import type { Node, Primitive, TensorType } from './node.js'

let nextId = 0
const identities = new WeakMap<object, number>()
let nextIdentity = 0
/** A number that tells objects apart: the key of buffers, functions and graphs. */
export const identityOf = (o: object): number => {
  const known = identities.get(o)
  if (known !== undefined) return known
  identities.set(o, nextIdentity)
  return nextIdentity++
}

/** A key under which equal attributes are equal: plain data by content, functions, buffers and graphs by identity. */
const keyOf = (v: unknown): string => {
  if (typeof v === 'number') return Object.is(v, -0) ? '-0' : `${v}`
  if (typeof v === 'string') return JSON.stringify(v)
  if (Array.isArray(v)) return `[${v.map(keyOf).join()}]`
  if (v === null || typeof v !== 'object') return typeof v === 'function' ? `#${identityOf(v)}` : `${v}`
  if (Object.getPrototypeOf(v) !== Object.prototype) return `#${identityOf(v)}`
  return `{${Object.entries(v).map(([k, x]) => `${k}:${keyOf(x)}`).join()}}`
}

// Weak on both sides: a long session that builds many expressions keeps only those it still holds.
const interned = new Map<string, WeakRef<Node>>()
const forget = new FinalizationRegistry<string>(key => {
  if (interned.get(key)?.deref() === undefined) interned.delete(key)
})

/** A class, so that what a node says of itself in a console is not held by every node anew. */
class Interned<A> implements Node<A> {
  readonly id = nextId++
  readonly op: string
  readonly shape: Shape
  readonly dtype: DType
  declare readonly tuple?: readonly TensorType[]
  constructor(readonly prim: Primitive<A>, readonly inputs: readonly Node[], readonly attrs: A, type: TensorType) {
    this.op = prim.op
    this.shape = type.shape
    this.dtype = type.dtype
    if (type.tuple) this.tuple = type.tuple
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string { return `${this.op}: ${this.dtype}[${this.shape.join(', ')}]` }
}

/** The one place where nodes come to be. */
export const intern = <A>(prim: Primitive<A>, inputs: readonly Node[], attrs: A, type: TensorType): Node<A> => {
  const key = `${prim.op}(${inputs.map(i => i.id).join()})${prim.key ? prim.key(attrs) : keyOf(attrs)}`
  const known = interned.get(key)?.deref()
  if (known !== undefined) return known as Node<A>
  const node = new Interned(prim, inputs, attrs, type)
  interned.set(key, new WeakRef<Node>(node))
  forget.register(node, key)
  return node
}
