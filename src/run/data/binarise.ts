/** From grey levels (0 to 255) to the binary pixels that Bernoulli models expect. */
import { hostKey } from '../../dsl/keys.js'
import { bits } from '../random.js'
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
    for (let i = 0; i < image.length; i++) {
      const v = image[i]
      // black and white need no draw: four pixels of five in MNIST
      out[at + i] = v === 0 ? 0 : v === 255 ? 1 : bits(key, index, i) * 255 < v * 2 ** 32 ? 1 : 0
    }
  } else if (how === 'threshold') {
    for (let i = 0; i < image.length; i++) out[at + i] = image[i] > 127 ? 1 : 0
  } else {
    for (let i = 0; i < image.length; i++) out[at + i] = image[i] / 255
  }
}
