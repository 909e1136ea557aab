/** A loop and its gradients of both orders are those of the same steps written out. */
import { describe, expect, test } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import { gradient, jvp, vjp } from '../../../src/dsl/core/gradient.js'
import { reachable, type Node } from '../../../src/dsl/core/node.js'
import type { ScanArgs } from '../../../src/dsl/core/primitives/scan.js'
import type { Value } from '../../../src/dsl/value.js'
import { gap, noise, noiseLike, projected, run, total } from './numeric.js'

const f32 = (...shape: number[]): Node => b.input({ shape, dtype: 'float32' })
const i32 = (...shape: number[]): Node => b.input({ shape, dtype: 'int32' })
const whole = (n: number): Value => ({ shape: [], dtype: 'int32', data: Int32Array.of(n) })

/** The loop written out. */
const unrolled = ({ init, xs, length, reverse = false, body }: ScanArgs): ReturnType<typeof b.scan> => {
  const steps = (length ?? xs[0].shape[0]) as number
  const at = (x: Node, t: number): Node => b.reshape(b.slice(x, x.shape.map(() => 0).with(0, t), x.shape.with(0, t + 1)), x.shape.slice(1))
  let carry = [...init]
  const [ys, before]: [Node[][], Node[][]] = [[], []]
  for (let s = 0; s < steps; s++) {
    const t = reverse ? steps - 1 - s : s
    before[t] = carry
    const out = body(carry, xs.map(x => at(x, t)))
    carry = [...out.next]
    ys[t] = [...out.ys]
  }
  const stack = (rows: readonly Node[][]): Node[] =>
    (rows[0] ?? []).map((_, i) => b.concat(rows.map(r => b.reshape(r[i], [1, ...r[i].shape])), 0))
  return { carry, ys: stack(ys), before: stack(before) }
}

interface Loop { readonly inputs: readonly Node[]; readonly values: readonly Value[]; readonly args: ScanArgs }
const real = (...shapes: number[][]): Value[] => shapes.map((s, i) => noise(s, 40 + i))

const loops: Readonly<Record<string, () => Loop>> = {
  'a recurrent cell with a captured matrix': () => {
    const inputs = [f32(2, 3), f32(4, 2, 3), f32(3, 3)]
    const [h, x, w] = inputs
    return { inputs, values: real([2, 3], [4, 2, 3], [3, 3]), args: { init: [h], xs: [x], body: ([c], [u]) => {
      const next = b.tanh(b.add(b.matmul(c, w), u))
      return { next: [next], ys: [b.mul(next, u)] }
    } } }
  },
  'the same from the last step to the first': () => { const l = loops['a recurrent cell with a captured matrix'](); return { ...l,
    args: { ...l.args, reverse: true } } },
  'two carries, one of them an integer that picks an element': () => {
    const inputs = [f32(), i32(), f32(5), f32(4)]
    const [h, n, x, table] = inputs
    return { inputs, values: [...real([]), whole(1), ...real([5], [4])], args: { init: [h, n], xs: [x], body: ([c, i], [u]) => ({
      next: [b.add(b.mul(c, u), b.sin(b.gather(table, b.mod(i, 4), 0))), b.add(i, 3)], ys: [c, i, b.mul(b.cast(i, 'float32'), c)],
    }) } }
  },
  'no inputs but a length': () => {
    const inputs = [f32(2), f32()]
    const [h, k] = inputs
    return { inputs, values: real([2], []),
      args: { init: [h], xs: [], length: 6, body: ([c]) => ({ next: [b.sin(b.mul(c, b.broadcastTo(k, [2])))], ys: [] }) } }
  },
  'no carry': () => {
    const inputs = [f32(3, 2), f32(2)]
    const [x, k] = inputs
    return { inputs, values: real([3, 2], [2]),
      args: { init: [], xs: [x], body: (_, [u]) => ({ next: [], ys: [b.mul(u, b.exp(k)), b.sum(u, [0])] }) } }
  },
  'a carry that swaps, one that stays, an input that is not read': () => {
    const inputs = [f32(), f32(), f32(), f32(3)]
    const [p, q, r, x] = inputs
    return { inputs, values: real([], [], [], [3]),
      args: { init: [p, q, r], xs: [x], body: ([s, t, u]) => ({ next: [t, b.mul(s, u), u], ys: [b.mul(s, t)] }) } }
  },
  'a loop in a loop, whose inner one reads the outer carry, the outer input and a captured tensor': () => {
    const inputs = [f32(), f32(3, 2), f32()]
    const [h, x, k] = inputs
    return { inputs, values: real([], [3, 2], []), args: { init: [h], xs: [x], body: ([c], [row]) => {
      const inner =
        b.scan({ init: [b.mul(c, k)], xs: [row], body: ([d], [u]) => ({ next: [b.tanh(b.add(b.mul(d, u), c))], ys: [b.mul(d, c)] }) })
      return { next: [b.add(inner.carry[0], c)], ys: [inner.ys[0]] }
    } } }
  },
  'a gradient step in each step': () => {
    const inputs = [f32(2), f32(3, 2)]
    const [w, x] = inputs
    return { inputs, values: real([2], [3, 2]), args: { init: [w], xs: [x], body: ([v], [u]) => {
      const loss = b.sum(b.mul(b.sin(v), b.mul(u, v)), [0])
      return { next: [b.sub(v, b.mul(0.1, gradient(loss, [v])[0]))], ys: [loss] }
    } } }
  },
  'the same tensor as initial carry, input and captured': () => {
    const inputs = [f32(3)]
    const [x] = inputs
    return { inputs, values: real([3]),
      args: { init: [x], xs: [x], body: ([c], [u]) => ({ next: [b.mul(b.mul(c, x), b.broadcastTo(u, [3]))], ys: [b.sum(c, [0])] }) } }
  },
}

