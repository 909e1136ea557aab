/** Letters that are spoken for. */
import { reachable } from '../../../dsl/core/node.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import type { Statement } from '../../../dsl/statement.js'
import { latexOfName } from '../latex/letters.js'
import { nextOf, valuesOf } from './facts.js'
import { nameLatex } from './symbols.js'

/** Latex that names of a statement's nodes ask for, so that indices keep clear of it. */
export const reservedIn = (statement: Statement): string[] => {
  const nodes = reachable([...valuesOf(statement), ...nextOf(statement)])
  const names = nodes.filter(n => n.op === 'named').map(n => nameLatex(n as NodeOf<'named'>))
  const inputs = nodes.filter(n => n.op === 'input').map(n => latexOfName((n as NodeOf<'input'>).attrs.name.split('.').at(-1) ?? 'x'))
  return [...names, ...inputs].flatMap(l => [l, ...l.match(/(?<![A-Za-z\\])[a-z](?![A-Za-z])/g) ?? []])
}
