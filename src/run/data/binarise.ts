/** From grey levels (0 to 255) to the binary pixels that Bernoulli models expect. */
import { threefryInto } from '../../dsl/core/threefry.js'
import { hostKey } from '../../dsl/keys.js'
import type { Moment } from './dataset.js'

/**
 * `none` keeps grey levels in [0, 1]; `threshold` asks v > 127; `stochastic` draws each pixel with probability v/255, afresh every epoch
 * (Salakhutdinov and Murray, 2008).
 */
export type Binarisation = 'none' | 'threshold' | 'stochastic'

/** Writes the pixels of the image of number `index` into `out` from `at` on, as float32 in [0, 1]; `out` is zero there before. */
export type Reading = (image: Uint8Array, index: number, out: Float32Array, at: number) => void

const grey: Reading = (image, _, out, at) => {
  for (let i = 0; i < image.length; i++) out[at + i] = image[i] / 255
}

const threshold: Reading = (image, _, out, at) => {
  for (let i = 0; i < image.length; i++) out[at + i] = image[i] > 127 ? 1 : 0
}

/** The width of a grey level among the words of 32 bits. */
const LEVELS = 255 / 2 ** 32

// On the path of every step, so without allocations, and with neither a division nor a branch that would follow the draw.
const stochastic = ({ seed, epoch }: Moment): Reading => {
  const [k0, k1] = hostKey(seed, 'binarise', epoch)
  const words = new Int32Array(2)
  return (image, index, out, at) => {
    // a block of the hash gives two words: one for each pixel of a pair
    for (let i = 0; i < image.length; i += 2) {
      const u = image[i], v = image[i + 1]
      // black and white need no draw: three pairs of four in MNIST
      if ((u | v) === 0) continue
      if ((u & v) === 255) {
        out[at + i] = out[at + i + 1] = 1
        continue
      }
      threefryInto(k0, k1, index, i >> 1, words, 0)
      // 1 where the drawn level, 0 to 254, is below the pixel's: their difference is then negative
      out[at + i] = (((words[0] >>> 0) * LEVELS | 0) - u) >>> 31
      out[at + i + 1] = (((words[1] >>> 0) * LEVELS | 0) - v) >>> 31
    }
  }
}

/**
 * How images of an even number of pixels are read at a moment.
 *
 * A stochastic pixel is a function of (seed, epoch, image, pixel): neither the order of images nor a restart changes it.
 */
export const reading = (how: Binarisation, moment: Moment): Reading =>
  how === 'stochastic' ? stochastic(moment) : how === 'threshold' ? threshold : grey
