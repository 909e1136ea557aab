/** What stands on the primitives gives the same numbers on every engine: keys bit for bit, the rest in float32. */
import { beforeAll, describe, expect, it } from 'vitest'
import { input } from '../../src/dsl/core/build.js'
import type { Node } from '../../src/dsl/core/node.js'
import { leavesOf } from '../../src/dsl/core/trees.js'
import type { Tree } from '../../src/dsl/define/tree.js'
import * as dist from '../../src/dsl/distributions/index.js'
import { foldIn, hostKey, splitKey, type Key } from '../../src/dsl/keys.js'
import { attention, crossEntropy, dropout, layerNorm, leakyRelu, solveTriangular } from '../../src/dsl/nn/index.js'
import {
  adagrad, adam, adamW, chain, clipByGlobalNorm, clipByValue, ema, nesterov, rmsprop, schedule, type Optimiser,
} from '../../src/dsl/optim/index.js'
import { add, mul, sub } from '../../src/dsl/ops/arithmetic.js'
import { parameter, tensor } from '../../src/dsl/ops/create.js'
import { matmul } from '../../src/dsl/ops/matmul.js'
import { sum } from '../../src/dsl/ops/reduce.js'
import { square } from '../../src/dsl/ops/unary.js'
import { tensorOf } from '../../src/dsl/ops/typed.js'
import { init, initialise } from '../../src/dsl/params/index.js'
import type { Tensor } from '../../src/dsl/tensor.js'
import { trainStep } from '../../src/dsl/train.js'
import type { Value } from '../../src/dsl/value.js'
import { disagreement, type Job } from '../interp/agreement/compare.js'
import { subjects, type Subject } from '../interp/agreement/engines.js'
import { valuesOf } from './values.js'

const nodes = (tree: unknown): Node[] => leavesOf<Node>(tree).map(l => l.leaf)
const keyInput = input({ shape: [2], dtype: 'int32', name: 'key' })
const key: Key = tensorOf(keyInput)
const words: Value = { shape: [2], dtype: 'int32', data: hostKey(7, 'agreement') }
/** A tree of results that depends on a key. */
const fromKey = (name: string, tree: Tree): Job => ({ name, inputs: [keyInput], values: [words], outputs: nodes(tree) })

const params = { w: parameter([3, 2], init.glorotUniform()), b: parameter([2], init.normal(0.1)) }
interface Batch { readonly x: Tensor<[4, 3]>; readonly y: Tensor<[4, 2]> }
const batch: Batch = { x: tensor([[1, 0, 2], [0, 1, -1], [1, 1, 0], [2, -1, 1]]), y: tensor([[3, 1], [-1, 0], [2, 2], [7, -3]]) }

/** A training step at a state of its own, 3 steps from the start. */
const step = (name: string, optimiser: Optimiser): Job => {
  const training = trainStep({ params, optimiser, loss: (p, { x, y }: Batch) => sum(square(sub(add(matmul(x, p.w), p.b), y))) })
  let state = training.init(tensorOf(input({ shape: [2], dtype: 'int32' })))
  const first = valuesOf(training.init(key) as unknown as Tree, new Map([[key, words]]))
    .map(v => v.dtype === 'float32' ? { ...v, data: Float32Array.from(v.data) } : v)
  const places = nodes(state).map(n => input({ shape: n.shape, dtype: n.dtype }))
  let i = 0
  const rebuild = (tree: unknown): unknown => typeof tree === 'object' && tree !== null && !('dtype' in tree)
    ? Array.isArray(tree) ? tree.map(rebuild) : Object.fromEntries(Object.entries(tree).map(([k, t]) => [k, rebuild(t)])) : places[i++]
  state = rebuild(state) as typeof state
  const metrics: Tree[] = []
  for (let n = 0; n < 3; n++) {
    const next = training.step(state, batch, key)
    state = next.state
    metrics.push(next.metrics)
  }
  return { name, inputs: [...places, keyInput], values: [...first, words], outputs: [...nodes(state), ...nodes(metrics)] }
}

const logits = mul(dist.normal(tensor([[0, 0, 0], [1, 1, 1]]), 2).sample(key), 1)
const [mean, std] = [tensor([[0.5, -1, 2], [0, 1, 0]]), tensor([[0.5, 1, 2], [1, 0.25, 1]])]
const factor = tensor([[1, 0, 0], [0.5, 2, 0], [-1, 0.3, 0.7]])
const figures = <P extends dist.Distribution & { kl(q: never): Tree }>(p: P, q: P): Tree => {
  const x = p.sample(key)
  return [x, p.logProb(x as never), p.entropy(), p.kl(q as never)]
}

const jobs: readonly Job[] = [
  fromKey('keys', [splitKey(key, 'policy', 'env'), foldIn(key, 3), foldIn(key, -1), foldIn(foldIn(key, 2 ** 31 - 1), 2 ** 31 - 1)]),
  fromKey('initialisers', initialise({
    glorot: parameter([5, 7], init.glorotNormal()), he: parameter([3, 3, 2, 4], init.heUniform()),
    tall: parameter([9, 4], init.orthogonal()),
    wide: parameter([3, 8], init.orthogonal(2)), normal: parameter([6], init.normal(0.02)), uniform: parameter([6], init.uniform(-1, 1)),
  }, key)),
  step('adam', adam(schedule.warmUp({ steps: 2, then: schedule.cosine({ from: 0.1, steps: 10 }) }))),
  step('adamW', chain(clipByGlobalNorm(1), adamW(0.1, { weightDecay: 0.1 }))),
  step('nesterov', nesterov(schedule.step({ from: 0.1, factor: 0.5, every: 2 }))),
  step('rmsprop', chain(clipByValue(1), rmsprop(schedule.exponential({ from: 0.1, factor: 0.9 }), { momentum: 0.5, centred: true }))),
  step('adagrad', chain(adagrad(schedule.linear({ from: 0.1, to: 0, steps: 5 })), ema(0.9))),
  fromKey('bernoulli', figures(dist.bernoulli(logits), dist.bernoulli(mean))),
  fromKey('categorical', figures(dist.categorical(logits), dist.categorical(mean))),
  fromKey('normal', figures(dist.diagonalNormal(mean, std), dist.diagonalNormal(logits, 1))),
  fromKey('full normal', figures(dist.multivariateNormal(mean, factor), dist.multivariateNormal(logits, factor))),
  fromKey('uniform', figures(dist.uniform(sub(mean, 1), mean), dist.uniform(sub(mean, 2), add(mean, 2)))),
  fromKey('layers', [
    leakyRelu(logits), layerNorm(logits, tensor([1, 2, 3]), tensor([0, 1, 0])), attention(logits, mean, std, { causal: true }),
    dropout(logits, key, 0.3),
    crossEntropy(logits, tensor([2, 0], 'int32')), solveTriangular(factor, tensor([[1], [2], [3]])),
  ]),
]

describe.each(Object.keys(subjects))('%s', name => {
  let subject: Subject
  beforeAll(async () => { subject = await subjects[name]() })
  it.each(jobs)('agrees on $name', async job => { expect(await disagreement(subject, [job], 1)).toBeNull() })
})