const floats = (ns: readonly Node[]): Node[] => ns.filter(n => n.dtype === 'float32')
const same = (a: readonly Value[], c: readonly Value[], what: string): void => {
  expect(a.length).toBe(c.length)
  a.forEach((v, i) => {
    expect(v.shape, what).toEqual(c[i].shape)
    expect(gap(v.data, c[i].data), `${what} ${i}: ${v.data.join()} and ${c[i].data.join()}`).toBeLessThan(1e-12)
  })
}

describe.each(Object.entries(loops))('%s', (_, make) => {
  const { inputs, values, args } = make()
  const parts = (s: ReturnType<typeof b.scan>): Node[] => [...s.carry, ...s.ys, ...s.before]
  const [loop, flat] = [parts(b.scan(args)), parts(unrolled(args))]
  const wrt = floats(inputs)
  const loss = (outputs: readonly Node[]): Node => total(floats(outputs).map((n, i) => projected(b.sin(n), i + 1)))

  test('values', () => { same(run(loop, inputs, values), run(flat, inputs, values), 'result') })
  test('gradient of all results',
    () => { same(run(gradient(loss(loop), wrt), inputs, values), run(gradient(loss(flat), wrt), inputs, values), 'gradient') })
  test('gradient of one result, the others unused', () => {
    loop.forEach((_n, i) => {
      if (loop[i].dtype === 'float32') same(run(gradient(loss([loop[i]]), wrt), inputs, values),
        run(gradient(loss([flat[i]]), wrt), inputs, values), `gradient of result ${i}`)
    })
  })
  test('gradient of the gradient, and of that', () => {
    const again = (l: Node): Node => total(gradient(l, wrt).map((g, i) => projected(g, 30 + i)))
    const twice = [loop, flat].map(o => gradient(again(loss(o)), wrt))
    same(run(twice[0], inputs, values), run(twice[1], inputs, values), 'second gradient')
    const thrice = [loop, flat].map(o => gradient(again(again(loss(o))), wrt))
    same(run(thrice[0], inputs, values), run(thrice[1], inputs, values), 'third gradient')
  })
  test('forward mode', () => {
    const tangents = wrt.map((w, i) => b.constant(noiseLike(w, 60 + i)))
    same(run(jvp(floats(loop), wrt, tangents), inputs, values), run(jvp(floats(flat), wrt, tangents), inputs, values), 'tangent')
  })
})

test('no steps: the carry is the initial one, its gradient goes through, that of a captured tensor is 0', () => {
  const [h, w, x] = [f32(2), f32(2), f32(0, 2)]
  const { carry, ys } = b.scan({ init: [h], xs: [x], body: ([c], [u]) => ({ next: [b.mul(c, w)], ys: [b.add(c, u)] }) })
  const grads = gradient(b.sum(carry[0], [0]), [h, w])
  const values: Value[] = [...real([2], [2]), { shape: [0, 2], dtype: 'float32', data: new Float64Array(0) }]
  const [end, rows, gh, gw] = run([carry[0], ys[0], ...grads], [h, w, x], values)
  expect([...end.data]).toEqual([...values[0].data])
  expect(rows.shape).toEqual([0, 2])
  expect([[...gh.data], [...gw.data]]).toEqual([[1, 1], [0, 0]])
})

test('equal loops are one node, and a loop of 1,000 steps has no more nodes than one of 2', () => {
  const [h, w] = [f32(2), f32(2)]
  const loop = (length: number): Node => b.scan({ init: [h], xs: [], length, body: ([c]) => ({ next: [b.mul(c, w)], ys: [] }) }).carry[0]
  expect(loop(1000)).toBe(loop(1000))
  const nodes = (n: number): number => reachable(gradient(b.sum(loop(n), [0]), [h, w])).length
  expect(nodes(1000)).toBe(nodes(2))
})

test('what the body captures becomes an input once, however often it is read', () => {
  const [h, w] = [f32(2), f32(2)]
  const node =
    b.scan({ init: [h], xs: [], length: 3,
      body: ([c]) => ({ next: [b.mul(b.add(c, b.exp(w)), b.exp(w))], ys: [b.exp(w)] }) }).carry[0].inputs[0]
  expect(node.inputs).toEqual([h, b.exp(w)])
})

test('errors: a carry that changes its type, inputs of different lengths, no length', () => {
  const [h, x, y] = [f32(2), f32(3), f32(4)]
  expect(() => b.scan({ init: [h], xs: [x], body: ([c]) => ({ next: [b.sum(c, [0])], ys: [] }) }))
    .toThrow('scan: carry 0 is float32 [2] but the body returns float32 []')
  expect(() => b.scan({ init: [h], xs: [x, y], body: ([c]) => ({ next: [c], ys: [] }) }))
    .toThrow('scan: [4] does not have 3 steps along its first axis')
  expect(() => b.scan({ init: [h], xs: [], body: ([c]) => ({ next: [c], ys: [] }) })).toThrow('a length is needed')
})

test('a result that nothing reads takes no cotangent', () => {
  const [h, x] = [f32(), f32(3)]
  const { ys } = b.scan({ init: [h], xs: [x], body: ([c], [u]) => ({ next: [b.mul(c, u)], ys: [u, c] }) })
  expect(vjp([b.sum(ys[0], [0])], [b.scalar(1)], [h])[0]).not.toBeUndefined()
  expect(run(gradient(b.sum(ys[0], [0]), [h, x]), [h, x], real([], [3])).map(v => [...v.data])).toEqual([[0], [1, 1, 1]])
})
