/** Every program in ../<family> outside ../mistakes is accepted by both compilers. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compile, compilers, diagnosticsIn, typesFolder } from './compile.js'

const families = readdirSync(typesFolder, { withFileTypes: true }).filter(d => d.isDirectory()
  && !['harness', 'mistakes', 'golden'].includes(d.name)).map(d => d.name)
const files = families.flatMap(family => readdirSync(join(typesFolder, family)).filter(f => f.endsWith('.ts')).map(f =>
  join(typesFolder, family, f)))

it.each(compilers)('%s accepts the programs', async compiler => {
  expect(files.length).toBeGreaterThan(0)
  expect(diagnosticsIn(await compile(compiler, files)).filter(d => !d.file.startsWith('src/'))).toEqual([])
}, 120_000)
