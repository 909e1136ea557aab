/** Constrained problems as data: raise a surrogate, but stay near the old parameters. */
import { stopGradient } from '../core/build.js'
import type { Node } from '../core/node.js'
import { placeholders } from '../core/placeholders.js'
import { isLeaf, mapTree } from '../core/trees.js'
import type { Tree } from '../define/tree.js'
import { TypegradError } from '../errors.js'
import { splitKey } from '../keys.js'
import { nodeOf, tensorOf } from '../ops/typed.js'
import { initialise } from '../params/initialise.js'
import type { Arg } from '../shape/check.js'
import type { Objective } from '../statement.js'
import type { Tensor } from '../tensor.js'
import type { Training } from '../train.js'
import { floatLeaves, scalarLoss, type ScalarLoss } from '../transform/check.js'
import { remarkOf, type TrustRegionReport } from './report.js'
import type { AtMost, Improvement, TrustRegionProblem, TrustRegionSolver } from './solver.js'

/** How a divergence is called where the problem is stated. */
export interface AtMostOptions { readonly name?: string }

/**
 * The constraint that a scalar, a divergence of new parameters from old ones, is at most `bound`; at equal parameters it must be 0 with
 * gradient 0, as a mean KL is.
 *
 * Throws a `TypegradError` when the bound is not positive or the divergence is not a float32 scalar.
 *
 * @example
 * ```ts
 * const near = (p: Tensor<[3]>, old: Tensor<[3]>) => atMost(0.01, sum(square(sub(p, old))), { name: 'distance' })
 * ```
 */
export function atMost<const L>(bound: number, divergence: Arg<ScalarLoss<L, 'atMost'>, L>, { name = 'KL' }: AtMostOptions = {}): AtMost {
  if (!(bound > 0 && bound < Infinity)) throw new TypegradError('value', `atMost: the bound is ${bound}; a positive number was expected`)
  return { kind: 'atMost', name, bound, value: tensorOf<[], 'float32'>(scalarLoss('atMost', divergence)) }
}

/** `[]`, or the message when a surrogate is not a scalar. */
type Surrogate<L> = ScalarLoss<L, 'trustRegion: maximise'>

/** What `trustRegion` is told; its functions take new parameters, the old ones (through which no gradient flows) and a batch. */
export interface TrustRegionSpec<P extends Tree, B, L> {
  /** The parameters' specs. */
  readonly params: P
  /** What to raise: a scalar that has the gradient of the true objective at the old parameters. */
  readonly maximise: Surrogate<L> extends string ? Surrogate<L> : (params: P, old: P, batch: B) => L
  /** How far from the old parameters. */
  readonly subjectTo: (params: P, old: P, batch: B) => AtMost
  /** What takes the step: `naturalGradient(...)`. */
  readonly solver: TrustRegionSolver
  /** Who is moved, where the problem is stated beside others; `model` when absent. */
  readonly player?: string
}

/** A trust region problem with its solver: a `Training` of its own, or one part of a larger step. */
export interface TrustRegion<P extends Tree, B> extends Training<P, {}, {}, B, TrustRegionReport> {
  /** One step from the old parameters, as an expression; the same parameters, bit for bit, where no better ones are found. */
  improve(params: P, batch: B): Improvement<P>
  /** The problem at some parameters, as data. */
  objective(params: P, batch: B): Objective
}

/** What `subjectTo` gave, when it is a bound. */
const bounded = (given: unknown): AtMost => {
  if ((given as { readonly kind?: unknown } | undefined)?.kind !== 'atMost')
    throw new TypegradError('value', 'trustRegion: subjectTo must give a bound, such as atMost(0.01, kl), but '
      + `${given === undefined ? 'nothing' : isLeaf(given) ? 'a tensor' : `a ${typeof given}`} was given`)
  return given as AtMost
}

/** Parameters through which no gradient flows. */
const held = <P extends Tree>(params: P): P => {
  const old: unknown = mapTree(params, (leaf: Node) => stopGradient(nodeOf('trustRegion', leaf)))
  return old as P
}

/**
 * A constrained problem, `maximise` the surrogate `subjectTo` a divergence from the old parameters, for any parameters and batch. It is
 * solved by `solver`, one step a batch, and every step reports what it found (`TrustRegionReport`).
 *
 * Throws a `TypegradError` when surrogate or divergence is not a float32 scalar, `subjectTo` gives no `atMost(...)`, there is no solver, or
 * a parameter is not float32.
 *
 * @example
 * ```ts
 * const policy = (p: { w: Tensor<[4, 2]> }, x: Tensor<['B', 4]>) => dist.categorical(matmul(x, p.w))
 * const problem = trustRegion({
 *   params: { w: f32(4, 2) },
 *   maximise: (p, old, batch: { x: Tensor<['B', 4]>; action: Tensor<['B'], 'int32'>; advantage: Tensor<['B']> }) => {
 *     const ratio = exp(sub(policy(p, batch.x).logProb(batch.action), policy(old, batch.x).logProb(batch.action)))
 *     return mean(mul(ratio, batch.advantage))
 *   },
 *   subjectTo: (p, old, { x }) => atMost(0.01, mean(dist.kl(policy(old, x), policy(p, x)))),
 *   solver: naturalGradient({ conjugateGradientSteps: 10, damping: 0.1, backtrack: 0.8 }),
 * })
 * const { params, report } = problem.improve({ w: f32(4, 2) }, { x: f32('B', 4), action: i32('B'), advantage: f32('B') })
 * ```
 */
export const trustRegion = <P extends Tree, B, const L = Tensor<[]>>(
  { params: spec, maximise: given, subjectTo, solver, player = 'model' }: TrustRegionSpec<P, B, L>,
): TrustRegion<P, B> => {
  const untyped: unknown = given
  const maximise = untyped as (params: P, old: P, batch: B) => Tensor<[]>
  floatLeaves('trustRegion', spec, 'params')
  const solves: unknown = solver
  if (typeof (solves as Partial<TrustRegionSolver> | undefined)?.improve !== 'function')
    throw new TypegradError('value', 'trustRegion: there is no solver; give one, such as solver: naturalGradient()')
  const near = (old: P, batch: B): Omit<TrustRegionProblem<P>, 'params'> => ({
    surrogate: p => tensorOf(scalarLoss('trustRegion: maximise', maximise(p, old, batch))),
    constraint: p => bounded(subjectTo(p, old, batch)),
  })
  const improve = (params: P, batch: B): Improvement<P> => solver.improve({ params, ...near(held(params), batch) })
  const objective = (params: P, batch: B): Objective => {
    const { surrogate, constraint } = near(held(params), batch)
    return {
      player, sense: 'maximise', moves: params, value: surrogate(params), constraints: [constraint(params)], steps: 1,
      solver: solver.described,
    }
  }
  return {
    params: spec, improve, objective,
    init: key => ({ params: initialise(spec, splitKey(key, 'params').params), optimiser: {}, aux: {} }),
    step: (state, batch) => {
      const { params, report } = improve(state.params, batch)
      return { state: { ...state, params }, metrics: report }
    },
    statement: batch => {
      const at = placeholders(spec)
      return { params: at, aux: {}, objectives: [objective(at, batch)] }
    },
    remark: remarkOf,
  }
}
