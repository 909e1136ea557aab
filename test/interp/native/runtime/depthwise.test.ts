/** Convolutions of each channel by itself, and their gradients: the values of the reference, whatever the number of threads. */
import { describe, test } from 'vitest'
import * as b from '../../../../src/dsl/core/build.js'
import { gradient } from '../../../../src/dsl/core/gradient.js'
import { Inputs, spread } from '../../onnx/agree.js'
import { agreeOnThreads, isThere } from '../on-threads.js'

/** Image, kernel, stride, dilation, padding [top, bottom, left, right]: channels of all remainders, taps that meet nothing, one pixel. */
const cases: [number[], [number, number], [number, number], [number, number], [number, number, number, number]][] = [
  [[2, 9, 11, 2], [3, 3], [1, 1], [1, 1], [1, 1, 1, 1]], [[3, 8, 7, 7], [3, 2], [2, 1], [1, 2], [0, 1, 2, 0]],
  [[1, 12, 10, 13], [5, 3], [1, 3], [2, 1], [4, 4, 1, 1]], [[2, 7, 9, 31], [2, 4], [3, 2], [2, 3], [2, 0, 5, 4]],
  [[1, 1, 1, 67], [3, 3], [1, 1], [1, 1], [1, 1, 1, 1]], [[2, 5, 6, 150], [1, 1], [2, 2], [1, 1], [0, 0, 0, 0]],
  [[1, 6, 5, 16], [2, 2], [4, 6], [3, 4], [1, 2, 0, 3]], [[2, 4, 4, 24], [3, 3], [4, 4], [2, 2], [3, 3, 3, 3]],
  [[0, 6, 6, 4], [3, 3], [1, 1], [1, 1], [0, 0, 0, 0]], [[5, 20, 18, 36], [3, 3], [1, 1], [1, 1], [1, 1, 1, 1]],
  [[20, 28, 5, 3], [3, 3], [1, 1], [1, 1], [1, 1, 1, 1]],
]

describe.skipIf(!isThere)('depthwise convolutions', () => {
  test.each(cases)('of %j by %j, stride %j, dilation %j, padding %j', async (shape, [kh, kw], stride, dilation, [top, bottom, l, r]) => {
    const inputs = new Inputs()
    const [x, w] = [inputs.of(spread(...shape)), inputs.of(spread(kh, kw, 1, shape[3]))]
    const y = b.conv2d(x, w, { stride, dilation, padding: [[top, bottom], [l, r]], groups: shape[3] })
    const outputs = [y, ...gradient(b.sum(b.mul(y, y), [0, 1, 2, 3]), [x, w])]
    await agreeOnThreads(inputs, outputs)
  })
})
