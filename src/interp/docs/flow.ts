/** Which parameters each term of an objective moves, and what a model promises about itself. */
import type { Claim, Statement } from '../../dsl/statement.js'
import { gradientFlow } from '../audit/audit.js'
import type { FlowCell, FlowRow } from '../audit/flow.js'
import { code, table, text, type Block, type Line } from './pages/page.js'

const listed = (cells: readonly FlowCell[]): Line => cells.flatMap((c, i): Line => {
  const except = Object.entries(c.except).map(([path, status]) => `${path} ${status}`)
  const by = c.stoppedBy.length > 0 ? [` by ${c.stoppedBy.join(', ')}`] : []
  const but = except.length > 0 ? [` (but ${except.join(', ')})`] : []
  return [...i === 0 ? [] : [', '], code(c.group === '' ? 'params' : c.group), ...by, ...but]
})
const weightOf = ({ weight }: FlowRow): string => weight.value !== null ? `${weight.value}` : weight.text

/** The flow of gradients by term. */
export const flow = (statement: Statement): Block[] => {
  const rows = gradientFlow(statement)
  const several = statement.objectives.length > 1
  const having = (r: FlowRow, ...statuses: readonly FlowCell['status'][]): Line => listed(r.cells.filter(c => statuses.includes(c.status)))
  const any = (status: FlowCell['status']): boolean => rows.some(r => r.cells.some(c => c.status === status))
  const columns = ([
    ['moves', ['reached']], ['moves straight through', ['straight-through']], ['stopped', ['stopped']],
    ['held fixed', ['frozen']], ['does not depend on', ['not reached']],
  ] as const).filter(([, [status]]) => status === 'reached' || any(status))
  return [
    text('What each term moves, from the graph: parameters that a term depends on but does not move are stopped or held fixed.'),
    table([...several ? ['player'] : [], 'term', 'weight', ...columns.map(([title]) => title)], rows.map((r): Line[] => [
      ...several ? [[r.player]] : [], [r.kind === 'bound' ? `${r.term} (bounded)` : r.term], [weightOf(r)],
      ...columns.map(([, statuses]) => having(r, ...statuses)),
    ])),
  ]
}

const shownPlaces = 12
/** The places of the variables in the order of the chain rule, counted from 1; a long list is cut. */
const orderOf = (place: readonly number[]): string => {
  if (place.every((p, i) => p === i)) return 'in the order in which they are stored'
  const first = place.slice(0, shownPlaces).map(p => p + 1).join(', ')
  return `at the places ${first}${place.length > shownPlaces ? ', …' : ''} of the order`
}
const sentenceOf = (c: Claim): string => 'place' in c
  ? `Output i depends only on the variables before it, ${c.place.length} variables ${orderOf(c.place)}`
  : 'Two expressions are one function of the parameters and the input'

/** Promises, which an audit holds against the graph. */
export const promises = (claims: readonly Claim[]): Block[] => [
  table(['promise', 'what it says'], claims.map((c): Line[] => [
    [c.name], [`${sentenceOf(c)}; `, code('typegrad audit'), ' says whether it holds.'],
  ])),
]
