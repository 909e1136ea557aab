/** The documents as wholes: every symbol explained, the same bytes each time, complete in one file, compiled by TeX where it is. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { documents } from '../../../src/docs.js'
import { adam, block, f32, key, mul, named, sigmoid, sum, tensor, trainStep, type Tensor } from '../../../src/index.js'
import type { Statement } from '../../../src/dsl/statement.js'
import { grouped } from '../../../src/interp/docs/costs.js'
import { mathematics } from '../../../src/interp/docs/formulas.js'
import { notationRows } from '../../../src/interp/docs/notation.js'
import { gan, made, trpo, vqvae, wganGp } from './statements.js'

const statements: Readonly<Record<string, () => Statement>> = { made, vqvae, wganGp: () => wganGp(key(3)), gan, trpo }
const about = { name: 'A β & x̂_1', summary: 'With 50 % of {what} hurts: <b>, | and #.', settings: { lr: 1e-3, name: 'x_y' } }
const names = Object.keys(statements)
const of = (name: string) => documents(statements[name](), about)

/** What is left of a formula when the table's entries, longest first, and the words of layout are taken out. */
const unexplained = (latex: string, entries: readonly string[]): string[] => {
  const quoted = (e: string): string => e.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  const known = entries.flatMap(e => e.split(', ')).map(e => e.replace(/\\cdot.*$/, '').trim()).filter(e => e !== '')
    .sort((a, b) => b.length - a.length).map(e => {
      // A further index goes into the braces that a symbol ends with.
      const open = quoted(e).replace(/\\\}$/, '(?:\\}|,)')
      return new RegExp(`(?<![\\\\A-Za-z])${open}${/[A-Za-z]$/.test(e) ? '(?![A-Za-z])' : ''}`, 'g')
    })
  const words = new RegExp('\\\\(left|right|[bB]ig[lr]|(begin|end)\\{(aligned|cases)\\}|text\\{[^}]*\\}|t?frac|underbrace|mid|quad|min'
    + '|max|in|le|cdot|rVert)(?![A-Za-z])', 'g')
  return known.reduce((rest, e) => rest.replace(e, ' '), latex.replace(/_\{\\text\{[^}]*\}\}/g, ' '))
    .replace(words, ' ').match(/\\[A-Za-z]+|[A-Za-z]+/g) ?? []
}

