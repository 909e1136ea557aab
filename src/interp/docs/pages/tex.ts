/** A page as a LaTeX document that compiles by itself, with the packages of every distribution. */
import type { Block, Line, Page, Step } from './page.js'
import { texOfText } from '../latex/letters.js'
import { widthOf } from '../math/latex.js'

/** Paths and settings may break after a dot, an underscore or an equals sign. */
const codeOf = (text: string): string => `\\texttt{${texOfText(text).replace(/([.=]|\\_)/g, '$1\\allowbreak{}')}}`
/** A line may break after an opening bracket or a comma, too. */
const breaking = (text: string): string => texOfText(text).replace(/([(,])(?=\S)/g, '$1\\allowbreak{}')
const show = (line: Line): string =>
  line.map(part => typeof part === 'string' ? breaking(part) : 'math' in part ? `$${part.math}$` : codeOf(part.code)).join('')

const steps = (list: readonly Step[], indent: string): string[] => [
  `${indent}\\begin{enumerate}`,
  ...list.flatMap(({ line, inner = [] }) => [`${indent}\\item ${show(line)}`, ...inner.length > 0 ? steps(inner, `${indent}  `) : []]),
  `${indent}\\end{enumerate}`,
]

/** Letters of the longest piece of a cell that no line can break in, and of all of it. */
const lettersIn = (line: Line): { piece: number; all: number } => {
  const pieces = line.flatMap(part => typeof part === 'string' ? part.split(/\s+|(?<=[(,])/)
    : 'math' in part ? [part.math.replace(/\\[A-Za-z]+/g, 'xx').replace(/[{}^_$]/g, '')] : part.code.split(/(?<=[.=_])/).map(c => `${c} `))
  const sizes = pieces.map(p => p.length)
  return { piece: Math.max(1, ...sizes), all: sizes.reduce((n, s) => n + s, 1) }
}
/** Text columns share the line: each has room for its longest piece, and what is left goes to those that say more. */
const columns = ({ head, rows, right }: Extract<Block, { kind: 'table' }>): string => {
  const cells = head.map((h, i) => [[h], ...rows.map(r => r[i])].map(lettersIn))
  const isNumber = (i: number): boolean => right.includes(i)
  const piece = cells.map((c, i) => isNumber(i) ? 0 : Math.max(...c.map(x => x.piece)) + 1)
  const wish = cells.map((c, i) => isNumber(i) ? 0 : Math.sqrt(Math.max(...c.map(x => x.all))))
  const [pieces, wishes] = [piece, wish].map(xs => xs.reduce((n, x) => n + x, 0))
  const line = head.length > 4 ? 84 : 70
  const spare = Math.max(0, line - pieces)
  // Numbers do not break.
  const digits = right.reduce((n, i) => n + Math.max(...cells[i].map(c => c.all)), 0)
  const left = 1 - Math.min(0.88, digits / 76)
  const width = piece.map((p, i) => (p + spare * wish[i] / Math.max(1, wishes)) / Math.max(line, pieces) * left)
  return head.map((_, i) => isNumber(i) ? 'r'
    : `>{\\raggedright\\arraybackslash}p{\\dimexpr${(Math.floor(width[i] * 1000) / 1000).toFixed(3)}\\dimexpr\\textwidth-`
      + `${2 * head.length}\\tabcolsep\\relax\\relax}`).join('')
}

/** Letters that fit on a line; what is wider shrinks to it. */
const lineFits = 84
const displayed = (formula: string): string => Math.max(...formula.split('\n').map(widthOf)) <= lineFits ? `\\[\n${formula}\n\\]`
  : `\\[\n\\resizebox{\\textwidth}{!}{$\\displaystyle\n${formula}\n$}\n\\]`

const block = (b: Block): string => {
  switch (b.kind) {
    case 'text': return show(b.line)
    case 'formulas': return b.formulas.map(displayed).join('\n')
    case 'table': return [
      `{${b.head.length > 4 ? '\\footnotesize' : '\\normalsize'}`, `\\begin{longtable}{@{}${columns(b)}@{}}`,
      '\\hline', `${b.head.map(texOfText).join(' & ')} \\\\`, '\\hline', '\\endhead',
      ...b.rows.map(r => `${r.map(show).join(' & ')} \\\\`), '\\hline', '\\end{longtable}', '}',
    ].join('\n')
    case 'algorithm': return ['\\begin{quote}', ...steps(b.steps, ''), '\\end{quote}'].join('\n')
    case 'drawing': return `\\begin{center}\n${b.drawing.picture}\n\\end{center}\n${texOfText(b.drawing.caption)}`
  }
}

/** A standalone LaTeX document of a page. */
export const tex = ({ title, summary, sections }: Page): string => [
  '\\documentclass[11pt,a4paper]{article}',
  '\\usepackage[utf8]{inputenc}', '\\usepackage[T1]{fontenc}', '\\usepackage[margin=2.2cm]{geometry}',
  '\\usepackage{amsmath,amssymb,array,graphicx,longtable,xcolor}',
  '\\setlength{\\parindent}{0pt}\\setlength{\\parskip}{6pt}', '\\allowdisplaybreaks',
  '\\begin{document}', `{\\LARGE\\bfseries ${texOfText(title)}\\par}`, '\\medskip', texOfText(summary),
  ...sections.flatMap(s => [`\\section*{${texOfText(s.title)}}`, ...s.blocks.map(block)]),
  '\\end{document}', '',
].join('\n')
