import {
  concat, f32, gather, i32, oneHot, pad, reverse, scatterAdd, scatterAlong, slice, split, stack, takeAlong,
} from '../../../../src/dsl/ops/index.js'
import { mistake } from '../../harness/mistake.js'

const h = f32('B', 'T', 8), indices = i32('B', 'T'), table = f32('V', 8)

mistake('concat: another size', () => concat([f32(2, 3), /*!*/ f32(3, 3)], 1))

mistake('concat: another symbol', () => concat([h, /*!*/ f32('C', 'T', 8)], 'T'))

mistake('concat: another rank', () => concat([f32(2, 3), /*!*/ f32(2, 3, 1)], 1))

mistake('concat: another dtype', () => concat([f32(2, 3), /*!*/ i32(2, 3)], 1))

mistake('concat: an axis that is not there', () => concat([f32(2, 3), f32(2, 3)], /*!*/ 2))

mistake('concat: the third differs', () => concat([f32(2, 3), f32(2, 4), /*!*/ f32(5, 1)], 1))

mistake('concat: nothing', () => concat([], /*!*/ 0))

mistake('stack: another size', () => stack([f32(2), /*!*/ f32(3)]))

mistake('stack: another dtype', () => stack([f32(2), /*!*/ i32(2)]))

mistake('stack: an axis out of range', () => stack([f32(2), f32(2)], /*!*/ 2))

mistake('split: not divisible', () => split(h, /*!*/ 3, -1))

mistake('split: into none', () => split(h, /*!*/ 0, -1))

mistake('split: a symbol', () => split(h, /*!*/ 2, 'T'))

mistake('split: an axis that is not there', () => split(h, 2, /*!*/ 4))

mistake('slice: past the end', () => slice(h, 2, 0, /*!*/ 9))

mistake('slice: before the start', () => slice(h, 2, 0, /*!*/ -10))

mistake('slice: the start past the end', () => slice(h, 2, 5, /*!*/ 2))

mistake('slice: a start without an end', () => slice(h, 2, /*!*/ 9))

mistake('slice: a negative start', () => slice(h, 2, /*!*/ -1))

mistake('slice: an axis that is not there', () => slice(h, /*!*/ 3, 0, 1))

mistake('pad: too few pairs', () => pad(h, /*!*/ [[0, 1]]))

mistake('pad: a negative amount', () => pad(f32(3), /*!*/ [[-1, 0]]))

mistake('reverse: an axis that is not there', () => reverse(h, /*!*/ [4]))

mistake('gather: positions that are not int32', () => gather(table, /*!*/ f32(3)))

mistake('gather: an axis that is not there', () => gather(table, indices, /*!*/ 3))

mistake('scatterAdd: updates of another shape', () => scatterAdd(table, indices, /*!*/ f32('B', 8)))

mistake('scatterAdd: updates of another dtype', () => scatterAdd(table, indices, /*!*/ i32('B', 'T', 8)))

mistake('scatterAdd: positions that are not int32', () => scatterAdd(table, /*!*/ f32('B', 'T'), h))

mistake('takeAlong: another axis differs', () => takeAlong(h, /*!*/ i32('B', 'S', 2), -1))

mistake('takeAlong: another rank', () => takeAlong(h, /*!*/ i32('B', 'T'), -1))

mistake('takeAlong: an axis that is not there', () => takeAlong(h, i32('B', 'T', 2), /*!*/ 3))

mistake('scatterAlong: updates of another shape', () => scatterAlong(h, i32('B', 'T', 2), /*!*/ f32('B', 'T', 3), 2))

mistake('oneHot of numbers', () => oneHot(/*!*/ f32(3), 3))

mistake('oneHot: a negative depth', () => oneHot(indices, /*!*/ -3))
