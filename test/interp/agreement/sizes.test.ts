/** The same at sizes that fill vectors, tiles and threads, with gradients; and random words, bit for bit. */
import { beforeAll, describe, expect, test } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import { gradient } from '../../../src/dsl/core/gradient.js'
import type { Node } from '../../../src/dsl/core/node.js'
import type { Value } from '../../../src/dsl/value.js'
import { program } from '../../../src/interp/program.js'
import { evaluate } from '../../../src/interp/js/evaluate.js'
import { noise, projected } from '../../dsl/core/numeric.js'
import { disagreement, type Job } from './compare.js'
import { subjects, type Subject } from './engines.js'

const single = (v: Value): Value => ({ ...v, data: Float32Array.from(v.data) })
/** The value of f at noise of the given shapes, and the gradients of a projection of it. */
const job = (name: string, f: (...xs: Node[]) => Node, ...shapes: number[][]): Job => {
  const inputs = shapes.map(shape => b.input({ shape, dtype: 'float32' }))
  const output = f(...inputs)
  const grads = output.dtype === 'float32' ? gradient(projected(output, 3), inputs) : []
  return { name, inputs, values: shapes.map((s, i) => single(noise(s, i + 11))), outputs: [output, ...grads] }
}
const indices = (n: number, shape: number[]): Node =>
  b.constant({ shape, dtype: 'int32', data: Int32Array.from({ length: shape.reduce((p, d) => p * d, 1) }, (_, i) => (i * 7919) % n) })
const softmax = (x: Node): Node => {
  const over = (n: Node): Node => b.broadcastTo(b.keep(n, x.shape, [1]), x.shape)
  const e = b.exp(b.sub(x, over(b.stopGradient(b.max(x, [1])))))
  return b.div(e, over(b.sum(e, [1])))
}
const conv = { stride: [2, 1] as const, padding: [[1, 2], [0, 1]] as const, dilation: [1, 2] as const }

const jobs: readonly Job[] = [
  job('matmul', b.matmul, [65, 129], [129, 33]), job('a matmul with one row', b.matmul, [1, 300], [300, 17]),
  job('a batch of matmuls', b.matmul, [5, 2, 17, 9], [5, 2, 9, 13]),
  job('a batch on one matrix', b.matmul, [6, 31, 20], [20, 45]), job('an outer product', b.matmul, [70, 1], [1, 70]),
  job('conv2d', (x, w) => b.conv2d(x, w, { ...conv, groups: 1 }), [3, 17, 19, 5], [3, 3, 5, 9]),
  job('conv2d in groups', (x, w) => b.conv2d(x, w, { ...conv, groups: 3 }), [2, 12, 13, 6], [3, 2, 2, 9]),
  job('conv2dInput', (y, w) => b.conv2dInput(y, w, { stride: [2, 2], padding: [[1, 1], [1, 1]], dilation: [1, 1], groups: 1,
    size: [16, 16] }), [2, 8, 8, 7], [4, 4, 5, 7]),
  job('max pooling',
    x => b.max(b.patches(x, { stride: [2, 2], padding: [[0, 1], [0, 1]], dilation: [1, 1], window: [3, 3], fill: -Infinity }), [3, 4]),
    [2, 14, 14, 6]),
  job('softmax', softmax, [33, 101]), job('transpose', x => b.transpose(x, [2, 0, 3, 1]), [7, 13, 5, 11]),
  job('sum', x => b.sum(x, [0, 2]), [70, 9, 31]),
  job('cumsum', x => b.cumsum(x, 1, { exclusive: true, reverse: true }), [9, 257, 3]), job('prod', x => b.prod(b.mul(x, 2), [1]), [20, 9]),
  job('argMax', x => b.argMax(x, 1), [50, 41]), job('sortIndices', x => b.sortIndices(x, 1, { descending: true }), [7, 131]),
  job('gather', x => b.gather(x, indices(50, [90]), 0), [50, 12]), job('scatterAdd', (x, u) => b.scatterAdd(x, indices(40, [300]), u, 1),
    [3, 40], [3, 300]),
  job('takeAlong', x => b.takeAlong(x, indices(30, [20, 8]), 1), [20, 30]), job('max', x => b.max(x, [1]), [40, 77]),
  job('a long loop',
    (h, x, w) => b.scan({ init: [h], xs: [x], body: ([c], [u]) => ({ next: [b.tanh(b.add(b.matmul(c, w), u))], ys: [c] }) }).ys[0],
    [4, 8], [40, 4, 8], [8, 8]),
  job('a layer norm', x => {
    const over = (n: Node): Node => b.broadcastTo(b.keep(n, x.shape, [1]), x.shape)
    const centred = b.sub(x, over(b.mul(b.sum(x, [1]), 1 / 64)))
    return b.div(centred, b.sqrt(b.add(over(b.mul(b.sum(b.mul(centred, centred), [1]), 1 / 64)), 1e-5)))
  }, [40, 64]),
  ...['exp', 'tanh', 'sigmoid', 'softplus', 'erf', 'sin', 'expm1'].map(name =>
    job(name, (b as unknown as Record<string, (x: Node) => Node>)[name], [1037])),
]

describe.each(Object.keys(subjects))('%s', name => {
  let subject: Subject
  beforeAll(async () => { subject = await subjects[name]() })

  test('large arrays and their gradients', async () => {
    const before = subject.live()
    expect(await disagreement(subject, jobs, 6)).toBeNull()
    expect(subject.live()).toEqual(before)
  })

  test('random words and uniform numbers, bit for bit', async () => {
    const key = b.input({ shape: [2], dtype: 'int32' })
    const outputs = [b.randomBits(key, [5001], 3), b.uniform(key, [17, 31], 0), b.uniform(key, [], 1), b.randomBits(key, [1], 2)]
    const executable = await subject.engine.compile(program([key], outputs))
    for (const words of [[0, 0], [-1, 7], [2 ** 31 - 1, -(2 ** 31)]]) {
      const value: Value = { shape: [2], dtype: 'int32', data: Int32Array.from(words) }
      const got = await executable.run([value])
      evaluate(outputs, new Map([[key, value]])).forEach((want, i) => { expect([...got[i].data]).toEqual([...want.data]) })
    }
    await executable.release()
  })
})

test('on two threads, onnx gives what it gives on one', async () => {
  const { onnxEngine } = await import('../../../src/interp/onnx/engine.js')
  const two: Subject = { name: 'onnx on two threads', engine: await onnxEngine({ threads: 2 }), live: () => null }
  expect(await disagreement(two, jobs, 6)).toBeNull()
})
