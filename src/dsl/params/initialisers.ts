/**
 * How parameters start, as plain data for `parameter(shape, init.heNormal())`; `initialise` turns it into expressions. Fans: a matrix
 * [I, O] has fan-in I and fan-out O; a kernel [KH, KW, Cin, Cout] has KH·KW·Cin and KH·KW·Cout; a vector [N] has N and N.
 */
import type { InitSpec } from '../core/primitives/leaves.js'
import { TypegradError } from '../errors.js'
import type { Nested } from '../shape/nested.js'

const positive = (op: string, what: string, x: number): number => {
  if (!(x > 0)) throw new TypegradError('value', `${op}: ${what} is ${x} but a positive number was expected`)
  return x
}

/**
 * Uniform with variance 2·gain² / (fan-in + fan-out) (Glorot and Bengio, 2010, eq. 16).
 *
 * @example
 * ```ts
 * const w = parameter([784, 10], init.glorotUniform())
 * ```
 */
export const glorotUniform = (gain = 1): InitSpec =>
  ({ kind: 'glorot', distribution: 'uniform', gain: positive('glorotUniform', 'the gain', gain) })
/**
 * Normal with variance 2·gain² / (fan-in + fan-out) (Glorot and Bengio, 2010, eq. 12).
 *
 * @example
 * ```ts
 * const w = parameter([784, 10], init.glorotNormal())
 * ```
 */
export const glorotNormal = (gain = 1): InitSpec =>
  ({ kind: 'glorot', distribution: 'normal', gain: positive('glorotNormal', 'the gain', gain) })
/**
 * Uniform with variance gain² / fan-in; the gain √2 is for rectifiers (He et al., 2015, eq. 10).
 *
 * @example
 * ```ts
 * const w = parameter([3, 3, 16, 32], init.heUniform())
 * ```
 */
export const heUniform = (gain = Math.SQRT2): InitSpec =>
  ({ kind: 'he', distribution: 'uniform', gain: positive('heUniform', 'the gain', gain) })
/**
 * Normal with variance gain² / fan-in; the gain √2 is for rectifiers (He et al., 2015, eq. 10).
 *
 * @example
 * ```ts
 * const w = parameter([3, 3, 16, 32], init.heNormal())
 * ```
 */
export const heNormal = (gain = Math.SQRT2): InitSpec =>
  ({ kind: 'he', distribution: 'normal', gain: positive('heNormal', 'the gain', gain) })
/**
 * A uniformly distributed matrix with orthonormal columns (rows, when it is wide) times the gain (Saxe et al., 2014). All axes but the
 * last are one: a kernel is the matrix [KH·KW·Cin, Cout].
 *
 * @example
 * ```ts
 * const w = parameter([64, 64], init.orthogonal(Math.SQRT2))
 * ```
 */
export const orthogonal = (gain = 1): InitSpec => ({ kind: 'orthogonal', gain: positive('orthogonal', 'the gain', gain) })
/**
 * Independent normal numbers.
 *
 * @example
 * ```ts
 * const embedding = parameter([1000, 64], init.normal(0.02))
 * ```
 */
export const normal = (std = 1, mean = 0): InitSpec => ({ kind: 'normal', std: positive('normal', 'the standard deviation', std), mean })
/**
 * Independent numbers between `low` (inclusive) and `high` (exclusive).
 *
 * @example
 * ```ts
 * const codebook = parameter([512, 64], init.uniform(-1 / 512, 1 / 512))
 * ```
 */
export const uniform = (low = 0, high = 1): InitSpec => {
  if (!(low < high)) throw new TypegradError('value', `uniform: low is ${low} and high ${high}, but low must be below high`)
  return { kind: 'uniform', low, high }
}
/**
 * One number for every element, or a nested array of the parameter's size.
 *
 * @example
 * ```ts
 * const forget = parameter([128], init.constant(1))
 * const xor = parameter([2, 2], init.constant([[0, 1], [1, 0]]))
 * ```
 */
export const constant = (value: Nested): InitSpec =>
  ({ kind: 'constant', value: typeof value === 'object' ? (value as readonly unknown[]).flat(Infinity).map(Number) : Number(value) })
/**
 * All elements 0.
 *
 * @example
 * ```ts
 * const b = parameter([10], init.zeros())
 * ```
 */
export const zeros = (): InitSpec => constant(0)
/**
 * All elements 1.
 *
 * @example
 * ```ts
 * const scale = parameter([10], init.ones())
 * ```
 */
export const ones = (): InitSpec => constant(1)
