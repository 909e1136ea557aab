/** Threefry-2x32 with 20 rounds (Salmon et al., 2011, table 2): the hash behind every key, on numbers; engines lower the same rounds. */

/** Rotations of the eight rounds that repeat. */
export const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const
/** The parity constant that makes the third key word. */
export const parity = 0x1BD11BDA

/** One block: two words from a key of two words and a counter of two words, all taken modulo 2^32. */
export const threefry2x32 = (k0: number, k1: number, c0: number, c1: number): [number, number] => {
  const keys = [k0 | 0, k1 | 0, (k0 ^ k1 ^ parity) | 0]
  let x0 = (c0 + keys[0]) | 0
  let x1 = (c1 + keys[1]) | 0
  for (let round = 0; round < 20; round++) {
    const r = rotations[round % 8]
    x0 = (x0 + x1) | 0
    x1 = ((x1 << r) | (x1 >>> (32 - r))) ^ x0
    if (round % 4 === 3) {
      const s = round / 4 + 0.25
      x0 = (x0 + keys[s % 3]) | 0
      x1 = (x1 + keys[(s + 1) % 3] + s) | 0
    }
  }
  return [x0, x1]
}

/** `n` words of a stream: word i is half of the block at counter [stream, floor(i / 2)]. */
export const threefryWords = (key: ArrayLike<number>, stream: number, n: number): Int32Array => {
  const out = new Int32Array(n)
  for (let i = 0; i < n; i += 2) {
    const [a, b] = threefry2x32(key[0], key[1], stream, i >>> 1)
    out[i] = a
    if (i + 1 < n) out[i + 1] = b
  }
  return out
}
