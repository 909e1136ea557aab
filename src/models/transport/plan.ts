/** Optimal transport between discrete measures as the linear programme that Kantorovich wrote (Peyré and Cuturi, 2019, chapter 2). */
import { TypegradError } from '../../dsl/errors.js'
import { solve } from './linear-programme.js'
import { euclidean, together, type Measure } from './measure.js'

/** How mass moves from `p` to `q`, and what proves that it cannot move more cheaply. */
export interface TransportPlan {
  /** The least cost, ⟨C, Γ⟩. */
  readonly cost: number
  /** `plan[i][j]` is the mass that goes from point i of `p` to point j of `q`. */
  readonly plan: readonly (readonly number[])[]
  /** Prices with u_i + v_j <= C_ij everywhere and Σ u p + Σ v q = cost: the dual solution. */
  readonly prices: { readonly u: readonly number[]; readonly v: readonly number[] }
}
/** The cost of moving one unit of mass between two points; the Euclidean distance when absent. */
export interface TransportOptions {
  /** What one unit of mass costs from a point of `p` to a point of `q`. */
  readonly cost?: (x: readonly number[], y: readonly number[]) => number
}

/**
 * The cheapest way to move `p` onto `q`: min ⟨C, Γ⟩ over Γ >= 0 with Γ1 = p and Γᵀ1 = q, solved exactly as a linear programme. With the
 * Euclidean distance as cost, the least cost is the Wasserstein-1 distance. Meant for up to some hundred points each.
 *
 * @throws TypegradError when weights are negative or do not sum to 1, or the points do not lie in one space
 * @example
 * ```ts
 * import { optimalTransport } from 'typegrad/models'
 * (await optimalTransport({ points: [[0], [1]] }, { points: [[2], [3]] })).cost // 2
 * ```
 */
export const optimalTransport = async (p: Measure, q: Measure, { cost = euclidean }: TransportOptions = {}): Promise<TransportPlan> => {
  const [a, b] = together('optimalTransport', p, q)
  const [m, n] = [a.points.length, b.points.length]
  const costs = a.points.flatMap((x, i) => b.points.map((y, j) => {
    const c = cost(x, y)
    if (!Number.isFinite(c)) {
      throw new TypegradError('value', `optimalTransport: the cost of moving point ${i} of p to point ${j} of q is ${c}; it must be finite`)
    }
    return c
  }))
  const holds = (mass: number, variables: number[]) => ({ low: mass, high: mass, at: variables.map(v => [v, 1] as const) })
  const { value, x, multipliers } = await solve({
    cost: costs, bounds: [0, Infinity],
    rows: [
      ...a.weights.map((w, i) => holds(w, b.points.map((_, j) => i * n + j))),
      ...b.weights.map((w, j) => holds(w, a.points.map((_, i) => i * n + j))),
    ],
  })
  return {
    cost: value,
    plan: a.points.map((_, i) => Array.from(x.subarray(i * n, (i + 1) * n))),
    prices: { u: Array.from(multipliers.subarray(0, m)), v: Array.from(multipliers.subarray(m)) },
  }
}
