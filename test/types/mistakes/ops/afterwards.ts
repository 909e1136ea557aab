import {
  add, and, argMax, argMin, avgPool2d, bernoulli, broadcastTo, cast, categorical, clip, concat, conv2d, conv2dTranspose, cumsum,
  einsum, equal, exp, expandDims, f32, flatten, gather, i32, isNan, less, logSoftmax, logSumExp, matmul, max, maxPool2d, mean, mul,
  neg, normal, not, oneHot, pad, patches, rearrange, relu, reshape, reverse, scatterAdd, scatterAlong, slice, softmax, sort,
  sortIndices, split, squeeze, stack, stopGradient, sub, sum, swapAxes, takeAlong, topK, transpose, tril, triu, upsample2d, where,
} from '../../../../src/dsl/ops/index.js'
import { mistake } from '../../harness/mistake.js'

const h = f32('B', 784)
const key = i32(2)
const ix = i32('B')
const img = f32('B', 4, 4, 1)

mistake.runs('no operation complains of a mistake before it', () => {
  const bad = matmul(h, /*!*/ f32(785, 10))
  return [
    add(bad, h), add(h, bad), add(bad, bad), sub(bad, 1), mul(1, bad), less(bad, h), equal(h, bad), where(less(bad, 0), bad, 1),
    where(less(h, 0), bad, h), where(less(h, 0), h, bad), exp(bad), neg(bad), relu(bad), cast(bad, 'int32'), stopGradient(bad),
    clip(bad, 0, 1), isNan(bad), matmul(bad, h), matmul(h, bad), einsum('bi,ij->bj', bad, h), einsum('bi,ij->bj', h, bad),
    rearrange(bad, 'a b -> b a'), reshape(bad, ['B', -1]), reshape(bad, ['B', 10]), flatten(bad, 1), transpose(bad),
    transpose(bad, [1, 0]), swapAxes(bad, 0, 1), squeeze(bad), squeeze(bad, [0]), expandDims(bad, 0), broadcastTo(bad, ['B', 10]),
    sum(bad), sum(bad, [1]), sum(bad, ['B'], true), mean(bad, [-1]), max(bad), logSumExp(bad, [1]), argMax(bad), argMin(bad, 0),
    cumsum(bad, 1), softmax(bad), logSoftmax(bad, 1), concat([bad, h], 1), concat([h, bad], 1), stack([h, bad]), stack([bad, h], 1),
    split(bad, 2, 1), slice(bad, 1, 0, 2), slice(bad, 0, 1), pad(bad, [[0, 1], [0, 0]]), reverse(bad, [0]), gather(bad, ix),
    gather(h, cast(bad, 'int32'), 0), scatterAdd(bad, ix, h), scatterAdd(h, ix, bad), takeAlong(bad, ix, 0),
    takeAlong(h, cast(bad, 'int32'), 0), oneHot(cast(bad, 'int32'), 3), topK(bad, 2), sort(bad), sortIndices(bad),
    conv2d(bad, f32(1, 1, 1, 1)), conv2d(img, bad), conv2dTranspose(bad, f32(1, 1, 1, 1)), conv2dTranspose(img, bad), maxPool2d(bad, 2),
    avgPool2d(bad, 2, { stride: 1 }), patches(bad, 2), upsample2d(bad, 2), tril(bad), triu(bad), bernoulli(key, bad),
    categorical(key, bad), normal(cast(bad, 'int32'), [3]), scatterAlong(bad, ix, h, 0), and(less(bad, 0), less(h, 0)),
    not(less(bad, 0)),
  ]
}, () => matmul(h, f32(785, 10) as never))

mistake('a function of the wrong dtype is told of once', () => add(exp(/*!*/ i32('B', 784)), h))

mistake('mixed dtypes are told of once', () => exp(add(i32('B', 784), /*!*/ h)))

mistake('mixed dtypes are told of once, whatever follows', () => add(add(h, /*!*/ i32('B', 784)), i32('B', 784)))

mistake('a reduction of the wrong dtype is told of once', () => sum(mean(/*!*/ i32('B', 784))))

mistake('branches of two dtypes are told of once', () => add(where(less(h, 0), h, /*!*/ i32('B', 784)), i32('B', 784)))
