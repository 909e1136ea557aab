import { argMax, f32, softmax, sum } from '../../../src/dsl/ops/index.js'
import type { Shape, Tensor } from '../../../src/dsl/tensor.js'
import { same, type Equal } from '../harness/equal.js'

const h = f32('B', 'T', 8)
const a = sum(h)
same<Equal<typeof a, Tensor<[]>>>()
const b = sum(h, ['T'])
same<Equal<typeof b, Tensor<['B', 8]>>>()
const c = sum(h, ['T', -1], true)
same<Equal<typeof c, Tensor<['B', 1, 1]>>>()
const d = sum(h, undefined, true)
same<Equal<typeof d, Tensor<[1, 1, 1]>>>()
const e = sum(h, [])
same<Equal<typeof e, Tensor<['B', 'T', 8]>>>()
declare const k: number, u: Tensor<Shape>
const f = sum(h, [k])
same<Equal<typeof f, Tensor<Shape>>>()
const g = sum(u, [0])
same<Equal<typeof g, Tensor<Shape>>>()
const i = argMax(h)
same<Equal<typeof i, Tensor<['B', 'T'], 'int32'>>>()
const j = argMax(h, 'B')
same<Equal<typeof j, Tensor<['T', 8], 'int32'>>>()
const l = softmax(h, 1)
same<Equal<typeof l, Tensor<['B', 'T', 8]>>>()
