/** Weight decay: the gradient of half the squared norm of the parameters. */
import { add, mul } from '../core/build.js'
import { mapTrees, stateless, type Stateless, type Transform } from './transform.js'

/** Which parameters decay. */
export interface DecayOptions {
  /** Which parameters decay, by path (`enc.w`) and shape; all when absent. */
  readonly decays?: (path: string, shape: readonly unknown[]) => boolean
}

/**
 * Updates plus a multiple of the parameters: before the moments of an optimiser it is L2 regularisation, after them decoupled weight decay.
 *
 * @example
 * ```ts
 * const optimiser = chain(addDecayedWeights(1e-4, { decays: (_, shape) => shape.length > 1 }), sgd(0.1))
 * ```
 */
export const addDecayedWeights = (decay: number, { decays = () => true }: DecayOptions = {}): Transform<Stateless> =>
  stateless(
    (updates, params) => mapTrees(([u, p], path) => decays(path, p.shape) ? add(u, mul(p, decay)) : u, updates, params),
    { name: 'weight decay', settings: { weightDecay: decay } })
