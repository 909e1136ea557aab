/**
 * What crosses between the host and the device in a training step, on devices with a memory of their own: up go the batch, the key and the
 * random numbers that are drawn from it (the same threefry on every engine), down come the metrics. State stays where it is.
 */
import { describe, expect, it } from 'vitest'
import made from '../../../examples/made.js'
import vqvae from '../../../examples/vqvae.js'
import wganGp from '../../../examples/wgan-gp.js'
import { hostKey } from '../../../src/dsl/keys.js'
import { sizeOf } from '../../../src/dsl/value.js'
import type { Device } from '../../../src/interp/tfjs/device.js'
import { tfjsOn } from '../../../src/interp/tfjs/engine.js'
import { jsEngine } from '../../../src/interp/js/engine.js'
import { assemble, compileStep } from '../../../src/run/assembly.js'
import { trainBatch, type Rows } from '../../../src/run/data/dataset.js'
import { initialState } from '../../../src/run/initial.js'
import { keyValue } from '../../../src/run/random.js'
import type { Recipe } from '../../../src/run/recipe.js'
import { ready, stepsOf } from '../../../src/run/session.js'
import { asked, builtDevices } from './built.js'
import { imitation } from './imitation.js'

interface Traffic { up: number; down: number; fetched: string[] }

/** The device, how many elements have crossed each way, and the arrays that loops and kernels on the host asked for. */
const counted = (device: Device): { device: Device; traffic: Traffic } => {
  const traffic: Traffic = { up: 0, down: 0, fetched: [] }
  return {
    traffic,
    device: {
      ...device,
      upload: value => {
        traffic.up += value.data.length
        return device.upload(value)
      },
      download: info => {
        traffic.down += sizeOf(info.shape)
        return device.download(info)
      },
      downloadNow: info => {
        traffic.fetched.push(`${info.dtype} [${info.shape.join(', ')}]`)
        return device.downloadNow(info)
      },
      compute: (inputs, f, shape, dtype) => {
        // A key is two integers, which the engine was given or drew itself.
        inputs.filter(i => i.shape.join() !== '2' || i.dtype !== 'int32')
          .forEach(i => traffic.fetched.push(`${i.dtype} [${i.shape.join(', ')}]`))
        return device.compute(inputs, f, shape, dtype)
      },
    },
  }
}

const elements = (rows: Rows): number => Object.values(rows).reduce((n, v) => n + v.data.length, 0)

/** The traffic of three steps of a recipe, and what a step was given and gave. */
const stepsOn = async (device: Device, recipe: Recipe, settings: Readonly<Record<string, unknown>>) => {
  const { prepared, splits } = await ready({ recipe }, settings, { engine: () => Promise.resolve(jsEngine), say: () => {}, rows: 64 })
  const assembly = assemble(recipe.name, prepared, stepsOf({ recipe, settings, prepared, splits }, {}))
  const { batch } = prepared.schedule
  const { device: spied, traffic } = counted(device)
  const stepper = await compileStep(tfjsOn(spied), assembly, batch)
  await stepper.write(await initialState(jsEngine, assembly, 0))
  const rows = trainBatch(splits.train, batch * assembly.batches, 0)
  Object.assign(traffic, { up: 0, down: 0, fetched: [] })
  let [given, metrics] = [0, 0]
  for (let step = 0; step < 3; step++) {
    const inputs = { batch: rows(step), key: keyValue(hostKey(0, 'step', step)) }
    given += elements(inputs.batch) + 2
    const figures = await stepper.run(inputs)
    expect(Object.values(figures).every(v => Number.isFinite(v.data[0]))).toBe(true)
    metrics += elements(figures)
  }
  await stepper.release()
  return { traffic, given, metrics }
}

const recipes: readonly (readonly [Recipe, Readonly<Record<string, unknown>>])[] = [
  [made, { hidden: [20], batch: 8 }],
  [vqvae, { data: 'mnist', width: 8, features: 4, entries: 8, batch: 4 }],
  [wganGp, { hidden: [8], critic: 1, batch: 8 }],
]

// The imitation takes tfjs's name for the real one.
const devices = asked ? builtDevices : { 'an imitation of tfjs-node': imitation }

describe.each(Object.entries(devices))('on %s', async (_, open) => {
  const device = await open()
  it.each(recipes.map(([recipe, settings]) => [recipe.name, recipe, settings] as const))('a step of %s', async (__, recipe, settings) => {
    const { traffic, given, metrics } = await stepsOn(device, recipe, settings)
    expect(traffic.up, 'elements uploaded').toBe(given)
    expect(traffic.down, 'elements downloaded').toBe(metrics)
    expect(traffic.fetched, 'arrays fetched for kernels on the host').toEqual([])
  })
})
