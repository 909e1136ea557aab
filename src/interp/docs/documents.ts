/** The documents of a statement: its own mathematics, drawn and counted from the expression that trains. */
import type { Claim, Statement } from '../../dsl/statement.js'
import { algorithm } from './algorithm.js'
import { costs } from './costs.js'
import { diagramOf } from './diagram/graph.js'
import { layoutOf } from './diagram/layout.js'
import { mermaid, picture, svg } from './diagram/draw.js'
import { flow, promises } from './flow.js'
import { mathematics, type Formula, type Mathematics } from './formulas.js'
import { aligned } from './math/latex.js'
import { notation, notationRows } from './notation.js'
import { html } from './pages/html.js'
import { markdown } from './pages/markdown.js'
import { code, text, type Drawing, type Line, type Page } from './pages/page.js'
import { tex } from './pages/tex.js'

/** What a statement does not say of itself. */
export interface About {
  readonly name: string
  /** One sentence. */
  readonly summary: string
  /** The settings it was made with. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** What the model promises about itself. */
  readonly claims?: readonly Claim[]
}

/** One page in three forms, each complete in one file, and its diagram alone. */
export interface Documents {
  /** GitHub's Markdown, with formulas and a Mermaid diagram. */
  readonly markdown: string
  /** A LaTeX document that compiles by itself. */
  readonly tex: string
  /** A page that opens without a network. */
  readonly html: string
  /** The diagram. */
  readonly svg: string
}

const drawingOf = (statement: Statement, mathematics: Mathematics): Drawing => {
  const diagram = diagramOf(statement, mathematics)
  const layout = layoutOf(diagram)
  return {
    svg: svg(layout), mermaid: mermaid(diagram), picture: picture(layout),
    caption: 'Data and noise are round, functions have a frame of their own, edges carry shapes; below a name are the parameters it reads.',
  }
}

const linesInOne = 24
/** Definitions aligned with one another, in parts that a page can break between. */
const chunks = (where: readonly Formula[]): string[] => where.reduce<string[][]>((parts, { lines }) => {
  const last = parts[parts.length - 1]
  const fits = last !== undefined && last.length + lines.length <= linesInOne
  return fits ? [...parts.slice(0, -1), [...last, ...lines]] : [...parts, [...lines]]
}, []).map(aligned)

const pageOf = (statement: Statement, about: About, drawing: Drawing, mathematics: Mathematics): Page => {
  const { problem, where } = mathematics
  const settings = Object.entries(about.settings ?? {}).map(([k, v]): Line => [code(`${k} = ${JSON.stringify(v)}`)])
  return {
    title: about.name, summary: about.summary,
    sections: [
      {
        title: 'Objective',
        blocks: [
          ...settings.length > 0 ? [text('Settings: ', ...settings.flatMap((s, i): Line => i === 0 ? s : [', ', ...s]), '.')] : [],
          { kind: 'formulas', formulas: problem.map(f => f.latex) },
          ...where.length > 0 ? [text('where'), { kind: 'formulas' as const, formulas: chunks(where) }] : [],
        ],
      },
      ...about.claims && about.claims.length > 0 ? [{ title: 'Promises', blocks: promises(about.claims) }] : [],
      { title: 'Notation', blocks: [notation(notationRows(mathematics, statement))] },
      { title: 'Training step', blocks: algorithm(statement, mathematics) },
      { title: 'Gradient flow', blocks: flow(statement) },
      { title: 'Diagram', blocks: [{ kind: 'drawing', drawing }] },
      { title: 'Parameters and cost', blocks: costs(statement) },
    ],
  }
}

/**
 * The objective as formulas, a notation table, the flow of gradients, a diagram, the costs and the algorithm of what a training step
 * optimises, as Markdown, LaTeX and HTML. Equal statements give equal bytes.
 *
 * @example
 * ```ts
 * import { documents } from 'typegrad/docs'
 * const training = trainStep({
 *   params: { w: f32(3, 1) },
 *   loss: (p, batch: { x: Tensor<['B', 3]>; y: Tensor<['B', 1]> }) => mse(matmul(batch.x, p.w), batch.y),
 *   optimiser: adam(1e-3),
 * })
 * const batch = { x: f32('B', 3), y: f32('B', 1) }
 * const { markdown, tex, html, svg } = documents(training.statement(batch, key(0)), { name: 'line', summary: 'Linear regression.' })
 * ```
 */
export const documents = (statement: Statement, about: About): Documents => {
  const formulas = mathematics(statement)
  const drawing = drawingOf(statement, formulas)
  const page = pageOf(statement, about, drawing, formulas)
  return { markdown: markdown(page), tex: tex(page), html: html(page), svg: `${drawing.svg}\n` }
}
