/** Parameters: how they start. */
export { initialise } from './initialise.js'
export * as init from './initialisers.js'
export type { InitSpec } from '../core/primitives/leaves.js'
