/** Functions of trees traced at fresh variables: a derivative is taken in the argument, and in nothing else that shares its nodes. */
import { variable } from '../core/gradient.js'
import type { Node } from '../core/node.js'
import { substitute } from '../core/substitute.js'
import { leavesOf, mapTree, treeLike } from '../core/trees.js'

/** A tree of variables like a tree, and how to put the tree back into what was computed from them. */
export interface At<T> { readonly variables: T; readonly nodes: readonly Node[]; readonly back: (nodes: readonly Node[]) => Node[] }

/** Fresh variables for the leaves of a tree. */
export const variablesFor = <T>(tree: T): At<T> => {
  const variables = mapTree<Node, Node>(tree, leaf => variable(leaf)) as T
  const nodes = leavesOf<Node>(variables).map(({ leaf }) => leaf)
  const actual = leavesOf<Node>(tree).map(({ leaf }) => leaf)
  const replacements = new Map(nodes.map((node, i) => [node, actual[i]]))
  return { variables, nodes, back: outputs => substitute(outputs, replacements) }
}

/** The leaves of a result tree. */
export const outputsOf = (result: unknown): Node[] => leavesOf<Node>(result, 'result').map(({ leaf }) => leaf)

/** A tree like another with other leaves; the one place that vouches for its type. */
export const like = <T>(tree: T, leaves: readonly Node[]): T => treeLike(tree, leaves) as T
