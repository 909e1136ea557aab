/**
 * Host-side draws as a pure function of a key and a counter (threefry-2x32, Salmon et al., 2011): a resumed run needs no generator state,
 * and the order in which numbers are asked for does not matter.
 */
import { threefry2x32 } from '../dsl/core/threefry.js'

/** Two 32-bit words; int32 [2] is how the language holds a key. */
export type HostKey = readonly [number, number]

/** A key for one purpose: streams of one seed never meet. */
export const streamKey = (seed: number, stream: number, counter = 0): HostKey => {
  const [a, b] = threefry2x32(seed | 0, Math.floor(seed / 2 ** 32) | 0, stream, counter)
  return [a, b]
}

/** A uniform 32-bit integer (0 to 2^32 - 1) for the counter (`c0`, `c1`). */
export const bits = (key: HostKey, c0: number, c1 = 0): number => threefry2x32(key[0], key[1], c0, c1)[0] >>> 0

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
