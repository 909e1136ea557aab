import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { seedLines, spreadOf } from '../../../src/run/report/seeds.js'
import { lastJson, start, typegrad, workplace } from './typegrad.js'

const folder = workplace()
const short = ['--engine', 'js', '--steps', '20']

describe('the figures of several seeds', () => {
  const runs = [{ seed: 0, figures: { nll: 1, hits: 20 } }, { seed: 7, figures: { nll: 3, hits: 25 } }]
  test('mean, bounds and the deviation of a sample', () => {
    expect(spreadOf(runs)).toEqual({
      nll: { values: [1, 3], mean: 2, min: 1, max: 3, deviation: Math.SQRT2 },
      hits: { values: [20, 25], mean: 22.5, min: 20, max: 25, deviation: Math.sqrt(12.5) },
    })
    expect(spreadOf(runs.slice(1))['nll']).toEqual({ values: [3], mean: 3, min: 3, max: 3, deviation: null })
  })
  test('as a table', () => {
    expect(seedLines(runs)).toEqual([
      '  seed         nll   hits',
      '  0              1     20',
      '  7              3     25',
      '  mean           2  22.50',
      '  min            1     20',
      '  max            3     25',
      '  std. dev.  1.414  3.536',
    ])
  })
})

describe('train --seeds', () => {
  test('one whole run a seed, the same as alone, and a table over them', async () => {
    const [all, alone] = await Promise.all([
      typegrad(folder, 'train', './tiny.ts', ...short, '--seeds', '0,5', '--json'),
      typegrad(folder, 'train', './tiny.ts', ...short, '--seed', '5', '--out', 'alone'),
    ])
    expect(all.code, all.stderr).toBe(0)
    expect(alone.code).toBe(0)
    type Result = { runs: { out: string; metrics: { mse: number } }[]; metrics: { mse: { mean: number } } }
    const result = lastJson(all) as Result
    expect(result).toMatchObject({ recipe: 'tiny', seeds: [0, 5], out: 'runs/tiny-1' })
    expect(result.runs.map(r => r.out)).toEqual(['runs/tiny-1/seed-0', 'runs/tiny-1/seed-5'])
    expect(result.metrics.mse.mean).toBeCloseTo((result.runs[0].metrics.mse + result.runs[1].metrics.mse) / 2, 10)
    const bits = await Promise.all(['runs/tiny-1/seed-5', 'alone'].map(f => readFile(join(folder, f, 'checkpoint.safetensors'))))
    expect(bits[0]).toEqual(bits[1])
    expect(await readFile(join(folder, 'runs/tiny-1/report.md'), 'utf8')).toContain('| std. dev. |')
    expect(await typegrad(folder, 'eval', 'runs/tiny-1/seed-0')).toMatchObject({ code: 0 })
  })
  test('Ctrl-C leaves those that have ended whole and says how to go on', async () => {
    const { child, ended } = start(folder, ['train', './tiny.ts', '--engine', 'js', '--steps', '4000', '--seeds', '9', '--out', 'many'])
    for (let t = 0; t < 1000 && child.exitCode === null && !existsSync(join(folder, 'many', 'seed-1', 'checkpoint.safetensors')); t++) {
      await new Promise(r => setTimeout(r, 20))
    }
    child.kill('SIGINT')
    const { code, stdout, stderr } = await ended
    expect(code, stderr).toBe(130)
    expect(stdout).toContain('std. dev.')
    expect(stdout).toMatch(/Stopped at step \d+ of 4000\. Go on by:\n {2}typegrad train --resume many\/seed-\d\n/)
    expect(stdout).toMatch(/^Not begun: seed .*8\.$/m)
    expect(stdout).toContain('Go on with all of them by:\n'
      + '  typegrad train ./tiny.ts --seeds 0,1,2,3,4,5,6,7,8 --steps 4000 --engine js --out many\n')
    expect(await typegrad(folder, 'eval', 'many/seed-0')).toMatchObject({ code: 0 })
  }, 60_000)
  test('goes on in a folder of seeds: what is finished stays, what was begun is taken up, and the table is of all', async () => {
    const seeds = (list: string, ...more: readonly string[]) =>
      typegrad(folder, 'train', './tiny.ts', ...short, '--seeds', list, '--out', 'parts', '--json', ...more)
    expect(await seeds('0,2')).toMatchObject({ code: 0 })
    const bits = (seed: number) => readFile(join(folder, `parts/seed-${seed}/checkpoint.safetensors`))
    const before = [await bits(0), await bits(2)], config = await readFile(join(folder, 'parts/seed-0/config.json'), 'utf8')
    // seed 2 as a stop at its beginning leaves it
    await Promise.all(['checkpoint.safetensors', 'metrics.jsonl'].map(f => rm(join(folder, 'parts/seed-2', f))))
    const all = await seeds('1,2')
    expect(all.code, all.stderr).toBe(0)
    expect(all.stderr).toContain('seed 2, 2 of 2: parts/seed-2, which was begun already')
    const known = lastJson(await seeds('0,1,2')) as { runs: { seed: number }[]; metrics: { mse: { values: number[] } } }
    expect(known).toMatchObject({ metrics: { mse: { values: (lastJson(all) as typeof known).metrics.mse.values } } })
    expect(known.runs.map(r => r.seed)).toEqual([0, 1, 2])
    expect(known.metrics.mse.values).toHaveLength(3)
    expect([await bits(0), await bits(2)]).toEqual(before)
    expect(await readFile(join(folder, 'parts/seed-0/config.json'), 'utf8')).toBe(config)
    expect(await readFile(join(folder, 'parts/report.md'), 'utf8')).toContain('# tiny, 3 seeds')
    const other = await seeds('0,1,2', '--set', 'lr=0.5')
    expect(other.code).toBe(2)
    expect(await typegrad(folder, 'train', '--resume', 'parts')).toMatchObject({ code: 2, stderr: 'parts holds a run for each of several '
      + 'seeds: go on with one by --resume parts/seed-0, or with all by typegrad train <recipe> --seeds 0,1,2 --out parts.\n' })
    expect(other.stderr).toContain('parts holds runs of several seeds with settings {"lr":0.05,"noise":0}, not {"lr":0.5,"noise":0}: ')
  }, 60_000)
  test.each([
    [['--seeds', '3', '--seed', '1'], /^--seed and --seeds both say/],
    [['--seeds', '1,1'], /The seed 1 is there twice\./],
    [['--seeds', '0'], /Expected a whole number of at least 1\./],
    [['--seeds', '3', '--resume', 'alone'], /^--seeds cannot go with --resume/],
  ])('%s is refused', async (flags, sentence) => {
    const { code, stderr } = await typegrad(folder, 'train', './tiny.ts', ...flags)
    expect(stderr).toMatch(sentence)
    expect(code).toBe(2)
  })
})
