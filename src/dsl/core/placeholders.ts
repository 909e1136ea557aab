/** Placeholders for whole trees. */
import { input } from './primitives/leaves.js'
import { mapTree, type Leaf } from './trees.js'

/** Placeholders for a tree, named by their paths. */
export const placeholders = <T>(tree: T, prefix = ''): T =>
  mapTree(tree, (leaf: Leaf, path) =>
    input({ shape: leaf.shape, dtype: leaf.dtype, name: [prefix, path].filter(s => s !== '').join('.') })) as T
