/**
 * Host-side draws as a pure function of a key and a counter: a resumed run needs no generator state, and the order in which numbers are
 * asked for does not matter. Keys come from `hostKey(seed, purpose, number)`.
 */
import { threefry2x32 } from '../dsl/core/threefry.js'
import type { Value } from '../dsl/value.js'

/** A key's two words on the host. */
export type HostKey = Int32Array

/** A key as the value that an engine takes. */
export const keyValue = (key: HostKey): Value => ({ shape: [2], dtype: 'int32', data: key })

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
