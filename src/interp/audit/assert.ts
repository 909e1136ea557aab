/** Claims about gradient flow in one line, for tests. */
import { TypegradError } from '../../dsl/errors.js'
import type { AgreementClaim, CausalClaim, Objective, Statement } from '../../dsl/statement.js'
import { tryAgreement } from './agreement.js'
import { proveCausality } from './causality.js'
import { flowsOf, type Flow, type FlowStatus } from './flow.js'
import { leavesAt, parametersOf, type Leaf, type Parameters } from './parameters.js'
import { listed } from './verdicts.js'

/** What is expected of one term, or of a player's whole objective where no term is named. */
export interface FlowClaim {
  /** The player whose objective is meant; needed only where a term's name is not enough. */
  readonly player?: Objective['player']
  /** A term, by its name. */
  readonly term?: string
  /** Parameters that must be reached, straight-through nodes included: paths of leaves, groups, subtrees or players. */
  readonly reaches?: string | readonly string[]
  /** Parameters that must not be reached. */
  readonly not?: string | readonly string[]
  /** Parameters that must be reached, and through straight-through nodes only. */
  readonly straightThrough?: string | readonly string[]
  /** The number in front of the term. */
  readonly weight?: number
}

const many = (x: string | readonly string[] | undefined): readonly string[] => x === undefined ? [] : typeof x === 'string' ? [x] : x
const flows = (s: FlowStatus): boolean => s === 'reached' || s === 'straight-through'
const wrong = (sentence: string): never => { throw new TypegradError('value', sentence) }

const termsMeant = (all: readonly Flow[], { player, term }: FlowClaim): Flow[] => {
  const own = all.filter(f => player === undefined || f.term.player === player)
  if (own.length === 0)
    return wrong(`assertFlow: there is no player ${player}; there are ${listed([...new Set(all.map(f => f.term.player))])}`)
  const meant = own.filter(f => term === undefined ? f.term.kind !== 'bound' : f.term.name === term)
  return meant.length > 0 ? meant : wrong(`assertFlow: there is no term ${term}; there are ${listed(own.map(f => f.term.name), 8)}`)
}
const leavesMeant = (params: Parameters, path: string): readonly Leaf[] => {
  const leaves = leavesAt(params, path)
  return leaves.length > 0 ? leaves : wrong(`assertFlow: there are no parameters ${path}; there are ${listed(params.groups, 8)}`)
}

const expectations = ['term', 'reaches', 'not', 'straightThrough', 'weight'] as const
/** A claim that says nothing, or not of what, would hold whatever the program does. */
const checkClaim = (claim: FlowClaim): void => {
  const known: readonly string[] = ['player', ...expectations]
  const stray = Object.keys(claim).find(k => !known.includes(k))
  if (stray !== undefined) wrong(`assertFlow: there is no ${stray} in a claim; it may have ${known.join(', ')}`)
  if (expectations.every(k => claim[k] === undefined || many(claim[k] as string).length === 0 && k !== 'weight'))
    wrong(`assertFlow: the claim expects nothing; give it at least one of ${expectations.join(', ')}`)
}
const checkWeight = (terms: readonly Flow[], { term, weight }: FlowClaim): void => {
  if (weight !== undefined && term === undefined && terms.length > 1)
    wrong(`assertFlow: weight ${weight} is expected, but of which term? There are ${listed(terms.map(f => f.term.name), 8)}; give term`)
}

const missed = (terms: readonly Flow[], who: string, path: string, leaves: readonly Leaf[]): void => {
  const dead = leaves.filter(l => !terms.some(f => flows(f.status(l))))
  if (dead.length === 0) return
  const what = dead.length === leaves.length ? path : listed(dead.map(l => l.path))
  const stopped = terms.flatMap(f => dead.some(l => f.status(l) === 'stopped') ? f.stoppedBy(dead) : [])
  const frozen = terms.some(f => dead.some(l => f.status(l) === 'frozen'))
  wrong(`${who} does not reach ${what}: ${stopped.length > 0 ? `the gradient is stopped by ${listed([...new Set(stopped)])}`
    : frozen ? 'it is held fixed' : 'no path leads there'}.`)
}

/**
 * Throws a `TypegradError` that says what is otherwise, where the gradient of a term (or of a player's whole objective) does not flow as
 * stated: one line in a test pins the wiring of a loss.
 *
 * @example
 * ```ts
 * import { assertFlow } from 'typegrad/audit'
 * const training = trainStep({
 *   params: { encoder: f32(2), codebook: f32(2) }, optimiser: sgd(0.1),
 *   loss: p => mul(0.25, named('commitment', mse(p.encoder, stopGradient(p.codebook)))),
 * })
 * assertFlow(training.statement({}, key(0)), { term: 'commitment', reaches: 'encoder', not: 'codebook', weight: 0.25 })
 * ```
 */
export const assertFlow = (statement: Statement, claim: FlowClaim): void => {
  const params = parametersOf(statement)
  const terms = termsMeant(flowsOf(statement, params), claim)
  checkClaim(claim)
  checkWeight(terms, claim)
  const who = claim.term ?? `the objective of ${terms[0].term.player}`
  for (const path of [...many(claim.reaches), ...many(claim.straightThrough)]) missed(terms, who, path, leavesMeant(params, path))
  for (const path of many(claim.straightThrough)) {
    const direct = leavesMeant(params, path).find(l => terms.some(f => f.status(l) === 'reached'))
    if (direct) wrong(`${who} reaches ${direct.path} directly, but through a straight-through node only was expected.`)
  }
  for (const path of many(claim.not)) {
    const leaf = leavesMeant(params, path).find(l => terms.some(f => flows(f.status(l))))
    if (leaf) wrong(`${who} reaches ${leaf.path}, but ${path} was expected to be out of its reach.`)
  }
  for (const { term } of claim.weight === undefined ? [] : terms)
    if (term.weight.value === null || Math.abs(term.weight.value - (claim.weight ?? 0)) > 1e-6 * Math.abs(claim.weight ?? 0))
      wrong(`${term.name} has weight ${term.weight.text}, but ${claim.weight} was expected.`)
}

/**
 * Throws a `TypegradError` with the offending pair and path where a promise about an order does not hold, or cannot be proved.
 *
 * @example
 * ```ts
 * import { assertCausal } from 'typegrad/audit'
 * const x = f32(1, 3)
 * assertCausal({
 *   kind: 'causality', name: 'sums', params: {}, input: x, output: cumsum(x, 1, { exclusive: true }), place: [0, 1, 2],
 * })
 * ```
 */
export const assertCausal = (claim: CausalClaim, { seed = 0 }: { readonly seed?: number } = {}): void => {
  const { status, sentence } = proveCausality(claim, { seed })
  if (status !== 'holds') wrong(sentence)
}

/**
 * Throws a `TypegradError` with the largest difference where two expressions that are promised to be one function differ on random
 * parameters and inputs, or are too large to be tried.
 *
 * @example
 * ```ts
 * import { assertAgreement } from 'typegrad/audit'
 * const x = f32(1, 3)
 * assertAgreement({ kind: 'agreement', name: 'doubles', params: {}, input: x, output: mul(2, x), other: add(x, x) })
 * ```
 */
export const assertAgreement = (claim: AgreementClaim, { seed = 0 }: { readonly seed?: number } = {}): void => {
  const { status, sentence } = tryAgreement(claim, { seed })
  if (status !== 'agrees') wrong(sentence)
}
