/** The parameters of a statement, by path and group: a group is a top-level entry of a player's tree. */
import type { Node } from '../../dsl/core/node.js'
import { isLeaf, leavesOf } from '../../dsl/core/trees.js'
import { TypegradError } from '../../dsl/errors.js'
import type { Objective, Statement } from '../../dsl/statement.js'

export interface Leaf { readonly path: string; readonly node: Node; readonly group: string; readonly player: string | null }
export interface Parameters {
  readonly leaves: readonly Leaf[]
  readonly groups: readonly string[]
  /** The leaves that a player moves. */
  moved(objective: Objective): readonly Leaf[]
}

const join = (path: string, key: string): string => path === '' ? key : `${path}.${key}`
const within = (path: string, root: string): boolean => root === '' || path === root || path.startsWith(`${root}.`)

/** The shallowest part of the tree that has just these leaves; undefined when none has. */
const rootOf = (tree: unknown, leaves: ReadonlySet<Node>, path = ''): string | undefined => {
  const own = leavesOf<Node>(tree).map(l => l.leaf)
  if (own.length === leaves.size && own.every(n => leaves.has(n))) return path
  if (isLeaf(tree) || own.length < leaves.size) return undefined
  for (const [key, part] of Object.entries(tree as object)) {
    const found = rootOf(part, leaves, join(path, key))
    if (found !== undefined) return found
  }
  return undefined
}

/** Reads the parameters; throws a `TypegradError` when an objective moves what the statement does not list. */
export const parametersOf = (statement: Statement): Parameters => {
  const all = leavesOf<Node>(statement.params)
  const listed = new Map(all.map(l => [l.leaf, l.path]))
  const roots = statement.objectives.map(objective => {
    const moved = leavesOf<Node>(objective.moves)
    const stranger = moved.find(l => !listed.has(l.leaf))
    if (stranger) throw new TypegradError('value',
      `audit: ${objective.player} moves ${stranger.path || 'a tensor'}, which is not among the parameters of the statement`)
    const nodes = new Set(moved.map(l => l.leaf))
    return { player: objective.player, nodes, root: nodes.size === 0 ? undefined : rootOf(statement.params, nodes) }
  })
  const leaves = all.map(({ path, leaf }): Leaf => {
    const owner = roots.find(r => r.nodes.has(leaf))
    const root = owner?.root ?? ''
    const [key] = path === root ? [''] : (root === '' ? path : path.slice(root.length + 1)).split('.')
    return { path: path || 'params', node: leaf, group: (key === '' ? path : join(root, key)) || 'params', player: owner?.player ?? null }
  })
  return {
    leaves, groups: [...new Set(leaves.map(l => l.group))],
    moved: objective => {
      const nodes = new Set(leavesOf<Node>(objective.moves).map(l => l.leaf))
      return leaves.filter(l => nodes.has(l.node))
    },
  }
}

/** The leaves at or below a path, a group or a whole player. */
export const leavesAt = ({ leaves }: Parameters, path: string): readonly Leaf[] =>
  leaves.filter(l => within(l.path, path) || l.group === path || l.player === path)
