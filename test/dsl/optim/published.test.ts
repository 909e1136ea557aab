/** Every optimiser, schedule and transformation against PyTorch or Optax over 20 steps in float64 (scripts/fixtures/optim.py). */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { constant, input } from '../../../src/dsl/core/build.js'
import type { Node } from '../../../src/dsl/core/node.js'
import { leavesOf } from '../../../src/dsl/core/trees.js'
import type { Tree } from '../../../src/dsl/define/tree.js'
import { key } from '../../../src/dsl/keys.js'
import {
  adagrad, adam, adamW, addDecayedWeights, chain, clipByGlobalNorm, clipByValue, ema, momentum, nesterov, rmsprop, schedule, sgd,
  type Optimiser,
} from '../../../src/dsl/optim/index.js'
import { add, sub } from '../../../src/dsl/ops/arithmetic.js'
import { parameter, tensor } from '../../../src/dsl/ops/create.js'
import { matmul } from '../../../src/dsl/ops/matmul.js'
import { mean } from '../../../src/dsl/ops/reduce.js'
import { square } from '../../../src/dsl/ops/unary.js'
import { init } from '../../../src/dsl/params/index.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { trainStep } from '../../../src/dsl/train.js'
import type { Value } from '../../../src/dsl/value.js'
import { evaluate } from '../../../src/interp/js/evaluate.js'
import { valuesOf } from '../values.js'

interface Fixture { x: number[][]; y: number[][]; w: number[][]; b: number[]; steps: number[]; cases: Record<string, number[][]> }
const fixture = JSON.parse(readFileSync(new URL('../../fixtures/optim/optim.json', import.meta.url), 'utf8')) as Fixture

const params = { w: parameter([2, 3], init.constant(fixture.w)), b: parameter([3], init.constant(fixture.b)) }
const batch = { x: tensor(fixture.x) as unknown as Tensor<[4, 2]>, y: tensor(fixture.y) as unknown as Tensor<[4, 3]> }

const optimisers: Record<string, Optimiser> = {
  'sgd': sgd(0.1),
  'sgd, weight decay': chain(addDecayedWeights(0.05), sgd(0.1)),
  'momentum': momentum(0.1),
  'momentum, weight decay': chain(addDecayedWeights(0.05), momentum(0.1, 0.8)),
  'nesterov': nesterov(0.1),
  'nesterov, weight decay': chain(addDecayedWeights(0.05), nesterov(0.1)),
  'adam': adam(0.1),
  'adam, betas': adam(0.05, { beta1: 0.5, beta2: 0.9, epsilon: 1e-3 }),
  'adam, L2': chain(addDecayedWeights(0.05), adam(0.1)),
  'adamW': adamW(0.1),
  'adamW, weight decay': adamW(0.1, { weightDecay: 0.2 }),
  'adamW, matrices only': adamW(0.1, { weightDecay: 0.2, decays: (path, shape) => path === 'w' && shape.length === 2 }),
  'adagrad': adagrad(0.3),
  'adagrad, initial': adagrad(0.3, { initial: 0.1, epsilon: 1e-6 }),
  'adagrad, weight decay': chain(addDecayedWeights(0.05), adagrad(0.3)),
  'rmsprop': rmsprop(0.05),
  'rmsprop, decay': rmsprop(0.05, { decay: 0.8, epsilon: 1e-4 }),
  'rmsprop, centred': rmsprop(0.05, { decay: 0.9, centred: true }),
  'rmsprop, momentum': chain(addDecayedWeights(0.05), rmsprop(0.02, { decay: 0.9, momentum: 0.5, centred: true })),
  'clip by value': chain(clipByValue(0.2), momentum(0.1)),
  'clip by value, adam': chain(clipByValue(0.2), adam(0.1)),
  'cosine': adam(schedule.cosine({ from: 0.2, to: 0.01, steps: 25 })),
  'step': momentum(schedule.step({ from: 0.3, factor: 0.3, every: 6 }), 0.5),
  'exponential': rmsprop(schedule.exponential({ from: 0.1, factor: 0.9 })),
  'linear': adagrad(schedule.linear({ from: 0.5, to: 0.05, steps: 12 })),
  'nesterov, cosine': nesterov(schedule.cosine({ from: 0.2, steps: 20 })),
  'adamW, exponential': adamW(schedule.exponential({ from: 0.2, factor: 0.8 }), { weightDecay: 0.1 }),
  'clip by global norm': chain(clipByGlobalNorm(0.5), momentum(0.1)),
  'clip by global norm, adamW': chain(clipByGlobalNorm(0.5), adamW(0.1, { weightDecay: 0.1 })),
  'clip by global norm, slack': chain(clipByGlobalNorm(50), sgd(0.1)),
  'warm-up, constant': sgd(schedule.warmUp({ steps: 5, then: 0.2 })),
  'warm-up, cosine': adam(schedule.warmUp({ steps: 6, from: 0.01, then: schedule.cosine({ from: 0.3, to: 0.02, steps: 12 }) })),
  'constant': adam(schedule.constant(0.1)),
  'exponential, smooth': sgd(schedule.exponential({ from: 0.2, factor: 0.5, steps: 5 })),
  'join': sgd(schedule.join([schedule.constant(0.1), schedule.linear({ from: 0.2, to: 0, steps: 8 })], [6])),
  'ema': chain(adam(0.1), ema(0.9)),
  'ema, nesterov': chain(nesterov(0.05), ema(0.5)),
}

