/** Reductions of columns that a loop makes: which are one step with it, and their values, which do not depend on the number of threads. */
import { describe, expect, test } from 'vitest'
import * as b from '../../../../src/dsl/core/build.js'
import type { Node } from '../../../../src/dsl/core/node.js'
import type { Resident } from '../../../../src/interp/engine.js'
import { program } from '../../../../src/interp/program.js'
import { Inputs, spread, upTo } from '../../onnx/agree.js'
import { Random } from '../../random.js'
import { agreeOnThreads, isThere } from '../on-threads.js'
import { outline, planFault, type Outline } from './outline.js'

const f = (...shape: number[]): Node => b.input({ shape, dtype: 'float32' })
const planOf = (inputs: Node[], outputs: Node[], resident: Resident[] = []): Outline => {
  const o = outline(program(inputs, outputs, resident))
  expect(planFault(o)).toBeNull()
  return o
}
const over = (x: Node, shape: readonly number[]): Node => b.broadcastTo(x, shape)

describe('steps', () => {
  const x = f(64, 20, 30)
  test('a reduction over leading or middle axes is one with the loop that makes what it reduces, which is not kept', () => {
    for (const axes of [[0], [1], [0, 1]]) {
      const o = planOf([x], [b.sum(b.exp(x), axes)])
      expect(o.kinds).toEqual(['reduced loop'])
      expect(o.layout.bytes).toBe(0)
    }
  })
  test('what others read too is kept, and made once', () => {
    const e = b.exp(x)
    expect(planOf([x], [b.sum(e, [0]), b.neg(b.cumsum(e, 0))]).kinds).toEqual(['reduced loop', 'cumsum', 'loop'])
    expect(planOf([x], [b.sum(e, [0]), b.max(e, [0, 1])]).kinds.toSorted()).toEqual(['reduce', 'reduced loop'])
  })
  test('a loop with sums over rows is reduced as it is made, too', () => {
    const rows = f(400, 70)
    const soft = b.exp(b.sub(rows, over(b.reshape(b.max(rows, [1]), [400, 1]), [400, 70])))
    const scaled = b.mul(soft, over(b.reshape(b.sum(soft, [1]), [400, 1]), [400, 70]))
    expect(planOf([rows], [b.sum(scaled, [0])]).kinds).toEqual(['reduced loop'])
  })
  test('rows, axes apart, few elements, very wide ones, outputs and parts of what a loop makes are reduced by themselves', () => {
    const others: [Node, (y: Node) => Node][] = [
      [f(64, 20, 30), y => b.sum(y, [0, 2])], [f(20, 30), y => b.sum(y, [0])], [f(30, 1025), y => b.sum(y, [0])],
      [f(5000, 2, 4), y => b.sum(y, [1])], [f(64, 300), y => b.sum(b.slice(y, [1, 0], [64, 300]), [0])],
      [f(64, 300), y => b.sum(b.transpose(y, [1, 0]), [0])],
    ]
    for (const [y, reduce] of others) expect(planOf([y], [reduce(b.exp(y))]).kinds).not.toContain('reduced loop')
    const e = b.exp(x)
    expect(planOf([x], [e, b.sum(e, [0])]).kinds).toEqual(['loop', 'reduce'])
  })
  test('a result lies over no operand', () => {
    const [p, q] = [f(9, 4, 1000), b.input({ shape: [9, 4, 1000], dtype: 'bool' })]
    const o = planOf([p, q], [b.sum(b.cast(q, 'float32'), [1]), b.add(p, 1)], [{ input: 0, output: 1 }])
    const step = o.schedule.steps[o.kinds.indexOf('reduced loop')]
    expect(step.reads.map(r => r.aligned)).toEqual([false])
    expect(o.schedule.inPlace.size).toBe(1)
  })
})

test('plans of random loops and reductions over each axis hold', () => {
  const shape = [100, 200]
  let found = 0
  for (let seed = 0; seed < 300; seed++) {
    const r = new Random(seed)
    const wide = [f(...shape), f(...shape)]
    const few: Node[] = [f(200), b.reshape(f(100), [100, 1])]
    const inputs = [...wide, few[0], few[1].inputs[0]]
    for (let i = 0; i < 12; i++) {
      if (r.chance(0.35)) few.push(r.chance(0.7) ? b.sum(r.pick(wide), [0]) : b.reshape(b.max(r.pick(wide), [1]), [100, 1]))
      else if (r.chance(0.2)) wide.push(b.cumsum(r.pick(wide), 0))
      else wide.push(b.mul(r.chance(0.5) ? b.tanh(r.pick(wide)) : r.pick(wide), r.chance(0.6) ? over(r.pick(few), shape) : r.pick(wide)))
    }
    const outputs = [wide[wide.length - 1], r.pick(wide), r.pick(few), b.sum(r.pick(wide), [0])]
    found += planOf(inputs, outputs, [{ input: 0, output: 0 }, { input: 2, output: null }]).kinds.filter(k => k === 'reduced loop').length
  }
  expect(found).toBeGreaterThan(100)
})

describe.skipIf(!isThere)('values on 1, 2 and 3 threads', () => {
  test.each([
    [1, 5003, 4], [1, 70, 700], [3, 1031, 7], [2, 17, 1024], [1, 9001, 2], [40, 40, 30], [60, 2, 300], [1, 300, 161], [9, 65, 64],
  ])('of %i of %i by %i', async (before, n, after) => {
    const inputs = new Inputs()
    const x = inputs.of(spread(before, n, after))
    const [row, scale, ints] = [inputs.of(spread(after)), inputs.of(spread(before, 1, after)), inputs.of(upTo(9, before, n, after))]
    // Not about 0, where a sum's error is large beside it.
    const centred = b.add(b.sub(x, over(row, [before, n, after])), 5)
    const kept = b.tanh(x)
    const most = b.reshape(b.max(x, [2]), [before, n, 1])
    const outputs = [
      ...[b.sum, b.max, b.min, b.prod].map(r => r(b.add(b.mul(x, 0.1), 1), [1])),
      ...[b.sum, b.max, b.min].map(r => r(b.add(centred, over(scale, [before, n, after])), [1])),
      b.sum(b.mul(centred, centred), [0, 1]), b.sum(b.exp(b.sub(x, over(most, [before, n, after]))), [1]),
      b.sum(b.mul(ints, ints), [1]), b.max(b.less(centred, over(b.scalar(1.1), [before, n, after])), [1]),
      b.min(b.lessEqual(x, over(b.scalar(1.9), [before, n, after])), [0, 1]),
      b.max(kept, [1]), b.cumsum(kept, 1), b.sum(b.exp(b.reverse(x, [1])), [1]), b.sum(b.exp(b.transpose(x, [1, 0, 2])), [1]),
    ]
    expect(planOf(inputs.nodes, outputs).kinds).toContain('reduced loop')
    await agreeOnThreads(inputs, outputs)
  })
})
