/** A page as a LaTeX document that compiles by itself, with the packages of every distribution. */
import type { Block, Line, Page, Step } from './page.js'
import { texOfText } from '../latex/letters.js'
import { widthOf } from '../math/latex.js'

/** Paths and settings may break after a dot, an underscore or an equals sign. */
const codeOf = (text: string): string => `\\texttt{${texOfText(text).replace(/([.=]|\\_)/g, '$1\\allowbreak{}')}}`
const show = (line: Line): string =>
  line.map(part => typeof part === 'string' ? texOfText(part) : 'math' in part ? `$${part.math}$` : codeOf(part.code)).join('')

const steps = (list: readonly Step[], indent: string): string[] => [
  `${indent}\\begin{enumerate}`,
  ...list.flatMap(({ line, inner = [] }) => [`${indent}\\item ${show(line)}`, ...inner.length > 0 ? steps(inner, `${indent}  `) : []]),
  `${indent}\\end{enumerate}`,
]

/** Numbers are as wide as they are; text shares the rest of the line. */
const columns = (count: number, right: readonly number[]): string => {
  // Of the width, gaps between columns take about a fortieth each and a number about a sixth.
  const left = 1 - 0.026 * count - 0.16 * right.length
  const wide = Math.floor(left / Math.max(1, count - right.length) * 1000) / 1000
  return Array.from({ length: count }, (_, i) => right.includes(i) ? 'r' : `>{\\raggedright\\arraybackslash}p{${wide}\\textwidth}`).join('')
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
      `\\begin{longtable}{@{}${columns(b.head.length, b.right)}@{}}`,
      '\\hline', `${b.head.map(texOfText).join(' & ')} \\\\`, '\\hline', '\\endhead',
      ...b.rows.map(r => `${r.map(show).join(' & ')} \\\\`), '\\hline', '\\end{longtable}',
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
