import { mkdtempSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { lastJson, TINY, typegrad, workplace } from './typegrad.js'

const folder = workplace({
  'tiny.ts': TINY,
  'stuck.ts': TINY.replace('{ params: { w:', '{ params: { unused: f32(3), w:'),
  'function.ts': 'export default () => 3',
  'spread.ts': 'import tiny from \'./tiny.js\'\nexport default { ...tiny, name: \'other\' }',
})

describe('audit', () => {
  test('a sound recipe passes, with a table for people and an object for programs', async () => {
    const [people, json] = await Promise.all([typegrad(folder, 'audit', './tiny.ts'), typegrad(folder, 'audit', './tiny.ts', '--json')])
    expect(people, people.stderr).toMatchObject({ code: 0 })
    expect(people.stdout).toMatch(/^tiny: Linear regression/)
    expect(people.stdout).toMatch(/^model minimises.* w, b,/m)
    expect(lastJson(json)).toMatchObject({ recipe: 'tiny', settings: { lr: 0.05, noise: 0 }, failures: [] })
  })
  test('a parameter that no loss reaches is a failure, and exit code 1', async () => {
    const { code, stdout } = await typegrad(folder, 'audit', './stuck.ts', '--set', 'lr=0.5')
    expect(code).toBe(1)
    expect(stdout).toMatch(/1 failure\n.*unused/)
  })
  test('another thing than a recipe is called what it is', async () => {
    expect(await typegrad(folder, 'audit', './function.ts')).toMatchObject({
      code: 2, stderr: './function.ts: its default export is not a recipe but a function; expected export default defineRecipe({ ... }).\n',
    })
    const { code, stderr } = await typegrad(folder, 'audit', './spread.ts')
    expect({ code, stderr }).toEqual({ code: 2, stderr: './spread.ts: its default export is a copy of the recipe tiny, and what is put '
      + 'into a copy changes nothing: spread what defineRecipe was given instead, as in defineRecipe({ ...parts, name: \'other\' }).\n' })
  })
})

describe('docs', () => {
  test('four files, the same bytes again, and --check names what is stale', async () => {
    const out = mkdtempSync(join(tmpdir(), 'typegrad-docs-'))
    const docs = (...more: readonly string[]) => typegrad(folder, 'docs', './tiny.ts', '--out', out, ...more)
    expect(await docs()).toMatchObject({ code: 0 })
    expect((await readdir(out)).sort()).toEqual(['tiny.html', 'tiny.md', 'tiny.svg', 'tiny.tex'])
    const [checked, other] = await Promise.all([docs('--check'), docs('--check', '--set', 'lr=0.5', '--json')])
    expect(checked, checked.stdout).toMatchObject({ code: 0 })
    expect(other.code).toBe(1)
    expect((lastJson(other)['stale'] as string[])).toContain(join(out, 'tiny.md'))
    expect(other.stderr).toContain(
      `${join(out, 'tiny.md')} was made with other settings than these: to check it with its own, choose them by --set lr=0.05.\n`)
    const file = join(out, 'tiny.tex'), text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('tiny', 'tinny'))
    const stale = await docs('--check')
    expect(stale.code).toBe(1)
    expect(stale.stdout).toBe(`${file} is not what the recipe says now.\nRenew by: typegrad docs ./tiny.ts --out ${out}\n`)
    expect(await readFile(file, 'utf8')).toContain('tinny')
  })
  test('in the forms that are asked for', async () => {
    const out = mkdtempSync(join(tmpdir(), 'typegrad-docs-'))
    const docs = (...more: readonly string[]) => typegrad(folder, 'docs', './tiny.ts', '--out', out, ...more)
    expect(await docs('--format', 'svg,md')).toMatchObject({ code: 0 })
    expect((await readdir(out)).sort()).toEqual(['tiny.md', 'tiny.svg'])
    const [checked, missing, odd] = await Promise.all(
      [docs('--check', '--format', 'md'), docs('--check', '--format', 'tex'), docs('--format', 'pdf')])
    expect(checked).toMatchObject({ code: 0, stdout: `tiny: what lies in ${out} is what the recipe says.\n` })
    expect(missing.stdout).toContain(`Renew by: typegrad docs ./tiny.ts --out ${out} --format tex`)
    expect(odd.stderr).toContain('"pdf" is not a form of a document; they are md, tex, html, svg.')
  })
  test('a folder must be named', async () => {
    expect((await typegrad(folder, 'docs', './tiny.ts')).stderr).toMatch(/^Required option '--out <folder>' not specified\./)
  })
})
