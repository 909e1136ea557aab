/** What the loop does with every kind of training: no data, several batches a step, carried state, remarks. */
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  add, broadcastTo, cast, i32, init, matmul, mean, mul, normal, parameter, sgd, square, sub, sum, trainStep, type Key, type Tensor,
} from '../../src/index.js'
import type { Engine } from '../../src/interp/engine.js'
import { jsEngine } from '../../src/interp/js/engine.js'
import { arrays } from '../../src/run/data/arrays.js'
import { run } from '../../src/run/effect.js'
import { defineRecipe, setting } from '../../src/run/index.js'
import { metricsOf, trained } from './loop.js'

/** Learns the mean of what the key draws: no data at all. */
const dataless = defineRecipe({
  name: 'dataless', summary: 's', settings: {}, optimiser: () => sgd(0.2),
  model: () => ({ params: { w: parameter([2], init.zeros()) }, aux: { steps: i32() } }),
  objective: ({ params, aux, key }) => ({
    loss: mean(square(sub(add(normal(key, ['B', 2]), 3), broadcastTo(params.w, ['B', 2])))), aux: { steps: add(aux.steps, 1) },
  }),
  schedule: () => ({ batch: 16, length: { steps: 60 }, evaluate: { steps: 30 }, logEvery: 20 }),
  evaluation: ({ params, aux, key }) => ({
    far: mean(square(sub(params.w, 3))), steps: cast(aux.steps, 'float32'), rows: sum(broadcastTo(mul(mean(normal(key, ['B'])), 0), ['B'])),
    ones: add(mul(normal(key, ['B']), 0), 1),
  }),
})

describe('without data', () => {
  test('nothing is read, B is the batch, evaluation is asked once', async () => {
    const { folder, metrics, said } = await trained(dataless)
    expect(metrics['far']).toBeLessThan(0.3)
    expect(metrics).toMatchObject({ steps: 60, ones: 1, rows: 0 })
    const lines = await metricsOf(folder)
    expect(lines.map(l => [l['split'], l['step']])).toEqual(
      [['train', 1], ['train', 20], ['test', 30], ['train', 40], ['train', 60], ['test', 60]])
    expect(lines[0]).not.toHaveProperty('epoch')
    expect(said[0]).toMatch(/^step 30: far \S+, steps 30\.000/)
  })
  test('a run stopped in the middle ends with the bits of one that was not, carried state included', async () => {
    const whole = await trained(dataless, { seed: 3 })
    const stopped = await trained(dataless, { seed: 3, stopAt: 23 })
    expect([stopped.finished, stopped.step < 60]).toEqual([false, true])
    const { finished } = await trained(dataless, { seed: 3, folder: stopped.folder })
    expect(finished).toBe(true)
    const files = await Promise.all([whole, stopped].map(r => readFile(join(r.folder, 'checkpoint.safetensors'))))
    expect(files[0]).toEqual(files[1])
    expect(await metricsOf(whole.folder)).toEqual(await metricsOf(stopped.folder))
  })
})

const count = Array.from({ length: 24 }, (_, i) => i)
const numbers = () => arrays('numbers', { x: { shape: [1], dtype: 'float32' } }, { x: count })
type Stack = { readonly x: Tensor<[3, 'B', 1]> }
const spec = { w: parameter([1, 1], init.zeros()) }

/** Three batches a step, whose numbers are reported; it remarks on steps with a large sum. */
const stacked = defineRecipe({
  name: 'stacked', summary: 's', settings: { lr: setting.number(0, 'learning rate') }, data: numbers, model: () => ({ params: spec }),
  training: ({ settings: { lr } }) => {
    const step = trainStep({
      params: spec, optimiser: sgd(lr),
      loss: (p, { x }: Stack) => ({ loss: mean(square(matmul(x, p.w))), metrics: { first: sum(x), all: mul(sum(x), 1) } }),
    })
    return {
      ...step, batches: 3,
      step: (state: Parameters<typeof step.step>[0], batch: Stack, key: Key) => {
        const { state: next, metrics: { first, all } } = step.step(state, batch, key)
        return { state: next, metrics: { first, all } }
      },
      remark: ({ first }) => first > 70 ? 'a large sum' : undefined,
    }
  },
  schedule: () => ({ batch: 4, length: { epochs: 2 }, logEvery: 1 }),
  evaluation: ({ batch: { x } }) => ({ all: mul(sum(x, [1]), 1) }),
})

describe('a training of its own', () => {
  test('takes its batches as [batches, B, ...], an epoch is all rows, the figure shown is its first', async () => {
    const { folder, step, shown, metrics } = await trained(stacked)
    expect(step).toBe(4)
    const lines = (await metricsOf(folder)).filter(l => l['split'] === 'train')
    expect(lines.map(l => l['epoch'])).toEqual([0.5, 1, 1.5, 2])
    const sums = lines.map(l => l['first'] as number)
    expect([sums[0] + sums[1], sums[2] + sums[3]]).toEqual([276, 276])
    expect(shown.map(([name]) => name)).toEqual(['first', 'first', 'first', 'first'])
    expect(metrics).toEqual({ all: 11.5 })
  })
  test('its remarks are shown once while they repeat, and all are kept', async () => {
    const { folder, said } = await trained(stacked)
    const notes = (await metricsOf(folder)).filter(l => l['split'] === 'note')
    const large = (await metricsOf(folder)).filter(l => l['split'] === 'train' && (l['first'] as number) > 70)
    expect(notes.length).toBeGreaterThan(1)
    expect(notes.map(n => n['step'])).toEqual(large.map(l => l['step']))
    const told = said.filter(l => l.endsWith('a large sum'))
    expect(told[0]).toBe(`step ${String(notes[0]['step'])}: a large sum`)
    expect(told.length).toBe(large.filter(l => !large.some(m => m['step'] === (l['step'] as number) - 1)).length)
  })
})

test('the next batch is read while the engine is at a step, and none beyond the last', async () => {
  const seen: string[] = []
  const slow: Engine = {
    ...jsEngine,
    compile: async program => {
      const executable = await jsEngine.compile(program)
      return {
        ...executable,
        run: async values => {
          if (values.length > 0) seen.push('begins')
          const results = await executable.run(values)
          await pause(2)
          if (values.length > 0) seen.push('ends')
          return results
        },
      }
    },
  }
  const { train, test } = await run(numbers().load)
  const watched = { ...train, rows: (...asked: Parameters<typeof train.rows>) => {
    seen.push('reads')
    return train.rows(...asked)
  } }
  const recipe = defineRecipe({
    name: 'watched', summary: 's', settings: {}, optimiser: () => sgd(0.01), model: () => ({ params: spec }),
    data: () => ({ ...numbers(), load: () => Promise.resolve({ _tag: 'Right' as const, right: { train: watched, test } }) }),
    objective: ({ params, batch: { x } }) => mean(square(matmul(x, params.w))),
    schedule: () => ({ batch: 8, length: { steps: 4 } }),
  })
  await trained(recipe, { on: slow })
  const middle = ['begins', 'reads', 'ends']
  expect(seen.slice(seen.indexOf('reads'))).toEqual(['reads', ...middle, ...middle, ...middle, 'begins', 'ends'])
})
