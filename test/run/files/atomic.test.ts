import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../../src/run/effect.js'
import { createFolder, writeAtomic } from '../../../src/run/files/atomic.js'

test('a write replaces the file and leaves nothing beside it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'typegrad-atomic-')), file = join(folder, 'deep', 'a.json')
  await run(writeAtomic(file, 'one'))
  await run(writeAtomic(file, 'two'))
  expect(await readFile(file, 'utf8')).toBe('two')
  expect(await readdir(join(folder, 'deep'))).toEqual(['a.json'])
})

test('a failed write says which file and why, and keeps the old one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'typegrad-atomic-'))
  await writeFile(join(folder, 'file'), 'old')
  await expect(run(writeAtomic(join(folder, 'file', 'b'), 'x'))).rejects.toThrow(/file\/b: cannot be written: /)
  await expect(run(writeAtomic(folder, 'x'))).rejects.toThrow(`${folder}: cannot be written: `)
  expect(await readFile(join(folder, 'file'), 'utf8')).toBe('old')
})

test('a folder appears with its files, and only once', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'typegrad-atomic-')), 'run')
  expect(await run(createFolder(folder, { 'a.txt': 'A' }))).toBe(true)
  expect(await readdir(folder)).toEqual(['a.txt'])
  expect(await run(createFolder(folder, { 'a.txt': 'B' }))).toBe(false)
  expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('A')
  expect(await readdir(join(folder, '..'))).toEqual(['run'])
  await expect(run(createFolder(join(folder, 'a.txt', 'b'), {}))).rejects.toThrow(/a\.txt\/b: cannot be created: /)
})
