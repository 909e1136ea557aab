/** The onnx engine's threads, faults and absence; what every engine does is in `executable.test.ts`. */
import { describe, expect, test } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import type { Node } from '../../../src/dsl/core/node.js'
import type { Value } from '../../../src/dsl/value.js'
import type { Engine, Executable } from '../../../src/interp/engine.js'
import { onnxEngine } from '../../../src/interp/onnx/engine.js'
import { loadRuntime } from '../../../src/interp/onnx/runtime.js'
import { program } from '../../../src/interp/program.js'
import { float, int, spread } from './agree.js'

const engine: Engine = await onnxEngine({ threads: 1 })
const f = (...shape: number[]): Node => b.input({ shape, dtype: 'float32' })
const compile = (inputs: Node[], outputs: Node[], on = engine): Promise<Executable> => on.compile(program(inputs, outputs))
const data = (vs: readonly Value[]): number[][] => vs.map(v => Array.from(v.data))

test('threads change the speed and not the result', async () => {
  const [x, w] = [f(64, 300), f(300, 200)]
  const outputs = [b.matmul(x, w), b.sum(x, [0, 1])]
  const results = await Promise.all([1, 2].map(async threads =>
    (await compile([x, w], outputs, await onnxEngine({ threads }))).run([spread(64, 300), spread(300, 200)])))
  results[0][0].data.forEach((v, i) => { expect(results[1][0].data[i]).toBeCloseTo(v, 3) })
})

test('a position outside of the axis stops the program with a sentence, and the next run works', async () => {
  const [x, i] = [f(3), b.input({ shape: [1], dtype: 'int32' })]
  const e = await compile([x, i], [b.gather(x, i, 0)])
  const axis = 'an axis of size 3 (0 to 2 are expected); check labels and indices'
  const message = `onnx: the program stopped: gather: a position lies outside of ${axis}`
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
