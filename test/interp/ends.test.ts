/** What every engine refuses at a program's ends, before it computes. */
import { expect, test } from 'vitest'
import * as b from '../../src/dsl/core/build.js'
import type { Value } from '../../src/dsl/value.js'
import { checkState, splitEnds } from '../../src/interp/ends.js'
import { jsEngine } from '../../src/interp/js/engine.js'
import { program } from '../../src/interp/program.js'

const [x, p] = [0, 1].map(() => b.input({ shape: [2, 2], dtype: 'float32' }))
const made = program([x, p], [b.add(x, p)], [{ input: 1, output: 0 }])
const value = (length: number): Value => ({ shape: [2, 2], dtype: 'float32', data: new Float32Array(length) })

test.each([3, 5, 0])('%s numbers are no [2, 2]', length => {
  const { check } = splitEnds(made)
  expect(() => { check([value(length)], 1) }).toThrow(`run: input 0 has ${length} elements but its shape [2, 2] has 4`)
  expect(() => { checkState(made, [value(length)]) }).toThrow(`write: value 0 has ${length} elements but its shape [2, 2] has 4`)
  check([value(4)], 1)
  checkState(made, [value(4)])
})

test('generated code takes nothing of a value that is too short', async () => {
  const e = await jsEngine.compile(program([x], [b.mul(x, 2)]))
  await e.run([{ ...value(4), data: Float32Array.of(1, 2, 3, 4) }])
  await expect(e.run([value(1)])).rejects.toThrow('run: input 0 has 1 elements but its shape [2, 2] has 4')
})
