import { describe, expect, test } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import type { Node } from '../../../src/dsl/core/node.js'
import type { Value } from '../../../src/dsl/value.js'
import type { Engine, Executable, Resident } from '../../../src/interp/engine.js'
import { jsEngine } from '../../../src/interp/js/engine.js'
import { onnxEngine } from '../../../src/interp/onnx/engine.js'
import { loadRuntime } from '../../../src/interp/onnx/runtime.js'
import { program } from '../../../src/interp/program.js'
import { float, int, spread } from './agree.js'

const engine: Engine = await onnxEngine({ threads: 1 })
const f = (...shape: number[]): Node => b.input({ shape, dtype: 'float32' })
const compile = (inputs: Node[], outputs: Node[], resident: Resident[] = [], on = engine): Promise<Executable> =>
  on.compile(program(inputs, outputs, resident))
const data = (vs: readonly Value[]): number[][] => vs.map(v => Array.from(v.data))

describe('ends', () => {
  test('an output may be an input, a constant, or the same as another output', async () => {
    const [x, y] = [f(2), f(2)]
    const sum = b.add(x, y)
    const repeated = b.broadcastTo(b.scalar(3), [2])
    const e = await compile([x, y], [x, sum, sum, b.scalar(3), x, repeated, b.stopGradient(sum), b.reshape(sum, [1, 2])])
    const results = await e.run([float([2], [1, 2]), float([2], [10, 20])])
    expect(data(results)).toEqual([[1, 2], [11, 22], [11, 22], [3], [1, 2], [3, 3], [11, 22], [11, 22]])
    expect(results[7].shape).toEqual([1, 2])
  })

  test('an input may go unused, and a program may have none', async () => {
    const [x, y] = [f(2), f(3)]
    expect(data(await (await compile([x, y], [b.neg(x)])).run([float([2], [1, 2]), spread(3)]))).toEqual([[-1, -2]])
    expect(data(await (await compile([], [b.iota(3)])).run([]))).toEqual([[0, 1, 2]])
  })

  test('float32 comes in from doubles, stays with the caller, and goes out as single precision of its own', async () => {
    const x = f(2)
    const e = await compile([x], [b.mul(x, 2)])
    const given = { shape: [2], dtype: 'float32' as const, data: Float64Array.of(0.1, 1) }
    const [first] = await e.run([given])
    const [second] = await e.run([float([2], [5, 6])])
    expect(given.data[0]).toBe(0.1)
    expect(first.data).toEqual(Float32Array.of(0.2, 2))
    expect(second.data).toEqual(Float32Array.of(10, 12))
  })

  test('where a value lies in memory does not change a bit of the result', async () => {
    const x = f(37, 53)
    const e = await compile([x], [b.sum(x, [1]), b.sum(x, [0, 1]), b.log(b.abs(x))])
    const values = spread(37, 53)
    const results: number[][][] = []
    for (let offset = 0; offset < 8; offset++) {
      const memory = new Float32Array(values.data.length + 8).subarray(offset, offset + values.data.length)
      memory.set(values.data)
      results.push(data(await e.run([{ ...values, data: memory }])))
    }
    results.forEach(r => { expect(r).toEqual(results[0]) })
  })

  test('tensors without elements', async () => {
    const x = f(0, 3)
    const longer = b.concat([x, b.full(1, [1, 3])], 0)
    const e = await compile([x], [b.exp(x), b.sum(x, [0]), longer, b.transpose(x, [1, 0]), b.matmul(x, b.full(1, [3, 2]))])
    const results = await e.run([float([0, 3], [])])
    expect(results.map(r => r.shape)).toEqual([[0, 3], [3], [1, 3], [3, 0], [0, 2]])
    expect(data(results)).toEqual([[], [0, 0, 0], [1, 1, 1], [], []])
  })

  test('a value of the wrong shape is refused by name', async () => {
    const x = f(2)
    const e = await compile([x], [b.neg(x)])
    await expect(e.run([spread(3)])).rejects.toThrow('run: input 0 is float32 [3] but float32 [2] was expected')
    await expect(e.run([])).rejects.toThrow('run: 1 inputs are expected but 0 are given')
  })
})

