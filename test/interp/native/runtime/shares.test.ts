/** Loops and sums that are shared among threads, of sizes that no number of threads divides: as on one thread, to the last bit. */
import { describe, expect, test } from 'vitest'
import * as b from '../../../../src/dsl/core/build.js'
import { nativeEngine } from '../../../../src/interp/native/engine.js'
import { program } from '../../../../src/interp/program.js'
import { agree, Inputs, spread } from '../../onnx/agree.js'

const engines = await Promise.all([1, 2, 3, 5].map(threads => nativeEngine({ threads }).catch(() => null)))

describe.skipIf(engines.includes(null))('on 1, 2, 3 and 5 threads', () => {
  test.each([
    [1, 100, 500], [1, 64, 700], [3, 1031, 37], [2, 65, 900], [7, 80, 70], [1, 5003, 3],
    [1, 9, 12345], [40, 2000, 1], [60, 25, 16], [9, 64, 128], [50, 1, 20],
  ])('sums, maxima and elements of %i of %i by %i', async (before, n, after) => {
    const inputs = new Inputs()
    const x = inputs.of(spread(before, n, after))
    const y = b.mul(b.add(x, 3), b.add(x, 2.5))
    const outputs = [b.sum(b.mul(x, x), [1]), b.sum(y, [0, 1]), b.max(x, [1]), b.min(x, [1]), b.prod(x, [1]),
      b.sum(b.exp(x), [2]), b.exp(x), b.sum(y, [0, 1, 2])]
    const results = await Promise.all(engines.map(async on => {
      if (on === null) throw new Error('there is no compiler')
      const e = await on.compile(program(inputs.nodes, outputs))
      // Twice: first while the other threads start, then while they wait for work.
      await e.run(inputs.values)
      return (await e.run(inputs.values)).map(v => Array.from(v.data))
    }))
    if (engines[0] !== null) await agree(engines[0], inputs, outputs, 1e-5)
    for (const result of results.slice(1)) expect(result).toEqual(results[0])
  })
})