describe.each(names)('%s', name => {
  it('explains every symbol of its formulas', () => {
    const statement = statements[name]()
    const m = mathematics(statement)
    const entries = notationRows(m, statement).map(r => r.latex)
    const formulas = [...m.problem, ...m.where].map(f => f.latex)
    expect(formulas.flatMap(f => unexplained(f, entries).map(token => `${token} in ${f}`))).toEqual([])
    expect(unexplained('q + \\zeta', entries)).toEqual(['q', '\\zeta'])
  })
  it('gives the same bytes again, whatever was built in between', () => {
    const first = of(name)
    for (let i = 0; i < 7; i++) mul(f32(2), f32(2))
    expect(of(name)).toEqual(first)
  })
  it('stands alone', () => {
    const { html, svg, markdown } = of(name)
    expect(html.match(/(src|href)="(?!data:|#)[^"]*"/g)).toBeNull()
    expect(html).not.toMatch(/url\((?!data:|#)/)
    expect(html).not.toContain('katex-error')
    expect(svg.startsWith('<svg')).toBe(true)
    expect(markdown).toContain('```mermaid\nflowchart TB')
    for (const title of ['Objective', 'Notation', 'Training step', 'Gradient flow', 'Diagram', 'Parameters and cost'])
      expect([markdown.includes(`## ${title}\n`), html.includes(`<h2>${title}</h2>`)]).toEqual([true, true])
  })
})

it('groups the digits of costs, also of those that depend on a size', () => {
  expect([1234567, 12, 0, '4373017*B+4365315', 'B', '2*B*T+-1500', '2*B-3'].map(grouped))
    .toEqual(['1,234,567', '12', '0', '4,373,017 B + 4,365,315', 'B', '2 B T - 1,500', '2 B - 3'])
})

it('escapes what a name or summary says', () => {
  const { markdown, tex, html } = of('made')
  expect(html).toContain('With 50 % of {what} hurts: &lt;b&gt;, | and #.')
  expect(tex).toContain('With 50 \\% of \\{what\\} hurts: \\textless{}b\\textgreater{}, \\textbar{} and \\#.')
  expect(markdown).toContain('\\<b\\>, \\| and \\#.')
})

it('says in the algorithm who moves what, how often, by which optimiser', () => {
  const { markdown } = of('wganGp')
  expect(markdown).toContain('critic raises its objective by moving $`\\phi`$, 5 times:')
  expect(markdown).toContain('Adam ($`\\eta = 10^{-4}`$, $`\\beta_{1} = 0`$, $`\\beta_{2} = 0.9`$, $`\\epsilon = 10^{-8}`$)')
  expect(of('vqvae').markdown).toContain('Scale the gradient down')
  expect(of('trpo').markdown).toContain('by 10 steps of conjugate gradients')
  expect(of('trpo').markdown).toContain('Line search: for $`j = 0, \\dots, 9`$')
  expect(of('gan').markdown).toContain('$`\\phi \\leftarrow \\operatorname{clip}(\\phi, -0.01, 0.01)`$')
})

it('draws one box for each named function, with shapes on the edges', () => {
  const { markdown, svg } = of('vqvae')
  expect(markdown).toMatch(/n\d+\[\["z_e = E<br\/><small>encoder.w, encoder.b<\/small>"\]\]/)
  expect(markdown).toMatch(/n\d+ -- "\[B, 4\]" --> n\d+/)
  expect(svg).toContain('commitment')
})

it('prints no constant like the logistic function', () => {
  const statement = trainStep({ params: { w: f32(2) }, optimiser: adam(1),
    loss: p => sum(mul(named('σ', tensor(0.3)), sigmoid(p.w))) }).statement({}, key(0))
  const rows = notationRows(mathematics(statement), statement).filter(r => r.latex.startsWith('\\sigma'))
  expect(rows.map(r => r.latex)).toEqual(["\\sigma'", '\\sigma'])
})
it('numbers functions that have parameters of their own, as layers', () => {
  const layer = block('LN', (p: Tensor<[2]>, x: Tensor<[2]>) => mul(p, x))
  const statement = trainStep({ params: { a: f32(2), b: f32(2) }, optimiser: adam(1), loss: p => sum(layer(p.a, layer(p.b, p.a))) })
    .statement({}, key(0))
  const { where } = mathematics(statement)
  expect(where.map(f => /\{LN\}_\{(\d)/.exec(f.latex)?.[1])).toEqual(expect.arrayContaining(['1', '2']))
})

const engine = ['pdflatex', 'tectonic'].find(e => spawnSync(e, ['--version']).status === 0)
describe.skipIf(engine === undefined)('TeX', () => {
  it.each(['vqvae', 'trpo'])('compiles %s by itself', name => {
    const folder = mkdtempSync(join(tmpdir(), 'typegrad-tex-'))
    try {
      writeFileSync(join(folder, 'page.tex'), of(name).tex)
      const options = engine === 'pdflatex' ? ['-interaction=nonstopmode', '-halt-on-error'] : []
      const { status, stdout } = spawnSync(engine ?? '', [...options, 'page.tex'], { cwd: folder, encoding: 'utf8' })
      expect({ status, said: status === 0 ? '' : stdout.slice(-800) }).toEqual({ status: 0, said: '' })
      expect(existsSync(join(folder, 'page.pdf'))).toBe(true)
    } finally { rmSync(folder, { recursive: true }) }
  }, 30_000)
})
