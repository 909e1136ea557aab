/**
 * The natural gradient within a trust region (Schulman et al., 2015, appendix C): with g the surrogate's gradient and F the Hessian of the
 * divergence at the old parameters, which is the Fisher matrix where the divergence is a mean KL,
 *   v ≈ (F + cI)⁻¹ g          by conjugate gradients on the products F v = ∇(∇KL · v)
 *   s = √(2δ / vᵀ(F + cI)v) v
 *   θ ← θ + bʲ s              for the first j at which KL <= δ and the surrogate is better, else θ.
 * The scale takes the damped matrix, as the authors' code does: a direction in which the divergence is flat then has a finite step.
 */
import { TypegradError } from '../errors.js'
import { div, mul } from '../ops/arithmetic.js'
import { equal, greater, isFinite, where } from '../ops/comparison.js'
import { cast, sqrt } from '../ops/unary.js'
import type { Tensor } from '../tensor.js'
import { conjugateGradients } from './conjugate-gradients.js'
import { backtracking } from './line-search.js'
import { localModel } from './local-model.js'
import { reasons } from './report.js'
import type { TrustRegionSolver } from './solver.js'
import { dot, either, minus, norm, plus, scaled, treeOf, vectorOf, type Vector } from './vectors.js'

/** The settings of `naturalGradient`. */
export interface NaturalGradientOptions {
  /** Iterations of conjugate gradients; 10 when absent. */
  readonly conjugateGradientSteps?: number
  /** c, added to the diagonal of the Fisher matrix; 0.1 when absent. */
  readonly damping?: number
  /** b, the factor by which a refused step is shortened; 0.8 when absent. */
  readonly backtrack?: number
  /** How many lengths are tried; 10 when absent. */
  readonly backtracks?: number
}

const check = (ok: boolean, name: string, given: number, expected: string): void => {
  if (!ok) throw new TypegradError('value', `naturalGradient: ${name} is ${given}; ${expected} was expected`)
}

/**
 * Solves a trust region problem by a natural gradient step: conjugate gradients on products with the Hessian of the divergence, then a
 * line search that takes the first step within the bound that is better (Schulman et al., 2015, appendix C). All of it is one expression.
 *
 * Throws a `TypegradError` when a setting is out of its range.
 *
 * @example
 * ```ts
 * const solver = naturalGradient({ conjugateGradientSteps: 10, damping: 0.1, backtrack: 0.8, backtracks: 10 })
 * ```
 */
export const naturalGradient = (
  { conjugateGradientSteps = 10, damping = 0.1, backtrack = 0.8, backtracks = 10 }: NaturalGradientOptions = {},
): TrustRegionSolver => {
  const count = (n: number): boolean => Number.isInteger(n) && n >= 1
  check(count(conjugateGradientSteps), 'conjugateGradientSteps', conjugateGradientSteps, 'a positive integer')
  check(damping >= 0 && damping < Infinity, 'damping', damping, 'a number from 0')
  check(backtrack > 0 && backtrack < 1, 'backtrack', backtrack, 'a number between 0 and 1')
  check(count(backtracks), 'backtracks', backtracks, 'a positive integer')
  const lengths = Array.from({ length: backtracks }, (_, j) => backtrack ** j)

  return {
    described: { name: 'naturalGradient', settings: { conjugateGradientSteps, damping, backtrack, backtracks } },
    improve: problem => {
      const { params } = problem
      const { surrogate, divergence, bound, g, slope, fisher, at } = localModel(problem)
      const damped = (x: Vector): Vector => plus(fisher(x), scaled(damping, x))
      const solution = conjugateGradients(
        x => treeOf(params, damped(vectorOf(x))), treeOf(params, g), { steps: conjugateGradientSteps })
      const v = vectorOf(solution)
      const Fv = fisher(v)
      const image = plus(Fv, scaled(damping, v))
      const curvature = dot(v, image)
      const s = scaled(where(greater(curvature, 0), sqrt(div(2 * bound, curvature)), 0), v)

      const theta = vectorOf(params)
      const moved = (length: Tensor<[]>): Vector => plus(theta, scaled(length, s))
      const found = backtracking(lengths, length => at(moved(length)), { surrogate, bound, usable: isFinite(norm(s)) })
      const { accepted, length, backtracks, refused } = found
      const gradientNorm = norm(g)
      return {
        params: treeOf(params, either(accepted, moved(length), theta)),
        report: {
          kl: found.divergence, gain: found.gain, expectedGain: mul(where(accepted, length, 1), dot(g, s)),
          accepted: cast(accepted, 'float32'), backtracks,
          refusedGain: refused(reasons.NO_GAIN), refusedKl: refused(reasons.TOO_FAR), refusedNonFinite: refused(reasons.NOT_FINITE),
          reason: where(accepted, 0, where(equal(gradientNorm, 0), reasons.ZERO_GRADIENT, found.last)),
          surrogate, gradientNorm, klAtOld: divergence, klGradientNorm: norm(slope),
          curvature: dot(v, Fv), residualBefore: gradientNorm, residualAfter: norm(minus(g, image)),
        },
      }
    },
  }
}
