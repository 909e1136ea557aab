/** Public operations that are compositions of primitives, each as a function of float32 tensors of the given shapes. */
import * as t from '../../../src/index.js'
import type { Node } from '../../../src/dsl/core/node.js'

export interface Composition {
  readonly name: string
  readonly shapes: readonly (readonly number[])[]
  readonly f: (...xs: Node[]) => Node
  /** How inputs are moved from noise in (-1, 1), where the operation is not smooth or not defined there. */
  readonly prepare?: (x: number, i: number) => number
}

// The operations check types that this table, which holds all of them, cannot state.
const ops = t as unknown as Readonly<Record<string, (...args: unknown[]) => Node>>
const labels = t.tensor([2, 0, 1], 'int32')
const positive = (x: number): number => Math.abs(x) + 0.3
/** Apart from each other by far more than a step of differences. */
const apart = (x: number, i: number): number => x * 0.1 + i

const on = (shapes: readonly (readonly number[])[], table: Readonly<Record<string, (...xs: Node[]) => Node>>,
  prepare?: Composition['prepare']): Composition[] =>
  Object.entries(table).map(([name, f]) => ({ name, shapes, f, prepare }))

export const compositions: readonly Composition[] = [
  ...on([[3, 4]], {
    'square': x => ops.square(x), 'silu': x => ops.silu(x), 'gelu': x => ops.gelu(x), 'logSigmoid': x => ops.logSigmoid(x),
    'mean': x => ops.mean(x), 'mean of rows': x => ops.mean(x, [1]), 'mean, axes kept': x => ops.mean(x, [0], true),
    'variance': x => ops.variance(x, [0]),
    'logSumExp': x => ops.logSumExp(x, [1]), 'softmax': x => ops.softmax(x, 1), 'softmax of columns': x => ops.softmax(x, 0),
    'logSoftmax': x => ops.logSoftmax(x, -1),
    'swapAxes': x => ops.swapAxes(x, 0, 1), 'flatten': x => ops.flatten(x), 'expandDims': x => ops.expandDims(x, 1),
    'tril': x => ops.tril(x), 'triu': x => ops.triu(x, 1),
    'split': x => { const [a, b] = t.split(x as never, 2, 1) as unknown as Node[]; return ops.mul(a, ops.exp(b)) },
    'rearrange': x => ops.rearrange(x, '(a b) c -> b (c a)', { a: 3 }), 'crossEntropy': x => ops.crossEntropy(x, labels),
    'crossEntropy, smoothed': x => ops.crossEntropy(x, labels, { smoothing: 0.1 }),
  }),
  ...on([[3, 4]], { 'relu': x => ops.relu(x), 'elu': x => ops.elu(x), 'leakyRelu': x => ops.leakyRelu(x) },
    x => Math.abs(x) < 0.01 ? x + 0.1 : x),
  ...on([[3, 4]], { 'rsqrt': x => ops.rsqrt(x), 'reciprocal': x => ops.reciprocal(x), 'norm': x => ops.sqrt(ops.sum(ops.square(x))) },
    positive),
  ...on([[3, 4]], { 'sort': x => ops.sort(x, 1),
    'topK': x => (t.topK(x as never, 2 as never, 1 as never) as unknown as { values: Node }).values,
    'max, axes kept': x => ops.max(x, [1], true) }, apart),
  ...on([[3, 4], [4]], {
    'add along trailing axes': (x, y) => ops.add(x, y), 'div by a vector': (x, y) => ops.div(x, ops.add(ops.square(y), 1)),
    'mul of a sum by a scalar': (x, y) => ops.mul(ops.add(x, y), 3),
    'where': (x, y) => ops.where(ops.less(x, ops.stopGradient(y)), ops.exp(x), ops.broadcastTo(ops.square(y), [3, 4])),
    'layerNorm': (x, y) => ops.layerNorm(x, ops.add(y, 2), y), 'stack': (x, y) => ops.stack([x, ops.broadcastTo(y, [3, 4])], 1),
    'matrix by vector': (x, y) => ops.einsum('ij,j->i', x, y),
  }),
  ...on([[3, 4], [3, 4]], {
    'mse': (x, y) => ops.mse(x, y), 'binaryCrossEntropyWithLogits': (x, y) => ops.binaryCrossEntropyWithLogits(x, ops.sigmoid(y)),
    'soft targets': (x, y) => ops.crossEntropy(x, ops.softmax(y, 1)), 'einsum of rows': (x, y) => ops.einsum('bi,bi->b', x, y),
    'einsum, outer': (x, y) => ops.einsum('bi,bj->bij', x, y),
    'einsum, transposed': (x, y) => ops.einsum('bi,cj->ijcb', x, y),
  }),
  ...on([[2, 3, 4], [2, 3, 4], [2, 3, 4]], { 'attention': (q, k, v) => ops.attention(q, k, v),
    'causal attention': (q, k, v) => ops.attention(q, k, v, { causal: true }) }),
  ...on([[2, 5, 5, 2]], {
    'avgPool2d': x => ops.avgPool2d(x, 2), 'avgPool2d, padded': x => ops.avgPool2d(x, 3, { stride: 2, padding: 'same' }),
    'upsample2d': x => ops.upsample2d(x, 2), 'patches': x => ops.patches(x, [2, 3]),
  }),
  ...on([[1, 5, 5, 2]], { 'maxPool2d': x => ops.maxPool2d(x, 2),
    'maxPool2d, overlapping and padded': x => ops.maxPool2d(x, 3, { stride: 2, padding: 'same' }) }, apart),
  ...on([[2, 5, 4, 2], [3, 3, 2, 4]], {
    'conv2d': (x, w) => ops.conv2d(x, w), 'conv2d, same': (x, w) => ops.conv2d(x, w, { padding: 'same', stride: 2 }),
    'conv2d, dilated': (x, w) => ops.conv2d(x, w, { padding: 2, dilation: 2 }),
  }),
  ...on([[2, 3, 3, 4], [3, 3, 2, 4]], { 'conv2dTranspose': (x, w) => ops.conv2dTranspose(x, w, { stride: 2, padding: 1 }) }),
  ...on([[3, 3], [3, 2]], { 'solveTriangular': (a, b) => ops.solveTriangular(ops.add(a, ops.mul(t.eye(3), 3)), b),
    'upper': (a, b) => ops.solveTriangular(ops.add(a, ops.mul(t.eye(3), 3)), b, { lower: false }) }),
]
