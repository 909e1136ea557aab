/** What a trust region bounds must be a divergence: 0 with gradient 0 at the old parameters, and growing like the square of a distance. */
import { gradient, variable } from '../../dsl/core/gradient.js'
import { computed, type Node } from '../../dsl/core/node.js'
import { substitute } from '../../dsl/core/substitute.js'
import { leavesOf } from '../../dsl/core/trees.js'
import { TypegradError } from '../../dsl/errors.js'
import type { Objective, Statement } from '../../dsl/statement.js'
import type { Value } from '../../dsl/value.js'
import { evaluate } from '../js/evaluate.js'
import { budget, costOf, sampled, trialSizes, uniforms, type TrialOptions } from './trial.js'

/** The engine computes in float64, so that what should be 0 is far below. */
const tolerance = 1e-6
const short = (x: number): string => `${Number(x.toPrecision(3))}`
const largest = ({ data }: Value): number => Array.from(data).reduce((most, x) => Math.max(most, Math.abs(x)), 0)

interface Bound { readonly name: string; readonly value: Node; readonly objective: Objective }

/** The bound with the old parameters as placeholders of their own, so that the new ones can be moved away from them. */
const apart = ({ value, objective }: Bound): { readonly value: Node; readonly old: ReadonlyMap<Node, Node> } => {
  const moved = new Set(leavesOf<Node>(objective.moves).map(l => l.leaf))
  const held = computed([value]).filter(n => n.op === 'stopGradient' && moved.has(n.inputs[0]))
  const old = new Map(held.map(n => [n, variable(n, 'old')]))
  const [split] = substitute([value], old)
  return { value: split, old: new Map([...old].map(([n, to]) => [n.inputs[0], to])) }
}

/** How the bound grows along a random direction: its values at one and at two small steps. */
const grown = (statement: Statement, bound: Bound, options: TrialOptions, size: number, direction: number): [number, number] | null => {
  const { value, old } = apart(bound)
  if (old.size === 0) return null
  const { nodes, inputs, bindings } = sampled(statement, [value, ...old.keys()], options, size)
  if (costOf(nodes) > budget) return null
  const at = (step: number): number => {
    const values = new Map(bindings)
    for (const [leaf, before] of old) {
      const [moved, held] = [inputs.get(leaf), inputs.get(before)]
      const here = moved && bindings.get(moved)
      if (!moved || !here) continue
      const along = uniforms(options.seed, 900 + direction, here.data.length)
      if (held) values.set(held, here)
      values.set(moved, { ...here, data: Float64Array.from(here.data, (x, i) => x + step * (along[i] - 0.5)) })
    }
    return evaluate([nodes[0]], values)[0].data[0]
  }
  return [at(1e-3), at(2e-3)]
}
const directions = 2

const faultOf = (statement: Statement, bound: Bound, options: TrialOptions, size: number): string | null => {
  const { name, value, objective } = bound
  const moved = leavesOf<Node>(objective.moves)
  const { nodes, bindings } = sampled(statement, [value, ...gradient(value, moved.map(l => l.leaf))], options, size)
  if (costOf(nodes) > 2 * budget) throw new TypegradError('value', `${name} takes too long on the reference engine`)
  const [at, ...slopes] = evaluate(nodes, bindings)
  const [there] = at.data
  if (Math.abs(there) > tolerance) return `${name} is ${short(there)} at the old parameters, but a divergence is 0 there.`
  const steep = slopes.findIndex(s => largest(s) > tolerance)
  if (steep >= 0) return `${name} has a gradient of up to ${short(largest(slopes[steep]))} in ${
    moved[steep].path || 'its parameters'} at the old parameters, but a divergence is smallest there.`
  const near = Array.from({ length: directions }, (_, d) => grown(statement, bound, options, size, d)).flatMap(g => g === null ? [] : [g])
  const below = near.find(([one]) => one < -1e-9)
  if (below) return `${name} is negative, ${short(below[0])}, near the old parameters, but a divergence is never.`
  // Twice as far is four times as much of what has a curvature.
  return near.length > 0 && near.every(([one, two]) => one > 1e-9 && two < 3 * one)
    ? `${name} grows like the distance from the old parameters, but a divergence grows like its square: a trust region needs its curvature.`
    : null
}

/** Sentences about bounds that are no divergences, tried with random parameters and inputs. */
export const divergences = (statement: Statement, options: TrialOptions): string[] =>
  statement.objectives.flatMap(objective => objective.constraints.flatMap(c => {
    if (c.kind !== 'atMost') return []
    const value: unknown = c.value
    const name = statement.objectives.length === 1 ? c.name : `${c.name} of ${objective.player}`
    for (const size of trialSizes) {
      try {
        const fault = faultOf(statement, { name, value: value as Node, objective }, options, size)
        return fault === null ? [] : [fault]
      } catch (e) {
        // Sizes that do not fit are the trial run's to tell.
        if (!(e instanceof TypegradError)) throw e
      }
    }
    return []
  }))
