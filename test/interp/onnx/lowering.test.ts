import { fromBinary } from '@bufbuild/protobuf'
import { describe, expect, test } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import { gradient } from '../../../src/dsl/core/gradient.js'
import type { Node } from '../../../src/dsl/core/node.js'
import { jsEngine } from '../../../src/interp/js/engine.js'
import { onnxEngine } from '../../../src/interp/onnx/engine.js'
import { toModel } from '../../../src/interp/onnx/model.js'
import { ModelProtoSchema, type GraphProto } from '../../../src/interp/onnx/onnx_pb.js'
import { program } from '../../../src/interp/program.js'
import { agree, float, Inputs, int, spread } from './agree.js'

const engine = await onnxEngine({ threads: 1 })
const f = (...shape: number[]): Node => b.input({ shape, dtype: 'float32' })
const graphOf = (inputs: Node[], outputs: Node[]): GraphProto => {
  const { graph } = fromBinary(ModelProtoSchema, toModel(program(inputs, outputs)).bytes)
  if (!graph) throw new Error('a model without a graph')
  return graph
}
const opsOf = (inputs: Node[], outputs: Node[]): string[] => graphOf(inputs, outputs).node.map(n => n.opType).sort()

describe('the graph holds no more than it needs', () => {
  test('broadcasts are left to the operators that use them', () => {
    const [x, w, c] = [f(5, 3), f(3, 4), f(4)]
    const y = b.add(b.matmul(x, w), b.broadcastTo(c, [5, 4]))
    expect(opsOf([x, w, c], [b.mul(y, 0.5), b.sum(b.maximum(y, 0), [0, 1])])).toEqual(['Add', 'Gemm', 'Max', 'Mul', 'ReduceSum'])
  })

  test('scalars that are broadcast are computed once', () => {
    const [x, s] = [f(100, 100), f()]
    const scale = b.sqrt(b.add(b.broadcastTo(s, [100, 100]), 1))
    const { node, initializer } = graphOf([x, s], [b.mul(b.add(x, 1), scale)])
    expect(node.map(n => n.opType).sort()).toEqual(['Add', 'Add', 'Mul', 'Sqrt'])
    expect(initializer.map(i => i.dims)).toEqual([[]])
  })

  test('a sum of equal elements is a product', () => {
    const c = f(3)
    expect(opsOf([c], [b.sum(b.broadcastTo(c, [7, 3]), [0])])).toEqual(['Mul'])
  })

  test('transposes fold into products, forward and backward', () => {
    const [x, w, q, k] = [f(5, 3), f(3, 4), f(2, 5, 3), f(2, 5, 3)]
    const loss = b.sum(b.tanh(b.matmul(x, w)), [0, 1])
    expect(opsOf([x, w], [loss, ...gradient(loss, [x, w])])).not.toContain('Transpose')
    expect(opsOf([q, k], [b.matmul(q, b.transpose(k, [0, 2, 1]))])).toEqual(['FusedMatMul'])
  })

  test('identities leave nothing, and what nobody uses is not there', () => {
    const x = f(2, 3)
    b.exp(x)
    expect(opsOf([x], [b.neg(b.named('h', b.stopGradient(b.customVjp(x, [], () => []))))])).toEqual(['Neg'])
  })

  test('constants are shared', () => {
    const x = f(2)
    const table = b.constant(spread(100))
    const { initializer } = graphOf([x], [b.add(b.mul(x, 3), 3), table, b.neg(table), b.add(b.iota(2), b.full(3, [2], 'int32'))])
    expect(initializer.filter(i => i.dataType === 1).map(i => i.dims.length).sort()).toEqual([0, 1])
  })

  test('only the results of a loop that are used are stacked', () => {
    const x = f(6, 2)
    const { carry } = b.scan({ init: [b.full(0, [2])], xs: [x], body: ([c], [v]) => ({ next: [b.add(c, v)], ys: [b.exp(c)] }) })
    const [scan] = graphOf([x], carry).node.filter(n => n.opType === 'Scan')
    expect(scan.output).toHaveLength(1)
    expect(scan.attribute[0].g?.node.map(n => n.opType)).toEqual(['Add'])
  })
})

/** Elementwise, each result within a few units in the last place of the exact one. */
const close = async (g: (x: Node) => Node, xs: number[], relative = 2e-6): Promise<void> => {
  const x = f(xs.length)
  const p = program([x], [g(x)])
  const values = [float([xs.length], xs)]
  const [[got], [want]] = [await (await engine.compile(p)).run(values), await (await jsEngine.compile(p)).run(values)]
  want.data.forEach((w, i) => {
    expect(Math.abs(got.data[i] - w), `at ${xs[i]}: ${got.data[i]}, not ${w}`).toBeLessThanOrEqual(relative * Math.abs(w))
  })
}
describe('relative accuracy where a plain composition loses it', () => {
  const small = [1e-30, 1e-10, 1e-7, 1e-5, 1e-3, 0.1, 0.49, 0.51, 0.9]
  test('log1p', () => close(b.log1p, [...small, ...small.map(x => -x), 1, 10, 1e10, 3e38]))
  test('expm1', () => close(b.expm1, [...small, ...small.map(x => -x), 1, -1, 1.1, -5, 50, -80]))
  test('softplus', () => close(b.softplus, [-80, -50, -20, -17, -10, -3, -1, -1e-3, 0, 1, 15, 20, 1e4, 1e30]))
  test('sigmoid', () => close(b.sigmoid, [-80, -30, -17, -10, -5, -1e-3, 0, 1, 5, 17, 30]))
  test('tanh', () => close(b.tanh, small))
})

