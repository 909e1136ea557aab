/**
 * The models: one file a paper.
 *
 * @module typegrad/models
 */
export { made, type Dense, type Made, type MadeOptions, type MadeParams } from './made.js'
export { fvsbn, type Fvsbn, type FvsbnOptions, type FvsbnParams } from './fvsbn.js'
export type { Alternatives, Autoregressive } from './autoregressive.js'
export type { Ordering } from './degrees.js'
export {
  gaussianWasserstein2, kantorovichRubinstein, optimalTransport, wassersteinOnLine,
  type BestCritic, type Gaussian, type Measure, type TransportOptions, type TransportPlan,
} from './transport/index.js'
