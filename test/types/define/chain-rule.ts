/** Chain rules: what densities, logits and samples of every kind of variable are. */
import { bernoulli, categorical } from '../../../src/dsl/distributions/index.js'
import { key } from '../../../src/dsl/keys.js'
import { add, broadcastTo, f32, full, gather, i32, matmul, mul, tensor, zeros } from '../../../src/dsl/ops/index.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { autoregressive, generativeClassifier, joint, made, recurrence } from '../../../src/models/index.js'
import { same, type Equal } from '../harness/equal.js'

const before = tensor([[0, 1, 1], [0, 0, 1], [0, 0, 0]])
const bits = autoregressive({
  params: { w: f32(3, 3), b: f32(3) },
  over: f32(3),
  conditional: (p, x) => {
    same<Equal<typeof x, Tensor<['B', 3]>>>()
    return bernoulli(add(matmul(x, mul(p.w, before)), p.b))
  },
})
const nats = bits.logProb(bits.params, f32('N', 3))
same<Equal<typeof nats, Tensor<['N']>>>()
const odds = bits.logits(bits.params, f32(20, 3))
same<Equal<typeof odds, Tensor<[20, 3]>>>()
const drawn = bits.sample(bits.params, key(0), 5)
same<Equal<typeof drawn, Tensor<[5, 3]>>>()

// Classes in an event of two axes
const codes = autoregressive({
  params: { b: f32(2, 2, 5) },
  over: i32(2, 2),
  conditional: (p, z) => categorical(broadcastTo(p.b, [z.shape[0], 2, 2, 5])),
})
const codeNats = codes.logProb(codes.params, i32('N', 2, 2))
same<Equal<typeof codeNats, Tensor<['N']>>>()
const codeLogits = codes.logits(codes.params, i32('N', 2, 2))
same<Equal<typeof codeLogits, Tensor<['N', 2, 2, number]>>>()
const codeDraws = codes.sample(codes.params, key(0), 7)
same<Equal<typeof codeDraws, Tensor<[7, 2, 2], 'int32'>>>()

// What is carried and what belongs to each variable are inferred from where they begin
const steps = autoregressive({
  params: { stay: f32(5) },
  over: f32(5),
  recurrence: p => recurrence({
    own: { stay: p.stay },
    start: rows => ({ last: zeros([rows]) }),
    conditional: ({ last }, { stay }) => {
      same<Equal<typeof last, Tensor<['B']>>>()
      same<Equal<typeof stay, Tensor<[]>>>()
      return bernoulli(mul(last, stay))
    },
    next: (_, __, x) => ({ last: x }),
  }),
})
const stepNats = steps.logProb(steps.params, f32('N', 5))
same<Equal<typeof stepNats, Tensor<['N']>>>()

// Several kinds of variables
const both = joint({
  params: { y: f32(3), x: f32(3, 2) },
  over: { y: i32(), x: f32(2) },
  order: ['y', 'x'],
  conditionals: {
    y: (p, { y }) => categorical(broadcastTo(p.y, [y.shape[0], 3])),
    x: (p, { y }) => bernoulli(gather(p.x, y, 0)),
  },
})
const together = both.logProb(both.params, { y: i32('N'), x: f32('N', 2) })
same<Equal<typeof together, Tensor<['N']>>>()
const { x, y } = both.sample(both.params, key(0), 4, { y: full(1, [4], 'int32') })
same<Equal<typeof x, Tensor<[4, 2]>>>()
same<Equal<typeof y, Tensor<[4], 'int32'>>>()

// The models say their literal sizes
const classifier = generativeClassifier({ dims: 784, classes: 10, hidden: [5] })
const scores = classifier.scores(classifier.params, f32('B', 784))
same<Equal<typeof scores, Tensor<['B', 10]>>>()
const label = classifier.classify(classifier.params, f32('B', 784))
same<Equal<typeof label, Tensor<['B'], 'int32'>>>()
const network = made({ dims: 784, hidden: [5] })
same<Equal<typeof network.params.out.b, Tensor<[784]>>>()