describe('loops', () => {
  const stepped = (inputs: Inputs, reverse: boolean): Node[] => {
    const [h, w, xs] = [inputs.of(spread(2, 3)), inputs.of(spread(3, 3)), inputs.of(spread(4, 2, 3))]
    const { carry: [last], ys: [all] } = b.scan({
      init: [h], xs: [xs], reverse, body: ([c], [v]) => {
        const next = b.tanh(b.add(b.matmul(c, w), v))
        return { next: [next], ys: [b.mul(next, v)] }
      },
    })
    const loss = b.add(b.sum(last, [0, 1]), b.sum(b.mul(all, all), [0, 1, 2]))
    return [loss, ...gradient(loss, [h, w, xs])]
  }
  test.each([false, true])('with captured values and gradients, reverse %s', async reverse => {
    const inputs = new Inputs()
    await agree(engine, inputs, stepped(inputs, reverse), 1e-5)
  })

  test('the gradient of a gradient', async () => {
    const inputs = new Inputs()
    const [, g] = stepped(inputs, false)
    const norm = b.sum(b.mul(g, g), [0, 1])
    await agree(engine, inputs, [norm, ...gradient(norm, inputs.nodes)], 1e-5)
  })

  test('inside a loop', async () => {
    const inputs = new Inputs()
    const [xs, k] = [inputs.of(spread(3, 4)), inputs.of(spread())]
    const { carry, ys } = b.scan({
      init: [b.full(0, [])], xs: [xs], body: ([c], [row]) => {
        const inner = b.scan({ init: [c], xs: [row], reverse: true, body: ([d], [v]) => ({ next: [b.add(b.mul(d, k), v)], ys: [d] }) })
        return { next: inner.carry, ys: [inner.ys[0], c, b.scalar(2)] }
      },
    })
    const loss = b.add(carry[0], b.sum(b.mul(ys[0], ys[0]), [0, 1]))
    await agree(engine, inputs, [...carry, ...ys, ...gradient(loss, [xs, k])], 1e-5)
  })

  test('that swaps its carries, keeps one, and returns an input', async () => {
    const inputs = new Inputs()
    const [p, q, r, xs] = [inputs.of(spread(2)), inputs.of(spread(2)), inputs.of(int([], [3])), inputs.of(spread(3, 2))]
    const { carry, ys, before } = b.scan({ init: [p, q, r], xs: [xs], body: ([x, y, z], [v]) => ({ next: [y, x, z], ys: [v, v, x, r] }) })
    await agree(engine, inputs, [...carry, ...ys, ...before])
  })

  test('of no steps and of no carry', async () => {
    const inputs = new Inputs()
    const [h, none, xs] = [inputs.of(spread(2)), inputs.of(float([0, 2], [])), inputs.of(spread(3, 2))]
    const empty = b.scan({ init: [h], xs: [none], body: ([c], [v]) => ({ next: [b.add(c, v)], ys: [c] }) })
    const stateless = b.scan({ init: [], xs: [xs], body: (_, [v]) => ({ next: [], ys: [b.exp(v)] }) })
    await agree(engine, inputs, [...empty.carry, ...empty.ys, ...stateless.ys])
  })
})

describe('convolutions differentiate twice', () => {
  test.each([
    { stride: [1, 1], padding: [[1, 1], [1, 1]], dilation: [1, 1], groups: 1 },
    { stride: [2, 3], padding: [[0, 1], [2, 0]], dilation: [2, 1], groups: 2 },
  ] as const)('stride $stride groups $groups', async attrs => {
    const inputs = new Inputs()
    const [x, w] = [inputs.of(spread(2, 6, 7, 4)), inputs.of(spread(3, 2, 4 / attrs.groups, 6))]
    const loss = b.sum(b.tanh(b.mul(b.conv2d(x, w, attrs), 0.1)), [0, 1, 2, 3])
    const first = gradient(loss, [x, w])
    const norm = b.add(b.sum(b.mul(first[0], first[0]), [0, 1, 2, 3]), b.sum(b.mul(first[1], first[1]), [0, 1, 2, 3]))
    await agree(engine, inputs, [loss, ...first, norm, ...gradient(norm, [x, w])], 1e-5)
  })
})

test('a thousand random words a lane are the reference\'s, bit for bit', async () => {
  const inputs = new Inputs()
  const key = inputs.of(int([2], [-123456789, 987654321]))
  await agree(engine, inputs, [b.randomBits(key, [1000, 3]), b.randomBits(key, [1000], 2 ** 31), b.uniform(key, [999])], 0)
})
