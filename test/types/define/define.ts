/** Definitions: what applying, nesting and `at` compute. */
import { define } from '../../../src/dsl/define/define.js'
import { add, f32, i32, matmul, relu } from '../../../src/dsl/ops/index.js'
import { bernoulli, type Bernoulli } from '../../../src/dsl/distributions/bernoulli.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { same, type Equal } from '../harness/equal.js'

const linear = define({ w: f32('I', 'O'), b: f32('O') }, (p, x: Tensor<['B', 'I']>) => add(matmul(x, p.w), p.b))
const p = { w: f32(784, 10), b: f32(10) }

// Sizes, symbols and sizes known at run time only
const applied = linear(p, f32('N', 784))
same<Equal<typeof applied, Tensor<['N', 10]>>>()
const sized = linear(p, f32(32, 784))
same<Equal<typeof sized, Tensor<[32, 10]>>>()
declare const n: number
const dynamic = linear(p, f32(n, 784))
same<Equal<typeof dynamic, Tensor<[number, 10]>>>()
const fromDynamic = linear({ w: f32(n, 10), b: f32(10) }, f32(32, 784))
same<Equal<typeof fromDynamic, Tensor<[32, 10]>>>()

// The caller's symbols never meet the definition's
const captured = linear({ w: f32('B', 'I'), b: f32('I') }, f32('O', 'B'))
same<Equal<typeof captured, Tensor<['O', 'I']>>>()

// at: sizes and symbols, in parameters, arguments and result
const small = linear.at({ I: 784, O: 'K' })
same<Equal<typeof small.params.w, Tensor<[784, 'K']>>>()
same<Equal<typeof small.params.b, Tensor<['K']>>>()
const ofSmall = small({ w: f32(784, 5), b: f32(5) }, f32('N', 784))
same<Equal<typeof ofSmall, Tensor<['N', 5]>>>()
const swapped = linear.at({ I: 'O', O: 'I' })
same<Equal<typeof swapped.params.w, Tensor<['O', 'I']>>>()

// Definitions inside definitions, one body for all sizes
const mlp = define({ l1: linear.at({ I: 'D', O: 'H' }).params, l2: linear.at({ I: 'H', O: 'D' }).params },
  (q, x: Tensor<['B', 'D']>) => linear(q.l2, relu(linear(q.l1, x))))
const deep = mlp({ l1: p, l2: { w: f32(10, 784), b: f32(784) } }, f32('N', 784))
same<Equal<typeof deep, Tensor<['N', 784]>>>()

// Trees of any depth in and out, other dtypes, no parameters
const cell = define([f32('A'), [f32('B')]], [{ h: f32('A'), c: [f32('B')] as const, ids: i32('N') }], (q, s) =>
  ({ x: add(s.h, q[0]), y: [add(s.c[0], q[1][0])] as const, ids: s.ids }))
const out = cell([f32(1), [f32(2)]], { h: f32(1), c: [f32(2)], ids: i32(9) })
same<Equal<typeof out.x, Tensor<[1]>>>()
same<Equal<typeof out.y[0], Tensor<[2]>>>()
same<Equal<typeof out.ids, Tensor<[9], 'int32'>>>()
const twice = define({}, (_, x: Tensor<['B', 'D']>) => add(x, x))
const doubled = twice({}, f32(3, 4))
same<Equal<typeof doubled, Tensor<[3, 4]>>>()

// Compound sizes: solved for one unknown, compared when known, put off while two are unknown
const halves = define({ w: f32('2*H', 'H') }, [f32('B', 'T+1', '2*H')], (q, x) => ({ y: matmul(x, q.w), x }))
const half = halves({ w: f32(512, 256) }, f32(3, 11, 512))
same<Equal<typeof half.y, Tensor<[3, 11, 256]>>>()
const symbolic = halves({ w: f32('2*N', 'N') }, f32(3, 'S', '2*N'))
same<Equal<typeof symbolic.y, Tensor<[3, 'S', 'N']>>>()
const grid = define({}, [f32('B*T'), f32('B')], (_, x, y) => [x, y] as const)
const [cells, rows] = grid({}, f32(12), f32(3))
same<Equal<typeof cells, Tensor<[12]>>>()
same<Equal<typeof rows, Tensor<[3]>>>()
const [some] = grid({}, f32('T*B'), f32('T'))
same<Equal<typeof some, Tensor<['B*T']>>>()

// Results that are no plain trees: distributions
const policy = define({ w: f32('I', 'A') }, [f32('B', 'I')], (q, x) => bernoulli(matmul(x, q.w)))
const chosen = policy({ w: f32(4, 2) }, f32('N', 4))
same<Equal<typeof chosen, Bernoulli<['N', 2]>>>()
