/** Every mistake in ../mistakes: refused by both compilers in one diagnostic at the culprit, and in the same words when it runs. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { TypegradError } from '../../../src/dsl/errors.js'
import { compile, compilers, diagnosticsIn, root, typesFolder, type Compiler, type Diagnostic } from './compile.js'
import { takeMistakes, type Mistake } from './mistake.js'
import { sentenceIn, statementsOf, type Statement } from './statements.js'

const folder = join(typesFolder, 'mistakes')
const update = process.env['UPDATE_GOLDEN'] === '1'
/** One family, while its mistakes are being written. */
const only = process.env['FAMILY']

interface Case { readonly file: string; readonly statement: Statement; readonly mistake: Mistake }

const filesOf = (family: string): string[] => readdirSync(join(folder, family)).filter(f => f.endsWith('.ts')).sort()
const casesOf = async (family: string, file: string): Promise<Case[]> => {
  const path = join(folder, family, file)
  takeMistakes()
  await import(path)
  const mistakes = takeMistakes()
  const statements = statementsOf(readFileSync(path, 'utf8'))
  if (statements.map(s => s.name).join('\n') !== mistakes.map(m => m.name).join('\n'))
    throw new Error(`${family}/${file}: a statement must begin with mistake( in the first column, its name in plain quotes`)
  return statements.map((statement, i) => ({ file, statement, mistake: mistakes[i] }))
}

const families = readdirSync(folder, { withFileTypes: true }).filter(d => d.isDirectory()).map(d => d.name).filter(f =>
  filesOf(f).length > 0 && (only === undefined || only === f)).sort()
const cases = new Map<string, Case[]>()
for (const family of families) {
  const stated: Case[] = []
  for (const file of filesOf(family)) stated.push(...await casesOf(family, file))
  cases.set(family, stated)
}

const goldenLine = ({ file, statement }: Case, d: Diagnostic): string => `${file}:${statement.from} ${statement.name} | ${d.code} ${d.text}`

const answers: Record<Compiler, Diagnostic[]> = { tsc6: [], tsc: [] }
beforeAll(async () => {
  const files = families.flatMap(family => filesOf(family).map(file => join(folder, family, file)))
  for (const compiler of compilers) {
    const all = diagnosticsIn(await compile(compiler, files))
    answers[compiler] = all.filter(d => !d.file.startsWith('src/'))
  }
}, 120_000)

describe.each(families)('mistakes: %s', family => {
  const all = cases.get(family) ?? []
  const within = (d: Diagnostic, { file, statement }: Case): boolean =>
    d.file === relative(root, join(folder, family, file)) && d.line >= statement.from && d.line <= statement.to

  it('has names of its own', () => {
    expect(new Set(all.map(c => c.statement.name)).size).toBe(all.length)
  })

  it.each(compilers)('%s finds nothing else in these files', compiler => {
    const prefix = relative(root, join(folder, family)) + '/'
    expect(answers[compiler].filter(d => d.file.startsWith(prefix) && !all.some(c => within(d, c)))).toEqual([])
  })

  it('is golden', () => {
    const lines = all.flatMap(c => answers.tsc6.filter(d => within(d, c)).map(d => goldenLine(c, d)))
    const golden = join(typesFolder, 'golden', `${family}.txt`)
    if (update) {
      mkdirSync(join(typesFolder, 'golden'), { recursive: true })
      writeFileSync(golden, lines.join('\n') + '\n')
    }
    expect(existsSync(golden) ? readFileSync(golden, 'utf8').trimEnd().split('\n') : []).toEqual(lines)
  })

  it.each(all.map(c => [c.statement.name, c] as const))('%s', (_, c) => {
    const { statement, mistake } = c
    const [six, seven] = compilers.map(compiler => answers[compiler].filter(d => within(d, c)))
    expect(six.map(d => goldenLine(c, d)), 'one diagnostic').toHaveLength(1)
    expect(seven.map(d => goldenLine(c, d)), 'the compilers agree').toEqual(six.map(d => goldenLine(c, d)))
    expect(statement.culprit, 'the marker /*!*/ before the culprit').toBeDefined()
    for (const [d] of [six, seven]) expect({ line: d.line, column: d.column }, 'at the culprit').toEqual(statement.culprit)
    expect(six[0].text.length, six[0].text).toBeLessThan(200)
    if (mistake.run) {
      expect(thrownBy(mistake.run), 'the same sentence at run time').toBe(sentenceIn(six[0].text))
    }
  })
})

const thrownBy = (run: () => unknown): string => {
  try {
    run()
  } catch (e) {
    if (e instanceof TypegradError) return e.message
    throw e
  }
  return 'nothing was thrown'
}

it.skipIf(only !== undefined)('at least 60 kinds of mistake are pinned', () => {
  expect([...cases.values()].flat().length).toBeGreaterThanOrEqual(60)
})
