import { decode } from 'fast-png'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { f32, mean, sgd, TypegradError } from '../../../src/index.js'
import { listed, state } from '../../../src/run/cli/about.js'
import { defineRecipe } from '../../../src/run/recipe.js'
import { version } from '../../../src/version.js'
import { lastJson, typegrad, workplace, type Ended } from './typegrad.js'

let folder: string, trained: Ended
beforeAll(async () => {
  folder = workplace()
  trained = await typegrad(folder, 'train', './tiny.ts', '--engine', 'js', '--epochs', '10', '--seed', '4', '--set', 'lr=0.1', '--json')
})

describe('train', () => {
  test('a recipe anywhere on disk trains, and the last line of stdout is one object', () => {
    expect(trained.code, trained.stderr).toBe(0)
    expect(trained.stdout.trimEnd().split('\n')).toHaveLength(1)
    const result = lastJson(trained)
    expect(Object.keys(result)).toEqual(['recipe', 'engine', 'seed', 'steps', 'seconds', 'metrics', 'out'])
    expect(result).toMatchObject({ recipe: 'tiny', engine: 'js', seed: 4, steps: 60, out: 'runs/tiny-1' })
    expect((result['metrics'] as { mse: number }).mse).toBeLessThan(1)
    expect(trained.stderr).toContain('tiny: Linear regression on 64 made-up rows.')
    expect(trained.stderr).toMatch(/step 60\/60 {2}loss \S+ {2}\S+ steps\/s/)
  })

  test('the run folder holds every file, each sound', async () => {
    const run = join(folder, 'runs', 'tiny-1')
    expect((await readdir(run)).sort()).toEqual([
      'checkpoint.safetensors', 'config.json', 'events.out.tfevents.0.typegrad', 'loss.svg', 'metrics.jsonl', 'report.md', 'samples.png'])
    expect(JSON.parse(await readFile(join(run, 'config.json'), 'utf8'))).toMatchObject(
      { name: 'tiny', recipe: '../../tiny.ts', seed: 4, steps: 60, batch: 10, engine: 'js', settings: { lr: 0.1, noise: 0 } })
    const lines = (await readFile(join(run, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n')
      .map(l => JSON.parse(l) as Record<string, unknown>)
    expect(lines.map(l => [l['split'], l['step']])).toEqual([
      ['train', 1], ['train', 10], ['train', 20], ['train', 30], ['test', 30], ['train', 40], ['train', 50], ['train', 60], ['test', 60]])
    expect(decode(await readFile(join(run, 'samples.png'))).width).toBe(3 * (2 * 2 + 2) + 2)
    const report = await readFile(join(run, 'report.md'), 'utf8')
    expect(report).toContain(`typegrad train ../../tiny.ts --steps 60 --seed 4 --engine js --set lr=0.1`)
    for (const picture of ['loss.svg', 'samples.png']) expect(report).toContain(`](${picture})`)
    expect(report).toContain('params.w'.slice(7))
  })

  test('the same seed gives the same bits, another seed does not', async () => {
    const bits = async (seed: string, out: string) => {
      await typegrad(folder, 'train', './tiny.ts', '--engine', 'js', '--steps', '5', '--seed', seed, '--out', out)
      return readFile(join(folder, out, 'checkpoint.safetensors'))
    }
    expect(await bits('1', 'a')).toEqual(await bits('1', 'b'))
    expect(await bits('2', 'c')).not.toEqual(await bits('1', 'd'))
  })
})

describe('eval and sample', () => {
  test('eval finds the figures of the end of training', async () => {
    const result = lastJson(await typegrad(folder, 'eval', 'runs/tiny-1', '--json'))
    expect(result).toMatchObject({ recipe: 'tiny', steps: 60, metrics: lastJson(trained)['metrics'] })
    const other = lastJson(await typegrad(folder, 'eval', 'runs/tiny-1', '--engine', 'onnx', '--json'))['metrics'] as { mse: number }
    expect(other.mse).toBeCloseTo((lastJson(trained)['metrics'] as { mse: number }).mse, 5)
  })
  test('sample draws as many as asked, from the seed asked', async () => {
    const run = join(folder, 'runs', 'tiny-1'), before = await readFile(join(run, 'samples.png'))
    await typegrad(folder, 'sample', 'runs/tiny-1')
    expect(await readFile(join(run, 'samples.png'))).toEqual(before)
    const said = await typegrad(folder, 'sample', 'runs/tiny-1', '--count', '4', '--seed', '9')
    expect(said.stdout, said.stderr).toMatch(/^4 samples of tiny, step 60, [\d,]+ a minute: runs\/tiny-1\/samples-4-seed-9\.png\n$/)
    expect(decode(await readFile(join(run, 'samples-4-seed-9.png'))).width).toBe(2 * 6 + 2)
    await typegrad(folder, 'sample', 'runs/tiny-1', '--seed', '10', '--count', '4', '--out', 'x.png')
    expect(await readFile(join(folder, 'x.png'))).not.toEqual(await readFile(join(run, 'samples-4-seed-9.png')))
  })
})

describe('list, doctor, help', () => {
  test('list names the others when one does not load', async () => {
    const recipe = defineRecipe({
      name: 'sound', summary: 'Loads.', settings: {}, model: () => ({ params: { w: f32(1) } }), objective: ({ params }) => mean(params.w),
      optimiser: () => sgd(0.1), schedule: () => ({ batch: 1, length: { steps: 1 } }),
    })
    const load = (name: string) => name === 'sound' ? TE.right({ recipe }) : TE.left(new TypegradError('config', 'It lacks a bracket.'))
    expect(await listed(['broken', 'sound'], load)).toEqual({
      recipes: [{ name: 'sound', summary: 'Loads.', settings: [] }], faults: [{ name: 'broken', error: 'It lacks a bracket.' }],
    })
  })
  test('list names the recipes and their settings', async () => {
    const { recipes } = lastJson(await typegrad(folder, 'list', '--json')) as { recipes: { name: string; settings: { key: string }[] }[] }
    expect(recipes.map(r => r.name)).toEqual(expect.arrayContaining(['fvsbn', 'made']))
    expect(recipes.find(r => r.name === 'made')!.settings.map(s => s.key)).toContain('hidden')
  })
  test('doctor reports every engine', async () => {
    type Report = { node: string; threads: number; auto: string; engines: { name: string; available: boolean }[] }
    const report = lastJson(await typegrad(folder, 'doctor', '--json')) as Report
    expect(report).toMatchObject({ node: process.version, auto: report.engines.find(e => e.available)?.name })
    expect(report.engines.filter(e => e.available).map(e => e.name)).toEqual(expect.arrayContaining(['onnx', 'js']))
    const text = await typegrad(folder, 'doctor')
    expect(text.stdout).toMatch(/^js +available/m)
    expect(text.code).toBe(0)
  })
  test.each([
    [{ name: 'js', available: true, version: '1.2.3' }, 'available, 1.2.3'],
    [{ name: 'native', available: false, reason: 'native: no C compiler was found' }, 'not available: no C compiler was found'],
    [{ name: 'tfjs:node', available: false, reason: 'tfjs:node needs the package x' }, 'not available: needs the package x'],
    [{ name: 'onnx', available: false, reason: 'the disk is full' }, 'not available: the disk is full'],
  ] as const)('doctor names an engine once: %o', (probe, line) => { expect(state(probe)).toBe(line) })
  test('help and version', async () => {
    expect(await typegrad(folder, '--version')).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' })
    for (const command of ['list', 'train', 'eval', 'sample', 'audit', 'docs', 'doctor']) {
      const { code, stdout } = await typegrad(folder, command, '--help')
      expect(stdout).toContain(`Usage: typegrad ${command}`)
      expect(code).toBe(0)
      expect(stdout).not.toContain('default: []')
    }
    expect((await typegrad(folder)).stdout).toContain('Usage: typegrad')
    expect(existsSync(join(folder, 'runs'))).toBe(true)
  })
})
