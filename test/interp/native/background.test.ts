/** Long runs go to another thread: JavaScript keeps its own, calls keep their order, and nothing else changes. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import type { Node } from '../../../src/dsl/core/node.js'
import type { Value } from '../../../src/dsl/value.js'
import type { Executable, Resident } from '../../../src/interp/engine.js'
import { nativeEngine } from '../../../src/interp/native/engine.js'
import { openToolchain } from '../../../src/interp/native/toolchain/addon.js'
import { Turns } from '../../../src/interp/native/turns.js'
import { program } from '../../../src/interp/program.js'
import { float, int, spread } from '../onnx/agree.js'
import { scaled, smallRuntime } from './workshop.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const engine = await nativeEngine({ threads: 1 }).catch(() => null)
const f = (...shape: number[]): Node => b.input({ shape, dtype: 'float32' })
const N = 800
const [w, c] = [f(N, N), f()]
/** Hundreds of milliseconds of work: powers of a matrix, and a sum that stays from run to run. */
const long = b.add(b.mul(b.sum(Array.from({ length: 20 }).reduce<Node>(x => b.tanh(b.matmul(x, w)), w), [0, 1]), 1e-3), c)
const compile = async (inputs: Node[], outputs: Node[], resident: Resident[] = []): Promise<Executable> => {
  if (engine === null) throw new Error('there is no compiler')
  return engine.compile(program(inputs, outputs, resident))
}
const matrix = spread(N, N)
const summing = async (): Promise<Executable> => {
  const e = await compile([w, c], [long, b.neg(long)], [{ input: 1, output: 0 }])
  await e.write([float([], [0])])
  return e
}
const first = (vs: readonly Value[]): number => vs[0].data[0]

describe.skipIf(engine === null)('a long run', () => {
  test('leaves JavaScript its thread, and gives the same bits', async () => {
    const e = await summing()
    const alone = first(await e.run([matrix]))
    await e.write([float([], [0])])
    let turns = 0, done = false
    const count = (): void => {
      turns++
      if (!done) setImmediate(count)
    }
    setImmediate(count)
    const again = first(await e.run([matrix]))
    done = true
    expect(turns).toBeGreaterThan(1)
    expect(again).toBe(alone)
    await e.release()
  })

  test('keeps the order of calls that do not wait for each other', async () => {
    const e = await summing()
    const one = -first(await e.run([matrix]))
    const [second, read, , third, , gone] = await Promise.all([
      e.run([matrix]), e.read(), e.write([float([], [5])]), e.run([matrix]), e.release(),
      e.run([matrix]).catch((x: unknown) => String(x)),
    ])
    expect(-first(second)).toBeCloseTo(2 * one, 3)
    expect(first(read)).toBe(-first(second))
    expect(-first(third)).toBeCloseTo(5 + one, 3)
    expect(gone).toContain('run: the program was released; compile it again')
  })

  test('does not hold up other programs for good', async () => {
    const [e, x] = [await summing(), f(2)]
    const small = await compile([x], [b.neg(x)])
    await e.run([matrix])
    const running = e.run([matrix])
    expect(Array.from((await small.run([float([2], [1, 2])]))[0].data)).toEqual([-1, -2])
    expect(first(await running)).toBeLessThan(Infinity)
  })

  test('reads what nobody else holds', async () => {
    const e = await summing()
    const one = first(await e.run([matrix]))
    await e.write([float([], [0])])
    const running = e.run([{ ...matrix, data: Float32Array.from(matrix.data) }])
    for (let i = 0; i < 3; i++) {
      collect()
      Array.from({ length: 50 }, () => new Float32Array(N * N).fill(7))
    }
    expect(first(await running)).toBe(one)
  })

  test('that stops says why, and its half replaced state is refused', async () => {
    const [v, at, state] = [f(3), b.input({ shape: [1], dtype: 'int32' }), f(N, N)]
    const next = Array.from({ length: 20 }).reduce<Node>(x => b.tanh(b.matmul(x, state)), state)
    const e = await compile([v, at, state], [b.gather(v, at, 0), b.add(state, b.mul(next, 1e-3))], [{ input: 2, output: 1 }])
    await e.write([matrix])
    await e.run([float([3], [1, 2, 3]), int([1], [2])])
    await expect(e.run([float([3], [1, 2, 3]), int([1], [3])])).rejects.toThrow('gather: position 3 lies outside of an axis of size 3')
    await e.write([matrix])
    expect(first(await e.run([float([3], [1, 2, 3]), int([1], [1])]))).toBe(2)
  })

  test('refuses at the door what would pull its memory away', async () => {
    const { compileProgram } = await openToolchain(process.env, smallRuntime())
    const [p] = await compileProgram([scaled(2)], [4, 4])
    const [x, y] = [Float32Array.of(3), new Float32Array(1)]
    p.bind(0, x)
    p.bind(1, y)
    const running = p.start(1)
    for (const call of [() => { p.run(1) }, () => { void p.start(1) }, () => { p.bind(0, null) }, () => { p.close() }])
      expect(call).toThrow('native: the program is running')
    expect(await running).toBeGreaterThanOrEqual(0)
    expect(y[0]).toBe(6)
    x[0] = -1
    await expect(p.start(1)).rejects.toThrow('a number is negative')
    p.close()
  })
})

test('turns: at once where nothing is under way, else one after another, whatever fails', async () => {
  const turns = new Turns(), seen: string[] = []
  const call = (name: string, holds: boolean, fails = false): Promise<unknown> => turns.take(async () => {
    seen.push(`${name} begins`)
    if (holds) await new Promise(resolve => { setTimeout(resolve, 5) })
    seen.push(`${name} ends`)
    if (fails) throw new Error(name)
  }, holds).catch(() => undefined)
  void call('a', false)
  expect(seen).toEqual(['a begins', 'a ends'])
  await Promise.all([call('b', true, true), call('c', false), call('d', true), call('e', false)])
  expect(seen.slice(2)).toEqual(['b', 'c', 'd', 'e'].flatMap(n => [`${n} begins`, `${n} ends`]))
  void call('f', false)
  expect(seen.at(-1)).toBe('f ends')
})
