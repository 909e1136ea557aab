import {
  bernoulli,
  categorical,
  eye,
  f32,
  gather,
  i32,
  normal,
  oneHot,
  ones,
  scatterAdd,
  sort,
  takeAlong,
  topK,
  tril,
} from '../../../src/dsl/ops/index.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { same, type Equal } from '../harness/equal.js'

const h = f32('B', 'T', 8)
const ix = i32('B', 'T')
const a = gather(f32(1000, 64), ix)
same<Equal<typeof a, Tensor<['B', 'T', 64]>>>()
const a1 = gather(h, i32('N'), -1)
same<Equal<typeof a1, Tensor<['B', 'T', 'N']>>>()
const b = scatterAdd(f32('V', 8), ix, h, 0)
same<Equal<typeof b, Tensor<['V', 8]>>>()
const c = takeAlong(h, i32('B', 'T', 2), -1)
same<Equal<typeof c, Tensor<['B', 'T', 2]>>>()
const d = oneHot(ix, 10)
same<Equal<typeof d, Tensor<['B', 'T', 10]>>>()
const d1 = oneHot(ix, 'V', 'bool')
same<Equal<typeof d1, Tensor<['B', 'T', 'V'], 'bool'>>>()
const e = topK(h, 3).indices
same<Equal<typeof e, Tensor<['B', 'T', 3], 'int32'>>>()
const f = sort(h, 'T')
same<Equal<typeof f, Tensor<['B', 'T', 8]>>>()
const g = eye(3)
same<Equal<typeof g, Tensor<[3, 3]>>>()
const g1 = tril(ones(['T', 'T']))
same<Equal<typeof g1, Tensor<['T', 'T']>>>()
const key = i32(2)
const r = normal(key, ['B', 3])
same<Equal<typeof r, Tensor<['B', 3]>>>()
const r1 = categorical(key, h)
same<Equal<typeof r1, Tensor<['B', 'T'], 'int32'>>>()
const r2 = bernoulli(key, h)
same<Equal<typeof r2, Tensor<['B', 'T', 8], 'bool'>>>()
