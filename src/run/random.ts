/**
 * Host-side draws as a pure function of a key and a counter (threefry-2x32, Salmon et al., 2011): a resumed run needs no generator state,
 * and the order in which numbers are asked for does not matter.
 */

/** Two 32-bit words; int32 [2] is how the language holds a key. */
export type HostKey = readonly [number, number]

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const
const PARITY = 0x1bd11bda
const rotl = (x: number, n: number) => x << n | x >>> 32 - n

/** The two output words of threefry-2x32 with 20 rounds, as int32. */
export const threefry = (k0: number, k1: number, c0: number, c1: number): [number, number] => {
  const ks = [k0, k1, k0 ^ k1 ^ PARITY]
  let x0 = c0 + k0 | 0, x1 = c1 + k1 | 0
  for (let round = 0; round < 20; round++) {
    x0 = x0 + x1 | 0
    x1 = rotl(x1, ROTATIONS[round & 7]) ^ x0
    if ((round & 3) === 3) {
      const group = round + 1 >> 2
      x0 = x0 + ks[group % 3] | 0
      x1 = x1 + ks[(group + 1) % 3] + group | 0
    }
  }
  return [x0, x1]
}

/** A key for one purpose: streams of one seed never meet. */
export const streamKey = (seed: number, stream: number, counter = 0): HostKey => {
  const [a, b] = threefry(seed | 0, Math.floor(seed / 2 ** 32) | 0, stream, counter)
  return [a, b]
}

/** A uniform 32-bit integer (0 to 2^32 - 1) for the counter (`c0`, `c1`). */
export const bits = (key: HostKey, c0: number, c1 = 0): number => threefry(key[0], key[1], c0, c1)[0] >>> 0

/** A permutation of 0..n-1, the same for the same key (Fisher-Yates). */
export const permutation = (key: HostKey, n: number): Int32Array => {
  const order = Int32Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(bits(key, i) / 2 ** 32 * (i + 1))
    const kept = order[i]
    order[i] = order[j]
    order[j] = kept
  }
  return order
}

/** What each stream of a run's seed is for; the numbers are part of the file format of a run: never reuse one. */
export const STREAM = { init: 1, step: 2, shuffle: 3, binarise: 4, evaluate: 5, sample: 6 } as const
