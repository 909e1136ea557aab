/**
 * Random keys. Randomness is a pure function of a key (Salmon et al., 2011), so a key is used once: two uses that should differ need two
 * keys, split by name or by number. `hostKey` gives the same bits without an engine.
 */
import { add, concat, constant, randomBits, reshape, scalar, slice } from './core/build.js'
import type { Node } from './core/node.js'
import { threefry2x32 } from './core/threefry.js'
import { TypegradError } from './errors.js'
import { nodeOf, tensorOf } from './ops/typed.js'
import type { Tensor } from './tensor.js'

/** Two 32-bit words. */
export type Key = Tensor<[2], 'int32'>

/** Streams with the top bit set belong to keys; the ops draw from streams near 0, so that a key may be split and drawn from at once. */
const keyStreams = 0x80000000
const foldStream = keyStreams | 1
/** The stream of a name: FNV-1a, 32 bits. */
const streamOf = (name: string): number => {
  let h = 0x811C9DC5
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193)
  return h | keyStreams
}

type Words = readonly [number, number]
/** Hashed, because neighbouring seeds must not be neighbouring keys. */
const wordsOf = (seed: number | bigint): Words => {
  if (typeof seed === 'number' && !Number.isSafeInteger(seed))
    throw new TypegradError('value', `key: ${seed} is not a whole number; use one below 2^53, or a bigint`)
  const n = BigInt(seed)
  return threefry2x32(0x74797065, 0x67726164, Number(BigInt.asIntN(32, n)), Number(BigInt.asIntN(32, n >> 32n)))
}
const constantKey = (words: Words): Node => constant({ shape: [2], dtype: 'int32', data: Int32Array.from(words) })

/**
 * The key of a seed, as int32 [2]; throws a `TypegradError` for a number that is not whole.
 *
 * @example
 * ```ts
 * const k = key(42)
 * const { weights, data } = splitKey(k, 'weights', 'data')
 * ```
 */
export const key = (seed: number | bigint): Key => tensorOf(constantKey(wordsOf(seed)))

const named = (k: Node, name: string): Node => randomBits(k, [2], streamOf(name))

/**
 * Independent keys by name, as a record. A name's key does not depend on the other names, so adding one changes nothing else.
 *
 * @example
 * ```ts
 * const { policy, env } = splitKey(key(0), 'policy', 'env')
 * ```
 */
export const splitKey = <const N extends readonly string[]>(k: Key, ...names: N): { readonly [K in N[number]]: Key } => {
  const twice = names.find((n, i) => names.indexOf(n) !== i)
  if (twice !== undefined) throw new TypegradError('value', `splitKey: the name ${twice} is given twice, and equal names give equal keys`)
  return Object.fromEntries(names.map(n => [n, tensorOf(named(nodeOf('splitKey', k), n))])) as Record<N[number], Key>
}

/**
 * The key of a numbered use: a step, a layer, a sample; the number may be an int32 scalar that is known only when the program runs.
 *
 * @example
 * ```ts
 * const third = foldIn(key(0), 3)
 * const atStep = foldIn(key(0), i32())
 * ```
 */
export const foldIn = (k: Key, n: number | Tensor<[], 'int32'>): Key => {
  if (typeof n === 'number' && !Number.isInteger(n)) throw new TypegradError('value', `foldIn: ${n} is not a whole number`)
  const node = nodeOf('foldIn', k)
  const by = reshape(typeof n === 'number' ? scalar(n | 0, 'int32') : nodeOf('foldIn', n), [1])
  return tensorOf(randomBits(concat([slice(node, [0], [1]), add(slice(node, [1], [2]), by)], 0), [2], foldStream))
}

/**
 * The bits of `key(seed)`, then of `splitKey` at each name and `foldIn` at each number of the path, computed here and now.
 *
 * @example
 * ```ts
 * const words = hostKey(42, 'step', 7) // the bits of foldIn(splitKey(key(42), 'step').step, 7)
 * ```
 */
export const hostKey = (seed: number | bigint, ...path: readonly (string | number)[]): Int32Array =>
  Int32Array.from(path.reduce<Words>(([a, b], p) =>
    typeof p === 'string' ? threefry2x32(a, b, streamOf(p), 0) : threefry2x32(a, (b + p) | 0, foldStream, 0), wordsOf(seed)))
