import { describe, expect, test } from 'vitest'
import { hostKey } from '../../src/dsl/keys.js'
import { permutation } from '../../src/run/random.js'
import { arrays } from '../../src/run/data/arrays.js'
import { orderedBatches, trainBatch } from '../../src/run/data/dataset.js'
import { run } from '../../src/run/effect.js'

describe('host randomness', () => {
  test('a permutation holds every index once and depends on the key', () => {
    const order = permutation(hostKey(3, 'a'), 1000)
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i))
    expect(permutation(hostKey(3, 'a'), 1000)).toEqual(order)
    expect(permutation(hostKey(4, 'a'), 1000)).not.toEqual(order)
  })
})

describe('batches', () => {
  const source = arrays('n', { x: { shape: [], dtype: 'int32' } }, { x: Array.from({ length: 10 }, (_, i) => i) })
  test('an epoch shows whole batches of different rows; any step can be asked for first', async () => {
    const { train } = await run(source.load)
    const batch = trainBatch(train, 3, 7)
    const steps = Array.from({ length: 6 }, (_, s) => [...batch(s).x.data])
    expect(new Set(steps.slice(0, 3).flat()).size).toBe(9)
    expect(steps.slice(0, 3)).not.toEqual(steps.slice(3))
    expect([...trainBatch(train, 3, 7)(4).x.data]).toEqual(steps[4])
  })
  test('a split smaller than a batch is read round and round', async () => {
    const { train } = await run(source.load)
    expect(trainBatch(train, 25, 7)(0).x.shape).toEqual([25])
  })
  test('ordered batches end with the rest', async () => {
    const { test: split } = await run(source.load)
    expect([...orderedBatches(split, 4, { seed: 0, epoch: 0 })].map(b => [...b.x.data])).toEqual([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]])
  })
  test('columns that do not fit their fields are refused', async () => {
    expect(() => arrays('d', { x: { shape: [2], dtype: 'float32' } }, { x: [1, 2, 3] }))
      .toThrow('d train.x: 3 numbers are not whole rows of shape [2]')
    expect(() => arrays('d', { x: { shape: [], dtype: 'float32' }, y: { shape: [], dtype: 'float32' } }, { x: [1], y: [1, 2] }))
      .toThrow('d train: x has 1 rows but y has 2.')
  })
})
