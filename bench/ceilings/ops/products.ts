/** Matrix products: of the bench's layers, of squares, and of attention. */
import { f32, matmul, swapAxes, transpose } from 'typegrad'
import { kernel, type Op } from '../op.js'

const product = (name: string, batch: number, m: number, k: number, n: number) =>
  ({ name, unit: 'GFLOP/s' as const, work: 2 * batch * m * k * n, footprint: 4 * batch * (m * k + k * n + m * n) })

const plain = (m: number, k: number, n: number): Op =>
  kernel(product(`sgemm ${m}x${k}x${n}`, 1, m, k, n), [m, n], () => ({ a: f32(m, k), b: f32(k, n) }), ({ a, b }) => matmul(a, b))

/** What the gradient of a layer's weights is: the left operand lies transposed. */
const transposed = (m: number, k: number, n: number): Op =>
  kernel(product(`sgemm ${m}x${k}x${n} tn`, 1, m, k, n), [m, n], () => ({ a: f32(k, m), b: f32(k, n) }),
    ({ a, b }) => matmul(transpose(a), b))

/** Queries by keys: a batch of products whose right operand lies transposed. */
const scores = (batch: number, length: number, width: number): Op =>
  kernel(product(`attention scores ${batch}x${length}x${width}x${length} nt`, batch, length, width, length), [batch, length, length],
    () => ({ q: f32(batch, length, width), k: f32(batch, length, width) }), ({ q, k }) => matmul(q, swapAxes(k, 1, 2)))

const weighted = (batch: number, length: number, width: number): Op =>
  kernel(product(`attention values ${batch}x${length}x${length}x${width}`, batch, length, length, width), [batch, length, width],
    () => ({ a: f32(batch, length, length), v: f32(batch, length, width) }), ({ a, v }) => matmul(a, v))

export const products: readonly Op[] = [
  plain(128, 784, 512), transposed(784, 128, 512), plain(2048, 256, 1024), plain(512, 512, 512), plain(1024, 1024, 1024),
  scores(64, 128, 64), weighted(64, 128, 64),
]
