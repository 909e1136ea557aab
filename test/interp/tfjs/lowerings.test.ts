/** Every lowering against the float64 reference, on every backend that runs here; nothing may stay on the device. */
import { describe, expect, it } from 'vitest'
import { primitives, type Op } from '../../../src/dsl/core/table.js'
import type { Value } from '../../../src/dsl/value.js'
import { jsEngine } from '../../../src/interp/js/engine.js'
import { program } from '../../../src/interp/program.js'
import { openBackend } from '../../../src/interp/tfjs/backends.js'
import { tfjsOn } from '../../../src/interp/tfjs/engine.js'
import { asked, builtDevices } from './built.js'
import { casesOf, ops } from './cases/index.js'
import { imitation } from './imitation.js'

/** Sums of rounded products differ by their size, not by the result's: the tolerance is absolute below 1. */
const agrees = (got: number, want: number, dtype: string): boolean =>
  Object.is(got, want) || got === want
  || (dtype === 'float32' && (Math.abs(got - want) <= 1e-4 * Math.abs(want) + 1e-6 || Math.fround(want) === got))
const typeOf = (v: Value): string => `${v.dtype} [${v.shape.join()}]`

const differences = (got: Value, want: Value): string[] => {
  if (typeOf(got) !== typeOf(want)) return [`${typeOf(got)} instead of ${typeOf(want)}`]
  return Array.from(want.data).flatMap((w, i) =>
    agrees(got.data[i], w, want.dtype) ? [] : [`element ${i} is ${got.data[i]} instead of ${w}`])
}

const installed = { 'wasm': () => openBackend('wasm'), 'cpu': () => openBackend('cpu'), 'an imitation of tfjs-node': imitation }
const devices = asked ? builtDevices : installed

describe.each(Object.entries(devices))('tfjs on %s', async (_, open) => {
  const device = await open()
  const engine = tfjsOn(device)
  it('has a case for every primitive', () => { expect([...ops].sort()).toEqual(Object.keys(primitives).sort()) })
  it.each(ops)('%s', async (op: Op) => {
    for (const { inputs, values, outputs } of casesOf(op)) {
      const p = program(inputs, outputs)
      const before = device.live()
      const executable = await engine.compile(p)
      const held = device.live()
      const got = await executable.run(values)
      expect(device.live(), 'alive after a run').toEqual(held)
      const want = await (await jsEngine.compile(p)).run(values)
      const faults = got.flatMap((g, i) => differences(g, want[i])).slice(0, 5)
      expect({ faults, inputs: values.map(typeOf), output: outputs[0] }).toMatchObject({ faults: [] })
      await executable.release()
      expect(device.live(), 'alive after release').toEqual(before)
    }
  })
})
