import {
  add,
  and,
  cast,
  div,
  equal,
  exp,
  f32,
  full,
  i32,
  iota,
  isNan,
  less,
  matmul,
  maximum,
  mul,
  not,
  ones,
  relu,
  stopGradient,
  sub,
  tensor,
  where,
  bool,
} from '../../../src/dsl/ops/index.js'
import type { Broadcast, BroadcastTo } from '../../../src/dsl/shape/broadcast.js'
import type { MatMul } from '../../../src/dsl/shape/matmul.js'
import type { DType, Shape, Tensor } from '../../../src/dsl/tensor.js'
import { same, type Equal } from '../harness/equal.js'

// The broadcasting rule: a scalar, or equal trailing axes
same<Equal<Broadcast<[64, 784], [784]>, [64, 784]>>()
same<Equal<Broadcast<[784], [64, 784]>, [64, 784]>>()
same<Equal<Broadcast<[], [3]>, [3]>>()
same<Equal<Broadcast<['B', 'T'], ['T']>, ['B', 'T']>>()
same<Equal<Broadcast<['B', 'S+T'], ['S+T']>, ['B', 'S+T']>>()
same<Equal<Broadcast<[number, 4], [4]>, [number, 4]>>()
same<Equal<Broadcast<[number, 4], [64, 4]>, [64, 4]>>()
same<Equal<Broadcast<[number], [1]>, [1]>>()
same<Equal<Broadcast<Shape, [3]>, Shape>>()
same<Equal<Broadcast<[64, 1], [1, 10]>, 'broadcast: [64, 1] and [1, 10] differ in axis -1: 1 and 10; broadcastTo stretches it'>>()
same<Equal<Broadcast<[3], [4]>, 'broadcast: [3] and [4] differ in axis -1: 3 and 4'>>()
same<Equal<BroadcastTo<[64, 1], [5, 64, 10]>, [5, 64, 10]>>()
same<Equal<BroadcastTo<['B', 1], ['B', 'T']>, ['B', 'T']>>()

// Matrix products
same<Equal<MatMul<[64, 784], [784, 10]>, [64, 10]>>()
same<Equal<MatMul<['B', 12, 'T', 64], ['B', 12, 64, 'T']>, ['B', 12, 'T', 'T']>>()
same<Equal<MatMul<['B', 'T', 768], [768, 3072]>, ['B', 'T', 3072]>>()
same<Equal<MatMul<[number, 784], [784, 10]>, [number, 10]>>()
same<Equal<MatMul<[8, 5, 2, 3], [5, 3, 4]>, [8, 5, 2, 4]>>()
same<Equal<MatMul<[2, number], [3, 4]>, [2, 4]>>()
same<Equal<MatMul<Shape, [3, 4]>, Shape>>()

// Values: literals are inferred, numbers are scalars of the other operand's dtype
const x = f32('B', 28, 28, 1),
  h = f32('B', 784),
  counts = i32('B')
same<Equal<typeof x, Tensor<['B', 28, 28, 1], 'float32'>>>()
const sum1 = add(h, 2)
same<Equal<typeof sum1, Tensor<['B', 784]>>>()
const sum2 = sub(1, h)
same<Equal<typeof sum2, Tensor<['B', 784]>>>()
const sum3 = mul(counts, 3)
same<Equal<typeof sum3, Tensor<['B'], 'int32'>>>()
const sum4 = div(1, 2)
same<Equal<typeof sum4, Tensor<[]>>>()
const layer = relu(add(matmul(h, f32(784, 128)), f32(128)))
same<Equal<typeof layer, Tensor<['B', 128]>>>()
const below = less(layer, 0)
same<Equal<typeof below, Tensor<['B', 128], 'bool'>>>()
const same1 = equal(below, true as unknown as Tensor<[], 'bool'>)
same<Equal<typeof same1, Tensor<['B', 128], 'bool'>>>()
const both = and(below, not(isNan(layer)))
same<Equal<typeof both, Tensor<['B', 128], 'bool'>>>()
const chosen = where(both, layer, 0)
same<Equal<typeof chosen, Tensor<['B', 128]>>>()
const numbers = where(both, 1, 0)
same<Equal<typeof numbers, Tensor<['B', 128]>>>()
const rows = where(bool(128), layer, f32(128))
same<Equal<typeof rows, Tensor<['B', 128]>>>()
const truncated = cast(exp(h), 'int32')
same<Equal<typeof truncated, Tensor<['B', 784], 'int32'>>>()
const stopped = stopGradient(maximum(h, h))
same<Equal<typeof stopped, Tensor<['B', 784]>>>()

// Sizes and dtypes known at run time only
declare const n: number, unknownRank: Tensor<Shape>, unknownDType: Tensor<['B'], DType>
const dynamic = matmul(f32(n, 784), f32(784, 10))
same<Equal<typeof dynamic, Tensor<[number, 10]>>>()
const any1 = add(unknownRank, h)
same<Equal<typeof any1, Tensor<Shape>>>()
const any2 = add(unknownDType, 1)
same<Equal<typeof any2, Tensor<['B'], 'float32' | 'int32'>>>()

// Constants
const table = tensor([
  [1, 2, 3],
  [4, 5, 6],
])
same<Equal<typeof table, Tensor<[2, 3]>>>()
const flags = tensor([true, false])
same<Equal<typeof flags, Tensor<[2], 'bool'>>>()
const indices = tensor([2, 0], 'int32')
same<Equal<typeof indices, Tensor<[2], 'int32'>>>()
declare const rowsOfNumbers: number[][]
const loaded = tensor(rowsOfNumbers)
same<Equal<typeof loaded, Tensor<[number, number]>>>()
const filled = full(0.5, ['B', 'T+S'])
same<Equal<typeof filled, Tensor<['B', 'S+T']>>>()
const counter = iota('2*B')
same<Equal<typeof counter, Tensor<['2*B'], 'int32'>>>()
const square = ones([3, 3], 'int32')
same<Equal<typeof square, Tensor<[3, 3], 'int32'>>>()
