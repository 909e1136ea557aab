/** What the native engine refuses in a sentence: more memory than there is, threads that are no number of threads, what was released. */
import { describe, expect, test } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import type { Node } from '../../../src/dsl/core/node.js'
import { nativeEngine } from '../../../src/interp/native/engine.js'
import { zeros } from '../../../src/interp/native/memory.js'
import { program } from '../../../src/interp/program.js'
import { float } from '../onnx/agree.js'

const engine = await nativeEngine({ threads: 1 }).catch(() => null)
const f = (...shape: number[]): Node => b.input({ shape, dtype: 'float32' })

test('memory that is not to be had is a sentence', () => {
  expect(() => zeros({ misalignment: () => 0, load: () => { throw new Error('not asked for') } }, 'float32', 2 ** 50))
    .toThrow(expect.objectContaining({ kind: 'engine', message: 'native: the program asks for 4.19e+6 GiB of memory in one piece, which '
      + 'this machine does not give; smaller batches or shorter sequences take less' }))
})

describe.skipIf(engine === null)('with a compiler', () => {
  test('a program that asks for too much is refused when it is compiled, or when it runs', async () => {
    const x = f()
    const many = b.broadcastTo(x, [2 ** 42])
    const working = program([x], [b.sum(b.cumsum(b.exp(many), 0), [0])])
    await expect(engine?.compile(working)).rejects.toThrow(/^native: the program asks for .* GiB of memory in one piece/)
    const e = await engine?.compile(program([x], [many]))
    await expect(e?.run([float([], [1])])).rejects.toThrow(/^native: the program asks for 1.64e\+4 GiB of memory in one piece/)
  })

  test.each([0, -1, 1.5, NaN])('%s threads are refused', async threads => {
    await expect(nativeEngine({ threads })).rejects.toMatchObject({
      kind: 'engine', message: `native: threads is ${threads}, but a whole number from 1 up was expected; leave it out for all cores`,
    })
  })

  test('a state is not written to what was released', async () => {
    const p = f(1)
    const e = await engine?.compile(program([p], [b.neg(p)], [{ input: 0, output: 0 }]))
    await e?.release()
    await expect(e?.write([float([1], [4])])).rejects.toThrow('write: the program was released; compile it again')
  })
})
