/** A page as Markdown with the formulas and diagrams that GitHub renders. */
import type { Block, Line, Page, Step } from './page.js'

const special = /[\\`*_{}[\]<>#|$]/g
const escape = (s: string): string => s.replace(special, c => `\\${c}`)
/** A bar would end a table's cell, and backquotes keep GitHub from reading a formula's underscores as emphasis. */
const inlineMath = (latex: string): string => `$\`${latex.replaceAll('\\|', '\\Vert ').replaceAll('|', '\\vert ')}\`$`
const show = (line: Line): string => line.map(part =>
  typeof part === 'string' ? escape(part) : 'math' in part ? inlineMath(part.math) : `\`${part.code.replaceAll('|', '\\|')}\``).join('')

const steps = (list: readonly Step[], indent: string): string[] => list.flatMap(({ line, inner = [] }, i) =>
  [`${indent}${i + 1}. ${show(line)}`, ...steps(inner, `${indent}   `)])

const block = (b: Block): string => {
  switch (b.kind) {
    case 'text': return show(b.line)
    case 'formulas': return b.formulas.map(f => `\`\`\`math\n${f}\n\`\`\``).join('\n\n')
    case 'table': {
      const rule = b.head.map((_, i) => b.right.includes(i) ? '---:' : '---')
      const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
      return [row(b.head), row(rule), ...b.rows.map(r => row(r.map(show)))].join('\n')
    }
    case 'algorithm': return steps(b.steps, '').join('\n')
    case 'drawing': return `\`\`\`mermaid\n${b.drawing.mermaid}\n\`\`\`\n\n${escape(b.drawing.caption)}`
  }
}

/** Markdown of a page. */
export const markdown = ({ title, summary, sections }: Page): string => [
  `# ${escape(title)}`, escape(summary), ...sections.flatMap(s => [`## ${s.title}`, ...s.blocks.map(block)]),
].filter(s => s !== '').join('\n\n') + '\n'
