/** The native engine's own memory, faults and what a run costs; what every engine does is in `executable.test.ts`. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import type { Node } from '../../../src/dsl/core/node.js'
import type { Value } from '../../../src/dsl/value.js'
import type { Engine, Executable, Program, Resident } from '../../../src/interp/engine.js'
import type { Emitted } from '../../../src/interp/native/emit/emit.js'
import { nativeEngine, nativeOn } from '../../../src/interp/native/engine.js'
import { openToolchain } from '../../../src/interp/native/toolchain/addon.js'
import { program } from '../../../src/interp/program.js'
import { float, int, spread } from '../onnx/agree.js'
import { smallRuntime } from './workshop.js'

const engine: Engine | null = await nativeEngine({ threads: 1 }).catch(() => null)
const opened = (): Engine => {
  if (engine === null) throw new Error('there is no compiler')
  return engine
}
const f = (...shape: number[]): Node => b.input({ shape, dtype: 'float32' })
const compile = (inputs: Node[], outputs: Node[], resident: Resident[] = [], on = opened()): Promise<Executable> =>
  on.compile(program(inputs, outputs, resident))
const x = f(2)
const data = (vs: readonly Value[]): number[][] => vs.map(v => Array.from(v.data))

test.skipIf(engine === null)('a value of the wrong length is refused by name', async () => {
  const e = await compile([x], [b.neg(x)])
  await expect(e.run([{ shape: [2], dtype: 'float32', data: new Float32Array(1) }]))
    .rejects.toThrow('run: input 0 has 1 elements but its shape [2] has 2')
})

test.skipIf(engine === null)('programs of one engine share their working memory, whatever they ask for and whenever', async () => {
  const small = await compile([x], [b.sum(b.exp(b.mul(x, x)), [0])])
  const w = f(300, 300)
  const large = await compile([w], [b.sum(b.matmul(b.exp(w), b.sin(w)), [0, 1])])
  const first = data(await small.run([float([2], [1, 2])]))
  const sums = data(await large.run([spread(300, 300)]))
  expect(data(await small.run([float([2], [1, 2])]))).toEqual(first)
  expect(data(await large.run([spread(300, 300)]))).toEqual(sums)
})

describe.skipIf(engine === null)('C by hand', () => {
  /** Residents p, q, r and s: p is added to in place, q and r change places, s receives what p does. */
  const source = `#include "typegrad.h"
void tg_run(const tg *R, char *const *slot) {
  const float *p = (float *)slot[2], *q = (float *)slot[3], *r = (float *)slot[4], *s = (float *)slot[5], *c = (float *)slot[1];
  ((float *)slot[0])[0] = q[0];
  ((float *)slot[9])[0] = s[0];
  ((float *)slot[6])[0] = p[0] + c[0];
  ((float *)slot[7])[0] = r[0];
  ((float *)slot[8])[0] = ((float *)slot[0])[0];
  if (p[0] > 1000) R->fault("p is too large");
}
`
  const emitted: Emitted = {
    sources: [source], arena: 4, constants: new Uint8Array(Float32Array.of(10).buffer), inPlace: [true, false, false, false],
  }
  const ends = [f(1), f(1), f(1), f(1)]
  const kept: Resident[] = [0, 1, 2, 0].map((output, input) => ({ input, output }))
  const byHand = async (): Promise<Executable> => {
    const seen: Program[] = []
    const on = nativeOn(await openToolchain(process.env, smallRuntime()), { threads: 1 }, given => {
      seen.push(given)
      return emitted
    })
    const e = await compile(ends, [...ends.slice(0, 3).map(p => b.add(p, 1)), ends[3]], kept, on)
    expect(seen.map(p => p.resident)).toEqual([kept])
    return e
  }

  test('state lies in place, changes places, or is copied', async () => {
    const e = await byHand()
    await e.write([1, 2, 3, 4].map(v => float([1], [v])))
    const seen: unknown[] = []
    for (let i = 0; i < 3; i++) seen.push(data(await e.run([])), data(await e.read()))
    expect(seen).toEqual([
      [[4]], [[11], [3], [2], [11]],
      [[11]], [[21], [2], [3], [21]],
      [[21]], [[31], [3], [2], [31]],
    ])
    await e.write([1, 2, 3, 4].map(v => float([1], [v])))
    expect(data(await e.run([]))).toEqual([[4]])
    expect(data(await e.read())).toEqual([[11], [3], [2], [11]])
  })

  test('a fault stops the run with a sentence, and the next one works', async () => {
    const e = await byHand()
    await e.write([2000, 2, 3, 4].map(v => float([1], [v])))
    const message = 'native: the program stopped: p is too large'
    await expect(e.run([])).rejects.toMatchObject({ kind: 'engine', message })
    for (const [what, again] of [['run', e.run([])], ['read', e.read()]] as const) await expect(again).rejects.toMatchObject(
      { kind: 'engine', message: `native: ${what}: the run before stopped and left the state half replaced; call write first` })
    await e.write([1, 2, 3, 4].map(v => float([1], [v])))
    expect(data(await e.run([]))).toEqual([[4]])
  })
})

