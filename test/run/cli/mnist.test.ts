import { decode } from 'fast-png'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lastJson, typegrad, workplace } from './typegrad.js'

const INDEPENDENT_PIXELS = 205.8

// The figures of whole runs belong to the main job; here every recipe takes steps in the right direction on the real images.
test.each([
  ['made', ['--set', 'hidden=[64]', '--set', 'lr=0.02']],
  ['made', ['--set', 'hidden=[32,32]', '--set', 'masks=2', '--set', 'ordering=random', '--set', 'lr=0.02', '--set', 'binarise=threshold']],
  ['fvsbn', []],
] as const)('%s %j learns MNIST from the command line', async (recipe, settings) => {
  const folder = workplace({})
  const end = await typegrad(folder, 'train', recipe, '--steps', '80', '--seed', '1', '--out', 'run', '--json', ...settings)
  expect(end.code, end.stderr).toBe(0)
  const { metrics } = lastJson(end) as { metrics: { testNll: number } }
  expect(metrics.testNll).toBeLessThan(INDEPENDENT_PIXELS)
  const sheet = decode(await readFile(join(folder, 'run', 'samples.png')))
  expect([sheet.width, sheet.height]).toEqual([10 * 58 + 2, 10 * 58 + 2])
  expect(new Set(sheet.data)).toEqual(new Set([0, 96, 255]))
}, 240_000)
