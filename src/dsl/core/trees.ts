/** Trees of leaves: parameters, optimiser states, batches. One tree type, three readings: specs, expressions, values. */
import { TypegradError } from '../errors.js'
import type { DType, Shape } from '../tensor.js'

/** A leaf has a shape and a dtype, whatever else it is. */
export interface Leaf { readonly shape: Shape; readonly dtype: DType }
export type TreeOf<L> = L | readonly TreeOf<L>[] | { readonly [k: string]: TreeOf<L> }

export const isLeaf = (t: unknown): t is Leaf => typeof t === 'object' && t !== null && 'shape' in t && 'dtype' in t
const isBranch = (t: unknown): t is Record<string, unknown> => typeof t === 'object' && t !== null

/** Leaves with their paths (`enc.w`), in the tree's own order; throws a `TypegradError` at anything that is neither leaf nor branch. */
export const leavesOf = <L extends Leaf>(tree: unknown, path = ''): { path: string; leaf: L }[] => {
  if (isLeaf(tree)) return [{ path, leaf: tree as L }]
  if (!isBranch(tree)) throw new TypegradError('value', `tree: ${path || 'the tree'} is ${tree === null ? 'null'
    : typeof tree}; a tree holds tensors, records and tuples`)
  return Object.entries(tree).flatMap(([k, t]) => leavesOf<L>(t, path === '' ? k : `${path}.${k}`))
}

/** The tree with each leaf replaced. */
export const mapTree = <A extends Leaf, B>(tree: unknown, f: (leaf: A, path: string) => B, path = ''): TreeOf<B> => {
  if (isLeaf(tree)) return f(tree as A, path)
  if (!isBranch(tree)) throw new TypegradError('value', `tree: ${path || 'the tree'} is ${tree === null ? 'null'
    : typeof tree}; a tree holds tensors, records and tuples`)
  const at = (k: string): string => path === '' ? k : `${path}.${k}`
  return Array.isArray(tree) ? tree.map((t, i) => mapTree(t, f, at(`${i}`)))
    : Object.fromEntries(Object.entries(tree).map(([k, t]) => [k, mapTree(t, f, at(k))]))
}

const branchInWords = (like: object): string => Array.isArray(like) ? `a list of ${like.length}`
  : Object.keys(like).length === 0 ? 'an empty record {}' : `a record with ${Object.keys(like).join(', ')}`
const otherInWords = (tree: unknown): string => tree === undefined ? 'nothing' : tree === null ? 'null'
  : isLeaf(tree) ? 'a single tensor or host array' : tree instanceof Promise ? 'a promise, which wants an await before it,'
    : `the ${typeof tree} ${String(tree)}`

/** The leaves of `tree` in the order of `like`, whose structure it must have; `what` names the tree in errors. */
export const leavesLike = <L extends Leaf>(like: unknown, tree: unknown, what: string, path = ''): L[] => {
  const here = path === '' ? what : `${what}.${path}`
  if (isLeaf(like)) {
    if (!isLeaf(tree)) throw new TypegradError('value', `${here}: a tensor was expected but ${tree === undefined ? 'nothing'
      : typeof tree} is given`)
    return [tree as L]
  }
  if (!isBranch(like)) return []
  if (!isBranch(tree) || isLeaf(tree) || tree instanceof Promise)
    throw new TypegradError('value', `${here}: ${branchInWords(like)} was expected but ${otherInWords(tree)} is given`)
  const extra = Object.keys(tree).find(k => !(k in like))
  if (extra !== undefined)
    throw new TypegradError('value', `${here}: key ${extra} is not expected; it has ${Object.keys(like).join(', ') || 'no keys'}`)
  return Object.entries(like).flatMap(([k, t]) => {
    if (!(k in tree)) throw new TypegradError('value', `${here}: key ${k} is missing`)
    return leavesLike<L>(t, tree[k], what, path === '' ? k : `${path}.${k}`)
  })
}

/** A tree shaped like `like` from leaves in its order. */
export const treeLike = <B>(like: unknown, leaves: readonly B[]): TreeOf<B> => {
  let i = 0
  return mapTree(like, () => leaves[i++])
}
