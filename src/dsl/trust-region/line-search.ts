/** A backtracking line search as one loop: all lengths are tried, the first acceptable one counts. */
import { sub } from '../ops/arithmetic.js'
import { and, equal, isFinite, less, lessEqual, where } from '../ops/comparison.js'
import { iota, tensor } from '../ops/create.js'
import { slice } from '../ops/structure.js'
import { min, sum } from '../ops/reduce.js'
import { reshape } from '../ops/reshape.js'
import { cast } from '../ops/unary.js'
import type { Tensor } from '../tensor.js'
import { scan } from '../transform/scan.js'
import type { Figures } from './local-model.js'
import { reasons } from './report.js'

/** The first acceptable length and its figures, 0 where there is none, and how the longer ones were refused. */
export interface Found {
  readonly accepted: Tensor<[], 'bool'>
  readonly length: Tensor<[]>
  readonly gain: Tensor<[]>
  readonly divergence: Tensor<[]>
  /** Lengths refused before it, in all and by reason. */
  readonly backtracks: Tensor<[]>
  readonly refused: (reason: number) => Tensor<[]>
  /** Why the shortest length was refused, if it was. */
  readonly last: Tensor<[]>
}

interface Bounds {
  /** The surrogate to be above. */
  readonly surrogate: Tensor<[]>
  /** The divergence not to be above. */
  readonly bound: number
  /** Whether there is a step to try at all. */
  readonly usable: Tensor<[], 'bool'>
}

/** Comparisons with NaN are false, so a step is taken only where both figures are numbers. */
export const backtracking = (
  lengths: readonly number[], at: (length: Tensor<[]>) => Figures, { surrogate, bound, usable }: Bounds,
): Found => {
  const steps = lengths.length
  const all = tensor(lengths)
  const [, tried] = scan((none, length) => {
    const figures = at(length)
    const gain = sub(figures.surrogate, surrogate)
    const finite = and(usable, and(isFinite(gain), isFinite(figures.divergence)))
    const reason = where(finite,
      where(lessEqual(figures.divergence, bound),
        where(less(0, gain), tensor(reasons.ACCEPTED), reasons.NO_GAIN), reasons.TOO_FAR), reasons.NOT_FINITE)
    return [none, { gain, divergence: figures.divergence, reason }]
  }, {}, all)
  const place = iota(steps)
  const backtracks = min(where(equal(tried.reason, reasons.ACCEPTED), place, steps))
  // The chosen one stands alone in a sum of zeros: what was not chosen may be infinite.
  const chosen = (x: Tensor<[number]>): Tensor<[]> => sum(where(equal(place, backtracks), x, 0))
  return {
    accepted: less(backtracks, steps),
    length: chosen(all), gain: chosen(tried.gain), divergence: chosen(tried.divergence),
    backtracks: cast(backtracks, 'float32'),
    refused: reason => sum(cast(and(less(place, backtracks), equal(tried.reason, reason)), 'float32')),
    last: reshape(slice(tried.reason, 0, steps - 1), []),
  }
}
