/** Letters for parameters: one for all that an objective moves, and one for each tensor. */
import { reachable, type Node } from '../../../dsl/core/node.js'
import { leavesOf } from '../../../dsl/core/trees.js'
import type { Objective, Statement } from '../../../dsl/statement.js'
import { latexOfName, upright } from '../latex/letters.js'
import type { Sym } from '../math/expr.js'
import type { Alphabet } from './alphabet.js'

export interface ParameterLetters {
  /** θ or φ: everything that the objective moves. */
  readonly owner: (leaf: Node) => Sym | undefined
  readonly old: (owner: Sym) => Sym
  readonly ownerOf: (objective: Objective) => Sym
  /** The letter of one tensor, as W with its place as a subscript. */
  readonly tensor: (leaf: Node) => Sym | undefined
}

const nodesOf = (tree: unknown): Node[] => leavesOf<Node>(tree).map(l => l.leaf)
/** Whether the gradient of each of two players' values would move what the other moves. */
const playAgainst = (a: Objective, b: Objective): boolean => {
  const reads = (x: Objective, y: Objective): boolean => {
    const nodes = new Set(reachable(nodesOf(x.value), n => n.prim.vjp === null && n.op !== 'scan' ? [] : n.inputs))
    return nodesOf(y.moves).some(n => nodes.has(n))
  }
  return reads(a, b) && reads(b, a)
}

const letterOf = (last: string): string => /^(\d+|w|weights?|kernel)$/i.test(last) ? 'W' : /^bias$/i.test(last) ? 'b' : latexOfName(last)

/** Of a player's own tensor, where another player has one of that letter: the player's letter above it. */
const ofPlayer = (path: string, all: readonly string[], owner: Sym | undefined): { own: string[]; mark: string } => {
  const player = path.split('.')[0]
  const own = all.filter(p => p.startsWith(`${player}.`))
  const others = all.filter(p => !p.startsWith(`${player}.`)).map(p => letterOf(p.split('.').at(-1) ?? ''))
  const shared = owner !== undefined && others.includes(letterOf(path.split('.').at(-1) ?? ''))
  return { own, mark: shared ? `^{${owner.latex}}` : '' }
}

/** A letter and the parts of the path that tell it from others of that letter. */
const tensorLatex = (path: string, all: readonly string[]): string => {
  const parts = path.split('.')
  const letter = letterOf(parts[parts.length - 1])
  const peers = all.filter(p => letterOf(p.split('.').at(-1) ?? '') === letter).map(p => p.split('.').slice(0, -1))
  const own = /^\d+$/.test(parts[parts.length - 1]) ? parts : parts.slice(0, -1)
  const telling = own.filter(part => !peers.every(p => p.includes(part)))
  if (peers.length === 1 || telling.length === 0) return letter
  const subs = telling.map(p => /^\d+$/.test(p) || p.length === 1 ? p : upright(p)).join(',')
  return /_/.test(letter) ? letter.replace(/_\{?([^{}]*)\}?$/, `_{$1,${subs}}`) : `${letter}_{${subs}}`
}

export const parameterLetters = (statement: Statement, letters: Alphabet): ParameterLetters => {
  const { objectives } = statement
  const versus = objectives.length > 1 && objectives.slice(1).some(o => playAgainst(objectives[0], o))
  // Who moves last is the one that a game is played for, as the generator; alone or side by side, the first is.
  const inTurn = versus ? [...objectives].reverse() : objectives
  const greek = ['\\theta', '\\phi', '\\psi', '\\omega', '\\xi', '\\eta']
  const owners = new Map(inTurn.map((o, i): [Objective, Sym] => [o, {
    latex: letters.claim(greek[i] ?? `\\theta_{${upright(o.player)}}`), role: 'parameter',
    meaning: objectives.length === 1 ? 'all parameters' : `the parameters of ${o.player}`,
  }]))
  const byLeaf = new Map([...owners].flatMap(([o, sym]) => nodesOf(o.moves).map((n): [Node, Sym] => [n, sym])))
  const olds = new Map<Sym, Sym>()
  const all = leavesOf<Node>(statement.params)
  const single = all.length === 1 && all[0].path === ''
  const syms = new Map<Node, Sym>()
  const paths = all.map(l => l.path)
  const latexAt = (path: string, owner: Sym | undefined): string => {
    if (objectives.length < 2 || !path.includes('.')) return tensorLatex(path, paths)
    const { own, mark } = ofPlayer(path, paths, owner)
    const latex = tensorLatex(path, own)
    return mark === '' ? latex : /_/.test(latex) ? latex.replace('_', `${mark}_`) : `${latex}${mark}`
  }
  return {
    owner: leaf => byLeaf.get(leaf),
    ownerOf: objective => owners.get(objective) ?? [...owners.values()][0],
    old: owner => {
      const known = olds.get(owner) ?? {
        latex: `${owner.latex}_{\\mathrm{old}}`, role: 'parameter' as const, meaning: `${owner.meaning} before the step, held fixed`,
      }
      olds.set(owner, known)
      return known
    },
    tensor: leaf => {
      const at = all.find(l => l.leaf === leaf)
      if (!at) return undefined
      if (single) return byLeaf.get(leaf)
      const known = syms.get(leaf) ?? {
        latex: letters.claim(latexAt(at.path, byLeaf.get(leaf))), role: 'parameter' as const, meaning: `parameter ${at.path}`,
        shape: leaf.shape, node: leaf,
      }
      syms.set(leaf, known)
      return known
    },
  }
}
