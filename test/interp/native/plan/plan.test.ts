/** What the planner promises: which nodes share a loop, what costs no step, and what is written in place. */
import { describe, expect, test } from 'vitest'
import * as b from '../../../../src/dsl/core/build.js'
import { gradient } from '../../../../src/dsl/core/gradient.js'
import type { Node } from '../../../../src/dsl/core/node.js'
import {
  adam, add, crossEntropy, f32, i32, key, layerNorm, matmul, relu, softmax, trainStep, type Tensor,
} from '../../../../src/index.js'
import type { Resident } from '../../../../src/interp/engine.js'
import { program } from '../../../../src/interp/program.js'
import { outline, outlineOf, planFault, programOf, type Outline } from './outline.js'

const f = (...shape: number[]): Node => b.input({ shape, dtype: 'float32' })
const planOf = (inputs: Node[], outputs: Node[], resident: Resident[] = []): Outline => {
  const o = outline(program(inputs, outputs, resident))
  expect(planFault(o)).toBeNull()
  return o
}

describe('loops', () => {
  const normalised = { x: f32(32, 100), scale: f32(100), bias: f32(100) }
  test.each([
    ['softmax', outlineOf({ x: f32(32, 100) }, ({ x }) => softmax(x))],
    ['layer normalisation', outlineOf(normalised, ({ x, scale, bias }) => layerNorm(x, scale, bias))],
  ])('%s is one loop', async (_, o) => { expect((await o).kinds).toEqual(['rows']) })

  test('the normaliser of a cross-entropy is one loop over the logits', async () => {
    const { kinds } = await outlineOf({ x: f32(32, 100), y: i32(32) }, ({ x, y }) => crossEntropy(x, y))
    expect(kinds).toEqual(['rows', 'take_along', 'reduce', 'scalar'])
  })

  test('a chain of elementwise nodes and casts is one loop that keeps nothing else', () => {
    const [x, y] = [f(30, 7), f(7)]
    const h = b.tanh(b.add(x, b.broadcastTo(y, [30, 7])))
    const { kinds, layout } = planOf([x, y], [b.mul(b.cast(b.less(h, b.broadcastTo(b.scalar(0), [30, 7])), 'float32'), b.exp(h))])
    expect(kinds).toEqual(['loop'])
    expect(layout.bytes).toBe(0)
  })

  test('a row too long for the nearest cache is summed by the runtime', () => {
    const sumOf = (n: number): readonly string[] => {
      const x = f(3, n)
      return planOf([x], [b.sub(x, b.broadcastTo(b.reshape(b.sum(x, [1]), [3, 1]), [3, n]))]).kinds
    }
    expect(sumOf(16384)).toEqual(['rows'])
    expect(sumOf(16385)).toEqual(['reduce', 'loop'])
  })

  test('what only the backward pass reads of a forward value is computed there, not kept', () => {
    const [x, w, v] = [f(8, 4), f(4, 6), f(6, 3)]
    const s = b.sigmoid(b.matmul(x, w))
    const { schedule: { steps } } = planOf([x, w, v], gradient(b.sum(b.tanh(b.matmul(s, v)), [0, 1]), [w]))
    // x w, its sigmoid s, and the cotangent before and after it is multiplied by s (1 - s): four arrays and not five.
    expect(steps.flatMap(step => step.writes).filter(m => m.size === 48)).toHaveLength(4)
  })

  test('loops that would wait for each other are two: what stands between raises the level', () => {
    const [x, w] = [f(6, 6), f(6, 6)]
    const a = b.tanh(x)
    const { kinds } = planOf([x, w], [b.mul(a, b.exp(b.matmul(a, w)))])
    expect(kinds).toEqual(['loop', 'gemm', 'loop'])
  })
})

describe('moves of elements', () => {
  const x = f(8, 6)
  test.each<[string, Node]>([
    ['a transpose', b.transpose(x, [1, 0])], ['a slice', b.slice(x, [1, 2], [7, 5])], ['a broadcast', b.broadcastTo(x, [3, 8, 6])],
    ['a reversal', b.reverse(x, [0, 1])], ['a reshape', b.reshape(x, [4, 12])],
    ['all at once', b.transpose(b.reverse(b.slice(b.broadcastTo(x, [3, 8, 6]), [0, 1, 2], [3, 7, 5]), [1]), [2, 0, 1])],
  ])('%s before a loop costs no step', (_, moved) => { expect(planOf([x], [b.tanh(moved)]).kinds).toEqual(['loop']) })

  test('a transpose before a product costs no step', () => {
    expect(planOf([x], [b.matmul(b.transpose(x, [1, 0]), x)]).kinds).toEqual(['gemm'])
  })
  test('a reshape of a transpose is one copy, whoever reads it', () => {
    const flat = b.reshape(b.transpose(x, [1, 0]), [48])
    expect(planOf([x], [b.tanh(flat), b.reverse(flat, [0])]).kinds.filter(k => k === 'copy')).toHaveLength(2)
    expect(planOf([x], [b.tanh(flat), b.cumsum(flat, 0)]).kinds.filter(k => k === 'copy')).toHaveLength(1)
  })
  test('an output that is a view is one copy', () => {
    expect(planOf([x], [b.transpose(x, [1, 0])]).kinds).toEqual(['copy'])
    expect(planOf([x], [b.transpose(b.tanh(x), [1, 0])]).kinds).toEqual(['loop', 'copy'])
  })
})

