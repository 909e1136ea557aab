/** The notation table: every symbol and sign of the formulas, what it means, and its type or value. */
import type { Statement } from '../../dsl/statement.js'
import { symbolsOf as dimSymbols } from '../../dsl/shape/dim.js'
import { everyPart, type Expr, type Sym } from './math/expr.js'
import { showValue } from './math/latex.js'
import { forms, operatorOf, type FormName, type OperatorName } from './math/operators.js'
import type { Mathematics } from './formulas.js'
import { shapeText } from './costs.js'
import { math, table, type Block, type Line } from './pages/page.js'

/** A row as data. */
export interface NotationRow { readonly latex: string; readonly meaning: string; readonly type: string }

const order: readonly Sym['role'][] = ['parameter', 'data', 'noise', 'state', 'named', 'function', 'constant', 'index']
const symbolRow = (s: Sym): NotationRow =>
  ({ latex: s.latex, meaning: s.meaning, type: s.value !== undefined ? `= ${showValue(s.value)}` : s.shape ? shapeText(s.shape) : '' })

const operatorsIn = (parts: readonly Expr[]): OperatorName[] => [...new Set(parts.flatMap((e): OperatorName[] =>
  e.kind === 'function' || e.kind === 'big' || e.kind === 'relation' ? [e.op] : e.kind === 'cases' ? []
    : e.kind === 'apply' && e.style === 'divergence' ? ['divergence'] : e.kind === 'apply' && e.style === 'norm' ? ['norm'] : []))]
const formsIn = (parts: readonly Expr[]): FormName[] => [...new Set(parts.flatMap((e): FormName[] =>
  e.kind === 'gradient' || e.kind === 'apply' && e.fn.latex.includes('\\nabla') ? ['gradient']
    : e.kind === 'drawn' ? ['drawn'] : e.kind === 'elements' ? ['elements'] : e.kind === 'product' && e.sign !== 'beside' ? [e.sign] : []))]

const operatorLatex = (name: OperatorName): string => {
  const { how, latex, close = '' } = operatorOf(name)
  if (name === 'divergence') return 'D_{\\mathrm{KL}}, \\operatorname{KL}'
  return how === 'around' ? `${latex}\\cdot${close}` : latex
}
/** The rows, in the order of roles and then of reading; plain relations and sums need none. */
export const notationRows = ({ problem, where, carried, symbols }: Mathematics, statement: Statement): NotationRow[] => {
  const parts = everyPart([...problem, ...where, ...carried].flatMap(f => f.parts))
  const listed = symbols.filter(s => s.role !== 'function' || !s.latex.includes('KL'))
    .sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role))
  const rows = [...new Map(listed.map(symbolRow).map(r => [`${r.latex} ${r.meaning}`, r])).values()]
  const letters = [...new Set(symbols.flatMap(s => (s.shape ?? []).flatMap(dimSymbols)))]
    .filter(l => !rows.some(r => r.latex === l))
    .map((l): NotationRow => ({ latex: l, meaning: l === 'B' ? 'examples in a batch' : 'a size', type: 'size' }))
  const operators = operatorsIn(parts).map((o): NotationRow => ({ latex: operatorLatex(o), meaning: operatorOf(o).meaning, type: '' }))
  const signs = formsIn(parts).map((f): NotationRow => ({ latex: forms[f].latex, meaning: forms[f].meaning, type: '' }))
  const conditional = symbols.some(s => s.free !== undefined)
    ? [...symbols.some(s => s.latex === 'x') ? [] : [{ latex: 'x_d', meaning: 'variable d of an example', type: '' }],
      { latex: 'x_{<d}', meaning: 'the variables before d in the order of the chain rule', type: '' }] : []
  const several = statement.objectives.length > 1
  const objective = { latex: '\\mathcal{L}', type: 'scalar',
    meaning: several ? 'the objective of the player that moves, penalties included' : 'the objective' }
  return [...rows, ...letters, ...conditional, ...operators, ...signs, objective]
}
export const notation = (rows: readonly NotationRow[]): Block =>
  table(['symbol', 'meaning', 'type or value'], rows.map((r): Line[] =>
    [[math(r.latex)], [r.meaning], r.type.startsWith('= ') ? [math(r.type.slice(2))] : [r.type]]))
