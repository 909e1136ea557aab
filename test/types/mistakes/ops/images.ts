import { avgPool2d, conv2d, conv2dTranspose, f32, i32, maxPool2d, patches, upsample2d } from '../../../../src/dsl/ops/index.js'
import { mistake, typeOnly } from '../../harness/mistake.js'

const x = f32('B', 28, 28, 1), v = f32('B', 'H', 'W', 3)

mistake('conv2d: channels', () => conv2d(x, /*!*/ f32(3, 3, 4, 32)))

mistake('conv2d: channels of a group', () => conv2d(f32('B', 28, 28, 4), /*!*/ f32(3, 3, 4, 32), { groups: 2 }))

mistake('conv2d: a kernel too high', () => conv2d(x, /*!*/ f32(31, 3, 1, 32)))

mistake('conv2d: a kernel too wide', () => conv2d(x, /*!*/ f32(3, 31, 1, 32), { padding: 1 }))

mistake('conv2d: a dilated kernel too high', () => conv2d(x, /*!*/ f32(11, 3, 1, 32), { dilation: 3 }))

mistake('conv2d: no image', () => conv2d(/*!*/ f32(28, 28), f32(3, 3, 1, 32)))

mistake('conv2d: no kernel', () => conv2d(x, /*!*/ f32(3, 3)))

mistake('conv2d: a symbolic kernel size', () => conv2d(x, /*!*/ f32('K', 3, 1, 1)))

mistake('conv2d: an int32 image', () => conv2d(/*!*/ i32(1, 3, 3, 1), f32(3, 3, 1, 3)))

mistake('conv2d: an int32 kernel', () => conv2d(x, /*!*/ i32(3, 3, 1, 3)))

mistake('conv2d: no groups', () => conv2d(x, f32(3, 3, 1, 3), /*!*/ { groups: 0 }))

mistake('conv2d: groups that do not divide', () => conv2d(f32('B', 28, 28, 4), /*!*/ f32(3, 3, 2, 5), { groups: 2 }))

mistake('conv2d: no stride', () => conv2d(x, f32(3, 3, 1, 3), /*!*/ { stride: 0 }))

mistake('conv2d: a fractional dilation', () => conv2d(x, f32(3, 3, 1, 3), /*!*/ { dilation: 1.5 }))

mistake('conv2d: a negative padding', () => conv2d(x, f32(3, 3, 1, 3), /*!*/ { padding: -1 }))

typeOnly('conv2d: an unknown padding', () => conv2d(x, f32(3, 3, 1, 3), { /*!*/ padding: 'full' }))

mistake('conv2d: padding same of an unknown height', () => conv2d(v, f32(3, 3, 3, 3), /*!*/ { padding: 'same', stride: 2 }))

mistake('conv2dTranspose: channels', () => conv2dTranspose(v, /*!*/ f32(3, 3, 3, 16)))

mistake('conv2dTranspose: no kernel', () => conv2dTranspose(v, /*!*/ f32(3, 3, 3)))

mistake('conv2dTranspose: no image', () => conv2dTranspose(/*!*/ f32(3), f32(3, 3, 3, 3)))

mistake('conv2dTranspose: nothing is left', () => conv2dTranspose(x, f32(3, 3, 3, 1), /*!*/ { padding: 20 }))

mistake('conv2dTranspose: no stride', () => conv2dTranspose(x, f32(3, 3, 3, 1), /*!*/ { stride: 0 }))

mistake('maxPool2d: a window too high', () => maxPool2d(x, /*!*/ 29))

mistake('maxPool2d: no window', () => maxPool2d(x, /*!*/ 0))

mistake('maxPool2d: no image', () => maxPool2d(/*!*/ f32(3), 2))

mistake('avgPool2d: a window too wide', () => avgPool2d(x, /*!*/ [2, 29]))

mistake('avgPool2d: a negative stride', () => avgPool2d(x, 2, /*!*/ { stride: -1 }))

mistake('avgPool2d: an int32 image', () => avgPool2d(/*!*/ i32(1, 4, 4, 1), 2))

mistake('patches: a window too high', () => patches(x, /*!*/ [30, 2]))

mistake('upsample2d: no factor', () => upsample2d(x, /*!*/ 0))

mistake('upsample2d: no image', () => upsample2d(/*!*/ f32(3), 2))
