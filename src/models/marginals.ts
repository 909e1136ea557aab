/** Biases that start at what the data says of each variable alone. */
import { TypegradError } from '../dsl/errors.js'
import { f32, parameter } from '../dsl/ops/index.js'
import { init } from '../dsl/params/index.js'
import type { Tensor } from '../dsl/tensor.js'

/** Means nearer to 0 or 1 than this start at the log-odds of this: a pixel that was always black may yet be white. */
const least = 1e-3

/**
 * Biases [D] of the log-odds of `dims` variables: those of the given means, so that training starts from independent variables, or zeros.
 */
export const outputBias = (model: string, dims: number, means?: ArrayLike<number>): Tensor<[number]> => {
  if (means === undefined) return f32(dims)
  if (means.length !== dims) throw new TypegradError('value', `${model}: means has ${means.length} numbers but there are ${dims} variables`)
  const odds = Array.from(means, m => {
    if (!(m >= 0 && m <= 1)) throw new TypegradError('value', `${model}: a mean of a binary variable is between 0 and 1, but ${m} is given`)
    const p = Math.min(1 - least, Math.max(least, m))
    return Math.log(p / (1 - p))
  })
  return parameter([dims], init.constant(odds))
}
