/** The guides tell the truth: each one's program prints what it shows, its recipe trains by the commands it shows, its links lead on. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { commandsOf, fencedBlocks, linksOf, read, root } from './blocks.js'
import { build, tryProgram } from './programs.js'

const guides = readdirSync(join(root, 'docs/guides')).filter(file => file.endsWith('.md')).map(file => `docs/guides/${file}`)
const cli = join(root, 'dist/run/cli/main.js')

beforeAll(build, 120_000)

it('there are guides, and the README links to each', () => {
  expect(guides.length).toBeGreaterThan(2)
  expect(linksOf(read('README.md'))).toEqual(expect.arrayContaining(guides))
})

describe.each(guides)('%s', file => {
  const blocks = fencedBlocks(file, read(file))
  const pieces = blocks.filter(block => block.language === 'ts' && block.role === undefined)
  const recipe = blocks.find(block => block.role === 'recipe')

  it('has a program with its output, or a recipe, and no other code', () => {
    expect(blocks.filter(block => !['ts', 'sh', 'text'].includes(block.language))).toEqual([])
    expect(blocks.filter(block => block.language === 'text')).toHaveLength(pieces.length > 0 ? 1 : 0)
    expect(pieces.length > 0 || recipe !== undefined).toBe(true)
  })

  if (pieces.length > 0) it('shows a program that type-checks and prints what is shown', () => {
    const code = pieces.map(block => block.code).join('\n')
    const output = blocks.find(block => block.language === 'text')?.code.trim()
    expect(tryProgram(`guide-${pieces[0].file.replace(/\W+/g, '-')}`, code)).toEqual({ compiler: '', output })
  }, 60_000)

  if (recipe !== undefined) it('shows a recipe that type-checks and does what its commands say', () => {
    expect(tryProgram('guide-recipe', recipe.code)).toEqual({ compiler: '', output: '' })
    const folder = join(root, '.cache/guide-commands')
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'mine.ts'), recipe.code)
    const commands = commandsOf(blocks)
    expect(commands.length).toBeGreaterThan(0)
    for (const command of commands) {
      const [npx, typegrad, ...words] = command.split(' ')
      expect([npx, typegrad]).toEqual(['npx', 'typegrad'])
      const { status, stderr } = spawnSync(process.execPath, [cli, ...words], { cwd: folder, encoding: 'utf8' })
      expect({ command, status, stderr: status === 0 ? '' : stderr }).toEqual({ command, status: 0, stderr: '' })
    }
  }, 120_000)

  const links = linksOf(read(file))
  if (links.length > 0) it('links to pages that exist', () => {
    expect(links.filter(link => !existsSync(join(root, dirname(file), link)))).toEqual([])
  })
})
