/** New run folders, with several commands beginning at once. */
import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../../../src/run/effect.js'
import { readConfig, type Config } from '../../../src/run/files/config.js'
import { createNext, createRun, freeFolder } from '../../../src/run/files/runs.js'

const home = process.cwd()
beforeAll(async () => { process.chdir(await mkdtemp(join(tmpdir(), 'typegrad-runs-'))) })
afterAll(() => { process.chdir(home) })

const record = (seed: number) => (): Config => ({
  typegrad: '0.1.0', recipe: 'made', name: 'made', settings: {}, seed, steps: 10, batch: 5, engine: 'js',
  startedAt: '2026-01-01T00:00:00.000Z', node: 'v20',
})

test('runs that begin at once get a folder each, those of several seeds too', async () => {
  const singles = await Promise.all(Array.from({ length: 6 }, (_, seed) => run(createRun('made', undefined, record(seed)))))
  const both = await Promise.all([
    ...[6, 7, 8].map(seed => run(createRun('made', undefined, record(seed)))),
    ...[1, 2, 3].map(() => run(createNext('made', () => ({ 'report.md': 'x' })))),
  ])
  const all = [...singles, ...both]
  expect(new Set(all)).toEqual(new Set(Array.from({ length: 12 }, (_, i) => join('runs', `made-${i + 1}`))))
  for (const [seed, folder] of [...singles, ...both.slice(0, 3)].entries()) expect((await run(readConfig(folder))).seed).toBe(seed)
  for (const folder of both.slice(3)) expect(await readdir(folder)).toEqual(['report.md'])
  expect((await readdir('runs')).filter(f => f.startsWith('.'))).toEqual([])
})

test('of two runs that ask for one folder at once, one is told so', async () => {
  const folder = await run(freeFolder('mine'))
  const ends = await Promise.allSettled([1, 2].map(seed => run(createRun('made', folder, record(seed)))))
  expect(ends.filter(e => e.status === 'fulfilled').map(e => e.value)).toEqual(['mine'])
  expect(ends.filter(e => e.status === 'rejected').map(e => (e.reason as Error).message))
    .toEqual(['mine already holds a run, which another command has begun meanwhile. Choose another --out.'])
  await expect(run(freeFolder('mine'))).rejects.toThrow('mine already holds a run. Go on with it by')
})
