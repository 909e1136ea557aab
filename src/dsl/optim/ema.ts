/** Averages of parameters over time (Polyak and Juditsky, 1992), for evaluation. */
import { add, mul } from '../core/build.js'
import type { TypeFunction } from '../define/type-function.js'
import { TypegradError } from '../errors.js'
import { mapTrees, type Transform } from './transform.js'

/** The averaged parameters. */
export interface Average<P> { readonly average: P }
export interface AverageState extends TypeFunction { readonly out: Average<this['in']> }

/**
 * The exponential moving average of the parameters after each step, kept in the state; the updates pass unchanged. It starts at the first
 * parameters, so it needs no correction. Place it last in a chain, where the updates are final.
 *
 * @example
 * ```ts
 * const optimiser = chain(adam(1e-3), ema(0.999))
 * const [, { average }] = optimiser.init({ w: f32(3, 2) })
 * ```
 */
export const ema = (decay: number): Transform<AverageState> => {
  if (!(decay >= 0 && decay < 1)) throw new TypegradError('value', `ema: the decay is ${decay} but a number from 0 to below 1 was expected`)
  return {
    described: { name: 'moving average of the parameters', settings: { decay } },
    init: params => ({ average: params }),
    update: (updates, state, params) => ({
      updates,
      state: { average: mapTrees(([a, p, u]) => add(mul(a, decay), mul(add(p, u), 1 - decay)), state.average, params, updates) },
    }),
  }
}
