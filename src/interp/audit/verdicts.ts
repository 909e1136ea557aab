/** From the table to sentences: what is surely a mistake, and what is worth a look. */
import type { Node } from '../../dsl/core/node.js'
import { leavesOf } from '../../dsl/core/trees.js'
import type { Statement } from '../../dsl/statement.js'
import type { Flow, FlowStatus } from './flow.js'
import type { Leaf, Parameters } from './parameters.js'

const flows = (s: FlowStatus): boolean => s === 'reached' || s === 'straight-through'
export const listed = (xs: readonly string[], most = 4): string =>
  xs.length <= most ? xs.join(', ') : `${xs.slice(0, most).join(', ')} and ${xs.length - most} more`

/** Why terms do not reach some leaves: `stopped in commitment by stopGradient(e); not reached by reconstruction`. */
export const reasons = (terms: readonly Flow[], leaves: readonly Leaf[]): string => {
  const stopped = terms.filter(f => leaves.some(l => f.status(l) === 'stopped'))
  const absent = terms.filter(f => !stopped.includes(f)).map(f => f.term.name)
  return [
    ...stopped.map(f => `stopped in ${f.term.name} by ${listed(f.stoppedBy(leaves), 2)}`),
    ...absent.length > 0 ? [`not reached by ${listed(absent)}`] : [],
  ].join('; ')
}

/** Parameters that are moved although nothing reaches them. */
export const deadParameters = (
  statement: Statement, params: Parameters, all: readonly Flow[],
): string[] => statement.objectives.flatMap(o => {
  const terms = all.filter(f => f.term.player === o.player && f.term.kind !== 'bound')
  const moved = params.moved(o)
  const isDead = (l: Leaf): boolean => !terms.some(f => flows(f.status(l)))
  const dead = moved.filter(isDead)
  if (dead.length === 0) return []
  if (dead.length === moved.length && statement.objectives.length > 1)
    return [`${o.player} moves but its objective reaches none of its parameters: ${reasons(terms, dead)}.`]
  return [...new Set(dead.map(l => l.group))].flatMap(group => {
    const leaves = dead.filter(l => l.group === group)
    const whole = leaves.length === moved.filter(l => l.group === group).length
    const say = (what: string, ls: readonly Leaf[]): string => `${what} is never moved by any term: ${reasons(terms, ls)}.`
    return whole ? [say(group, leaves)] : leaves.map(l => say(l.path, [l]))
  })
})

/** Carried state that a step hands on as it came. */
const unchanged = ({ aux, carries }: Statement): string[] => {
  if (carries === undefined) return []
  const next = new Map(leavesOf<Node>(carries, 'aux').map(({ path, leaf }) => [path, leaf]))
  const still = leavesOf<Node>(aux, 'aux').filter(({ path, leaf }) => next.get(path) === leaf).map(l => l.path)
  return still.length === 0 ? [] : [`${listed(still)} ${still.length === 1 ? 'is' : 'are'} carried but never ${
    still.length === 1 ? 'changes' : 'change'}.`]
}

/** Terms that no parameter changes, parameters that nobody moves, and carried state that stays. */
export const oddities = (
  statement: Statement, params: Parameters, all: readonly Flow[],
): { constants: string[]; warnings: string[] } => {
  const constants = all.filter(f => params.leaves.every(l => f.status(l) === 'not reached'))
  const zeros = all.filter(f => f.term.weight.value === 0)
  const resting = params.leaves.filter(l => l.player === null)
  return {
    constants: constants.map(f => f.term.name),
    warnings: [
      ...constants.map(f => `${f.term.name}, a term of ${f.term.player}, depends on no parameter.`),
      ...zeros.map(f => `${f.term.name}, a term of ${f.term.player}, has weight 0.`),
      ...resting.length > 0 ? [`No player moves ${listed(resting.map(l => l.path))}.`] : [],
      ...unchanged(statement),
    ],
  }
}
