/** Trees of parameter specs: copied, so that every leaf is a parameter of its own, and resized. */
import { input, type InputAttrs } from '../core/build.js'
import type { Node } from '../core/node.js'
import { mapTree } from '../core/trees.js'
import { substituteShape, type Sizes } from '../shape/subst.js'
import type { Shape } from '../tensor.js'

const freshLike = ({ attrs, dtype, op }: Node, shape: Shape): Node => {
  const { name, init } = op === 'input' ? attrs as InputAttrs : {}
  return input({ shape, dtype, name, init })
}

/** The tree with a fresh placeholder for every leaf that stands in it a second time: equal specs are not one parameter. */
export const distinct = (tree: unknown): unknown => {
  const seen = new Set<Node>()
  return mapTree<Node, Node>(tree, leaf => seen.has(leaf) ? freshLike(leaf, leaf.shape) : (seen.add(leaf), leaf))
}

/** Fresh specs at other sizes, with their initialisers. */
export const resized = (tree: unknown, sizes: Sizes): unknown =>
  mapTree<Node, Node>(tree, leaf => freshLike(leaf, substituteShape(leaf.shape, sizes)))
