/** Optimisers: gradient transformations, and named compositions of them. */
export {
  applyUpdates, chain, type ChainState, type Counted, type Optimiser, type Stateless, type Transform, type Updated,
} from './transform.js'
export * from './scale.js'
export * from './sgd.js'
export * from './adam.js'
export * from './adagrad.js'
export * from './rmsprop.js'
export * from './weight-decay.js'
export * from './clip.js'
export * from './ema.js'
export * from './norm.js'
export * as schedule from './schedules.js'
export type { Schedule } from './schedules.js'
