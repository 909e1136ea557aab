/** The whole audit of a training step: gradient flow, players, promises about orders, a trial run. */
import { leavesOf } from '../../dsl/core/trees.js'
import { computed, type Node } from '../../dsl/core/node.js'
import { sizeOfShape, showShape } from '../../dsl/shape/dim.js'
import type { Claim, Statement } from '../../dsl/statement.js'
import { tryAgreement } from './agreement.js'
import { proveCausality } from './causality.js'
import { divergences } from './divergence.js'
import { flowsOf, flowTable, type FlowRow } from './flow.js'
import { gamesOf } from './games.js'
import { parametersOf } from './parameters.js'
import type { AuditReport, ShapeRow } from './report.js'
import { trial } from './trial.js'
import { deadParameters, oddities } from './verdicts.js'

/** How an audit goes about it. */
export interface AuditOptions {
  /** Of the random parameters and inputs of trials; 0 when absent. */
  readonly seed?: number
  /** Sizes for symbols in trials, 4 for each when absent. */
  readonly sizes?: Readonly<Record<string, number>>
  /** A row of the table has a cell for each leaf instead of each group. */
  readonly byLeaf?: boolean
}

const shapesOf = (statement: Statement): ShapeRow[] => {
  const params = leavesOf<Node>(statement.params)
  const own = new Set([...params, ...leavesOf<Node>(statement.aux)].map(l => l.leaf))
  const values = statement.objectives.flatMap(o => [o.value, ...o.constraints.flatMap(c => c.kind === 'clip' ? [] : [c.value])])
  const inputs = computed(leavesOf<Node>(values).map(l => l.leaf)).filter(n => n.op === 'input' && !own.has(n))
  const row = (what: string, n: Node): ShapeRow => ({ what, shape: `${n.dtype} ${showShape(n.shape)}`, size: sizeOfShape(n.shape) })
  return [...params.map(({ path, leaf }) => row(path || 'params', leaf)),
    ...inputs.map((n, i) => row((n.attrs as { name: string }).name || `input ${i + 1}`, n))]
}

/**
 * Which parameters each loss term reaches, from the graph: reached, through straight-through nodes only, stopped (and by what), or not at
 * all. Sound: what has a gradient is never called stopped, what changes a term is never called not reached.
 *
 * @example
 * ```ts
 * import { gradientFlow } from 'typegrad/audit'
 * const training = trainStep({
 *   params: { w: f32(2), b: f32() }, optimiser: sgd(0.1),
 *   loss: (p, x: Tensor<[2]>) => add(sum(mul(x, stopGradient(p.w))), square(p.b)),
 * })
 * const [first] = gradientFlow(training.statement(f32(2), key(0)))
 * first.cells.map(c => `${c.group}: ${c.status}`) // ['w: stopped', 'b: not reached']
 * ```
 */
export const gradientFlow = (statement: Statement, { byLeaf = false }: Pick<AuditOptions, 'byLeaf'> = {}): FlowRow[] => {
  const params = parametersOf(statement)
  return flowTable(flowsOf(statement, params), params, byLeaf)
}

/**
 * Proves what it can of a training step from its graph: gradient flow, who moves what, the order in which outputs see variables; then runs
 * it once on small random inputs. The report is plain data; `failures` are sentences, none when nothing is wrong.
 *
 * Throws a `TypegradError` when an objective moves tensors that the statement does not list.
 *
 * @example
 * ```ts
 * import { audit } from 'typegrad/audit'
 * const training = trainStep({
 *   params: { w: f32(2), unused: f32() }, optimiser: sgd(0.1), loss: (p, x: Tensor<[2]>) => named('loss', sum(mul(x, p.w))),
 * })
 * audit(training.statement(f32(2), key(0))).failures // ['unused is never moved by any term: not reached by loss.']
 * ```
 */
export const audit = (statement: Statement, claims: readonly Claim[] = [], { seed = 0, sizes = {}, byLeaf = false }: AuditOptions = {},
): AuditReport => {
  const params = parametersOf(statement)
  const flows = flowsOf(statement, params)
  const causality = claims.flatMap(c => c.kind === 'causality' ? [proveCausality(c, { seed })] : [])
  const agreement = claims.flatMap((c, _, { length: among }) => c.kind === 'agreement' ? [tryAgreement(c, { seed, among })] : [])
  const { nonFinite, untried } = trial(statement, { seed, sizes })
  const { constants, warnings } = oddities(statement, params, flows)
  return {
    gradientFlow: flowTable(flows, params, byLeaf), games: gamesOf(statement, params, flows), causality, agreement,
    shapes: shapesOf(statement), constants, nonFinite, untried,
    warnings: [...warnings, ...causality.filter(c => c.status === 'not proved').map(c => c.sentence),
      ...agreement.filter(a => a.status === 'not tried').map(a => a.sentence)],
    failures: [...deadParameters(statement, params, flows), ...causality.filter(c => c.status === 'violated').map(c => c.sentence),
      ...agreement.filter(a => a.status === 'differs').map(a => a.sentence),
      ...nonFinite === null ? divergences(statement, { seed, sizes }) : [nonFinite]],
  }
}
