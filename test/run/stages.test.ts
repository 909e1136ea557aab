/** Recipes that go on from a finished run of another. */
import { expectTypeOf } from 'expect-type'
import { describe, expect, test } from 'vitest'
import {
  add, cast, f32, greater, init, matmul, mean, mul, normal, parameter, reshape, sgd, square, sub, type Tensor,
} from '../../src/index.js'
import { leavesOf } from '../../src/dsl/core/trees.js'
import type { Value } from '../../src/dsl/value.js'
import { arrays, defineRecipe, encoded, setting, statementOf } from '../../src/run/index.js'
import { assemble } from '../../src/run/assembly.js'
import { drawSamples } from '../../src/run/draw.js'
import { pausing } from '../../src/run/pause.js'
import { openEngine } from '../../src/interp/registry.js'
import { ready } from '../../src/run/session.js'
import { trained } from './loop.js'

const schedule = () => ({ batch: 8, length: { steps: 40 } })
const x = Float32Array.from({ length: 1200 }, (_, i) => Math.sin(i * 7.3))

/** A scale by which rows are multiplied; its carried state is how often it was changed. */
const first = defineRecipe({
  name: 'first', summary: 's', settings: { lr: setting.number(0.1, 'learning rate') },
  data: () => arrays('waves', { x: { shape: [2], dtype: 'float32' } }, { x }, { x: x.slice(0, 24) }),
  model: () => ({
    params: { w: parameter([2, 2], init.normal(0.1)) }, aux: { shift: f32(2) },
    code: (p: { readonly w: Tensor<[2, 2]> }, rows: Tensor<['B', 2]>) => cast(greater(matmul(rows, p.w), 0), 'int32'),
  }),
  objective: ({ params, aux, batch: { x: rows } }) =>
    ({ loss: mean(square(sub(matmul(rows, params.w), rows))), aux: { shift: add(aux.shift, 1) } }),
  optimiser: ({ lr }) => sgd(lr),
  schedule,
})

const second = defineRecipe({
  name: 'second', summary: 's', settings: { lr: setting.number(0.1, 'learning rate') }, after: first,
  data: (_, earlier) => encoded(earlier, ({ settings, model, params, aux, batch }) => {
    expectTypeOf(settings.lr).toEqualTypeOf<number>()
    expectTypeOf(aux.shift).toEqualTypeOf<Tensor<[2]>>()
    return { code: model.code(params, batch.x), through: matmul(batch.x, params.w), first: reshape(mean(batch.x, [1]), ['B']) }
  }),
  model: (_, { train }, earlier) => ({
    params: { p: f32(2) }, rows: train.size,
    decode: (rows: Tensor<[3, 2]>) => add(matmul(rows, earlier.params.w), earlier.aux.shift),
  }),
  objective: ({ params, batch }) => {
    expectTypeOf(batch).toEqualTypeOf<{
      readonly code: Tensor<['B', 2], 'int32'>
      readonly through: Tensor<['B', 2]>
      readonly first: Tensor<['B']>
    }>()
    return mean(square(sub(cast(batch.code, 'float32'), params.p)))
  },
  optimiser: ({ lr }) => sgd(lr),
  schedule: () => ({ batch: 8, length: { epochs: 1 } }),
  evaluation: ({ batch: { code, through } }) =>
    ({ differ: mean(square(sub(cast(code, 'float32'), cast(greater(through, 0), 'float32')))) }),
  samples: {
    count: 3, plot: { x: [-9, 9], y: [-9, 9] },
    draw: ({ model, key }) => model.decode(mul(normal(key, [3, 2]), 0)),
  },
})

const js = () => ({ engine: () => openEngine('js'), say: () => {} })

describe('a recipe after another', () => {
  test('is given the trained numbers, and the data through them, every row once', async () => {
    const { folder, state } = await trained(first)
    const made = await ready({ recipe: second }, { from: folder }, js())
    expect(made.from).toBe(folder)
    expect(made.settings).toEqual({ lr: 0.1 })
    expect([made.splits.train.size, made.splits.test.size]).toEqual([600, 12])
    expect(made.prepared.source.name).toBe('waves through first')
    const { code, through, first: means } = made.splits.train.rows([599, 0, 501], { seed: 0, epoch: 3 })
    const w = [...leavesOf<Value>(state.params)[0].leaf.data]
    const expected = [599, 0, 501].flatMap(r => [0, 1].map(c => x[2 * r] * w[c] + x[2 * r + 1] * w[2 + c]))
    expected.forEach((v, i) => expect(through.data[i]).toBeCloseTo(v, 5))
    expect([...code.data]).toEqual(expected.map(v => v > 0 ? 1 : 0))
    expect(code.dtype).toBe('int32')
    expect(means).toMatchObject({ shape: [3], dtype: 'float32' })
    expect(means.data[1]).toBeCloseTo((x[0] + x[1]) / 2, 6)
  })
  test('trains, and draws through the earlier model, its carried state included', async () => {
    const { folder } = await trained(first)
    const { state, metrics, engine } = await trained(second, { settings: { from: folder } })
    expect(metrics).toEqual({ differ: 0 })
    const made = await ready({ recipe: second }, { from: folder }, js())
    const drawn = await drawSamples(engine, assemble('second', made.prepared, 40), state, 3, 0, pausing(() => false))
    expect([...drawn!.samples.data]).toEqual([40, 40, 40, 40, 40, 40])
  })
  test('an earlier run of another recipe, an unfinished one, and none at all are sentences', async () => {
    const { folder } = await trained(second, { settings: { from: (await trained(first)).folder } })
    await expect(ready({ recipe: second }, { from: folder }, js()))
      .rejects.toThrow(`${folder} is a run of second, but one of first is needed.`)
    const stopped = await trained(first, { stopAt: 3 })
    await expect(ready({ recipe: second }, { from: stopped.folder }, js()))
      .rejects.toThrow(/is at step \d+ of 40: finish it first by typegrad train --resume/)
    await expect(ready({ recipe: second }, { from: '/nowhere' }, js())).rejects.toThrow('/nowhere: not a run: config.json cannot be read')
    await expect(ready({ recipe: second }, {}, js()))
      .rejects.toThrow('second goes on from a finished run of first, and there is none in runs/. Train it first by typegrad train')
  })
  test('can be read without any run: the statement needs no trained numbers', async () => {
    const { statement, model } = await statementOf(second)
    expect(statement.objectives[0].value.shape).toEqual([])
    expect(model).toMatchObject({ rows: 64 })
  })
  test('its own mistakes are sentences', async () => {
    const parts = {
      name: 'third', summary: 's', model: () => ({ params: { w: f32(2) } }), schedule, optimiser: () => sgd(0.1), after: first,
      objective: ({ params }: { readonly params: { readonly w: Tensor<[2]> } }) => mean(params.w),
    } as const
    expect(() => defineRecipe({ ...parts, settings: { from: setting.text('', 'mine') } })).toThrow('has a setting from, but after adds one')
    // @ts-expect-error a name is no recipe
    expect(() => defineRecipe({ ...parts, settings: {}, after: 'first' })).toThrow('after is "first", but it must be a recipe')
    const flat = defineRecipe({ ...parts, settings: {}, data: (_, earlier) => encoded(earlier, ({ batch }) => ({ all: mean(batch.x) })) })
    await expect(ready({ recipe: flat }, {}, { ...js(), rows: 3 }))
      .rejects.toThrow('encoded: all of first is [], but its first axis must be B and all others numbers.')
  })
})