describe('a training step', async () => {
  type Batch = { readonly x: Tensor<[8, 20]>; readonly y: Tensor<[8], 'int32'> }
  const training = trainStep({
    params: { w: f32(20, 12), b: f32(12), u: f32(12, 10) },
    loss: (p, { x, y }: Batch) => crossEntropy(matmul(relu(add(matmul(x, p.w), p.b)), p.u), y), optimiser: adam(1e-3),
  })
  const state = training.init(key(0))
  const p = await programOf((s: typeof state, batch: Batch) => {
    const { state: next, metrics } = training.step(s, batch, key(1))
    return { state: next, outputs: metrics.loss }
  }, { state, inputs: { x: f32(8, 20), y: i32(8) } })
  const o = outline(p)

  test('every resident is replaced in place', () => {
    expect(planFault(o)).toBeNull()
    expect(p.resident.length).toBeGreaterThan(9)
    for (const { output } of p.resident) expect(o.schedule.inPlace).toContain(o.targets[output ?? -1].memory)
  })
  test.each([['w', 240], ['b', 12], ['u', 120]])('the update of %s and its moments is one loop', (_, size) => {
    const memories = o.targets.map(t => t.memory).filter(m => m.size === size)
    expect(memories).toHaveLength(3)
    const steps = o.schedule.steps.filter(s => s.writes.some(m => memories.includes(m)))
    expect(steps).toHaveLength(1)
    expect(o.kinds[o.schedule.steps.indexOf(steps[0])]).toBe('loop')
  })
  test('the gradient of the bias and the loss are reductions', () => { expect(o.kinds.filter(k => k === 'reduce')).toHaveLength(2) })
})

describe('state', () => {
  const kept = (n: number): Resident[] => Array.from({ length: n }, (_, i) => ({ input: i, output: i }))
  const inPlace = ({ targets, schedule }: Outline): boolean[] => targets.map(t => schedule.inPlace.has(t.memory))

  test('is replaced in place by a loop that reads it element by element', () => {
    const a = f(5, 5)
    expect(inPlace(planOf([a], [b.tanh(a)], kept(1)))).toEqual([true])
  })
  test('is not replaced in place where the step reads it out of order', () => {
    const a = f(5, 5)
    expect(inPlace(planOf([a], [b.tanh(b.transpose(a, [1, 0]))], kept(1)))).toEqual([false])
    expect(inPlace(planOf([a], [b.tanh(b.reverse(a, [0]))], kept(1)))).toEqual([false])
    expect(inPlace(planOf([a], [b.matmul(a, a)], kept(1)))).toEqual([false])
  })
  test('is replaced once everyone else has read it', () => {
    const a = f(5, 5)
    const { kinds } = planOf([a], [b.tanh(a), b.matmul(a, a)], kept(1))
    expect(kinds).toEqual(['gemm', 'loop'])
  })
  test('that changes places is not replaced in place twice', () => {
    const [a, c, w] = [f(5, 5), f(5, 5), f(5, 5)]
    const swapped = inPlace(planOf([a, c, w], [b.tanh(b.matmul(c, w)), b.exp(b.matmul(a, w))], kept(2)))
    expect(swapped).toEqual([true, true])
    const crossed = inPlace(planOf([a, c, w], [b.matmul(c, w), b.matmul(a, w)], kept(2)))
    expect(crossed.filter(Boolean)).toHaveLength(1)
    const exchanged = planOf([a, c], [c, a], kept(2))
    expect(inPlace(exchanged).filter(Boolean)).toHaveLength(1)
    expect(exchanged.kinds).toEqual(['copy', 'copy'])
  })
  test('that somebody must read as it was keeps its memory', () => {
    const [a, w] = [f(5, 5), f(5, 5)]
    const next = b.matmul(w, w)
    const o = planOf([a, w], [next, b.mul(b.exp(next), a)], kept(1))
    expect(inPlace(o)).toEqual([false, false])
  })
  test('that does not change costs nothing', () => {
    const [a, c] = [f(5, 5), f(5, 5)]
    const o = planOf([a, c], [a, b.tanh(c)], kept(2))
    expect(o.kinds).toEqual(['loop'])
    expect(o.planned.unchanged).toContain(o.targets[0].memory)
  })
})
