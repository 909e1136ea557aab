import { expectTypeOf } from 'expect-type'
import { describe, expect, it } from 'vitest'
import { gradient } from '../../src/dsl/core/gradient.js'
import type { Node } from '../../src/dsl/core/node.js'
import { leavesOf } from '../../src/dsl/core/trees.js'
import type { AnyTensor, Tree } from '../../src/dsl/define/tree.js'
import { foldIn, key } from '../../src/dsl/keys.js'
import { adam } from '../../src/dsl/optim/index.js'
import { add, mul } from '../../src/dsl/ops/arithmetic.js'
import { f32 } from '../../src/dsl/ops/create.js'
import { uniform } from '../../src/dsl/ops/random.js'
import { nodeOf } from '../../src/dsl/ops/typed.js'
import { trainStep } from '../../src/dsl/train.js'
import type { Tensor } from '../../src/dsl/tensor.js'
import { compile } from '../../src/interp/compile.js'
import { jsEngine } from '../../src/interp/js/engine.js'
import { vqVae, type CodebookKind, type VqVaeOptions } from '../../src/models/index.js'
import { number, numbers, valuesOf } from '../dsl/values.js'
import { drawn } from './enumerate.js'

const small = { channels: 1, entries: 6, features: 3, width: 4, blocks: 1 } as const satisfies VqVaeOptions<1, 6, 3>
const pictures = uniform(key(9), [2, 8, 12, 1])
const started = <N extends CodebookKind>(codebook: N, options: Partial<VqVaeOptions<1, 6, 3>> = {}) => {
  const model = vqVae({ ...small, ...options, codebook })
  const params = drawn(model.params, 1)
  return { model, params, state: { params, aux: model.aux(params, key(2)) } }
}
/** Whether a loss moves each group of parameters, by its gradient's values. */
const moved = (loss: AnyTensor, groups: Readonly<Record<string, Tree>>): Record<string, boolean> =>
  Object.fromEntries(Object.entries(groups).map(([name, tree]) => {
    const gradients = gradient(nodeOf('test', loss), leavesOf<Node>(tree).map(l => l.leaf))
    return [name, valuesOf(gradients as unknown as Tree).some(v => v.data.some(x => x !== 0))]
  }))

