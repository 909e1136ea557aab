/**
 * Documents from the expression that trains: formulas, notation, diagrams, costs and the algorithm.
 *
 * @module typegrad/docs
 */
export { documents, type About, type Documents } from './interp/docs/documents.js'
export type { AgreementClaim, CausalClaim, Claim, Constraint, Described, Objective, Statement } from './dsl/statement.js'
