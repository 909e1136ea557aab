/** From a pure function over trees to something that runs: traced once, simplified, compiled by an engine. */
import { input } from '../dsl/core/build.js'
import type { Node } from '../dsl/core/node.js'
import type { Sizes } from '../dsl/core/substitute.js'
import { leavesLike, leavesOf, mapTree, treeLike, type Leaf, type TreeOf } from '../dsl/core/trees.js'
import type { Value } from '../dsl/value.js'
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

/** Placeholders for a tree, named by their paths. */
export const placeholders = <T>(tree: T, prefix = ''): T =>
  mapTree(tree, (leaf: Leaf, path) =>
    input({ shape: leaf.shape, dtype: leaf.dtype, name: [prefix, path].filter(s => s !== '').join('.') })) as T

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
  return {
    run: async v => values(result.outputs, await executable.run(leavesLike<Value>(inputs, v, 'inputs'))),
    write: v => executable.write(leavesLike<Value>(state, v, 'state')),
    read: async () => values(state, await executable.read()),
    release: () => executable.release(),
  }
}