test.skipIf(engine === null)('threads change the speed and not a bit of the result', async () => {
  const [v, w] = [f(64, 300), f(300, 200)]
  const made = [b.matmul(v, w), b.sum(v, [0, 1]), b.exp(v)]
  const results = await Promise.all([1, 2, 3].map(async threads =>
    data(await (await compile([v, w], made, [], await nativeEngine({ threads }))).run([spread(64, 300), spread(300, 200)]))))
  expect(results[1]).toEqual(results[0])
  expect(results[2]).toEqual(results[0])
})

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

test.skipIf(engine === null)('constants outlive a collection of garbage', async () => {
  const x = f(2048)
  const table = b.constant(spread(2048))
  const { run } = await compile([x], [b.add(x, table)])
  for (let i = 0; i < 5; i++) {
    // Taken and given back, so that memory that is free is used again.
    Array.from({ length: 200 }, () => new Float32Array(4096).fill(7))
    collect()
  }
  expect(data(await run([float([2048], new Array<number>(2048).fill(0))]))[0]).toEqual(data([spread(2048)])[0])
})

test.skipIf(engine === null)('a wrong position that another thread meets is named too, and the next run works', async () => {
  const n = 2 ** 17, [v, i] = [f(3), b.input({ shape: [n], dtype: 'int32' })]
  const e = await compile([v, i], [b.gather(v, i, 0)], [], await nativeEngine({ threads: 2 }))
  const at = int([n], new Array<number>(n).fill(2))
  at.data[n - 2] = 7
  const message = 'gather: position 7 lies outside of an axis of size 3 (0 to 2 are expected); check labels and indices'
  await expect(e.run([spread(3), at])).rejects.toMatchObject({ kind: 'engine', message })
  at.data[n - 2] = 1
  expect((await e.run([float([3], [4, 5, 6]), at]))[0].data.subarray(n - 3)).toEqual(Float32Array.of(6, 5, 6))
})

test.skipIf(engine === null)('runs one after another leave timers and signals their turn', async () => {
  const e = await compile([x], [b.neg(x)])
  let fired = false
  const timer = setTimeout(() => { fired = true }, 1)
  const end = performance.now() + 5000
  while (!fired && performance.now() < end) await e.run([float([2], [1, 2])])
  clearTimeout(timer)
  expect(fired).toBe(true)
})

test.skipIf(engine === null)('thousands of runs and of programs do not grow the memory', async () => {
  const w = f(100, 100)
  const e = await compile([w], [b.mul(w, 2)])
  const value = spread(100, 100)
  const many = async (count: number): Promise<number> => {
    for (let i = 0; i < count; i++) await e.run([value])
    for (let i = 0; i < count / 10; i++) await (await compile([w], [b.mul(w, 2)])).release()
    // What waits for its collection, longer when the machine is busy, is no growth.
    collect()
    return process.memoryUsage().rss
  }
  await many(3000)
  const before = await many(3000)
  // What leaks grows every time; what the machine's other work keeps from being collected once does not.
  const after = [await many(3000), await many(3000), await many(3000)]
  expect(Math.min(...after) - before).toBeLessThan(30e6)
})
