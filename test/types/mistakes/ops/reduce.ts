import {
  all, argMax, argMin, bool, cumsum, f32, i32, logSumExp, max, mean, reverse, sort, sortIndices, squeeze, sum, topK, transpose,
} from '../../../../src/dsl/ops/index.js'
import { mistake } from '../../harness/mistake.js'

const h = f32('B', 'T', 8)

mistake('an axis past the last', () => sum(h, /*!*/ [3]))

mistake('an axis before the first', () => mean(h, /*!*/ [-4]))

mistake('a symbol that is not there', () => max(h, /*!*/ ['Q']))

mistake('a bare axis past the last', () => sum(h, /*!*/ 3))

mistake('a bare symbol that is not there', () => logSumExp(h, /*!*/ 'Q'))

mistake('squeeze: a bare axis of another size', () => squeeze(h, /*!*/ 2))

mistake('reverse: a bare axis that is not there', () => reverse(h, /*!*/ -4))

mistake('transpose: a bare axis', () => transpose(h, /*!*/ 1))

mistake('an axis twice', () => sum(h, /*!*/ [1, 'T']))

mistake('an axis twice, once from the end', () => sum(h, /*!*/ [2, -1]))

mistake('a symbol that names two axes', () => sum(f32('T', 'T'), /*!*/ ['T']))

mistake('a sum of truth values', () => sum(/*!*/ bool('B')))

mistake('a mean of integers', () => mean(/*!*/ i32('B')))

mistake('logSumExp of integers', () => logSumExp(/*!*/ i32('B')))

mistake('all of numbers', () => all(/*!*/ h))

mistake('argMax over an axis that is not there', () => argMax(h, /*!*/ 3))

mistake('argMin over a symbol that is not there', () => argMin(h, /*!*/ 'Q'))

mistake('argMax of truth values', () => argMax(/*!*/ bool(3)))

mistake('cumsum over an axis that is not there', () => cumsum(h, /*!*/ 5))

mistake('sort over a symbol that is not there', () => sort(h, /*!*/ 'Q'))

mistake('sortIndices of truth values', () => sortIndices(/*!*/ bool(3)))

mistake('topK: more than there are', () => topK(h, /*!*/ 9))

mistake('topK: a negative number', () => topK(h, /*!*/ -1))

mistake('topK: an axis that is not there', () => topK(h, 1, /*!*/ 7))
