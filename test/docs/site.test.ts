/** The documentation site: modules are called as they are imported, every export is in a category, formulas are set, links lead on. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { read, root } from './blocks.js'

interface Reflection {
  readonly name: string
  readonly children?: readonly Reflection[]
  readonly documents?: readonly Reflection[]
  readonly categories?: readonly { readonly title: string }[]
}
// As deep as docs/api, whose pages link to the sources.
const pages = join(root, '.cache/site')
let text = ''
let site: Reflection = { name: '' }
/** The pages by their path below the site. */
let html: ReadonlyMap<string, string> = new Map()

const typedoc = (...args: string[]): { status: number | null; said: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules/typedoc/bin/typedoc'), ...args],
    { cwd: root, encoding: 'utf8' })
  return { status, said: stdout + stderr }
}
const { projectDocuments: files } = JSON.parse(read('typedoc.json')) as { projectDocuments: string[] }
const titleOf = (file: string): string | undefined => /^# (.*)$/m.exec(read(file))?.[1]

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length
/** `math` fences, and what stands between $` and `$ outside of fences. */
const formulasOf = (markdown: string): number =>
  count(markdown, /^```math$/gm) + count(markdown.replace(/^```[^]*?^```/gm, ''), /\$`.+?`\$/g)

describe('the documentation site', () => {
  beforeAll(() => {
    mkdirSync(pages, { recursive: true })
    const file = join(root, '.cache/site.json')
    // The types are checked elsewhere; this looks at the arrangement and the pages.
    const { status, said } = typedoc('--skipErrorChecking', '--json', file, '--html', pages)
    if (status !== 0) throw new Error(said)
    text = readFileSync(file, 'utf8')
    site = JSON.parse(text) as Reflection
    html = new Map(readdirSync(pages, { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.html'))
      .map(path => [path, readFileSync(join(pages, path), 'utf8')]))
  }, 240_000)

  it('names modules as a program imports them', () => {
    const { exports } = JSON.parse(read('package.json')) as { exports: Record<string, unknown> }
    const imported = Object.keys(exports).filter(path => path !== './package.json').map(path => path.replace('.', 'typegrad'))
    expect(site.children?.map(module => module.name)).toEqual(imported)
  })
  it('has the guides, and every document by its heading', () => {
    const guides = readdirSync(join(root, 'docs/guides')).map(guide => `docs/guides/${guide}`)
    expect(files).toEqual(expect.arrayContaining(guides))
    for (const guide of guides) expect(read(guide)).toContain(`title: ${titleOf(guide)}`)
    expect(site.documents?.map(document => document.name)).toEqual(files.map(titleOf))
  })
  it('has a page of every recipe whose mathematics is printed', () => {
    const recipes = readdirSync(join(root, 'docs/recipes')).filter(file => file !== 'README.md').map(file => file.replace('.md', ''))
    const printed = site.documents?.find(document => document.name === titleOf('docs/recipes/README.md'))
    expect(printed?.children?.map(document => document.name).sort()).toEqual(recipes.sort())
  })
  it('puts every export of the modules of several subjects into a category', () => {
    const titles = (name: string) => site.children?.find(module => module.name === name)?.categories?.map(({ title }) => title) ?? []
    for (const name of ['typegrad', 'typegrad/engines', 'typegrad/rl', 'typegrad/run']) {
      expect(titles(name).length, name).toBeGreaterThan(1)
      expect(titles(name), name).not.toContain('Other')
    }
  })
  it('names every parameter', () => expect(text).not.toContain('__namedParameters'))

  it('sets every formula and draws every diagram', () => {
    const recipes = titleOf('docs/recipes/README.md')?.replaceAll(' ', '_')
    const printed = readdirSync(join(root, 'docs/recipes')).filter(file => file !== 'README.md').map(file => `docs/recipes/${file}`)
    for (const file of ['README.md', ...printed]) {
      const markdown = read(file)
      const page = html.get(file === 'README.md' ? 'index.html' : `documents/${recipes}.${titleOf(file)}.html`) ?? ''
      expect(count(page, /<span class="katex">/g), file).toBe(formulasOf(markdown))
      expect(count(page, /<div class="diagram"><svg/g), file).toBe(count(markdown, /^```mermaid$/gm))
    }
    // KaTeX keeps the source of each formula for those who copy it; code may show how a formula is written.
    const elsewhere = /<annotation encoding="application\/x-tex">[^]*?<\/annotation>|<code(?! class="(?:math|mermaid))[^]*?<\/code>/g
    const source = /katex-error|<code class="(math|mermaid)|\$`|\$\$|\\(frac|sum|nabla|theta|begin|mathbb|log)\b/
    const left = [...html].flatMap(([page, text]) => {
      const found = source.exec(text.replace(elsewhere, ''))
      return found === null ? [] : `${page}: ${found[0]}`
    })
    expect(left).toEqual([])
  })
  it('needs no network, and has what its pages name', () => {
    const lost = [...html].flatMap(([page, source]) => {
      const loaded = [...source.matchAll(/<(?:link|script|img)[^>]*? (?:href|src)="([^"]+)"/g)].map(([, url]) => url)
      const linked = [...source.matchAll(/<a[^>]*? href="([^"#]+)[^"]*"/g)].map(([, url]) => url).filter(url => !/^\w+:/.test(url))
      return [...loaded, ...linked].filter(url => !existsSync(resolve(pages, dirname(page), decodeURI(url.replace(/[?#].*/, '')))))
        .map(url => `${page}: ${url}`)
    })
    expect(lost).toEqual([])
    const style = readFileSync(join(pages, 'assets/katex/katex.min.css'), 'utf8')
    const fonts = [...style.matchAll(/url\(([^)]+\.woff2)\)/g)].map(([, font]) => font)
    expect(fonts.length).toBeGreaterThan(10)
    expect(fonts.filter(font => !existsSync(join(pages, 'assets/katex', font)))).toEqual([])
    expect([...html].filter(([, source]) => /@import|url\(['"]?https?:/.test(source)).map(([page]) => page)).toEqual([])
  })
  it('is not built with a formula or a diagram that cannot be read', () => {
    const folder = join(root, '.cache/broken-site')
    const readme = join(folder, 'README.md')
    mkdirSync(folder, { recursive: true })
    writeFileSync(readme, '# Wrong\n$`\\frac{1`$\n```mermaid\nflowchar TB\n```\n')
    const { status, said } = typedoc('--skipErrorChecking', '--readme', readme, '--entryPoints', 'src/version.ts',
      '--html', join(folder, 'pages'))
    expect(said).toContain('formula: KaTeX parse error')
    expect(said).toContain('diagram: Invalid mermaid header')
    expect(status).not.toBe(0)
  }, 120_000)
})
