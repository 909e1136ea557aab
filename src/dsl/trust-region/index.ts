/** Constrained problems and what solves them. */
export { atMost, trustRegion, type AtMostOptions, type TrustRegion, type TrustRegionSpec } from './trust-region.js'
export { naturalGradient, type NaturalGradientOptions } from './natural-gradient.js'
export { conjugateGradients, type ConjugateGradientOptions } from './conjugate-gradients.js'
export type { TrustRegionReport } from './report.js'
export type { AtMost, Improvement, TrustRegionProblem, TrustRegionSolver } from './solver.js'
