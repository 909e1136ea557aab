/** A released program on every engine: released twice is released once, used again it says so, and its memory is free. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import * as b from '../../src/dsl/core/build.js'
import { quickest } from '../../src/interp/choose.js'
import { compile as compileTrees } from '../../src/interp/compile.js'
import type { Engine, Executable } from '../../src/interp/engine.js'
import { interpreted } from '../../src/interp/js/engine.js'
import { program } from '../../src/interp/program.js'
import { subjects, type Subject } from './agreement/engines.js'
import { spread } from './onnx/agree.js'

/** A sum of what is given and what is kept, which each run doubles. */
const doubled = (n: number) => {
  const [x, kept] = [0, 1].map(() => b.input({ shape: [n], dtype: 'float32' }))
  return program([x, kept], [b.add(x, kept), b.mul(kept, 2)], [{ input: 1, output: 1 }])
}
const small = (engine: Engine): Engine => quickest(engine, { call: 1e6, input: 0, output: 0, operation: 0, random: 0, step: 0 })
const reference: Engine = { name: 'js', version: '', compile: p => Promise.resolve(interpreted(p)) }
const plain = (engine: Engine) => (): Promise<Subject> => Promise.resolve({ name: engine.name, engine, live: () => null })
const engines: typeof subjects = {
  ...subjects, 'the reference': plain(reference), 'a small program as generated code': plain(small(reference)),
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
/** Bytes of arrays, once what nobody holds is gone: arrays of what has just run may live until the next turn. */
const held = async (): Promise<number> => {
  for (let i = 0; i < 4; i++) {
    await new Promise(resolve => setTimeout(resolve, 5))
    collect()
  }
  return process.memoryUsage().arrayBuffers
}

describe.each(Object.keys(engines))('%s', name => {
  const sentence = (what: string) =>
    ({ name: 'TypegradError', kind: 'engine', message: `${what}: the program was released; compile it again` })
  const refuses = async (e: Executable, n: number): Promise<void> => {
    await expect(e.run([spread(n)])).rejects.toMatchObject(sentence('run'))
    await expect(e.write([spread(n)])).rejects.toMatchObject(sentence('write'))
    await expect(e.read()).rejects.toMatchObject(sentence('read'))
  }

  test('is released once, and used no more', async () => {
    const { engine, live } = await engines[name]()
    const other = await engine.compile(doubled(4))
    await other.write([spread(4)])
    const before = live()
    const e = await engine.compile(doubled(4))
    await e.write([spread(4)])
    // A run that was called before ends as it should.
    const last = e.run([spread(4)])
    await e.release()
    expect((await last)[0].data[3]).toBeCloseTo(2 * spread(4).data[3], 5)
    expect(live()).toEqual(before)
    await e.release()
    await refuses(e, 4)
    // What is wrong besides does not come first.
    await expect(e.run([])).rejects.toMatchObject(sentence('run'))
    expect(live()).toEqual(before)
    // Another program of the engine goes on.
    expect((await other.run([spread(4)]))[0].data[3]).toBeCloseTo(2 * spread(4).data[3], 5)
    await other.release()
  })

  test('gives its memory back while the caller still holds it', async () => {
    const n = 2 ** 21, { engine } = await engines[name](), given = [spread(n)]
    const before = await held()
    const e = await engine.compile(doubled(n))
    await e.write(given)
    await e.run(given)
    await e.release()
    // The state alone is 8 MiB.
    expect(await held() - before).toBeLessThan(2 ** 22)
    await refuses(e, n)
  })

  test('says so through compile too', async () => {
    const { engine } = await engines[name](), shape = { shape: [2], dtype: 'float32' } as const
    const c = await compileTrees(engine, (s: { w: typeof shape }) => ({ state: s, outputs: s }), { state: { w: shape }, inputs: {} })
    await c.write({ w: spread(2) })
    await c.release()
    await c.release()
    await expect(c.run({})).rejects.toMatchObject(sentence('run'))
    await expect(c.read()).rejects.toMatchObject(sentence('read'))
  })
})
