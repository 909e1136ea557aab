/** Random words into memory that is there already: the same as `threefryWords`. */
import { threefry2x32 } from '../../../dsl/core/threefry.js'

export const fillBits = (out: Int32Array, k0: number, k1: number, stream: number, n: number): void => {
  for (let i = 0; i < n; i += 2) {
    const [a, b] = threefry2x32(k0, k1, stream, i >>> 1)
    out[i] = a
    if (i + 1 < n) out[i + 1] = b
  }
}

export const fillUniform = (out: Float64Array, k0: number, k1: number, stream: number, n: number): void => {
  for (let i = 0; i < n; i += 2) {
    const [a, b] = threefry2x32(k0, k1, stream, i >>> 1)
    out[i] = (a >>> 8) * 2 ** -24
    if (i + 1 < n) out[i + 1] = (b >>> 8) * 2 ** -24
  }
}