describe('resident values', () => {
  /** Two Fibonacci numbers that change places, a counter, a fixed factor, and a value that keeps itself. */
  const [a, c, n, k, same, x] = [f(2), f(2), b.input({ shape: [], dtype: 'int32' }), f(2), f(1), f(2)]
  const outputs = [c, b.add(a, c), b.add(n, b.scalar(1, 'int32')), same, b.mul(b.add(a, x), k)]
  const resident = [0, 1, 2, null, 3].map((output, input) => ({ input, output }))
  const start = [float([2], [0, 1]), float([2], [1, 1]), int([], [0]), float([2], [2, -1]), float([1], [9])]

  test.each([['onnx', engine], ['js', jsEngine]] as const)('alternate between runs (%s)', async (_, on) => {
    const e = await compile([a, c, n, k, same, x], outputs, resident, on)
    await e.write(start)
    const seen: number[][] = []
    for (let i = 0; i < 6; i++) seen.push(...data(await e.run([float([2], [i, 0])])))
    expect(seen).toEqual([[0, -1], [4, -1], [6, -2], [10, -3], [14, -5], [20, -8]])
    expect(data(await e.read())).toEqual([[8, 13], [13, 21], [6], [2, -1], [9]])
    await e.release()
  })

  test('what is written and read is a copy', async () => {
    const e = await compile([a, c, n, k, same, x], outputs, resident)
    const mine = start.map(v => ({ ...v, data: v.data.slice() }))
    await e.write(mine)
    for (let i = 0; i < 3; i++) await e.run([float([2], [0, 0])])
    expect(data(mine)).toEqual(data(start))
    const kept = await e.read()
    const before = data(kept)
    for (let i = 0; i < 2; i++) await e.run([float([2], [0, 0])])
    expect(data(kept)).toEqual(before)
    await e.write(start)
    expect(data(await e.read())).toEqual(data(start))
  })

  test('two that receive one output', async () => {
    const [p, q] = [f(1), f(1)]
    const e = await compile([p, q], [b.add(p, q), b.sub(p, q)], [{ input: 0, output: 0 }, { input: 1, output: 0 }])
    await e.write([float([1], [1]), float([1], [3])])
    const seen = [...data(await e.run([])), ...data(await e.run([])), ...data(await e.run([]))]
    expect(seen).toEqual([[-2], [0], [0]])
    expect(data(await e.read())).toEqual([[16], [16]])
  })

  test('runs that are not awaited follow one another', async () => {
    const p = f(1)
    const e = await compile([p], [b.add(b.mul(p, 2), 1), p], [{ input: 0, output: 0 }])
    await e.write([float([1], [0])])
    expect(data((await Promise.all(Array.from({ length: 5 }, () => e.run([])))).flat())).toEqual([[0], [1], [3], [7], [15]])
  })

  test('a state of the wrong shape or length is refused', async () => {
    const p = f(2)
    const e = await compile([p], [b.neg(p)], [{ input: 0, output: 0 }])
    await expect(e.write([spread(3)])).rejects.toThrow('write: value 0 is float32 [3] but float32 [2] was expected')
    await expect(e.write([])).rejects.toThrow('write: 1 values are expected but 0 are given')
  })

  test('a run before the state is written says so', async () => {
    const p = f(1)
    const e = await compile([p], [b.neg(p)], [{ input: 0, output: 0 }])
    await expect(e.run([])).rejects.toThrow('call write first')
    await e.write([float([1], [4])])
    await e.run([])
    expect(data(await e.read())).toEqual([[-4]])
  })
})

test('threads change the speed and not the result', async () => {
  const [x, w] = [f(64, 300), f(300, 200)]
  const outputs = [b.matmul(x, w), b.sum(x, [0, 1])]
  const results = await Promise.all([1, 2].map(async threads =>
    (await compile([x, w], outputs, [], await onnxEngine({ threads }))).run([spread(64, 300), spread(300, 200)])))
  results[0][0].data.forEach((v, i) => { expect(results[1][0].data[i]).toBeCloseTo(v, 3) })
})

test('a position outside of the axis stops the program with a sentence, and the next run works', async () => {
  const [x, i] = [f(3), b.input({ shape: [1], dtype: 'int32' })]
  const e = await compile([x, i], [b.gather(x, i, 0)])
  const message = expect.stringContaining('out of data bounds') as string
  await expect(e.run([spread(3), int([1], [7])])).rejects.toMatchObject({ kind: 'engine', message })
  expect(data(await e.run([float([3], [4, 5, 6]), int([1], [2])]))).toEqual([[6]])
})

describe('an absent engine says what is missing and what to type', () => {
  const fails = (message: string, code?: string) => () => Promise.reject(Object.assign(new Error(message), { code }))

  test('the package', async () => {
    const mend = 'run `npm install onnxruntime-node`, or choose the engine tfjs or js'
    const load = loadRuntime(fails("Cannot find package 'onnxruntime-node'", 'ERR_MODULE_NOT_FOUND'))
    await expect(load).rejects.toMatchObject({ kind: 'engine', message: `onnx: the package onnxruntime-node is not installed; ${mend}` })
  })

  test('its native library', async () => {
    const reason = 'libonnxruntime.so.1: cannot open shared object file'
    const sentence = `the native library of onnxruntime-node for ${process.platform} ${process.arch} does not load (${reason})`
    await expect(loadRuntime(fails(reason, 'ERR_DLOPEN_FAILED'))).rejects.toThrow(sentence)
    const other = "Cannot find module '../bin/napi-v6/linux/riscv64/onnxruntime_binding.node'"
    await expect(loadRuntime(fails(other, 'MODULE_NOT_FOUND'))).rejects.toThrow('does not load')
  })
})
