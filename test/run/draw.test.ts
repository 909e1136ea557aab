import { describe, expect, test } from 'vitest'
import { f32, mul, normal, sgd, sum } from '../../src/index.js'
import { openEngine } from '../../src/interp/registry.js'
import { assemble } from '../../src/run/assembly.js'
import { drawSamples } from '../../src/run/draw.js'
import { defineRecipe } from '../../src/run/index.js'
import { Interrupted, pausing } from '../../src/run/pause.js'
import { ready } from '../../src/run/session.js'

const drawn: number[] = []
const recipe = defineRecipe({
  name: 'drawn', summary: 's', settings: {}, model: () => ({ params: { w: f32(2) } }), optimiser: () => sgd(0.1),
  objective: ({ params }) => sum(params.w), schedule: () => ({ batch: 1, length: { steps: 1 } }),
  samples: { count: 5, plot: { x: [-3, 3], y: [-3, 3] }, draw: ({ params, key, count }) => {
    drawn.push(count)
    return mul(normal(key, [count, 2]), params.w)
  } },
})
const state = { params: { w: { shape: [2], dtype: 'float32', data: Float32Array.of(1, 1) } }, aux: {} } as const
const draw = async (count: number, seed = 0, stopped = () => false, watch?: (n: number) => void) => {
  const engine = await openEngine('js')
  const made = await ready({ recipe }, {}, { engine: () => Promise.resolve(engine), say: () => {} })
  return (await drawSamples(engine, assemble('drawn', made.prepared, 1), state, count, seed, pausing(stopped), watch))!
}

describe('drawSamples', () => {
  test('a long sampling goes by hundreds, is told of, and gives the same for the same seed', async () => {
    const told: number[] = []
    const { samples, perMinute } = await draw(250, 4, () => false, n => told.push(n))
    expect(samples.shape).toEqual([250, 2])
    expect(told).toEqual([100, 200, 250])
    expect(Math.max(...drawn)).toBe(100)
    expect(perMinute).toBeGreaterThan(0)
    expect((await draw(250, 4)).samples).toEqual(samples)
    expect((await draw(250, 5)).samples.data).not.toEqual(samples.data)
    // chunks are fresh draws: no number comes twice, and a longer sampling begins with a shorter one
    expect(new Set(samples.data).size).toBe(500)
    expect((await draw(201, 4)).samples.data).toEqual(samples.data.slice(0, 402))
  })
  test('a short one is one draw of so many', async () => {
    drawn.length = 0
    const { samples } = await draw(7)
    expect(samples.shape).toEqual([7, 2])
    expect(drawn).toEqual([7])
  })
  test('may be stopped between chunks', async () => {
    await expect(draw(10_000, 0, () => true, () => {
      for (const from = performance.now(); performance.now() < from + 50;) continue
    })).rejects.toThrow(Interrupted)
  })
})
