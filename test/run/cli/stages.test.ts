/** Two stages by the command: the earlier run is found, remembered, and missed when it is gone. */
import { existsSync } from 'node:fs'
import { readFile, rename, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { lastJson, start, TINY, typegrad, workplace } from './typegrad.js'

const SECOND = `import { f32, matmul, mean, reshape, sgd, square, sub } from 'typegrad'
import { defineRecipe, encoded } from 'typegrad/run'
import tiny from './tiny.js'

export default defineRecipe({
  name: 'second', summary: 'What the first one leaves.', settings: {}, after: tiny,
  data: (_, earlier) => encoded(earlier, ({ params, batch: { x, y } }) => ({ left: sub(matmul(x, params.w), reshape(y, ['B', 1])) })),
  model: (_, data, earlier) => ({ params: { m: f32(1) }, first: earlier.params }),
  objective: ({ params, batch: { left } }) => mean(square(sub(left, params.m))),
  optimiser: () => sgd(0.1),
  schedule: () => ({ batch: 10, length: { steps: 5 } }),
  evaluation: ({ params, batch: { left } }) => ({ rest: mean(square(sub(left, params.m))) }),
  samples: { count: 2, plot: { x: [-3, 3], y: [-3, 3] }, draw: ({ model }) => reshape(model.first.w, [2, 2]) },
})
`

describe('a recipe after another', () => {
  test('takes the newest finished run, remembers where it is, and says when it is gone', async () => {
    const folder = workplace({ 'tiny.ts': TINY, 'second.ts': SECOND })
    const short = ['--engine', 'js', '--steps', '5']
    const early = await typegrad(folder, 'train', './second.ts', ...short)
    expect(early.code).toBe(2)
    expect(early.stderr).toMatch(/^second goes on from a finished run of tiny, and there is none in runs\/\. Train it first by typegrad/)
    expect(existsSync(join(folder, 'runs'))).toBe(false)
    expect(await typegrad(folder, 'train', './tiny.ts', ...short)).toMatchObject({ code: 0 })
    const trained = await typegrad(folder, 'train', './second.ts', ...short, '--json')
    expect(trained.code, trained.stderr).toBe(0)
    expect(trained.stderr).toContain('The 128 rows of lines go through the model of runs/tiny-1 once.')
    const config = JSON.parse(await readFile(join(folder, 'runs/second-1/config.json'), 'utf8')) as unknown
    expect(config).toMatchObject({ from: '../tiny-1', settings: {} })
    expect(await readFile(join(folder, 'runs/second-1/report.md'), 'utf8')).toContain('--set from=../tiny-1')
    const [evaluated, sampled, audited] = await Promise.all([
      typegrad(folder, 'eval', 'runs/second-1', '--json'), typegrad(folder, 'sample', 'runs/second-1'),
      typegrad(folder, 'audit', './second.ts')])
    // the rows are kept, so that only training sends them through the model
    expect(existsSync(join(folder, 'runs/second-1/rows.safetensors'))).toBe(true)
    expect(evaluated.stderr + sampled.stdout).not.toContain('rows of lines go through')
    expect(lastJson(evaluated)['metrics']).toEqual(lastJson(trained)['metrics'])
    expect([sampled.code, audited.code], sampled.stderr + audited.stderr).toEqual([0, 0])
    await truncate(join(folder, 'runs/second-1/rows.safetensors'), 100)
    const anew = await typegrad(folder, 'eval', 'runs/second-1', '--json')
    expect(anew.stderr).toContain('rows of lines go through')
    expect(lastJson(anew)['metrics']).toEqual(lastJson(trained)['metrics'])
    await rename(join(folder, 'runs/tiny-1'), join(folder, 'elsewhere'))
    const gone = await typegrad(folder, 'eval', 'runs/second-1')
    expect(gone.stderr).toMatch(/^runs\/second-1: the run that it goes on from was looked for at .*tiny-1, and is not there\. Put it back/)
    const chosen = await typegrad(folder, 'train', './second.ts', ...short, '--set', 'from=elsewhere', '--out', 'b')
    expect(chosen, chosen.stderr).toMatchObject({ code: 0 })
    const bits = await Promise.all(['b', 'runs/second-1'].map(f => readFile(join(folder, f, 'checkpoint.safetensors'))))
    expect(bits[0]).toEqual(bits[1])
  }, 60_000)
  test('of several seeds names the earlier run in the command that goes on, because another may be the newest by then', async () => {
    const folder = workplace({ 'tiny.ts': TINY, 'second.ts': SECOND })
    expect(await typegrad(folder, 'train', './tiny.ts', '--engine', 'js', '--steps', '5')).toMatchObject({ code: 0 })
    const args = ['train', './second.ts', '--engine', 'js', '--steps', '3000', '--seeds', '2', '--out', 'both']
    const { child, ended } = start(folder, [...args, '--checkpoint-every', '1'])
    for (let t = 0; t < 1000 && child.exitCode === null && !existsSync(join(folder, 'both/seed-0/checkpoint.safetensors')); t++) {
      await new Promise(r => setTimeout(r, 20))
    }
    child.kill('SIGINT')
    const { code, stdout, stderr } = await ended
    expect(code, stderr).toBe(130)
    const [, command] = /Go on with all of them by:\n {2}typegrad (.*)\n/.exec(stdout)!
    expect(command).toBe('train ./second.ts --seeds 0,1 --steps 3000 --engine js --set from=runs/tiny-1 --out both')
    expect(await typegrad(folder, 'train', './tiny.ts', '--engine', 'js', '--steps', '6')).toMatchObject({ code: 0 })
    const all = await typegrad(folder, ...command.split(' '))
    expect(all.code, all.stderr).toBe(0)
    expect(all.stdout).toContain('std. dev.')
  }, 60_000)
})
