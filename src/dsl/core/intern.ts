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
  let key = '{'
  for (const k of Object.keys(v)) key += `${k}:${keyOf((v as Readonly<Record<string, unknown>>)[k])},`
  return `${key}}`
}

/** Inputs and attributes as one key among the nodes of a primitive. Most nodes have no attributes, and numbers are the faster keys. */
const keyFor = <A>(prim: Primitive<A>, inputs: readonly Node[], attrs: A): string | number => {
  const own = prim.key ? prim.key(attrs) : keyOf(attrs)
  if (own === '{}') {
    if (inputs.length === 1) return inputs[0].id
    if (inputs.length === 2 && inputs[0].id < pairBelow && inputs[1].id < pairBelow) return -1 - (inputs[0].id * pairBelow + inputs[1].id)
  }
  let key = ''
  for (const { id } of inputs) key += `${id},`
  return key + own
}
/** Two smaller numbers make one that a double holds exactly. */
const pairBelow = 2 ** 26

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

/**
 * Makes the nodes of one primitive, each once; `typeOf` is asked of new ones only. The table is weak: a long session that builds many
 * expressions keeps only those it still holds. What has died is swept out whenever the table has doubled.
 */
export const interning = <A>(prim: Primitive<A>, typeOf: (inputs: readonly Node[], attrs: A) => TensorType): Primitive<A>['make'] => {
  const table = new Map<string | number, WeakRef<Node<A>>>()
  let sweepAt = 1024
  return (inputs, attrs) => {
    const key = keyFor(prim, inputs, attrs)
    const known = table.get(key)?.deref()
    if (known !== undefined) return known
    const node = new Interned(prim, inputs, attrs, typeOf(inputs, attrs))
    table.set(key, new WeakRef<Node<A>>(node))
    if (table.size > sweepAt) {
      for (const [k, held] of table) if (held.deref() === undefined) table.delete(k)
      sweepAt = 2 * table.size + 1024
    }
    return node
  }
}
