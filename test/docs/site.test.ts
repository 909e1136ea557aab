/** The documentation site: modules are called as they are imported, guides stand beside them, every export is in a category. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { root } from './blocks.js'

interface Reflection {
  readonly name: string
  readonly children?: readonly Reflection[]
  readonly documents?: readonly Reflection[]
  readonly categories?: readonly { readonly title: string }[]
}
const file = join(root, '.cache/site/site.json')
let text = ''
let site: Reflection = { name: '' }

describe('the documentation site', () => {
  beforeAll(() => {
    mkdirSync(join(root, '.cache/site'), { recursive: true })
    const typedoc = join(root, 'node_modules/typedoc/bin/typedoc')
    // The types are checked elsewhere; this looks at the arrangement only.
    const { status, stdout, stderr } = spawnSync(process.execPath, [typedoc, '--skipErrorChecking', '--json', file],
      { cwd: root, encoding: 'utf8' })
    if (status !== 0) throw new Error(stdout + stderr)
    text = readFileSync(file, 'utf8')
    site = JSON.parse(text) as Reflection
  }, 120_000)

  it('names modules as a program imports them', () => {
    const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: Record<string, unknown> }
    const imported = Object.keys(exports).filter(path => path !== './package.json').map(path => path.replace('.', 'typegrad'))
    expect(site.children?.map(module => module.name)).toEqual(imported)
  })
  it('has the guides', () => {
    const { projectDocuments: files } = JSON.parse(readFileSync(join(root, 'typedoc.json'), 'utf8')) as { projectDocuments: string[] }
    expect([...files].sort()).toEqual(readdirSync(join(root, 'docs/guides')).map(guide => `docs/guides/${guide}`).sort())
    const titles = files.map(guide => /^title: (.*)$/m.exec(readFileSync(join(root, guide), 'utf8'))?.[1])
    expect(site.documents?.map(guide => guide.name)).toEqual(titles)
  })
  it('puts every export of the language, the engines and the shell into a category', () => {
    const titles = (name: string) => site.children?.find(module => module.name === name)?.categories?.map(({ title }) => title) ?? []
    for (const name of ['typegrad', 'typegrad/engines', 'typegrad/run']) {
      expect(titles(name).length, name).toBeGreaterThan(1)
      expect(titles(name), name).not.toContain('Other')
    }
  })
  it('names every parameter', () => expect(text).not.toContain('__namedParameters'))
})
