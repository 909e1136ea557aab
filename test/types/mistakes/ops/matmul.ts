import { einsum, f32, i32, matmul, tril } from '../../../../src/dsl/ops/index.js'
import { mistake } from '../../harness/mistake.js'

const h = f32('B', 784), w = f32(785, 10), q = f32('B', 'Q', 64), k = f32('B', 'K', 65)

mistake('inner dimensions', () => matmul(h, /*!*/ w))

mistake('inner symbols', () => matmul(f32('B', 'I'), /*!*/ f32('J', 'O')))

mistake('a vector on the right', () => matmul(h, /*!*/ f32(7)))

mistake('a vector on the left', () => matmul(f32(7), /*!*/ w))

mistake('a scalar on the right', () => matmul(h, /*!*/ f32()))

mistake('batch axes', () => matmul(f32(2, 3, 4), /*!*/ f32(3, 4, 5)))

mistake('int32 on the right', () => matmul(h, /*!*/ i32(784, 10)))

mistake('int32 on the left', () => matmul(/*!*/ i32('B', 784), f32(784, 10)))

mistake('one mistake in a chain', () => matmul(matmul(h, /*!*/ w), f32(10, 3)))

mistake('a triangle of a vector', () => tril(/*!*/ f32(3)))

mistake('einsum: sizes of a letter', () => einsum('bqd,bkd->bqk', q, /*!*/ k))

mistake('einsum: an output letter from nowhere', () => einsum(/*!*/ 'bqd,bkd->bqz', q, q))

mistake('einsum: an output letter twice', () => einsum(/*!*/ 'bqd,bqd->bqq', q, q))

mistake('einsum: fewer operands', () => einsum(/*!*/ 'bqd,bkd,b->bqk', q, q))

mistake('einsum: more operands', () => einsum(/*!*/ 'bqd->bq', q, q))

mistake('einsum: no arrow', () => einsum(/*!*/ 'bqd,bkd', q, q))

mistake('einsum: too few letters', () => einsum('bqd,bk->bq', q, /*!*/ q))

mistake('einsum: too many letters', () => einsum('bqde,bkd->bq', /*!*/ q, q))

mistake('einsum: axes under the ellipsis', () => einsum('...d,...d->...', q, /*!*/ f32(3, 64)))

mistake('einsum: the ellipsis is lost', () => einsum(/*!*/ '...d,bkd->k', q, q))

mistake('einsum: an ellipsis from nowhere', () => einsum(/*!*/ 'bqd,bqd->...q', q, q))

mistake('einsum: no letter', () => einsum(/*!*/ 'b.d,bkd->bk', q, q))

mistake('einsum: a diagonal of two sizes', () => einsum('ii->i', /*!*/ f32(3, 4)))

mistake('einsum: mixed dtypes', () => einsum('bqd,bqd->bq', q, /*!*/ i32('B', 'Q', 64)))
