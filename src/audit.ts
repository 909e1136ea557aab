/**
 * Proofs about what a training step does: which parameters a loss reaches, what an output may depend on, who moves what in a game.
 *
 * @module typegrad/audit
 */
export type { CausalClaim, Claim, Objective, Statement } from './dsl/statement.js'
