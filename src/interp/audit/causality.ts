/** Promises about an order: proved from the graph, then tried with numbers. */
import { InternalError, TypegradError } from '../../dsl/errors.js'
import type { Node } from '../../dsl/core/node.js'
import type { CausalClaim } from '../../dsl/statement.js'
import { nodeOf } from '../../dsl/ops/typed.js'
import { sizeOf } from '../../dsl/value.js'
import { Elements } from '../dependence/elements.js'
import { propagate, single, type Found } from '../dependence/propagate.js'
import { Sets } from '../dependence/sets.js'
import { pathTo } from './path.js'
import { perturb, type Change } from './perturb.js'
import type { CausalResult } from './report.js'

interface Pair { readonly output: number; readonly variable: number }
interface Proof {
  readonly variables: number
  readonly outputs: number
  /** Dependences that break the promise, as far as the graph shows. */
  readonly suspects: readonly Pair[]
  readonly found: Found
  readonly sets: Sets
}

const numeric = (claim: string, what: string, { shape }: Node): number[] => shape.map(d => {
  if (typeof d === 'number') return d
  throw new TypegradError('shape',
    `${claim}: the ${what} is [${shape.join(', ')}], but a claim is about one row of known sizes, such as [1, 784]`)
})

const check = ({ name, place }: CausalClaim, input: Node, output: Node): { variables: number; outputs: number } => {
  const [from, to] = [numeric(name, 'input', input), numeric(name, 'output', output)]
  for (const [what, shape] of [['input', from], ['output', to]] as const)
    if (shape.length < 2 || shape[0] !== 1) throw new TypegradError('shape', `${name}: the ${what} is [${shape.join(', ')}], but [1, D] or `
      + '[1, D, ...] was expected')
  if (place.length !== from[1] || to[1] > place.length) throw new TypegradError('shape', `${name}: there are ${place.length} places for `
    + `${from[1]} variables and ${to[1]} outputs`)
  return { variables: from[1], outputs: to[1] }
}

/** Sets along axis 1: elements of one variable share its number. */
const prove = (claim: CausalClaim, input: Node, output: Node): Proof => {
  const { variables, outputs } = check(claim, input, output)
  const sets = new Sets()
  const shape = numeric(claim.name, 'input', input)
  const each = sizeOf(shape.slice(2))
  const start = Elements.of(shape, Int32Array.from({ length: sizeOf(shape) }, (_, i) => sets.single(Math.floor(i / each))))
  const found = propagate([output], new Map([[input, start]]), sets)
  const { ids } = single(found, output)
  const width = ids.length / outputs
  const suspects = Array.from({ length: outputs }, (_, i) => i).flatMap(i =>
    sets.members(sets.all(ids.subarray(i * width, (i + 1) * width)))
      .filter(j => claim.place[j] >= claim.place[i]).map(variable => ({ output: i, variable })))
  return { variables, outputs, suspects, found, sets }
}

const key = ({ output, variable }: Pair): string => `${output},${variable}`

/** At least so many variables are tried, however large the model. */
const fewest = 6
/** So often a suspected dependence gets new parameters: an inactive unit hides it once, hardly every time. */
const restarts = 16

/** Variables spread over all, those of suspected pairs first; suspects that nothing confirms are tried again with other parameters. */
const search = (
  { place }: CausalClaim, { variables, suspects }: Proof, { tries, affordable }: ReturnType<typeof perturb>, seed: number,
): { broken: Change[]; trials: number } => {
  const count = Math.min(variables, Math.max(fewest, affordable))
  const spread = Array.from({ length: count }, (_, i) => Math.round(i * (variables - 1) / Math.max(1, count - 1)))
  const suspected = [...new Set(suspects.map(s => s.variable))].slice(0, fewest)
  let trials = 0
  for (let round = 0; round <= (suspects.length === 0 ? 0 : restarts); round++) {
    const found = tries(round === 0 ? [...new Set([...suspected, ...spread])] : suspected, seed + 7 * round)
    trials += found.trials
    const broken = found.changes.filter(c => place[c.variable] >= place[c.output])
    if (broken.length > 0) return { broken, trials }
  }
  return { broken: [], trials }
}

/** The result of a claim: proved, refuted with a pair and a path, or left open with what the trials say. */
export const proveCausality = (claim: CausalClaim, { seed }: { readonly seed: number }): CausalResult => {
  const [input, output] = [nodeOf('audit', claim.input), nodeOf('audit', claim.output)]
  const proof = prove(claim, input, output)
  const { variables, outputs, suspects } = proof
  const suspected = new Set(suspects.map(key))
  const { broken, trials } = search(claim, proof, perturb(input, output), seed)
  const unforeseen = broken.find(c => !suspected.has(key(c)))
  if (unforeseen) throw new InternalError(`the graph of ${claim.name} says that output ${unforeseen.output} does not depend on variable `
    + `${unforeseen.variable}, but it changes with it`)
  const base = { name: claim.name, variables, outputs, trials }
  if (suspects.length === 0) return { ...base, status: 'holds', offending: null, path: [], sentence: `${claim.name} holds: `
    + `every output depends on earlier variables only, for all values of the parameters; ${trials} perturbations agree.` }
  const worst = broken[0] as Pair | undefined ?? suspects[0]
  const pair = { output: worst.output, variable: worst.variable }
  const path = pathTo(output, proof.found, proof.sets, pair)
  const places = `output ${pair.output} (place ${claim.place[pair.output]}) depends on variable ${pair.variable} (place ${
    claim.place[pair.variable]})`
  const along = path.length > 0 ? ` by ${path.join(' -> ')}` : ''
  return broken.length > 0
    ? { ...base, status: 'violated', offending: pair, path, sentence: `${claim.name} is violated: ${places}${along}.` }
    : { ...base, status: 'not proved', offending: pair, path,
      sentence: `${claim.name} is not proved: as far as the graph shows ${places}${along}; `
        + `but ${trials} perturbations find no such dependence.` }
}
