/** Discrete measures: points with weights. */
import { TypegradError } from '../../dsl/errors.js'

/** Points of one dimension, each a list of coordinates, with weights that sum to 1; equal weights when absent. */
export interface Measure {
  readonly points: readonly (readonly number[])[]
  readonly weights?: readonly number[]
}
/** A measure whose weights are written out and sum to 1 exactly as well as floating point can. */
export interface Weighted { readonly points: readonly (readonly number[])[]; readonly weights: readonly number[] }

const TOLERANCE = 1e-6

/** The measure with its weights; throws a `TypegradError` at what is no probability measure. `name` says which one it is. */
export const weighted = (op: string, name: string, given: Measure | undefined): Weighted => {
  const refuse = (why: string): never => { throw new TypegradError('value', `${op}: ${name} ${why}`) }
  const { points, weights } = given ?? { points: [] }
  if (!Array.isArray(given?.points)) refuse('has no list of points, such as points: [[0], [1]]')
  if (points.length === 0) refuse('has no points, but at least one is expected')
  points.forEach((x: unknown, i) => {
    if (!Array.isArray(x)) refuse(`has the point ${String(x)} (point ${i}), but a point is a list of coordinates, such as [${String(x)}]`)
  })
  const size = points[0].length
  points.forEach((x, i) => {
    if (x.length !== size) refuse(`has points of ${size} and of ${x.length} coordinates (point ${i}); all must have as many`)
    if (!x.every(Number.isFinite)) refuse(`has a coordinate that is not finite, in point ${i}: [${x.join(', ')}]`)
  })
  if (weights === undefined) return { points, weights: points.map(() => 1 / points.length) }
  if (weights.length !== points.length) refuse(`has ${points.length} points but ${weights.length} weights`)
  const bad = weights.findIndex(w => !(w >= 0) || !Number.isFinite(w))
  if (bad >= 0) refuse(`has the weight ${weights[bad]} at point ${bad}, but a weight is a number of at least 0`)
  const total = weights.reduce((a, b) => a + b, 0)
  if (Math.abs(total - 1) > TOLERANCE) refuse(`has weights that sum to ${total}, but they must sum to 1; divide each by their sum`)
  return { points, weights: weights.map(w => w / total) }
}

/** Both measures, on one space. */
export const together = (op: string, p: Measure, q: Measure): readonly [Weighted, Weighted] => {
  const [a, b] = [weighted(op, 'p', p), weighted(op, 'q', q)]
  const [m, n] = [a.points[0].length, b.points[0].length]
  if (m !== n) throw new TypegradError('value', `${op}: p has points of ${m} coordinates but q of ${n}; they must lie in one space`)
  return [a, b]
}

/** The Euclidean distance of two points. */
export const euclidean = (x: readonly number[], y: readonly number[]): number => Math.hypot(...x.map((v, i) => v - y[i]))
