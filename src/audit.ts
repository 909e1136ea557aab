/**
 * Proofs about what a training step does: which parameters a loss reaches, what an output may depend on, who moves what in a game.
 *
 * @module typegrad/audit
 */
export type { AgreementClaim, CausalClaim, Claim, Objective, Statement } from './dsl/statement.js'
export { audit, gradientFlow, type AuditOptions } from './interp/audit/audit.js'
export { assertAgreement, assertCausal, assertFlow, type FlowClaim } from './interp/audit/assert.js'
export { type FlowCell, type FlowRow, type FlowStatus } from './interp/audit/flow.js'
export { type AgreementResult, type AuditReport, type CausalResult, type GameRow, type ShapeRow } from './interp/audit/report.js'
export { showAudit } from './interp/audit/show.js'
export { type Weight } from './interp/audit/terms.js'
