/** Bounds on updates, placed before an optimiser. */
import { broadcastTo, div, maximum, minimum, mul } from '../core/build.js'
import { TypegradError } from '../errors.js'
import { nodeOf } from '../ops/typed.js'
import { globalNorm } from './norm.js'
import { mapTrees, stateless, type Stateless, type Transform } from './transform.js'

const positive = (op: string, x: number): number => {
  if (!(x > 0)) throw new TypegradError('value', `${op}: the bound is ${x} but a positive number was expected`)
  return x
}

/**
 * Each element brought between -bound and bound.
 *
 * @example
 * ```ts
 * const optimiser = chain(clipByValue(1), sgd(0.1))
 * ```
 */
export const clipByValue = (bound: number): Transform<Stateless> => {
  const most = positive('clipByValue', bound)
  return stateless(updates => mapTrees(([u]) => maximum(minimum(u, most), -most), updates), { name: 'clip by value', settings: { bound } })
}

/**
 * The whole tree scaled down to a norm where its own is larger (Pascanu et al., 2013, algorithm 1).
 *
 * @example
 * ```ts
 * const optimiser = chain(clipByGlobalNorm(1), adam(1e-3))
 * ```
 */
export const clipByGlobalNorm = (norm: number): Transform<Stateless> => {
  const most = positive('clipByGlobalNorm', norm)
  return stateless(updates => {
    // At most 1, and never a division by 0.
    const factor = div(most, maximum(nodeOf('clipByGlobalNorm', globalNorm(updates)), most))
    return mapTrees(([u]) => mul(u, broadcastTo(factor, u.shape)), updates)
  }, { name: 'clip by global norm', settings: { norm } })
}
