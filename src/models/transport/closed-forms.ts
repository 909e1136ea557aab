/** Distances that need no optimisation: on the line, and between Gaussians. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { TypegradError } from '../../dsl/errors.js'
import { together, type Measure } from './measure.js'

/**
 * The Wasserstein-1 distance of two measures on the line, the area between their distribution functions, ∫ |F_p - F_q|
 * (Peyré and Cuturi, 2019, eq. 2.37).
 *
 * @throws TypegradError when the points have more than one coordinate, or the weights do not sum to 1
 * @example
 * ```ts
 * import { wassersteinOnLine } from 'typegrad/models'
 * wassersteinOnLine({ points: [[0], [1]] }, { points: [[5], [6]] }) // 5
 * ```
 */
export const wassersteinOnLine = (p: Measure, q: Measure): number => {
  const [a, b] = together('wassersteinOnLine', p, q)
  if (a.points[0].length !== 1) {
    throw new TypegradError('value', `wassersteinOnLine: the points have ${a.points[0].length} coordinates, but 1 is expected; `
      + 'optimalTransport takes any number')
  }
  const steps = [...a.points.map(([x], i) => [x, a.weights[i]] as const), ...b.points.map(([x], i) => [x, -b.weights[i]] as const)]
    .sort(([x], [y]) => x - y)
  let above = 0
  return steps.reduce((area, [x, w], i) => {
    above += w
    return i + 1 < steps.length ? area + Math.abs(above) * (steps[i + 1][0] - x) : area
  }, 0)
}

/** A normal distribution: its mean [d] and its covariance [d][d], symmetric and positive semidefinite. */
export interface Gaussian { readonly mean: readonly number[]; readonly covariance: readonly (readonly number[])[] }

const ROUNDING = 1e-9

const spectrumOf = (name: string, { mean, covariance }: Gaussian): EigenvalueDecomposition => {
  const refuse = (why: string): never => { throw new TypegradError('value', `gaussianWasserstein2: ${name} ${why}`) }
  const d = mean.length
  if (covariance.length !== d || covariance.some(row => row.length !== d)) {
    refuse(`has a mean of ${d} and a covariance of ${covariance.length} x ${covariance[0]?.length ?? 0}; ${d} x ${d} is expected`)
  }
  const scale = Math.max(1, ...covariance.flat().map(Math.abs))
  if (covariance.some((row, i) => row.some((c, j) => !(Math.abs(c - covariance[j][i]) <= ROUNDING * scale)))) {
    refuse('has a covariance that is not symmetric')
  }
  const spectrum = new EigenvalueDecomposition(new Matrix(covariance.map(row => [...row])), { assumeSymmetric: true })
  const least = Math.min(...spectrum.realEigenvalues)
  if (least < -ROUNDING * scale) refuse(`has a covariance with the eigenvalue ${least}, which must not be negative`)
  return spectrum
}

/**
 * The Wasserstein-2 distance of two Gaussians, √(‖m - n‖² + tr(A + B - 2 (A^½ B A^½)^½)) (Dowson and Landau, 1982; the trace is the Bures
 * metric of the covariances, squared).
 *
 * @throws TypegradError when sizes differ, or a covariance is not symmetric and positive semidefinite
 * @example
 * ```ts
 * import { gaussianWasserstein2 } from 'typegrad/models'
 * const wide = { mean: [0, 0], covariance: [[4, 0], [0, 4]] }, narrow = { mean: [0, 0], covariance: [[1, 0], [0, 1]] }
 * gaussianWasserstein2(wide, narrow) ** 2 // 2
 * ```
 */
export const gaussianWasserstein2 = (p: Gaussian, q: Gaussian): number => {
  const [d, e] = [p.mean.length, q.mean.length]
  if (d !== e) {
    throw new TypegradError('value', `gaussianWasserstein2: p has a mean of ${d} and q of ${e}; they must lie in one space`)
  }
  const { eigenvectorMatrix: vectors, realEigenvalues } = spectrumOf('p', p)
  spectrumOf('q', q)
  const root = vectors.mmul(Matrix.diag(realEigenvalues.map(x => Math.sqrt(Math.max(0, x))))).mmul(vectors.transpose())
  const between = root.mmul(new Matrix(q.covariance.map(row => [...row]))).mmul(root)
  const roots = new EigenvalueDecomposition(between, { assumeSymmetric: true }).realEigenvalues.map(x => Math.sqrt(Math.max(0, x)))
  const trace = (c: Gaussian['covariance']) => c.reduce((t, row, i) => t + row[i], 0)
  const bures = trace(p.covariance) + trace(q.covariance) - 2 * roots.reduce((a, b) => a + b, 0)
  return Math.sqrt(Math.max(0, p.mean.reduce((s, m, i) => s + (m - q.mean[i]) ** 2, 0) + bures))
}
