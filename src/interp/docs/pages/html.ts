/** A page as one HTML file that opens without a network: formulas rendered, fonts and drawings inside. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import katex from 'katex'
import { escapeHtml } from './escape.js'
import type { Block, Line, Page, Step } from './page.js'

const rendered = (latex: string, displayMode: boolean): string =>
  katex.renderToString(latex, { displayMode, throwOnError: false, strict: 'ignore', output: 'htmlAndMathml' })
const show = (line: Line): string => line.map(part =>
  typeof part === 'string' ? escapeHtml(part)
    : 'math' in part ? rendered(part.math, false) : `<code>${escapeHtml(part.code)}</code>`).join('')

const steps = (list: readonly Step[]): string =>
  `<ol>${list.map(({ line, inner = [] }) => `<li>${show(line)}${inner.length > 0 ? steps(inner) : ''}</li>`).join('')}</ol>`

const block = (b: Block): string => {
  switch (b.kind) {
    case 'text': return `<p>${show(b.line)}</p>`
    case 'formulas': return b.formulas.map(f => `<div class="formula">${rendered(f, true)}</div>`).join('\n')
    case 'table': {
      const cell = (tag: string, html: string, i: number): string =>
        `<${tag}${b.right.includes(i) ? ' class="number"' : ''}>${html}</${tag}>`
      const head = b.head.map((h, i) => cell('th', escapeHtml(h), i)).join('')
      const rows = b.rows.map(r => `<tr>${r.map((c, i) => cell('td', show(c), i)).join('')}</tr>`).join('\n')
      return `<div class="wide"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${rows}\n</tbody>\n</table></div>`
    }
    case 'algorithm': return `<div class="algorithm">${steps(b.steps)}</div>`
    case 'drawing': return `<figure class="wide">${b.drawing.svg}<figcaption>${escapeHtml(b.drawing.caption)}</figcaption></figure>`
  }
}

/** What formulas here can need: letters, calligraphic and blackboard capitals, and brackets that grow. */
const fonts = ['AMS-Regular', 'Caligraphic-Regular', 'Main-Regular', 'Main-Bold', 'Main-Italic', 'Math-Italic',
  'Size1-Regular', 'Size2-Regular', 'Size3-Regular', 'Size4-Regular']

/** KaTeX's own style with those fonts as data; faces of other fonts go. */
const katexStyle = (): string => {
  const folder = dirname(createRequire(import.meta.url).resolve('katex'))
  return readFileSync(join(folder, 'katex.min.css'), 'utf8').replace(/@font-face\{[^}]*\}/g, face => {
    const file = /fonts\/KaTeX_([\w-]+)\.woff2/.exec(face)?.[1]
    if (file === undefined || !fonts.includes(file)) return ''
    const data = readFileSync(join(folder, 'fonts', `KaTeX_${file}.woff2`)).toString('base64')
    return face.replace(/src:[^}]*\}/, `src:url(data:font/woff2;base64,${data}) format("woff2")}`)
  })
}

const style = `
:root { color-scheme: light dark; --ink: #1c1e21; --paper: #fff; --line: #d5d9df; --soft: #f5f6f8; --faint: #5d6570 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8eb; --paper: #15181c; --line: #3a4149; --soft: #1e2329; --faint: #9aa4b0 }
}
body { font: 16px/1.55 Georgia, 'Times New Roman', serif; color: var(--ink); background: var(--paper) }
body { max-width: 54rem; margin: 2.5rem auto; padding: 0 1.25rem }
h1 { font-size: 1.9rem; margin: 0 0 .3rem }
h2 { font-size: 1.25rem; margin: 2.4rem 0 .6rem; padding-bottom: .2rem; border-bottom: 1px solid var(--line) }
.formula, .wide { overflow-x: auto; overflow-y: hidden }
.formula { margin: .4rem 0 }
.katex { font-size: 1.1em }
table { border-collapse: collapse; width: 100%; font-size: .95rem }
th { text-align: left; font-weight: 600; color: var(--faint) }
th, td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: baseline }
.number { text-align: right; padding-right: 1.2rem }
code { font: .88em ui-monospace, Menlo, Consolas, monospace; background: var(--soft); padding: .05em .3em; border-radius: 3px }
.algorithm { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .5rem 1rem .5rem .3rem }
ol { padding-left: 1.8rem; margin: .3rem 0 }
figure { margin: 1rem 0; text-align: center }
figcaption { color: var(--faint); font-size: .9rem; text-align: left }
figure svg { max-width: 100%; height: auto }
@media print {
  body { margin: 0; max-width: none }
  .formula, .wide { overflow: visible }
  h2 { break-after: avoid }
  tr, figure, .algorithm { break-inside: avoid }
}
`

/** A self-contained HTML document of a page. */
export const html = ({ title, summary, sections }: Page): string => [
  '<!doctype html>', '<html lang="en">', '<head>', '<meta charset="utf-8">',
  '<meta name="viewport" content="width=device-width, initial-scale=1">',
  `<title>${escapeHtml(title)}</title>`, `<style>${katexStyle()}</style>`, `<style>${style}</style>`, '</head>', '<body>',
  `<h1>${escapeHtml(title)}</h1>`, `<p>${escapeHtml(summary)}</p>`,
  ...sections.flatMap(s => [`<section>`, `<h2>${escapeHtml(s.title)}</h2>`, ...s.blocks.map(block), '</section>']),
  '</body>', '</html>', '',
].join('\n')
