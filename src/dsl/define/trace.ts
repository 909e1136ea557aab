/** Running a body on placeholders, to have its graph. */
import { input } from '../core/build.js'
import type { Node } from '../core/node.js'
import { mapTree } from '../core/trees.js'

/** A body as plain JavaScript sees it. */
export type Body = (params: unknown, ...args: readonly unknown[]) => unknown
/** A body traced with placeholders of its own for parameters and arguments. */
export interface Trace { readonly params: unknown; readonly args: readonly unknown[]; readonly result: unknown }

/** Placeholders of the same types as the leaves of a spec, one for each, though two leaves may be one node. */
export const placeholders = (spec: unknown): unknown =>
  mapTree<Node, Node>(spec, (leaf, path) => input({ shape: leaf.shape, dtype: leaf.dtype, name: path }))

/** Runs a body on fresh placeholders. */
export const trace = (params: unknown, args: readonly unknown[], body: Body): Trace => {
  const p = placeholders(params)
  const xs = args.map(placeholders)
  return { params: p, args: xs, result: body(p, ...xs) }
}
