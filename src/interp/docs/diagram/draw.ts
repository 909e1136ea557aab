/** A diagram in the form of each document: SVG, Mermaid, and LaTeX's picture environment. */
import { texOfText } from '../latex/letters.js'
import { escapeHtml } from '../pages/escape.js'
import type { Diagram, Kind, Vertex } from './graph.js'
import { fontSize, noteSize, textWidth, type Box, type Layout, type Point, type Route } from './layout.js'

/** `z_e` with its subscript below. */
const label = (s: string): string => {
  const [head, ...rest] = s.split('_')
  const subs = rest.map(r => `<tspan dy="3" font-size="10">${escapeHtml(r)}</tspan>`).join('')
  return /\s|=/.test(s) ? escapeHtml(s) : `${escapeHtml(head)}${subs}`
}
const rounded: Readonly<Record<Kind, number>> = { data: 15, noise: 15, value: 3, function: 3, objective: 22 }

const boxSvg = ({ vertex: { kind, label: text, note }, x, y, width, height }: Box): string => {
  const place = `x="${(x - width / 2).toFixed(1)}" y="${(y - height / 2).toFixed(1)}"`
  const corner = `${place} width="${width}" height="${height}" rx="${rounded[kind]}"`
  const middle = note === '' ? y + 4.5 : y - 2
  return `<g class="${kind}"><rect ${corner}/><text x="${x}" y="${middle.toFixed(1)}">${label(text)}</text>${note === '' ? ''
    : `<text class="note" x="${x}" y="${(y + 13).toFixed(1)}">${escapeHtml(note)}</text>`}</g>`
}
/** A smooth line through the middles of the segments. */
const pathOf = (points: readonly Point[]): string => {
  const middle = (a: Point, b: Point): string => `${((a.x + b.x) / 2).toFixed(1)} ${((a.y + b.y) / 2).toFixed(1)}`
  const [first, ...rest] = points
  const end = (p: Point, i: number): string => i < rest.length - 2 ? middle(p, rest[i + 1]) : `${rest[i + 1].x} ${rest[i + 1].y}`
  const curves = rest.slice(0, -1).map((p, i) => `Q${p.x} ${p.y} ${end(p, i)}`)
  return curves.length > 0 ? `M${first.x} ${first.y} ${curves.join(' ')}` : `M${first.x} ${first.y} L${rest[0].x} ${rest[0].y}`
}
const routeSvg = ({ points, label: text, at }: Route): string => {
  const width = textWidth(text, noteSize) + 4
  const line = `<path d="${pathOf(points)}" marker-end="url(#arrow)"/>`
  if (text === '') return line
  const place = `x="${(at.x - width / 2).toFixed(1)}" y="${(at.y - 7).toFixed(1)}"`
  const back = `<rect class="back" ${place} width="${width.toFixed(1)}" height="14"/>`
  return `${line}${back}<text class="shape" x="${at.x}" y="${(at.y + 3.5).toFixed(1)}">${escapeHtml(text)}</text>`
}

const style = [
  '.diagram { --ink: #1c1e21; --paper: #ffffff; --faint: #5d6570; --accent: #2b5fa8; font: 13px "Helvetica Neue", Arial, sans-serif }',
  '@media (prefers-color-scheme: dark) { .diagram { --ink: #e6e8eb; --paper: #15181c; --faint: #9aa4b0; --accent: #8ab4f0 } }',
  '.diagram text { text-anchor: middle; fill: var(--ink) } .diagram .note, .diagram .shape { font-size: 10.5px; fill: var(--faint) }',
  '.diagram rect { fill: var(--paper); stroke: var(--ink) } .diagram .back { stroke: none } .diagram .noise rect { stroke-dasharray: 4 3 }',
  '.diagram .function rect { stroke: var(--accent); stroke-width: 1.8 } .diagram .objective rect { stroke-width: 2.2 }',
  '.diagram path { fill: none; stroke: var(--faint) } .diagram marker path { fill: var(--faint); stroke: none }',
].join('\n')

/** The diagram as SVG that needs nothing else and follows the reader's light or dark colours. */
export const svg = ({ width, height, boxes, routes }: Layout): string => [
  `<svg class="diagram" xmlns="http://www.w3.org/2000/svg" role="img"`,
  ` width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
  `<style>\n${style}\n</style>`,
  '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">',
  '<path d="M0 0.5 L8 4 L0 7.5 Z"/></marker></defs>',
  ...routes.map(routeSvg), ...boxes.map(boxSvg), '</svg>',
].join('\n')

const shapes: Readonly<Record<Kind, readonly [string, string]>> =
  { data: ['([', '])'], noise: ['([', '])'], value: ['[', ']'], function: ['[[', ']]'], objective: ['((', '))'] }
const quoted = (s: string): string => `"${s.replaceAll('"', '#quot;')}"`

/** The diagram in Mermaid's language. */
export const mermaid = ({ vertices, edges }: Diagram): string => [
  'flowchart TB',
  ...vertices.map(({ id, kind, label: text, note }: Vertex) => {
    const [open, close] = shapes[kind]
    return `  n${id}${open}${quoted(note === '' ? text : `${text}<br/><small>${note}</small>`)}${close}`
  }),
  ...edges.map(e => e.label === '' ? `  n${e.from} --> n${e.to}` : `  n${e.from} -- ${quoted(e.label)} --> n${e.to}`),
].join('\n')

/** The diagram in LaTeX's picture environment, which needs no package; lines of any slope are curves without a bend. */
export const picture = ({ width, height, boxes, routes }: Layout): string => {
  const up = (y: number): string => (height - y).toFixed(1)
  const line = (a: Point, b: Point): string =>
    `\\qbezier(${a.x},${up(a.y)})(${((a.x + b.x) / 2).toFixed(1)},${up((a.y + b.y) / 2)})(${b.x},${up(b.y)})`
  const drawn = routes.flatMap(({ points, label: text, at }) => [
    ...points.slice(1).map((p, i) => line(points[i], p)),
    `\\put(${points[points.length - 1].x},${up(points[points.length - 1].y)}){\\circle*{4}}`,
    `\\put(${at.x},${up(at.y)}){\\makebox(0,0){\\colorbox{white}{\\tiny ${texOfText(text)}}}}`,
  ])
  const framed = boxes.map(({ vertex: { label: text, note, kind }, x, y, width: w, height: h }) => {
    const lines = note === '' ? texOfText(text) : `\\shortstack{${texOfText(text)}\\\\{\\tiny ${texOfText(note)}}}`
    const frame = kind === 'noise' ? `\\dashbox{4}(${w},${h})` : `\\framebox(${w},${h})`
    return `\\put(${(x - w / 2).toFixed(1)},${up(y + h / 2)}){${frame}{\\footnotesize ${lines}}}`
  })
  // A wide picture shrinks to the line, a high one to the page.
  const unit = Math.min(0.75, 440 / width, 560 / height)
  return [
    `\\setlength{\\unitlength}{${unit.toFixed(3)}pt}`, `\\begin{picture}(${width},${height})`, ...drawn, ...framed, '\\end{picture}',
  ].join('\n')
}
export { fontSize }
