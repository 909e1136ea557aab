/** From a pure function over trees to something that runs: traced once, simplified, compiled by an engine. */
import type { Node } from '../dsl/core/node.js'
import { placeholders } from '../dsl/core/placeholders.js'
import type { Sizes } from '../dsl/core/substitute.js'
import { isLeaf, leavesLike, leavesOf, treeLike, type Leaf, type TreeOf } from '../dsl/core/trees.js'
import { TypegradError } from '../dsl/errors.js'
import { sizeOf, type Value } from '../dsl/value.js'
import type { Engine } from './engine.js'
import { program } from './program.js'
import { simplify } from './simplify/simplify.js'

/** A tree of host arrays with the structure of a tree of tensors. */
export type ValuesOf<T> = T extends Leaf ? Value : { readonly [K in keyof T]: ValuesOf<T[K]> }

/** A compiled function of (state, inputs), by trees of values. */
export interface Compiled<S, I, O> {
  /** One evaluation; replaces the resident state where the function returns one. */
  run(inputs: ValuesOf<I>): Promise<ValuesOf<O>>
  /** Replaces the resident state. */
  write(state: ValuesOf<S>): Promise<void>
  /** A copy of the resident state. */
  read(): Promise<ValuesOf<S>>
  /** Gives the engine's memory back. */
  release(): Promise<void>
}

const entryOf = (tree: unknown, key: string): unknown =>
  typeof tree === 'object' && tree !== null ? (tree as Readonly<Record<string, unknown>>)[key] : undefined
const at = (tree: unknown, path: string): unknown => path === '' ? tree : path.split('.').reduce(entryOf, tree)

const kindOf = (found: unknown): string => Array.isArray(found) ? 'a list'
  : ArrayBuffer.isView(found) ? `a ${found.constructor.name} alone`
  : isLeaf(found) ? 'a tensor, an expression without numbers of its own'
  : found === null ? 'null' : typeof found === 'object' ? 'a record' : `the ${typeof found} ${String(found)}`

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
}

/**
 * Compiles `f(state, inputs)`. State stays inside the engine between runs; where `f` returns a `state`, it replaces the old one.
 *
 * @throws TypegradError when a symbol has no size in `sizes`, or the engine cannot take the graph
 */
export const compile = async <S, I, O>(
  engine: Engine,
  f: (state: S, inputs: I) => { readonly state?: S; readonly outputs: O },
  specs: { readonly state: S; readonly inputs: I },
  sizes: Sizes = {},
): Promise<Compiled<S, I, O>> => {
  const [state, inputs] = [placeholders(specs.state), placeholders(specs.inputs)]
  const result = f(state, inputs)
  const held = leavesOf<Node>(state).map(l => l.leaf)
  const given = leavesOf<Node>(inputs).map(l => l.leaf)
  const returned = leavesOf<Node>(result.outputs).map(l => l.leaf)
  const next = result.state === undefined ? [] : leavesLike<Node>(state, result.state, 'state')
  // Sizes first: a dimension that is a number lets more rules apply.
  const bound =
    program([...held, ...given], [...next, ...returned], held.map((_, i) => ({ input: i, output: next.length > 0 ? i : null })), sizes)
  const executable = await engine.compile({ ...bound, outputs: simplify(bound.outputs, { forExecution: true }) })
  const values = <T>(like: T, leaves: readonly Value[]): ValuesOf<T> => treeLike(like, leaves) as TreeOf<Value> as ValuesOf<T>
  const checked = (what: string, like: unknown, nodes: readonly Node[], tree: unknown): Value[] => {
    const paths = leavesOf(like).map(l => l.path)
    nodes.forEach((node, i) => checkValue([what, paths[i]].filter(s => s !== '').join('.'), node, at(tree, paths[i])))
    return leavesLike<Value>(like, tree, what)
  }
  const [stateEnds, inputEnds] = [bound.inputs.slice(0, held.length), bound.inputs.slice(held.length)]
  return {
    run: async v => values(result.outputs, await executable.run(checked('inputs', inputs, inputEnds, v))),
    write: async v => executable.write(checked('state', state, stateEnds, v)),
    read: async () => values(state, await executable.read()),
    release: () => executable.release(),
  }
}
