/** The onnx engine's threads and absence; what every engine does is in `executable.test.ts`, `indices.test.ts` and `release.test.ts`. */
import { describe, expect, test } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import type { Node } from '../../../src/dsl/core/node.js'
import type { Engine, Executable } from '../../../src/interp/engine.js'
import { onnxEngine } from '../../../src/interp/onnx/engine.js'
import { loadRuntime } from '../../../src/interp/onnx/runtime.js'
import { program } from '../../../src/interp/program.js'
import { spread } from './agree.js'

const engine: Engine = await onnxEngine({ threads: 1 })
const f = (...shape: number[]): Node => b.input({ shape, dtype: 'float32' })
const compile = (inputs: Node[], outputs: Node[], on = engine): Promise<Executable> => on.compile(program(inputs, outputs))

test('threads change the speed and not the result', async () => {
  const [x, w] = [f(64, 300), f(300, 200)]
  const outputs = [b.matmul(x, w), b.sum(x, [0, 1])]
  const results = await Promise.all([1, 2].map(async threads =>
    (await compile([x, w], outputs, await onnxEngine({ threads }))).run([spread(64, 300), spread(300, 200)])))
  results[0][0].data.forEach((v, i) => { expect(results[1][0].data[i]).toBeCloseTo(v, 3) })
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