describe('vqVae', () => {
  it('knows its shapes', () => {
    const model = vqVae({ channels: 1, entries: 256, features: 32 })
    const state = { params: model.params, aux: model.aux(model.params, key(0)) }
    const x = f32('B', 28, 28, 1)
    const { codes } = model.quantise(state, x)
    expectTypeOf(codes).toEqualTypeOf<Tensor<['B', number, number], 'int32'>>()
    expectTypeOf(model.reconstruct(state, x)).toEqualTypeOf<Tensor<['B', 28, 28, 1]>>()
    expect([model.encode(model.params, x).shape, codes.shape, model.decodeCodes(state, codes).shape, model.reconstruct(state, x).shape])
      .toEqual([['B', 7, 7, 32], ['B', 7, 7], ['B', 28, 28, 1], ['B', 28, 28, 1]])
  })

  it('draws from its codes what it draws from the picture', () => {
    const { model, params, state } = started('ema')
    const { codes, nearest } = model.quantise(state, pictures)
    const expected = numbers(model.reconstruct(state, pictures))
    expect(numbers(model.decodeCodes(state, codes))).toEqual(expected)
    expect(numbers(model.decode(params, nearest))).toEqual(expected)
    expect(numbers(model.encode(params, pictures))).toEqual(numbers(model.quantise(state, pictures).encoded))
  })

  it.each([['ema', 0.25], ['gradient', 0.25], ['gradient', 2]] as const)('sums the terms of its objective: %s, β = %s', (kind, beta) => {
    const { model, state } = started(kind, { beta })
    const { loss, reconstruction, codebook, commitment } = model.losses(state, pictures, key(3))
    expect(number(commitment)).toBeCloseTo(number(codebook), 12)
    const expected = number(reconstruction) + (kind === 'gradient' ? number(codebook) : 0) + beta * number(commitment)
    expect(number(loss)).toBeCloseTo(expected, 12)
  })

  it('moves by each term what the paper says', () => {
    const { model, state } = started('gradient')
    const { encoder, decoder, codebook } = state.params
    const groups = { encoder: encoder.out, decoder: decoder.mix, codebook }
    const losses = model.losses(state, pictures, key(3))
    expect(moved(losses.reconstruction, groups)).toEqual({ encoder: true, decoder: true, codebook: false })
    expect(moved(losses.codebook, groups)).toEqual({ encoder: false, decoder: false, codebook: true })
    expect(moved(losses.commitment, groups)).toEqual({ encoder: true, decoder: false, codebook: false })
  })

  it('gives the encoder the gradient of the decoder\'s input, plus that of the commitment', () => {
    const { model, params, state } = started('ema')
    // the last layer's bias moves z_e by one, everywhere
    const { b } = params.encoder.out
    const { loss, commitment } = model.losses(state, pictures, key(3))
    const z = f32(2, 2, 3, 3)
    const quantised = model.quantise(state, pictures).quantised
    const error = add(model.decode(params, z), mul(pictures, -1))
    const atDecoder = gradient(nodeOf('test', mul(error, error)), [nodeOf('test', z)])[0] as unknown as AnyTensor
    const upstream = numbers(atDecoder, new Map([[z, valuesOf(quantised)[0]]]))
    const perFeature = [0, 1, 2].map(j => upstream.filter((_, i) => i % 3 === j).reduce((s, g) => s + g) / (2 * 8 * 12))
    const gradientOf = (y: AnyTensor): number[] => numbers(gradient(nodeOf('test', y), [nodeOf('test', b)])[0] as unknown as AnyTensor)
    const byCommitment = gradientOf(commitment)
    gradientOf(loss).forEach((g, j) => { expect(g).toBeCloseTo(perFeature[j] + 0.25 * byCommitment[j], 10) })
  })

  it.each(['ema', 'gradient'] as const)('learns, by its %s codebook', async kind => {
    const { model } = started(kind)
    const training = trainStep({
      params: model.params, aux: model.aux, optimiser: adam(1e-2),
      loss: (params, batch: { x: Tensor<[2, 8, 12, 1]> }, k, aux) => model.losses({ params, aux }, batch.x, k),
    })
    const inputs = { batch: { x: f32(2, 8, 12, 1) }, key: foldIn(key(4), 0) }
    const first = training.init(key(5))
    const run = await compile(jsEngine, (state: typeof first, given: typeof inputs) => {
      const { state: next, metrics } = training.step(state, given.batch, given.key)
      return { state: next, outputs: metrics.loss }
    }, { state: first, inputs })
    const [x] = valuesOf(pictures)
    const leaves = valuesOf(first as unknown as Tree)
    let at = 0
    const filled = (tree: unknown): unknown => leavesOf(tree).length === 1 && 'prim' in (tree as object) ? leaves[at++]
      : Array.isArray(tree) ? tree.map(filled) : Object.fromEntries(Object.entries(tree as object).map(([k, v]) => [k, filled(v)]))
    await run.write(filled(first) as never)
    const losses: number[] = []
    for (let i = 0; i < 40; i++)
      losses.push(Number((await run.run({ batch: { x }, key: { shape: [2], dtype: 'int32', data: Int32Array.of(i, 0) } })).data[0]))
    expect(losses[39]).toBeLessThan(losses[0] / 4)
  })

  it('says what it refuses', () => {
    const { model, params, state } = started('ema')
    // @ts-expect-error -- colours
    expect(() => model.encode(params, f32('B', 8, 8, 3))).toThrow('vqVae: pictures have 3 channels but the model 1')
    // @ts-expect-error -- no picture
    expect(() => model.quantise(state, f32('B', 784))).toThrow('vqVae: pictures are [B, 784] but [batch, height, width, 1] was expected')
    expect(() => model.encode(params, f32('B', 28, 30, 1)))
      .toThrow('vqVae: pictures are [B, 28, 30, 1], but height and width must divide by 4')
    expect(() => vqVae({ channels: 1, entries: 0, features: 3 })).toThrow('vqVae: entries must be a whole number above 0, but 0 is given')
    expect(() => vqVae({ ...small, beta: -1 })).toThrow('vqVae: beta must be a number from 0, but -1 is given')
// @ts-expect-error -- the codebook is carried
    expect(() => model.codebook({ params, aux: {} })).toThrow('vqVae: the state has no codebook')
  })
})
