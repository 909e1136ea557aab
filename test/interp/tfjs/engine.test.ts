/** State between runs, what stays on the device, and the faults a caller can make. */
import { describe, expect, it } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import { gradient } from '../../../src/dsl/core/gradient.js'
import { TypegradError } from '../../../src/dsl/errors.js'
import { jsEngine } from '../../../src/interp/js/engine.js'
import { program } from '../../../src/interp/program.js'
import { openBackend } from '../../../src/interp/tfjs/backends.js'
import { tfjsOn } from '../../../src/interp/tfjs/engine.js'
import { value } from './cases/draw.js'

const step = () => {
  const w = b.input({ shape: [3, 2], dtype: 'float32' })
  const t = b.input({ shape: [], dtype: 'int32' })
  const frozen = b.input({ shape: [2], dtype: 'float32' })
  const x = b.input({ shape: [4, 3], dtype: 'float32' })
  const y = b.tanh(b.add(b.matmul(x, w), b.broadcastTo(frozen, [4, 2])))
  const loss = b.sum(b.mul(y, y), [0, 1])
  const next = b.sub(w, b.mul(0.1, gradient(loss, [w])[0]))
  return program([w, t, frozen, x], [next, b.add(t, 1), loss, x], [
    { input: 0, output: 0 }, { input: 1, output: 1 }, { input: 2, output: null }])
}
const weights = value([3, 2], 'float32', [0.1, -0.2, 0.3, 0.4, -0.5, 0.6])
const state = () => [{ ...weights, data: weights.data.slice() }, value([], 'int32', [0]), value([2], 'float32', [0.5, -0.5])]
const batch = value([4, 3], 'float32', Array.from({ length: 12 }, (_, i) => Math.sin(i)))

describe.each(['wasm', 'cpu'])('tfjs on %s', async backend => {
  const device = await openBackend(backend)
  const engine = tfjsOn(device)

  it('says which backend it is and its version', () => {
    expect(engine.name).toBe(`tfjs:${backend}`)
    expect(engine.version).toMatch(/^\d+\.\d+\.\d+$/)
  })

  it('keeps state between runs as the reference does, and leaks nothing', async () => {
    const before = device.live()
    const [here, there] = [await engine.compile(step()), await jsEngine.compile(step())]
    await here.write(state())
    await there.write(state())
    const held = device.live()
    for (let i = 0; i < 5; i++) {
      const [got, want] = [await here.run([batch]), await there.run([batch])]
      expect(got[0].data[0]).toBeCloseTo(want[0].data[0], 4)
      expect(Array.from(got[1].data)).toEqual(Array.from(batch.data))
      expect(device.live()).toEqual(held)
    }
    const [got, want] = [await here.read(), await there.read()]
    got.forEach((g, i) => g.data.forEach((x, j) => { expect(x).toBeCloseTo(want[i].data[j], 5) }))
    expect(got[1]).toEqual(value([], 'int32', [5]))
    await here.release()
    expect(device.live()).toEqual(before)
  })

  it('runs as the current backend of tfjs, whichever was opened last', async () => {
    const { getBackend } = await import('@tensorflow/tfjs-core')
    const executable = await engine.compile(step())
    await executable.write(state())
    await openBackend(backend === 'wasm' ? 'cpu' : 'wasm')
    expect(getBackend()).not.toBe(backend)
    await executable.run([batch])
    expect(getBackend()).toBe(backend)
    await executable.release()
  })

  it('reads copies, and keeps no array of the caller', async () => {
    const executable = await engine.compile(step())
    const mine = state()
    await executable.write(mine)
    mine[0].data.fill(7)
    const first = await executable.read()
    expect(first[0].data[0]).toBeCloseTo(0.1, 6)
    first[0].data.fill(9)
    expect((await executable.read())[0].data[0]).toBeCloseTo(0.1, 6)
    await executable.release()
  })

  it('takes float64 arrays for float32', async () => {
    const executable = await engine.compile(step())
    await executable.write(state())
    const [loss] = await executable.run([batch])
    const [again] = await (async () => {
      await executable.write(state())
      return executable.run([{ ...batch, data: Float64Array.from(batch.data) }])
    })()
    expect(again).toEqual(loss)
    await executable.release()
  })

  it('gives the whole of a result that is an input, a constant, a broadcast, or another result', async () => {
    const x = b.input({ shape: [2], dtype: 'float32' })
    const before = device.live()
    const outputs = [x, b.full(3, [2, 2]), b.broadcastTo(x, [2, 2]), b.reshape(x, [2, 1]), x, b.scalar(1, 'int32')]
    const executable = await engine.compile(program([x], outputs))
    for (let i = 0; i < 2; i++) {
      const out = await executable.run([value([2], 'float32', [1, 2])])
      expect(out.map(o => [o.shape, Array.from(o.data)])).toEqual([
        [[2], [1, 2]], [[2, 2], [3, 3, 3, 3]], [[2, 2], [1, 2, 1, 2]], [[2, 1], [1, 2]], [[2], [1, 2]], [[], [1]]])
    }
    await executable.release()
    expect(device.live()).toEqual(before)
  })

  it('frees what a failed run made', async () => {
    const x = b.input({ shape: [2], dtype: 'int32' })
    const y = b.input({ shape: [2], dtype: 'float32' })
    const p = program([y, x], [b.sortIndices(b.exp(y), 0), b.reshape(x, [2])])
    const executable = await tfjsOn({ ...device, downloadNow: () => { throw new Error('the device is lost') } }).compile(p)
    const before = device.live()
    await expect(executable.run([value([2], 'float32', [1, 2]), value([2], 'int32', [1, 2])])).rejects.toMatchObject({
      kind: 'engine',
      message: `tfjs:${backend}: the program stopped: the device is lost; the engine js runs it slowly and without tfjs`,
    })
    expect(device.live()).toEqual(before)
    await executable.release()
  })

  it('refuses values of the wrong shape, dtype or number', async () => {
    const executable = await engine.compile(step())
    const faults = [
      () => executable.run([batch]),
      async () => {
        await executable.write(state())
        return executable.run([value([3, 4], 'float32', Array.from(batch.data))])
      },
      () => executable.write(state().slice(1)),
      () => executable.write(state().reverse()),
    ]
    const sentence = (e: unknown): string => e instanceof TypegradError ? e.message : `not ours: ${String(e)}`
    const sentences: string[] = []
    for (const f of faults) sentences.push(await f().then(() => 'no error', sentence))
    expect(sentences).toEqual([
      'run: the program keeps 3 values but 0 were written; call write first',
      'run: input 0 is float32 [3, 4] but float32 [4, 3] was expected',
      'write: 3 values are expected but 2 are given',
      'write: value 0 is float32 [2] but float32 [3, 2] was expected',
    ])
    await executable.release()
  })
})
