/** What any printed document must be: no empty groups, no doubled signs, balanced braces, and no index outside of what binds it. */
import { everyPart, partsOf, type Expr } from '../../../src/interp/docs/math/expr.js'
import { boundBy, unbound } from '../../../src/interp/docs/read/steps.js'
import { carries } from '../../../src/interp/docs/read/loops.js'
import type { Formula, Mathematics } from '../../../src/interp/docs/formulas.js'

const unwanted: readonly (readonly [string, RegExp])[] = [
  ['an accent or a font of nothing', /\\(?:[a-z]+)\{\s*\}/],
  ['an empty group', /(?<!\\textbackslash|\\allowbreak)(?<!\\)\{\s*\}/],
  ['an accent of an empty name', /\\[a-z]+\{\\(?:mathrm|text|operatorname)\{\s*\}\}/],
  ['doubled signs', /[-+]\s*[-+]/],
  ['a factor of one', /(?<![\d.}])1 \\(?:cdot|,) /],
  ['an empty subscript', /[_^]\s*(?:\}|$|&|\\\\)/],
  ['a product with a star', /\d\*[A-Za-z]/],
  ['no number', /NaN|undefined|\[object/],
]
const balanced = (latex: string): boolean => {
  let depth = 0
  for (const c of latex.replace(/\\[{}]/g, '')) {
    depth += c === '{' ? 1 : c === '}' ? -1 : 0
    if (depth < 0) return false
  }
  return depth === 0 && (latex.match(/\\left(?![A-Za-z])/g) ?? []).length === (latex.match(/\\right(?![A-Za-z])/g) ?? []).length
    && (latex.match(/\\begin\{/g) ?? []).length === (latex.match(/\\end\{/g) ?? []).length
}

/** What is wrong with a formula as it is printed. */
export const faultsOf = (latex: string): string[] => [
  ...unwanted.filter(([, pattern]) => pattern.test(latex)).map(([what]) => `${what}: ${latex}`),
  ...balanced(latex) ? [] : [`braces do not match: ${latex}`],
]

/** Every formula of a page in Markdown. */
export const formulasOf = (markdown: string): string[] => [
  ...[...markdown.matchAll(/```math\n([^]*?)```/g)].map(([, latex]) => latex),
  ...[...markdown.matchAll(/\$`(.+?)`\$/g)].map(([, latex]) => latex),
]

/** What a line is about: its left side, or what is drawn. */
const leftOf = ({ parts }: Formula): readonly Expr[] => parts[0].kind === 'drawn' ? [parts[0].sym] : parts.slice(0, -1)

/** Letters that a formula uses and neither its left side nor an operator around them binds. */
const looseIn = (f: Formula): string[] => {
  const { parts, defines } = f
  // A problem's own line binds nothing but by its operators; a definition holds for all that its left side names.
  const left = new Set(defines ? everyPart(leftOf(f)).flatMap(e => [...unbound(e)]) : [])
  const used = parts.slice(defines ? -1 : 0).flatMap(e => [...unbound(e)])
  return [...new Set(used)].filter(l => !left.has(l) && !(defines && carries(defines.sym, l)))
}
/** Operators that bind a letter which one around them binds. */
const clashesIn = (e: Expr, open: ReadonlySet<string>): string[] => {
  const own = boundBy(e).filter(l => l !== '')
  return [...new Set(own)].filter(l => open.has(l) && e.kind === 'big' && e.op !== 'expectation')
    .concat([...new Set(childrenOf(e).flatMap(p => clashesIn(p, new Set([...open, ...own]))))])
}
const childrenOf = (e: Expr): readonly Expr[] => e.kind === 'big' ? [e.body] : e.kind === 'elements' ? [e.body] : partsOf(e)
/** Loose letters, and letters of two operators one within the other, line by line. */
export const indexFaults = ({ problem, where, carried }: Mathematics): string[] => [...problem, ...carried, ...where].flatMap(f => {
  const left = new Set(f.defines ? everyPart(leftOf(f)).flatMap(e => [...unbound(e)]) : [])
  return [
    ...looseIn(f).map(l => `${l} is loose in ${f.latex}`),
    ...f.parts.slice(f.defines ? -1 : 0).flatMap(e => clashesIn(e, left)).map(l => `${l} is bound twice in ${f.latex}`),
  ]
})
