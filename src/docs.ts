/**
 * Documents from the expression that trains: formulas, notation, diagrams, costs and the algorithm.
 *
 * @module typegrad/docs
 */
export type { Objective, Statement } from './dsl/statement.js'
