/** From grey levels (0 to 255) to the binary pixels that Bernoulli models expect. */
import { threefry2x32 } from '../../dsl/core/threefry.js'
import { hostKey } from '../../dsl/keys.js'
import type { Moment } from './dataset.js'

/**
 * `none` keeps grey levels in [0, 1]; `threshold` asks v > 127; `stochastic` draws each pixel with probability v/255, afresh every epoch
 * (Salakhutdinov and Murray, 2008).
 */
export type Binarisation = 'none' | 'threshold' | 'stochastic'

/**
 * Writes the pixels of one image into `out` at `at`, as float32 in [0, 1].
 *
 * A stochastic pixel is a function of (seed, epoch, image, pixel): neither the order of images nor a restart changes it.
 */
export const binarise = (how: Binarisation, image: Uint8Array, index: number, moment: Moment, out: Float32Array, at: number): void => {
  if (how === 'stochastic') {
    const key = hostKey(moment.seed, 'binarise', moment.epoch)
    let block = -1, words: readonly number[] = []
    for (let i = 0; i < image.length; i++) {
      const v = image[i]
      // black and white need no draw: four pixels of five in MNIST
      if (v === 0 || v === 255) {
        out[at + i] = v === 0 ? 0 : 1
        continue
      }
      // a block of the hash gives two words: one for each pixel of a pair
      if (block !== i >> 1) {
        block = i >> 1
        words = threefry2x32(key[0], key[1], index, block)
      }
      out[at + i] = (words[i & 1] >>> 0) * 255 < v * 2 ** 32 ? 1 : 0
    }
  } else if (how === 'threshold') {
    for (let i = 0; i < image.length; i++) out[at + i] = image[i] > 127 ? 1 : 0
  } else {
    for (let i = 0; i < image.length; i++) out[at + i] = image[i] / 255
  }
}
