/** What the common interface promises, on every engine that keeps it alone: ends in order, and state that stays with the engine. */
import { describe, expect, test } from 'vitest'
import * as b from '../../src/dsl/core/build.js'
import type { Node } from '../../src/dsl/core/node.js'
import type { Value } from '../../src/dsl/value.js'
import type { Engine, Executable, Resident } from '../../src/interp/engine.js'
import { jsEngine } from '../../src/interp/js/engine.js'
import { nativeEngine } from '../../src/interp/native/engine.js'
import { onnxEngine } from '../../src/interp/onnx/engine.js'
import { program } from '../../src/interp/program.js'
import { float, int, spread } from './onnx/agree.js'

/** `single` precision goes out of an engine; js computes in doubles. Without a compiler there is no native engine. */
const engines: readonly { readonly name: string; readonly single: boolean; readonly engine: Engine | null }[] = [
  { name: 'js', single: false, engine: jsEngine },
  { name: 'onnx', single: true, engine: await onnxEngine({ threads: 1 }) },
  { name: 'native', single: true, engine: await nativeEngine({ threads: 1 }).catch(() => null) },
]
const f = (...shape: number[]): Node => b.input({ shape, dtype: 'float32' })
const data = (vs: readonly Value[]): number[][] => vs.map(v => Array.from(v.data))

describe.each(engines)('$name', ({ engine, single }) => {
  const compile = (inputs: Node[], outputs: Node[], resident: Resident[] = []): Promise<Executable> => {
    if (engine === null) throw new Error('there is no compiler')
    return engine.compile(program(inputs, outputs, resident))
  }

  describe.skipIf(engine === null)('ends', () => {
    test('an output may be an input, a constant, or the same as another output', async () => {
      const [x, y] = [f(2), f(2)]
      const sum = b.add(x, y)
      const repeated = b.broadcastTo(b.scalar(3), [2])
      const e = await compile([x, y], [x, sum, sum, b.scalar(3), x, repeated, b.stopGradient(sum), b.reshape(sum, [1, 2])])
      const results = await e.run([float([2], [1, 2]), float([2], [10, 20])])
      expect(data(results)).toEqual([[1, 2], [11, 22], [11, 22], [3], [1, 2], [3, 3], [11, 22], [11, 22]])
      expect(results[7].shape).toEqual([1, 2])
    })

    test('what goes out is memory of its own', async () => {
      const [x, y] = [f(2), f(2)]
      const sum = b.add(x, y)
      const e = await compile([x, y], [x, sum, sum, b.scalar(3), x])
      const results = await e.run([float([2], [1, 2]), float([2], [10, 20])])
      expect(new Set(results.map(r => r.data)).size).toBe(results.length)
    })

    test('an input may go unused, and a program may have none', async () => {
      const [x, y] = [f(2), f(3)]
      expect(data(await (await compile([x, y], [b.neg(x)])).run([float([2], [1, 2]), spread(3)]))).toEqual([[-1, -2]])
      expect(data(await (await compile([], [b.iota(3)])).run([]))).toEqual([[0, 1, 2]])
    })

    test.runIf(single).each([2, 3000])('float32 comes in from doubles, stays with the caller, and goes out single (%s)', async n => {
      const x = f(n)
      const e = await compile([x], [b.mul(x, 2)])
      const given = { shape: [n], dtype: 'float32' as const, data: Float64Array.from({ length: n }, (_, i) => 0.1 + i) }
      const [first] = await e.run([given])
      const [second] = await e.run([float([n], Array.from({ length: n }, () => 5))])
      expect(given.data[0]).toBe(0.1)
      expect(first.data).toEqual(Float32Array.from(given.data, v => 2 * Math.fround(v)))
      expect(second.data).toEqual(new Float32Array(n).fill(10))
      expect((await e.run([{ ...given, data: new Float32Array(n + 1).subarray(1).fill(4) }]))[0].data[n - 1]).toBe(8)
    })

    test('every dtype goes in and out', async () => {
      const [i, c] = [b.input({ shape: [2], dtype: 'int32' }), b.input({ shape: [2], dtype: 'bool' })]
      const e = await compile([i, c], [b.select(c, i, b.neg(i)), b.not(c)])
      const results = await e.run([int([2], [3, 4]), { shape: [2], dtype: 'bool', data: Uint8Array.of(1, 0) }])
      expect(results.map(r => r.data)).toEqual([Int32Array.of(3, -4), Uint8Array.of(0, 1)])
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

  describe.skipIf(engine === null)('resident values', () => {
    test('alternate between runs', async () => {
      const { ends, outputs, resident, start } = fibonacci()
      const e = await compile(ends, outputs, resident)
      await e.write(start)
      const seen: number[][] = []
      for (let i = 0; i < 6; i++) seen.push(...data(await e.run([float([2], [i, 0])])))
      expect(seen).toEqual([[0, -1], [4, -1], [6, -2], [10, -3], [14, -5], [20, -8]])
      expect(data(await e.read())).toEqual([[8, 13], [13, 21], [6], [2, -1], [9]])
      await e.release()
    })

    test('what is written and read is a copy', async () => {
      const { ends, outputs, resident, start } = fibonacci()
      const e = await compile(ends, outputs, resident)
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

    test('two that keep one input: the last is what the program reads', async () => {
      const p = f(1)
      const e = await compile([p], [b.add(p, 1), b.mul(p, 2), b.neg(p)], [{ input: 0, output: 0 }, { input: 0, output: 1 }])
      await e.write([float([1], [5]), float([1], [3])])
      const seen = [...data(await e.run([])), ...data(await e.read()), ...data(await e.run([])), ...data(await e.read())]
      expect(seen).toEqual([[-3], [4], [6], [-6], [7], [12]])
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
})

/** Two Fibonacci numbers that change places, a counter, a fixed factor, and a value that keeps itself. */
const fibonacci = (): { ends: Node[]; outputs: Node[]; resident: Resident[]; start: Value[] } => {
  const [a, c, n, k, same, x] = [f(2), f(2), b.input({ shape: [], dtype: 'int32' }), f(2), f(1), f(2)]
  return {
    ends: [a, c, n, k, same, x],
    outputs: [c, b.add(a, c), b.add(n, b.scalar(1, 'int32')), same, b.mul(b.add(a, x), k)],
    resident: [0, 1, 2, null, 3].map((output, input) => ({ input, output })),
    start: [float([2], [0, 1]), float([2], [1, 1]), int([], [0]), float([2], [2, -1]), float([1], [9])],
  }
}
