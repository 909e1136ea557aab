/** What a solver says of one update, and how a refusal is worded. */
import type { Tensor } from '../tensor.js'

/** Why no step was taken, as `reason` reports it. */
export const reasons = { ACCEPTED: 0, NO_GAIN: 1, TOO_FAR: 2, NOT_FINITE: 3, ZERO_GRADIENT: 4 } as const

/** The numbers of one update; all of them hold for the batch that it saw. */
export type TrustRegionReport = {
  /** The constrained divergence of the new parameters: at most the bound; 0 where none were taken. */
  readonly kl: Tensor<[]>
  /** How much the accepted step raised the surrogate: above 0; 0 where there is none. */
  readonly gain: Tensor<[]>
  /** The gain that the gradient promised for that step; for the longest one where none was accepted. */
  readonly expectedGain: Tensor<[]>
  /** 1 where a step was accepted. */
  readonly accepted: Tensor<[]>
  /** How often the step was shortened. */
  readonly backtracks: Tensor<[]>
  /** Of the steps refused: those that were not better, went too far, or gave numbers that are not finite. */
  readonly refusedGain: Tensor<[]>
  readonly refusedKl: Tensor<[]>
  readonly refusedNonFinite: Tensor<[]>
  /** Why there is no step: 1 no gain, 2 the divergence too large, 3 not finite (of the shortest step), 4 a zero gradient; else 0. */
  readonly reason: Tensor<[]>
  /** The surrogate at the old parameters, and the norm of its gradient there. */
  readonly surrogate: Tensor<[]>
  readonly gradientNorm: Tensor<[]>
  /** The divergence of the old parameters from themselves and the norm of its gradient there: both 0. */
  readonly klAtOld: Tensor<[]>
  readonly klGradientNorm: Tensor<[]>
  /** vᵀ F v of the direction v that was found, without damping: not negative. */
  readonly curvature: Tensor<[]>
  /** ‖g - (F + cI) v‖ at v = 0 and at the direction found. */
  readonly residualBefore: Tensor<[]>
  readonly residualAfter: Tensor<[]>
}

type Values = Readonly<Record<string, number>>

const refused = (m: Values): string => {
  if (m['reason'] === reasons.ZERO_GRADIENT) return 'no step: the gradient of the surrogate is zero'
  if (!Number.isFinite(m['gradientNorm'])) return 'no step: the gradient of the surrogate is not finite'
  const causes = [
    [m['refusedGain'], 'the surrogate did not improve'],
    [m['refusedKl'], 'the divergence went above its bound'],
    [m['refusedNonFinite'], 'the surrogate or the divergence was not finite'],
  ] as const
  const found = causes.filter(([count]) => count > 0)
  const why = found.length === 1 ? found[0][1] : found.map(([count, cause]) => `${count} times ${cause}`).join(', ')
  return `the line search refused all ${m['backtracks']} steps: ${why}`
}

/** What a user must hear of an update, from the values of its report: a step refused and why, or a divergence that is none. */
export const remarkOf = (m: Values): string | undefined =>
  m['accepted'] === 0 ? `${refused(m)}; the parameters stay as they were`
    : Math.abs(m['klAtOld']) > 1e-3 ? `the divergence of the old parameters from themselves is ${m['klAtOld']}; it must be 0`
    : undefined
