/** Passes of the compiler: each can be left out, changes what it says it does, and changes no value. */
import { describe, expect, test } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import type { Node } from '../../../src/dsl/core/node.js'
import { adam, f32, key, matmul, mean, square, tanh, trainStep } from '../../../src/index.js'
import { nativeEngine } from '../../../src/interp/native/engine.js'
import { passes, type Pass } from '../../../src/interp/native/passes.js'
import { findCompiler } from '../../../src/interp/native/toolchain/compiler.js'
import { program } from '../../../src/interp/program.js'
import { simplify } from '../../../src/interp/simplify/simplify.js'
import { disagreement, type Job } from '../agreement/compare.js'
import { randomExpressions } from '../random-expressions.js'
import { outline, planFault, programOf, type Outline } from './plan/outline.js'

const f = (...shape: number[]): Node => b.input({ shape, dtype: 'float32' })
const [x, w] = [f(8, 6), f(6, 8)]

describe('what a pass does', () => {
  const planOf = (outputs: readonly Node[], pass?: Pass): Outline => {
    const o = outline(program([x, w], outputs), new Set(pass === undefined ? [] : [pass]))
    expect(planFault(o)).toBeNull()
    return o
  }
  test('without views a transpose is a copy, and a scalar for all elements still is none', () => {
    const moved = [b.tanh(b.add(b.transpose(x, [1, 0]), b.broadcastTo(b.scalar(2), [6, 8])))]
    expect(planOf(moved).kinds).toEqual(['loop'])
    expect(planOf(moved, 'views').kinds).toEqual(['copy', 'loop'])
  })
  test('without loops every elementwise node and every sum is a step', () => {
    const chain = [b.sum(b.exp(b.tanh(b.neg(x))), [1])]
    expect(planOf(chain).kinds).toEqual(['rows'])
    expect(planOf(chain, 'loops').kinds).toEqual(['loop', 'loop', 'loop', 'reduce'])
  })
  test('without sharing every value has a place of its own', () => {
    const chain = [b.matmul(b.matmul(b.matmul(b.matmul(x, w), x), w), x)]
    expect(planOf(chain, 'sharing').layout.bytes).toBeGreaterThan(planOf(chain).layout.bytes)
  })
})

describe('a training step', async () => {
  const params = { u: f32(6, 8), v: f32(8, 3) }
  const training = trainStep({ params, loss: p => mean(square(matmul(tanh(p.u), p.v))), optimiser: adam(1e-3) })
  const state = training.init(key(0))
  const p = await programOf((s: typeof state) => ({ state: training.step(s, {}, key(1)).state, outputs: {} }), { state, inputs: {} })
  test.each([undefined, ...passes])('without %s its plan is sound', pass => {
    const o = outline(p, new Set(pass === undefined ? [] : [pass]))
    expect(planFault(o)).toBeNull()
    expect(o.schedule.inPlace.size > 0).toBe(pass !== 'inPlace')
  })
})

const compiler = await findCompiler().catch(() => null)
describe.skipIf(compiler === null)('values', () => {
  const jobs = randomExpressions(60, 7).map((e): Job => ({ name: `expression ${e.seed}`, ...e }))
  const simple = jobs.map((j): Job => ({ ...j, outputs: simplify(j.outputs, { forExecution: true }) }))
  test.each(passes)('without %s, random expressions and their gradients keep their values', async pass => {
    const engine = await nativeEngine({ threads: 2, without: [pass] })
    expect(engine.asWritten).toBe(pass === 'simplify')
    const subject = { name: `native without ${pass}`, engine, live: () => null }
    expect(await disagreement(subject, engine.asWritten ? jobs : simple, 10)).toBeNull()
  }, 120_000)

  test('what is no pass, and no list of them, is refused', async () => {
    await expect(nativeEngine({ without: 'loops' as never })).rejects.toThrow(
      "native: without is a list of passes to go without, such as ['loops'], but it is loops")
    await expect(nativeEngine({ without: ['fusion' as Pass] })).rejects.toThrow(
      'native: there is no pass fusion to go without; there are simplify, views, loops, inPlace, sharing')
  })
})
