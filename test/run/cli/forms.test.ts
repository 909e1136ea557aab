/** A recipe of reinforcement learning's kind: no data, no loss, remarks about steps, points for samples. */
import { decode } from 'fast-png'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lastJson, typegrad, workplace } from './typegrad.js'

const WALK = `import { add, f32, i32, mean, mul, normal, sgd, square, sub, sum, trainStep } from 'typegrad'
import { defineRecipe } from 'typegrad/run'

const params = { at: f32(2) }
export default defineRecipe({
  name: 'walk', summary: 'Walks to (1, 1).', settings: {},
  model: () => ({ params }),
  training: () => {
    const inner = trainStep({
      params, optimiser: sgd(0.1), aux: { walked: i32() },
      loss: (p, _: {}, key, aux) => ({
        loss: sum(square(sub(add(p.at, mul(normal(key, [2]), 0.01)), 1))),
        aux: { walked: add(aux.walked, 1) }, metrics: { meanReturn: sum(p.at) },
      }),
    })
    return {
      ...inner,
      step: (state, batch, key) => {
        const { state: next, metrics: { meanReturn } } = inner.step(state, batch, key)
        return { state: next, metrics: { meanReturn } }
      },
      remark: ({ meanReturn }) => meanReturn < 0.5 ? 'the walk is far off' : undefined,
    }
  },
  schedule: () => ({ batch: 1, length: { steps: 30 }, logEvery: 5, evaluate: { steps: 10 } }),
  evaluation: ({ params }) => ({ testReturn: sum(params.at), off: mean(square(sub(params.at, 1))) }),
  samples: {
    count: 150, plot: { x: [-1, 3], y: [-1, 3] }, reference: [[1, 1]],
    draw: ({ params, key, count }) => add(params.at, mul(normal(key, [count, 2]), 0.3)),
  },
})
`

test('its curve is its first figure, its remarks are in the report, its samples are a plot', async () => {
  const folder = workplace({ 'walk.ts': WALK })
  const run = join(folder, 'run')
  const { code, stdout, stderr } = await typegrad(folder, 'train', './walk.ts', '--engine', 'js', '--out', 'run')
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/^walk: Walks to \(1, 1\)\.\nengine {2}js, seed 0\nrun {5}run: 30 steps;/)
  expect(stdout.match(/the walk is far off/g)).toHaveLength(1)
  expect(stdout).toMatch(/step 30\/30 {2}meanReturn \S+ /)
  expect(await readdir(run)).toEqual(expect.arrayContaining(['curve.svg', 'samples.png']))
  expect(await readFile(join(run, 'curve.svg'), 'utf8')).toMatch(/walk: meanReturn<[\s\S]*testReturn/)
  const report = await readFile(join(run, 'report.md'), 'utf8')
  expect(report).toMatch(/\| the walk is far off \| \d steps, from 1 to \d \|/)
  expect(report).not.toContain('training rows')
  expect(decode(await readFile(join(run, 'samples.png'))).channels).toBe(3)
  const [evaluated, epochs] = await Promise.all([
    typegrad(folder, 'eval', 'run', '--json'), typegrad(folder, 'train', './walk.ts', '--epochs', '2')])
  expect(lastJson(evaluated)['metrics']).toMatchObject({ testReturn: expect.closeTo(2, 0) as number })
  expect(epochs).toMatchObject({ code: 2, stderr: '--epochs: walk has no data, so there are no epochs: say how long by --steps.\n' })
}, 30_000)
