/** Who moves what: a row a player. */
import type { Constraint, Objective, Statement } from '../../dsl/statement.js'
import type { Node } from '../../dsl/core/node.js'
import type { Flow } from './flow.js'
import type { Parameters } from './parameters.js'
import type { GameRow } from './report.js'

const described = ({ optimiser, solver }: Objective): string => {
  const how = solver ?? optimiser
  if (!how) return ''
  const settings = Object.entries(how.settings).map(([k, v]) => `${k} ${v}`).join(', ')
  return settings === '' ? how.name : `${how.name}(${settings})`
}
const held = (c: Constraint): string => c.kind === 'clip' ? `|w| <= ${c.bound}` : c.kind === 'penalty' ? `${c.weight} ${c.name}`
  : `${c.name} <= ${c.bound}`
const unnamed = (x: unknown): Node => {
  const n = x as Node
  return n.op === 'named' ? unnamed(n.inputs[0]) : n
}
/** The value up to its sign: min of -V and max of V are one problem. */
const signed = ({ value, sense }: Objective): { readonly value: Node; readonly down: boolean } => {
  const n = unnamed(value)
  return n.op === 'neg' ? { value: unnamed(n.inputs[0]), down: sense === 'maximise' } : { value: n, down: sense === 'minimise' }
}

export const gamesOf = (statement: Statement, params: Parameters, flows: readonly Flow[]): GameRow[] =>
  statement.objectives.map((o): GameRow => {
    const own = flows.filter(f => f.term.player === o.player)
    const moved = params.moved(o)
    const fixed = params.leaves.filter(l => !moved.includes(l) && own.some(f => f.status(l) === 'frozen'))
    const mine = signed(o)
    const groups = (leaves: typeof moved): string[] => [...new Set(leaves.map(l => l.group))]
    return {
      player: o.player, sense: o.sense, steps: o.steps, by: described(o), constraints: o.constraints.map(held),
      moves: groups(moved), frozen: groups(fixed),
      against: statement.objectives.filter(p => p !== o && signed(p).value === mine.value && signed(p).down !== mine.down)
        .map(p => p.player),
    }
  })
