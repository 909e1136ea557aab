/** Products and convolutions with few columns, which go by half vectors: their values, which do not depend on the number of threads. */
import { describe, test } from 'vitest'
import * as b from '../../../../src/dsl/core/build.js'
import { gradient } from '../../../../src/dsl/core/gradient.js'
import { Inputs, spread } from '../../onnx/agree.js'
import { agreeOnThreads, isThere } from '../on-threads.js'

describe.skipIf(!isThere)('few columns', () => {
  test.each([2, 3, 5, 8, 9, 35, 40])('a product of %i columns, of any number of rows', async n => {
    const inputs = new Inputs()
    const outputs = [...Array.from({ length: 17 }, (_, i) => [i + 1, 50]), [29, 900], [400, 300]].map(([m, k]) =>
      b.matmul(inputs.of(spread(m, k)), inputs.of(spread(k, n))))
    await agreeOnThreads(inputs, outputs)
  })

  test.each([
    ['few channels out', 1, 6, 3], ['groups of eight', 3, 24, 24], ['groups of few', 4, 8, 12],
  ])('a convolution with %s', async (_, groups, cin, cout) => {
    const inputs = new Inputs()
    const [x, w] = [inputs.of(spread(2, 19, 23, cin)), inputs.of(spread(3, 3, cin / groups, cout))]
    const y = b.conv2d(x, w, { stride: [1, 1], dilation: [1, 1], padding: [[1, 1], [1, 1]], groups })
    await agreeOnThreads(inputs, [y, ...gradient(b.sum(b.mul(y, y), [0, 1, 2, 3]), [x, w])])
  })
})
