import * as dist from '../../../../src/dsl/distributions/index.js'
import { sgd } from '../../../../src/dsl/optim/index.js'
import { broadcastTo, f32, i32, ones, zeros } from '../../../../src/dsl/ops/index.js'
import { trainStep } from '../../../../src/dsl/train.js'
import { autoregressive, made } from '../../../../src/models/index.js'
import { mistake, typeOnly } from '../../harness/mistake.js'

const three = dist.normal(zeros([3]), 1)
const model = made({ dims: 784, hidden: [5] })
const params = model.params

mistake('kl: draws of another shape', () => dist.kl(three, /*!*/ dist.normal(ones([4]), 1)))

typeOnly('kl: another family', () => dist.kl(three, /*!*/ dist.uniform(zeros([3]), 1)))

mistake('logProb: another number of variables', () => model.logProb(params, /*!*/ f32('B', 783)))

mistake('logProb: no batch', () => model.logProb(params, /*!*/ f32(784)))

typeOnly('trainStep: a loss that is no scalar', () => trainStep({
  params: { w: f32(3, 1) }, optimiser: sgd(0.1), /*!*/ loss: p => p.w,
}))

mistake('logits: another number of variables', () => model.logits(params, /*!*/ f32('B', 10)))

const codes = autoregressive({
  params: { b: f32(7, 7, 5) },
  over: i32(7, 7),
  conditional: (p, z) => dist.categorical(broadcastTo(p.b, [z.shape[0], 7, 7, 5])),
})

mistake('logProb: events of another shape', () => codes.logProb(codes.params, /*!*/ i32('B', 49)))
