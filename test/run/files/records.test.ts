import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { run } from '../../../src/run/effect.js'
import { readCheckpoint, stateFor, writeCheckpoint, type Checkpoint } from '../../../src/run/files/checkpoint.js'
import { decodeConfig, encodeConfig, readConfig, writeConfig, type Config } from '../../../src/run/files/config.js'
import { encodeSafetensors } from '../../../src/run/files/safetensors.js'

const config: Config = {
  typegrad: '0.1.0', recipe: 'made', name: 'made', settings: { lr: 1 }, seed: 0, steps: 10, batch: 5, engine: 'js',
  startedAt: '2026-01-01T00:00:00.000Z', node: 'v20',
}
const checkpoint: Checkpoint = {
  recipe: 'made', step: 7, key: Int32Array.of(-3, 9),
  state: {
    'params.w': { shape: [2], dtype: 'float32', data: Float32Array.of(1, 2) },
    'optimiser.t': { shape: [], dtype: 'int32', data: Int32Array.of(7) },
  },
}
const scratch = () => mkdtemp(join(tmpdir(), 'typegrad-records-'))

describe('config.json', () => {
  test('comes back', async () => {
    const folder = await scratch()
    await run(writeConfig(folder, config))
    expect(await run(readConfig(folder))).toEqual(config)
  })
  test.each([
    ['{', 'c: not JSON: '],
    ['[]', 'c: not a run\'s record: it is [], expected'],
    [encodeConfig({ ...config, seed: 'x' as never }), 'c: not a run\'s record: seed is "x", expected number.'],
    [encodeConfig({ ...config, threads: 'x' as never }), 'c: not a run\'s record: threads is "x", expected'],
    [encodeConfig({ ...config, engine: undefined as never }), 'c: not a run\'s record: engine is missing, expected string.'],
  ])('%s is refused', (text, sentence) => {
    const result = decodeConfig('c', text)
    expect(E.isLeft(result) && result.left.message).toContain(sentence)
  })
  test('a folder that is no run', async () => {
    const folder = await scratch()
    await expect(run(readConfig(folder))).rejects.toThrow(`${folder}: not a run: config.json cannot be read: there is no such file.`)
  })
})

describe('checkpoint.safetensors', () => {
  test('comes back, and equal states are equal bytes', async () => {
    const folder = await scratch(), file = join(folder, 'checkpoint.safetensors')
    expect(await run(readCheckpoint(folder))).toBeUndefined()
    await run(writeCheckpoint(folder, checkpoint))
    expect(await run(readCheckpoint(folder))).toEqual(checkpoint)
    const bytes = await readFile(file)
    await run(writeCheckpoint(folder, { ...checkpoint, state: Object.fromEntries(Object.entries(checkpoint.state).reverse()) }))
    expect(await readFile(file)).toEqual(bytes)
  })
  test('truncated and foreign files are named', async () => {
    const folder = await scratch(), file = join(folder, 'checkpoint.safetensors')
    await run(writeCheckpoint(folder, checkpoint))
    const bytes = await readFile(file)
    await writeFile(file, bytes.subarray(0, -1))
    await expect(run(readCheckpoint(folder))).rejects.toThrow(`${file}: not a whole safetensors file: `)
    await writeFile(file, encodeSafetensors({ tensors: {}, metadata: { step: '1' } }))
    await expect(run(readCheckpoint(folder)))
      .rejects.toThrow(`${file}: a safetensors file, but not a typegrad checkpoint: its metadata are {"step":"1"}.`)
  })
  test('a state that does not fit the recipe says where', () => {
    const w = { name: 'params.w', shape: [2], dtype: 'float32' }, t = { name: 'optimiser.t', shape: [], dtype: 'int32' }
    expect(stateFor('r', checkpoint, [w, t])).toEqual(E.right(Object.values(checkpoint.state)))
    const why = (expected: (typeof w)[]) => {
      const result = stateFor('r', checkpoint, expected)
      return E.isLeft(result) ? result.left.message : ''
    }
    expect(why([w])).toContain('it holds optimiser.t, which the recipe does not have')
    expect(why([{ ...w, shape: [3] }, t])).toContain('params.w is float32 [2], expected float32 [3]')
    expect(why([w, t, { ...w, name: 'params.b' }])).toContain('params.b is missing')
  })
})
