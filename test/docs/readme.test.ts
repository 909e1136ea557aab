/** The README tells the truth: its program prints what it shows, its mistake gets the answer it shows, its commands and files exist. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { commandsOf, fencedBlocks, linksOf, read, root, sources, type Block } from './blocks.js'
import { build, tryProgram } from './programs.js'

const text = read('README.md')
const blocks = fencedBlocks('README.md', text)
/** The block of a role, and the text block that follows it. */
const pair = (role: string): readonly [Block, Block] => {
  const at = blocks.findIndex(block => block.role === role)
  const [first, second] = [blocks[at], blocks[at + 1]]
  if (first === undefined || second?.language !== 'text') throw new Error(`README.md has no block "ts ${role}" with a text block after it`)
  return [first, second]
}

describe('the README', () => {
  beforeAll(build, 120_000)

  it('shows a complete program of about 30 lines that type-checks and prints what is shown', () => {
    const [program, output] = pair('program')
    const lines = program.code.split('\n').length
    expect(lines).toBeGreaterThan(15)
    expect(lines).toBeLessThanOrEqual(40)
    expect(tryProgram('readme-program', program.code)).toEqual({ compiler: '', output: output.code.trim() })
  })

  it('shows a mistake and what the compiler says to it, in one diagnostic', () => {
    const [mistake, answer] = pair('mistake')
    const { compiler } = tryProgram('readme-mistake', mistake.code)
    expect(compiler).toBe(answer.code.trim())
    expect(compiler.match(/error TS/g)).toHaveLength(1)
  })

  it('shows a chain rule that type-checks and runs', () => {
    const ideas = blocks.find(block => block.role === 'ideas')
    expect(tryProgram('readme-ideas', ideas?.code ?? '')).toEqual({ compiler: '', output: '' })
  })

  it('shows what an audit says', () => {
    const shown = blocks.find(block => block.role === 'audit')?.code.trim() ?? ''
    const [command] = commandsOf(blocks).filter(line => line.startsWith('npx typegrad audit') && line.includes('codebook=gradient'))
    const said = execFileSync(process.execPath, [join(root, 'dist/run/cli/main.js'), ...command.split(' ').slice(2)], { encoding: 'utf8' })
    expect(said.trim()).toBe(shown)
  })

  const commands = commandsOf(blocks)
  it('names the two commands', () => {
    expect(text).toContain('npm ci && npm start')
    expect(text).toContain('npm ci && npm test')
  })
  it.each(commands.filter(command => /^(npm|npx) /.test(command)))('`%s` is a command of this package', command => {
    const { scripts, bin } = JSON.parse(read('package.json')) as { scripts: Record<string, string>; bin: Record<string, string> }
    const [tool, word, name] = command.split(' ')
    if (tool === 'npx') expect(Object.keys(bin)).toContain(word)
    else if (word === 'run') expect(Object.keys(scripts)).toContain(name)
    else if (word === 'start' || word === 'test') expect(Object.keys(scripts)).toContain(word)
    else expect(['ci', 'i', 'install']).toContain(word)
  })

  const links = linksOf(text)
  it('shows a picture', () => expect(links.some(link => /\.(png|svg)$/.test(link))).toBe(true))
  it.each(links)('%s exists', link => expect(existsSync(join(root, link))).toBe(true))

  it('maps every folder of src', () => {
    const paths = sources('src').map(file => file.split('/')).filter(parts => parts.length > 2)
    const folders = new Set(paths.map(([src, room]) => `${src}/${room}`))
    expect(folders.size).toBeGreaterThan(3)
    for (const folder of folders) expect(text).toContain(`\`${folder}\``)
  })
})
