import { expectTypeOf } from 'expect-type'
import { describe, expect, it } from 'vitest'
import { categorical } from '../../src/dsl/distributions/index.js'
import { key } from '../../src/dsl/keys.js'
import { fromArray, i32 } from '../../src/dsl/ops/create.js'
import type { Tensor } from '../../src/dsl/tensor.js'
import { dependence } from '../../src/interp/dependence/dependence.js'
import { autoregressive, codePrior } from '../../src/models/index.js'
import { numbers } from '../dsl/values.js'
import { drawn } from './enumerate.js'

const prior = codePrior({ map: [2, 2], entries: 3, width: 8, heads: 2, layers: 2 })
const params = drawn(prior.params, 3)
/** Every map of four codes. */
const all = fromArray(
  Int32Array.from({ length: 81 * 4 }, (_, i) => Math.floor(Math.floor(i / 4) / 3 ** (3 - i % 4)) % 3), [81, 2, 2], 'int32')

describe('codePrior', () => {
  it('is a density over maps', () => {
    const nats = numbers(prior.logProb(params, all))
    expect(nats.reduce((s, x) => s + Math.exp(x), 0)).toBeCloseTo(1, 10)
    expect(new Set(nats.map(x => x.toFixed(6))).size).toBeGreaterThan(70)
  })

  it('lets a code see the codes before it, and no other', () => {
    const x = i32(1, 2, 2)
    const seen = dependence(prior.logits(params, x), x)
    const expected = [[], [0], [0, 1], [0, 1, 2]].flatMap(places => [places, places, places])
    expect(seen).toEqual(expected)
  })

  it('samples the same from kept keys and values as from all conditionals anew', () => {
    const anew = autoregressive({ params, over: i32(2, 2), conditional: (p, x) => categorical(prior.logits(p, x)) })
    expect(numbers(prior.sample(params, key(5), 50))).toEqual(numbers(anew.sample(params, key(5), 50)))
  })

  it('samples codes as often as it says', () => {
    const maps = numbers(prior.sample(params, key(1), 500))
    const densities = numbers(prior.logProb(params, all)).map(Math.exp)
    const first = [0, 1, 2].map(c => densities.slice(27 * c, 27 * (c + 1)).reduce((a, b) => a + b))
    first.forEach((p, c) => {
      const share = maps.filter((code, i) => i % 4 === 0 && code === c).length / 500
      expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt(p * (1 - p) / 500) + 1e-3)
    })
  })

  it('knows its shapes, and says what it refuses', () => {
    const large = codePrior({ map: [7, 7], entries: 256 })
    expectTypeOf(large.sample(large.params, key(0), 5)).toEqualTypeOf<Tensor<[5, 7, 7], 'int32'>>()
    expect(large.logits(large.params, i32('B', 7, 7)).shape).toEqual(['B', 7, 7, 256])
    expect(() => codePrior({ map: [7, 7], entries: 256, width: 10 })).toThrow('codePrior: 4 heads do not divide 10 features')
    expect(() => codePrior({ map: [0, 7], entries: 256 })).toThrow('codePrior: height must be a whole number above 0, but 0 is given')
  })
})
