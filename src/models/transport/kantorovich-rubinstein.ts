/** The Kantorovich-Rubinstein dual of the Wasserstein-1 distance, exactly: what the critic of a WGAN approximates. */
import { solve } from './linear-programme.js'
import { euclidean, together, type Measure } from './measure.js'

/** The distance and a function that attains it. */
export interface BestCritic {
  /** max Σ f (p - q), the Wasserstein-1 distance. */
  readonly distance: number
  /** The critic's values at the points of `p` and of `q`; the first is 0, because only differences matter. */
  readonly critic: { readonly p: readonly number[]; readonly q: readonly number[] }
}

/**
 * The Wasserstein-1 distance as max E_p f - E_q f over functions f whose slope is nowhere above 1 (Villani, 2009, theorem 5.10; Arjovsky
 * et al., 2017, eq. 2), solved as a linear programme over the values of f at the points.
 *
 * @throws TypegradError when weights are negative or do not sum to 1, or the points do not lie in one space
 * @example
 * ```ts
 * import { kantorovichRubinstein } from 'typegrad/models'
 * (await kantorovichRubinstein({ points: [[0, 0]] }, { points: [[3, 4]] })).distance // 5
 * ```
 */
export const kantorovichRubinstein = async (p: Measure, q: Measure): Promise<BestCritic> => {
  const [a, b] = together('kantorovichRubinstein', p, q)
  const points = [...a.points, ...b.points]
  const pairs = points.flatMap((_, i) => points.slice(0, i).map((_, j) => [i, j] as const))
  const slopes = pairs.map(([i, j]) => {
    const d = euclidean(points[i], points[j])
    return { low: -d, high: d, at: [[i, 1], [j, -1]] as const }
  })
  const { value, x } = await solve({
    maximise: true, cost: [...a.weights, ...b.weights.map(w => -w)], bounds: [-Infinity, Infinity],
    rows: [{ low: 0, high: 0, at: [[0, 1]] }, ...slopes],
  })
  const f = Array.from(x, v => v - x[0])
  return { distance: value, critic: { p: f.slice(0, a.points.length), q: f.slice(a.points.length) } }
}
