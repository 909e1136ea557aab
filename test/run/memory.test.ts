/** Thousands of steps take no more memory than hundreds: nothing of a step outlives it. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { add, adam, f32, init, matmul, mean, normal, parameter, square, sub, tanh } from '../../src/index.js'
import type { Value } from '../../src/dsl/value.js'
import { compile, openEngine } from '../../src/engines.js'
import { arrays } from '../../src/run/data/arrays.js'
import { defineRecipe } from '../../src/run/index.js'
import { trained } from './loop.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
/** Bytes that JavaScript holds, arrays outside of its heap among them. */
const held = (): number => {
  // Twice: the memory of arrays found dead by the first is given back in the background.
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const [early, late] = [2000, 8000]
const rows = Array.from({ length: 64 * 4 }, (_, i) => Math.sin(i))
const small = defineRecipe({
  name: 'small', summary: 's', settings: {}, optimiser: () => adam(0.001),
  data: () => arrays('rows', { x: { shape: [4], dtype: 'float32' } }, { x: rows }),
  model: () => ({ params: { w: parameter([4, 8], init.orthogonal()), v: parameter([8, 4], init.orthogonal()) } }),
  objective: ({ params, batch: { x }, key }) =>
    mean(square(sub(matmul(tanh(matmul(add(x, normal(key, ['B', 4])), params.w)), params.v), x))),
  schedule: () => ({ batch: 32, length: { steps: late }, logEvery: 1000 }),
})

test('of the training loop', async () => {
  const bytes: number[] = []
  await trained(small, { seen: step => { if (step === early || step === late) bytes.push(held()) } })
  // Not exactly nothing: code that was compiled meanwhile counts too.
  expect((bytes[1] - bytes[0]) / (late - early)).toBeLessThan(64)
})

test.each(['js', 'onnx'] as const)('of the engine %s, once it had time to give back what it was given', async name => {
  const state = { w: f32(4) }
  const program = await compile(await openEngine(name, { threads: 1 }), (s, { x }) =>
    ({ state: { w: add(s.w, mean(x)) }, outputs: { loss: mean(x) } }), { state, inputs: { x: f32(32, 4) } })
  const zeros = (...shape: number[]): Value<'float32'> =>
    ({ shape, dtype: 'float32', data: new Float32Array(shape.reduce((n, d) => n * d, 1)) })
  await program.write({ w: zeros(4) })
  const after = async (steps: number): Promise<number> => {
    for (let i = 0; i < steps; i++) await program.run({ x: zeros(32, 4) })
    for (let turn = 0; turn < 5; turn++) {
      collect()
      await new Promise(setImmediate)
    }
    return held()
  }
  const [first, last] = [await after(early), await after(late - early)]
  expect((last - first) / (late - early)).toBeLessThan(25)
})
