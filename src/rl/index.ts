/**
 * Reinforcement learning: environments as pure functions, returns, and one file an algorithm.
 *
 * @module typegrad/rl
 */
export type { Training } from '../dsl/train.js'