/** Values of a tree after each of the steps that the fixture keeps; the step is built once, as the shell does. */
const run = (optimiser: Optimiser, shown: (state: { params: Tree; optimiser: unknown }) => Tree): number[][] => {
  const training = trainStep({
    params, optimiser, loss: (p, { x, y }: typeof batch) => mean(square(sub(add(matmul(x, p.w), p.b), y))),
  })
  const first = training.init(key(0))
  const nodes = leavesOf<Node>(first).map(l => l.leaf)
  const places = nodes.map(n => input({ shape: n.shape, dtype: n.dtype }))
  let i = 0
  const rebuild = (tree: unknown): unknown => typeof tree === 'object' && tree !== null && !('dtype' in tree)
    ? Array.isArray(tree) ? tree.map(rebuild) : Object.fromEntries(Object.entries(tree).map(([k, t]) => [k, rebuild(t)])) : places[i++]
  const { state } = training.step(rebuild(first) as typeof first, batch, key(1))
  const outputs = leavesOf<Node>(state).map(l => l.leaf)
  const at = leavesOf<Node>(shown(state as never)).map(l => outputs.indexOf(l.leaf))
  let values: Value[] = valuesOf(first as unknown as Tree)
  const kept: number[][] = []
  for (let step = 1; step <= 20; step++) {
    values = evaluate(outputs, new Map(places.map((p, j) => [p, values[j]])))
    if (fixture.steps.includes(step)) kept.push(at.flatMap(j => Array.from(values[j].data)))
  }
  return kept
}

const published = (name: string): void => {
  const averaged = name.startsWith('ema')
  const found = run(optimisers[name], ({ params, optimiser }) => averaged ? (optimiser as readonly { average: Tree }[])[1].average : params)
  const expected = fixture.cases[name]
  expect(found.length).toBe(expected.length)
  found.forEach((row, i) => {
    row.forEach((x, j) => { expect(Math.abs(x - expected[i][j]), `step ${fixture.steps[i]}, element ${j}`).toBeLessThan(1e-6) })
  })
}

describe('20 steps are those of PyTorch or Optax', () => {
  it('has a case for every fixture', () => {
    expect(Object.keys(optimisers).sort()).toEqual(Object.keys(fixture.cases).sort())
  })
  it.each(Object.keys(fixture.cases))('%s', published)
})

describe('updates', () => {
  const specs = (tree: unknown): unknown => leavesOf(tree).map(l => [l.path, l.leaf.shape, l.leaf.dtype])

  it('keep one value for every leaf, of its shape and dtype', () => {
    for (const optimiser of Object.values(optimisers)) {
      const p = { w: parameter([2, 3], init.ones()), list: [parameter([3], init.ones()), { s: parameter([], init.ones()) }] } as const
      const { updates, state } = optimiser.update(p, optimiser.init(p) as never, p)
      expect(specs(updates)).toEqual(specs(p))
      expect(specs(state)).toEqual(specs(optimiser.init(p)))
    }
  })

  it("corrects Adam's bias from the whole step number, far from the start too", () => {
    const p = { w: parameter([1], init.ones()) }
    const count = constant({ shape: [], dtype: 'int32', data: Int32Array.of(99_999) })
    const moments = { count, mu: { w: tensor([0.5]) }, nu: { w: tensor([0.25]) } }
    const { updates } = adam(1).update({ w: tensor([0.5]) }, [moments, { count }] as never, p)
    expect(valuesOf(updates)[0].data[0]).toBeCloseTo(-1, 7)
  })

  it('leaves gradients of 0 as they are when clipping by norm', () => {
    const { updates } = clipByGlobalNorm(1).update({ w: tensor([0, 0]) }, {}, { w: tensor([1, 1]) })
    expect([...valuesOf(updates)[0].data]).toEqual([0, 0])
  })

  it('says what a setting must be', () => {
    expect(() => clipByGlobalNorm(0)).toThrow('clipByGlobalNorm: the bound is 0 but a positive number was expected')
    expect(() => ema(1)).toThrow('ema: the decay is 1')
    expect(() => chain()).toThrow('chain: at least one transformation was expected')
    expect(() => schedule.cosine({ from: 1, steps: 0 })).toThrow('cosine: steps is 0 but a positive whole number was expected')
    expect(() => schedule.join([schedule.constant(1)], [3])).toThrow('join: 1 schedules have 0 boundaries between them, but 1 are given')
    const [one, two, three] = [1, 2, 3].map(schedule.constant)
    expect(() => schedule.join([one, two, three], [5, 5])).toThrow('join: boundary 5 is not')
  })
})
