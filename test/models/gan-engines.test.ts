/** A round of WGAN-GP, with its loop of critic moves and its second derivatives, is the same on the native engine as on the reference. */
import { expect, it } from 'vitest'
import { game, maximiser, minimiser } from '../../src/dsl/game/index.js'
import { input } from '../../src/dsl/core/build.js'
import { leavesOf, mapTree, type Leaf } from '../../src/dsl/core/trees.js'
import { hostKey, splitKey, type Key } from '../../src/dsl/keys.js'
import { adam } from '../../src/dsl/optim/index.js'
import { i32 } from '../../src/dsl/ops/index.js'
import type { Value } from '../../src/dsl/value.js'
import { compile } from '../../src/interp/compile.js'
import type { Engine } from '../../src/interp/engine.js'
import { jsEngine } from '../../src/interp/js/engine.js'
import { onnxEngine } from '../../src/interp/onnx/engine.js'
import { gridOfGaussians, wgan } from '../../src/models/index.js'
import { first } from '../dsl/game/play.js'

const model = wgan({ dims: 2, latent: 2, hidden: { critic: [8, 8], generator: [8] }, lipschitz: { penalty: 10 } })
const optimiser = adam(1e-2, { beta1: 0.5, beta2: 0.9 })
const real = (key: Key) => gridOfGaussians().sample(splitKey(key, 'data').data, 'B')
const made = game({
  players: {
    critic: maximiser({ params: model.params.critic, optimiser, steps: 3 }),
    generator: minimiser({ params: model.params.generator, optimiser }),
  },
  value: (players, _, key) => model.value(players, real(key), key),
  constraints: { critic: (players, _, key) => model.constraints(players, real(key), key) },
})

const after = async (engine: Engine, rounds: number): Promise<number[]> => {
  const start = first(made)
  const placeholders: unknown = mapTree(start, ({ shape, dtype }: Leaf) => input({ shape, dtype }))
  const specs = placeholders as typeof start
  const program = await compile(engine, (state: typeof start, { key }: { key: Key }) => {
    const { state: next, metrics } = made.step(state, {}, key)
    return { state: next, outputs: metrics }
  }, { state: specs, inputs: { key: i32(2) } }, { B: 16 })
  await program.write(start as never)
  for (let i = 0; i < rounds; i++) await program.run({ key: { shape: [2], dtype: 'int32', data: hostKey(1, i) } })
  const state: unknown = await program.read()
  await program.release()
  return leavesOf<Value>(state).flatMap(({ leaf }) => Array.from(leaf.data, Number))
}

it('plays the same rounds', async () => {
  const [reference, native] = [await after(jsEngine, 4), await after(await onnxEngine({ threads: 1 }), 4)]
  expect(native).toHaveLength(reference.length)
  native.forEach((v, i) => expect(Math.abs(v - reference[i])).toBeLessThan(1e-4 * (1 + Math.abs(reference[i]))))
}, 30_000)
