/** Loops and sums that are shared among threads, of sizes that no number of threads divides: as on one thread, to the last bit. */
import { describe, test } from 'vitest'
import * as b from '../../../../src/dsl/core/build.js'
import { Inputs, spread } from '../../onnx/agree.js'
import { agreeOnThreads, isThere } from '../on-threads.js'

describe.skipIf(!isThere)('on 1, 2, 3 and 5 threads', () => {
  test.each([
    [1, 100, 500], [1, 64, 700], [3, 1031, 37], [2, 65, 900], [7, 80, 70], [1, 5003, 3],
    [1, 9, 12345], [40, 2000, 1], [60, 25, 16], [9, 64, 128], [50, 1, 20],
  ])('sums, maxima and elements of %i of %i by %i', async (before, n, after) => {
    const inputs = new Inputs()
    const x = inputs.of(spread(before, n, after))
    const y = b.mul(b.add(x, 3), b.add(x, 2.5))
    const outputs = [b.sum(b.mul(x, x), [1]), b.sum(y, [0, 1]), b.max(x, [1]), b.min(x, [1]), b.prod(x, [1]),
      b.sum(b.exp(x), [2]), b.exp(x), b.sum(y, [0, 1, 2])]
    await agreeOnThreads(inputs, outputs)
  })
})
