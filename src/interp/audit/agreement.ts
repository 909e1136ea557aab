/** Promises that two expressions are one function: tried with numbers, since equal functions may be written by unlike graphs. */
import { TypegradError } from '../../dsl/errors.js'
import { computed, type Node } from '../../dsl/core/node.js'
import { nodeOf } from '../../dsl/ops/typed.js'
import { sameShape, showShape } from '../../dsl/shape/dim.js'
import type { AgreementClaim } from '../../dsl/statement.js'
import { sizeOf, type Value } from '../../dsl/value.js'
import { evaluate } from '../js/evaluate.js'
import { concrete } from '../program.js'
import { codesOf, draw, visits } from './perturb.js'
import type { AgreementResult } from './report.js'
import { weights } from './trial.js'

/** Operations that may be spent on a claim: some seconds on the reference engine. */
const budget = 4e8
const most = 3
/** The engine computes in float64, but constants of a program are float32. */
const tolerance = 1e-5

interface Gap { readonly size: number; readonly index: number; readonly values: readonly [number, number] }
const apart = (a: number, b: number): number => {
  if (Object.is(a, b) || a === b) return 0
  const size = Math.abs(a - b) / (1 + Math.max(Math.abs(a), Math.abs(b)))
  return Number.isFinite(size) ? size : Infinity
}
const widest = (a: Value, b: Value): Gap => {
  let gap: Gap = { size: 0, index: 0, values: [0, 0] }
  for (let i = 0; i < a.data.length; i++) {
    const size = apart(a.data[i], b.data[i])
    if (size > gap.size) gap = { size, index: i, values: [a.data[i], b.data[i]] }
  }
  return gap
}
const short = (x: number): string => `${Number(x.toPrecision(3))}`

/** The result of a claim: the largest difference of its two expressions, or why it was not tried. Claims `among` several share the time. */
export const tryAgreement = (
  claim: AgreementClaim, { seed, among = 1 }: { readonly seed: number; readonly among?: number },
): AgreementResult => {
  const [input, output, other] = [nodeOf('audit', claim.input), nodeOf('audit', claim.output), nodeOf('audit', claim.other)]
  const { name } = claim
  if (!sameShape(output.shape, other.shape)) throw new TypegradError('shape',
    `${name}: an agreement is of two outputs of one shape, but they are ${showShape(output.shape)} and ${showShape(other.shape)}`)
  const nodes = computed([output, other])
  const cost = nodes.reduce((sum, n) => sum + Number(n.prim.flops(n)) + visits(n), 0)
  if (cost > budget) return { name, status: 'not tried', trials: 0, largest: null,
    sentence: `${name} were not compared: this takes ${cost.toExponential(1)} operations on the reference engine.` }
  const codes = input.dtype === 'int32' ? codesOf(input, nodes) : 2
  const trials = Math.max(1, Math.min(most, Math.floor(budget / 4 / cost / among)))
  const given = nodes.filter(n => n.op === 'input' && n !== input)
  const valueOf = (n: Node, at: number, i: number): Value =>
    n.dtype === 'float32' ? weights(concrete(n), at, i + 3) : draw(n, 2, at, i + 3, true)
  const gaps = Array.from({ length: trials }, (_, t): Gap => {
    const at = seed + 11 * t
    const bindings = new Map([[input, draw(input, codes, at, 2, true)], ...given.map((n, i): [Node, Value] => [n, valueOf(n, at, i)])])
    const [a, b] = evaluate([output, other], bindings)
    return widest(a, b)
  })
  const worst = gaps.reduce((a, b) => b.size > a.size ? b : a)
  if (worst.size <= tolerance)
    return { name, status: 'agrees', trials, largest: null,
      sentence: `${name} agree in ${trials} trial${trials === 1 ? '' : 's'} with random parameters.` }
  const element = Math.floor(worst.index / sizeOf(concrete(output).slice(2)))
  const [a, b] = worst.values
  const difference = Math.abs(a - b)
  const finite = Number.isFinite(difference)
  return { name, status: 'differs', trials, largest: { difference: finite ? difference : 'not finite', at: element },
    sentence: `${name} do not agree: at variable ${element} they are ${short(a)} and ${short(b)}${
      finite ? `, ${short(difference)} apart` : ''}, with random parameters.` }
}
