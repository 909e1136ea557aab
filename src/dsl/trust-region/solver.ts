/** What solves trust region problems. */
import type { Tree } from '../define/tree.js'
import type { Constraint, Described } from '../statement.js'
import type { Tensor } from '../tensor.js'
import type { TrustRegionReport } from './report.js'

/** A divergence that stays below a bound. */
export type AtMost = Extract<Constraint, { readonly kind: 'atMost' }>

/** A problem near the parameters it starts from, as functions of parameters alone. */
export interface TrustRegionProblem<P extends Tree> {
  /** The old parameters. */
  readonly params: P
  /** What to raise. */
  readonly surrogate: (params: P) => Tensor<[]>
  /** How far a distance from the old parameters may go: 0 there, with gradient 0. */
  readonly constraint: (params: P) => AtMost
}
/** New parameters and what is to be said of them. */
export interface Improvement<P extends Tree> { readonly params: P; readonly report: TrustRegionReport }

/** A way to take one step of a trust region problem: `naturalGradient(...)`. */
export interface TrustRegionSolver {
  readonly described: Described
  /** One step, as an expression: the old parameters, bit for bit, where no better ones are found. */
  improve<P extends Tree>(problem: TrustRegionProblem<P>): Improvement<P>
}
