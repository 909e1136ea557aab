/** Threefry-2x32 with 20 rounds (Salmon et al., 2011, table 2): the hash behind every key, on numbers; engines lower the same rounds. */

/** Rotations of the eight rounds that repeat. */
export const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const
/** The parity constant that makes the third key word. */
export const parity = 0x1BD11BDA

/** x rotated left. The rounds below are written out: a loop over the table of rotations takes six times as long. */
const left = (x: number, r: number): number => (x << r) | (x >>> (32 - r))

/**
 * One block into `out` from `at` on: two words from a key of two words and a counter of two words, all taken modulo 2^32. Nothing is
 * allocated, which halves the time of a loop.
 */
export const threefryInto = (k0: number, k1: number, c0: number, c1: number, out: Int32Array, at: number): void => {
  const k2 = k0 ^ k1 ^ parity
  let x = (c0 + k0) | 0
  let y = (c1 + k1) | 0
  x = (x + y) | 0; y = left(y, 13) ^ x; x = (x + y) | 0; y = left(y, 15) ^ x
  x = (x + y) | 0; y = left(y, 26) ^ x; x = (x + y) | 0; y = left(y, 6) ^ x
  x = (x + k1) | 0; y = (y + k2 + 1) | 0
  x = (x + y) | 0; y = left(y, 17) ^ x; x = (x + y) | 0; y = left(y, 29) ^ x
  x = (x + y) | 0; y = left(y, 16) ^ x; x = (x + y) | 0; y = left(y, 24) ^ x
  x = (x + k2) | 0; y = (y + k0 + 2) | 0
  x = (x + y) | 0; y = left(y, 13) ^ x; x = (x + y) | 0; y = left(y, 15) ^ x
  x = (x + y) | 0; y = left(y, 26) ^ x; x = (x + y) | 0; y = left(y, 6) ^ x
  x = (x + k0) | 0; y = (y + k1 + 3) | 0
  x = (x + y) | 0; y = left(y, 17) ^ x; x = (x + y) | 0; y = left(y, 29) ^ x
  x = (x + y) | 0; y = left(y, 16) ^ x; x = (x + y) | 0; y = left(y, 24) ^ x
  x = (x + k1) | 0; y = (y + k2 + 4) | 0
  x = (x + y) | 0; y = left(y, 13) ^ x; x = (x + y) | 0; y = left(y, 15) ^ x
  x = (x + y) | 0; y = left(y, 26) ^ x; x = (x + y) | 0; y = left(y, 6) ^ x
  out[at] = (x + k2) | 0
  out[at + 1] = (y + k0 + 5) | 0
}

const pair = new Int32Array(2)
/** One block as two numbers. */
export const threefry2x32 = (k0: number, k1: number, c0: number, c1: number): [number, number] => {
  threefryInto(k0, k1, c0, c1, pair, 0)
  return [pair[0], pair[1]]
}

/** `n` words of a stream: word i is half of the block at counter [stream, floor(i / 2)]. */
export const threefryWords = (key: ArrayLike<number>, stream: number, n: number): Int32Array => {
  // a block has two words: the last one is cut where n is odd
  const out = new Int32Array(n + (n & 1))
  for (let i = 0; i < n; i += 2) threefryInto(key[0], key[1], stream, i >>> 1, out, i)
  return n % 2 === 0 ? out : out.slice(0, n)
}
