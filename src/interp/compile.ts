/** From a pure function over trees to something that runs: traced once, simplified, compiled by an engine. */
import type { Node } from '../dsl/core/node.js'
import { placeholders } from '../dsl/core/placeholders.js'
import type { Sizes } from '../dsl/core/substitute.js'
import { isLeaf, leavesLike, leavesOf, type Leaf, type TreeOf } from '../dsl/core/trees.js'
import { TypegradError } from '../dsl/errors.js'
import { sizeOf, type Value } from '../dsl/value.js'
import type { Engine } from './engine.js'
import { program } from './program.js'
import { simplify } from './simplify/simplify.js'

/** A tree of host arrays with the structure of a tree of tensors. */
export type ValuesOf<T> = T extends Leaf ? Value : { readonly [K in keyof T]: ValuesOf<T[K]> }

/** A compiled function of (state, inputs), by trees of values. */
export interface Compiled<S, I, O> {
  /**
   * One evaluation; replaces the resident state where the function returns one. The arrays that are given stay as they are until it
   * resolves.
   */
  run(inputs: ValuesOf<I>): Promise<ValuesOf<O>>
  /** Replaces the resident state. */
  write(state: ValuesOf<S>): Promise<void>
  /** A copy of the resident state. */
  read(): Promise<ValuesOf<S>>
  /** Gives the engine's memory back. */
  release(): Promise<void>
}

const kindOf = (found: unknown): string => Array.isArray(found) ? 'a list'
  : ArrayBuffer.isView(found) ? `a ${found.constructor.name} alone`
  : isLeaf(found) && 'data' in found
    ? `a host array whose data is ${Array.isArray(found.data) ? 'a list' : typeof found.data}, not a Float32Array, Int32Array or Uint8Array`
  : isLeaf(found) ? 'a tensor, an expression without numbers of its own'
  : found instanceof Promise ? 'a promise, which wants an await before it'
  : found === null ? 'null' : typeof found !== 'object' ? `the ${typeof found} ${String(found)}`
  : Object.keys(found).length === 0 ? 'an empty record' : `a record with ${Object.keys(found).slice(0, 6).join(', ')}`

/** The place of the first byte that is no truth value, which engines would read in ways of their own; -1 where there is none. */
const untrue = ({ dtype, data }: Value): number => dtype === 'bool' ? data.findIndex(v => v !== 0 && v !== 1) : -1

const isHostArray = (found: unknown): found is Value => isLeaf(found) && 'data' in found && ArrayBuffer.isView(found.data)

/** Throws the sentence about a value that does not fit its place; what is missing altogether is for `leavesLike` to say. */
const checkValue = (path: string, { dtype, shape }: Node, found: unknown): void => {
  if (found === undefined) return
  const refuse = (got: string): never => {
    throw new TypegradError('value',
      `${path} is ${got}, but a host array { data, shape, dtype } of ${dtype} [${shape.join(', ')}] was expected`)
  }
  if (!isHostArray(found)) return refuse(kindOf(found))
  const given = found.shape.join(', ')
  if (found.dtype !== dtype || given !== shape.join(', ')) refuse(`${found.dtype} [${given}]`)
  if (found.data.length !== sizeOf(found.shape)) refuse(`${found.data.length} numbers for the shape [${given}]`)
  const place = untrue(found)
  if (place >= 0)
    throw new TypegradError('value', `${path} holds ${found.data[place]} at place ${place}, but a bool is 0 or 1; compare with 0 first`)
}

/** Whether a value fits its place, told without making anything. */
const fits = (found: unknown, { dtype, shape }: Node): found is Value => {
  if (!isHostArray(found) || found.dtype !== dtype || found.shape.length !== shape.length) return false
  let n = 1
  for (let i = 0; i < shape.length; i++) {
    if (found.shape[i] !== shape[i]) return false
    n *= found.shape[i]
  }
  return found.data.length === n && untrue(found) < 0
}

/** The values of a tree in the order of its leaves, appended to `out`; false where the tree is not as it should be. */
type Gather = (tree: unknown, out: Value[]) => boolean
const gatherer = (like: unknown, nodes: Iterator<Node>): Gather => {
  if (isLeaf(like)) {
    const node = nodes.next().value as Node
    return (tree, out) => {
      if (!fits(tree, node)) return false
      out.push(tree)
      return true
    }
  }
  const parts = Object.entries(like as object).map(([key, part]) => ({ key, gather: gatherer(part, nodes) }))
  return (tree, out) => {
    if (typeof tree !== 'object' || tree === null || isLeaf(tree)) return false
    for (const { key, gather } of parts) if (!gather((tree as Readonly<Record<string, unknown>>)[key], out)) return false
    let keys = 0
    for (const _ in tree) keys++
    return keys === parts.length
  }
}

