/** The pages of docs/recipes and the formulas in the README are what the recipes say now. */
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { fencedBlocks, read, root } from './blocks.js'
import { build } from './programs.js'

describe('the documents of recipes', () => {
  beforeAll(build, 120_000)
  it('are up to date', () => {
    expect(execFileSync(process.execPath, [join(root, 'scripts/recipe-docs.mjs'), '--check'], { encoding: 'utf8' }))
      .toContain('what lies in docs/recipes is what the recipe says')
  })

  const pages = readdirSync(join(root, 'docs/recipes')).map(name => read(`docs/recipes/${name}`))
  const formulas = fencedBlocks('README.md', read('README.md')).filter(block => block.language === 'math')
  it('are shown in the README', () => expect(formulas.length).toBeGreaterThanOrEqual(4))
  it.each(formulas)('line $line of the README is a formula of theirs', ({ code }) => {
    expect(pages.some(page => page.includes(code.trim()))).toBe(true)
  })
})
