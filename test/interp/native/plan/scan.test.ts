/** Loops over steps on the engine and on the reference: where the carry lies, which way the loop runs, and what nobody reads. */
import { describe, expect, test } from 'vitest'
import * as b from '../../../../src/dsl/core/build.js'
import { gradient } from '../../../../src/dsl/core/gradient.js'
import type { Node } from '../../../../src/dsl/core/node.js'
import { total } from '../../../dsl/core/numeric.js'
import { nativeEngine } from '../../../../src/interp/native/engine.js'
import { emit } from '../../../../src/interp/native/emit/emit.js'
import { program } from '../../../../src/interp/program.js'
import { agree, Inputs, spread, upTo } from '../../onnx/agree.js'

const engine = await nativeEngine({ threads: 1 }).catch(() => null)
const compare = async (inputs: Inputs, outputs: readonly Node[]): Promise<void> => {
  if (engine === null) throw new Error('there is no compiler')
  await agree(engine, inputs, outputs, 1e-5)
}
const everything = (x: Node): number[] => [...x.shape.keys()]

/** By name, bodies whose carry [3, 3] lies differently. */
const bodies: Readonly<Record<string, (c: Node, x: Node, w: Node) => Node>> = {
  'in place': (c, x) => b.tanh(b.add(c, x)),
  'in place after a product': (c, x, w) => b.tanh(b.add(b.matmul(c, w), x)),
  alternating: (c, _, w) => b.matmul(c, w),
  unchanged: c => c,
  'replaced by an input': (_, x) => x,
  'replaced by a constant': () => b.full(0.5, [3, 3]),
  transposed: c => b.transpose(c, [1, 0]),
}

describe.skipIf(engine === null)('a carry', () => {
  test.each(Object.keys(bodies))('%s', async name => {
    const inputs = new Inputs()
    // Small factors: products stay of one size.
    const [w, c0] = [b.mul(inputs.of(spread(3, 3)), 0.3), inputs.of(spread(3, 3))]
    // The last carry, rows, the stack of carries (whose last one nobody reads), and all: in one program, which compiles once.
    const results = [5, 4, 1, 0].flatMap(length => {
      const x = inputs.of(spread(length, 3, 3))
      return [false, true].flatMap(reverse => [0, 1, 2, 3].flatMap(which => {
        const { carry, ys, before } = b.scan({ init: [b.mul(c0, 1 + which)], xs: [x], reverse, body: ([c], [xt]) => {
          const next = bodies[name](c, xt, w)
          return { next: [next], ys: [b.mul(c, b.sin(next))] }
        } })
        return [carry, ys, before, [...carry, ...ys, ...before]][which]
      }))
    })
    await compare(inputs, results)
  })

  test.each([['in place', 1], ['in place after a product', 1], ['alternating', 2]])('%s takes so many places: %i', (name, places) => {
    const [x, w, c0] = [b.input({ shape: [7, 3, 3], dtype: 'float32' }), ...[0, 1].map(() => b.input({ shape: [3, 3], dtype: 'float32' }))]
    const { carry } = b.scan({ init: [c0], xs: [x], body: ([c], [xt]) => ({ next: [bodies[name](c, xt, w)], ys: [] }) })
    const { sources: [source] } = emit(program([x, w, c0], carry))
    expect(source.includes('% 2 == 0')).toBe(places === 2)
  })
})

describe.skipIf(engine === null)('scans', () => {
  test('two carries that change places', async () => {
    const inputs = new Inputs()
    const [p, q] = [inputs.of(spread(4)), inputs.of(spread(4))]
    const results = [0, 1, 2, 5].flatMap(length => [p, b.neg(p)].flatMap((first, i) => {
      const { carry, before } = b.scan({ init: [first, q], xs: [], length, body: ([c, d]) => ({ next: [d, b.add(c, d)], ys: [] }) })
      return i === 0 ? carry : [carry[0], before[1]]
    }))
    await compare(inputs, results)
  })

  test('every dtype is carried and stacked', async () => {
    const inputs = new Inputs()
    const [x, n] = [inputs.of(spread(6, 2)), inputs.of(upTo(9, 6, 2))]
    const { carry, ys, before } = b.scan({
      init: [b.full(0, [2]), b.constant({ shape: [2], dtype: 'int32', data: Int32Array.of(1, 2) }), b.less(b.full(0, [2]), b.full(1, [2]))],
      xs: [x, n],
      body: ([s, k, odd], [xt, nt]) => ({ next: [b.add(s, xt), b.add(k, nt), b.less(s, xt)], ys: [b.not(odd), b.mul(k, nt), b.sin(s)] }),
    })
    await compare(inputs, [...carry, ...ys, ...before])
  })

  test('inputs that are views, and initial carries that are broadcast or shared', async () => {
    const inputs = new Inputs()
    const [x, s] = [inputs.of(spread(4, 6, 2)), inputs.of(spread())]
    const c0 = b.broadcastTo(s, [4, 2])
    const { carry, ys } = b.scan({ init: [c0, c0], xs: [b.transpose(b.reverse(x, [0]), [1, 0, 2])],
      body: ([c, d], [xt]) => ({ next: [b.add(c, xt), b.mul(d, b.sin(xt))], ys: [b.transpose(c, [1, 0])] }) })
    await compare(inputs, [...carry, ...ys])
  })

  test('within a scan, with its gradient and what the body reads from outside', async () => {
    const inputs = new Inputs()
    const [x, w, c0] = [inputs.of(spread(3, 4, 2)), inputs.of(spread(2, 2)), inputs.of(spread(1, 2))]
    const { carry, ys } = b.scan({ init: [c0], xs: [x], body: ([c], [rows]) => {
      const inner = b.scan({ init: [c], xs: [rows], reverse: true,
        body: ([d], [row]) => ({ next: [b.tanh(b.add(b.matmul(d, w), b.reshape(row, [1, 2])))], ys: [b.mul(d, 2)] }) })
      return { next: [b.add(inner.carry[0], c)], ys: inner.ys }
    } })
    const loss = total([...carry, ...ys].map(n => b.sum(b.sin(n), everything(n))))
    await compare(inputs, [...carry, ...ys, ...gradient(loss, [x, w, c0])])
  })

  test('second gradients keep stacks of stacks', async () => {
    const inputs = new Inputs()
    const [x, c0] = [inputs.of(spread(4, 3)), inputs.of(spread(3))]
    const { carry: [c] } = b.scan({ init: [c0], xs: [x], body: ([h], [xt]) => ({ next: [b.tanh(b.mul(h, xt))], ys: [] }) })
    const [g] = gradient(b.sum(c, [0]), [x])
    await compare(inputs, gradient(b.sum(b.mul(g, g), [0, 1]), [x, c0]))
  })

  test('one after another, the second over what the first left', async () => {
    const inputs = new Inputs()
    const x = inputs.of(spread(5, 3))
    const first = b.scan({ init: [b.full(0, [3])], xs: [x], body: ([c], [xt]) => ({ next: [b.add(c, xt)], ys: [c] }) })
    const second = b.scan({ init: first.carry, xs: first.ys, reverse: true,
      body: ([c], [y]) => ({ next: [b.sub(c, y)], ys: [b.mul(c, y)] }) })
    await compare(inputs, [...second.carry, ...second.ys])
  })
})