/** Checks a tree of values and lists them in order; the sentence about a tree that does not fit is only then looked for. */
const checker = (what: string, like: unknown, nodes: readonly Node[]): ((tree: unknown) => Value[]) => {
  const gather = gatherer(like, nodes.values())
  const places = leavesOf(like).map(({ path }) =>
    ({ keys: path === '' ? [] : path.split('.'), name: [what, path].filter(s => s !== '').join('.') }))
  const at = (tree: unknown, keys: readonly string[]): unknown => keys.reduce((t: unknown, key) =>
    typeof t === 'object' && t !== null ? (t as Readonly<Record<string, unknown>>)[key] : undefined, tree)
  return tree => {
    const found: Value[] = []
    if (gather(tree, found)) return found
    places.forEach(({ keys, name }, i) => { checkValue(name, nodes[i], at(tree, keys)) })
    return leavesLike<Value>(like, tree, what)
  }
}

/** Puts leaves into the places of a tree, in its order: the tree is read once, not at every run. */
type Build = (leaves: Iterator<Value>) => TreeOf<Value>
const builder = (like: unknown): Build => {
  if (isLeaf(like)) return leaves => leaves.next().value as Value
  if (Array.isArray(like)) {
    const parts = like.map(builder)
    return leaves => parts.map(part => part(leaves))
  }
  const parts = Object.entries(like as object).map(([key, part]) => ({ key, part: builder(part) }))
  return leaves => {
    const record: Record<string, TreeOf<Value>> = {}
    for (const { key, part } of parts) record[key] = part(leaves)
    return record
  }
}

/** Refuses what is no record with outputs, as plain JavaScript may return. */
const checkReturned = (result: unknown): void => {
  if (typeof result === 'object' && result !== null && 'outputs' in result) return
  const got = result === undefined ? 'nothing' : result instanceof Promise ? 'a promise, where no async function serves' : kindOf(result)
  throw new TypegradError('value', `compile: the function returns ${got}, but { outputs }, or { state, outputs }, was expected`)
}

/**
 * Compiles `f(state, inputs)`. State stays inside the engine between runs; where `f` returns a `state`, it replaces the old one.
 *
 * @throws TypegradError when a symbol has no size in `sizes`, the function returns no outputs, or the engine cannot take the graph
 */
export const compile = async <S, I, O>(
  engine: Engine,
  f: (state: S, inputs: I) => { readonly state?: S; readonly outputs: O },
  specs: { readonly state: S; readonly inputs: I },
  sizes: Sizes = {},
): Promise<Compiled<S, I, O>> => {
  const opened: unknown = engine
  if (opened instanceof Promise)
    throw new TypegradError('engine', 'compile: the engine is a promise, which wants an await before it')
  const [state, inputs] = [placeholders(specs.state), placeholders(specs.inputs)]
  const result = f(state, inputs)
  checkReturned(result)
  const held = leavesOf<Node>(state).map(l => l.leaf)
  const given = leavesOf<Node>(inputs).map(l => l.leaf)
  const returned = leavesOf<Node>(result.outputs).map(l => l.leaf)
  const next = result.state === undefined ? [] : leavesLike<Node>(state, result.state, 'state')
  // Sizes first: a dimension that is a number lets more rules apply.
  const bound =
    program([...held, ...given], [...next, ...returned], held.map((_, i) => ({ input: i, output: next.length > 0 ? i : null })), sizes)
  const executable = await engine.compile(engine.asWritten === true ? bound
    : { ...bound, outputs: simplify(bound.outputs, { forExecution: true }) })
  const [stateEnds, inputEnds] = [bound.inputs.slice(0, held.length), bound.inputs.slice(held.length)]
  const [fromInputs, fromState] = [checker('inputs', inputs, inputEnds), checker('state', state, stateEnds)]
  const [toOutputs, toState] = [builder(result.outputs), builder(state)]
  return {
    run: async v => toOutputs((await executable.run(fromInputs(v))).values()) as ValuesOf<O>,
    write: async v => executable.write(fromState(v)),
    read: async () => {
      const values = await executable.read()
      if (values.length !== held.length) throw new TypegradError('value', 'read: no state has been written yet; call write first')
      return toState(values.values()) as ValuesOf<S>
    },
    release: () => executable.release(),
  }
}
