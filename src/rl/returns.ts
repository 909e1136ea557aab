/** Returns and advantages of trajectories: sums backwards over the steps, which respect how an episode ended. */
import { add, cast, dimSize, div, gather, mul, named, ones, or, sqrt, square, sub, sum, where, zeros } from '../dsl/ops/index.js'
import { nodeOf, tensorOf } from '../dsl/ops/typed.js'
import { TypegradError } from '../dsl/errors.js'
import { scan } from '../dsl/transform/scan.js'
import type { Dim, Shape, Tensor } from '../dsl/tensor.js'

/** What a return is made of: rewards [T, N] and how episodes ended. */
export interface Outcomes<T extends Dim, N extends Dim> {
  readonly reward: Tensor<[T, N]>
  readonly terminated: Tensor<[T, N], 'bool'>
  readonly truncated: Tensor<[T, N], 'bool'>
}

type Grid = Tensor<['T', 'N']>
/** The same tensors by the names of their axes. */
const grids = ({ reward, terminated, truncated }: Outcomes<Dim, Dim>): Outcomes<'T', 'N'> =>
  ({ reward: grid(reward), terminated: tensorOf(nodeOf('returns', terminated)), truncated: tensorOf(nodeOf('returns', truncated)) })
const grid = (x: Tensor<Shape>): Grid => tensorOf(nodeOf('returns', x))
const last = (x: Grid): Tensor<['N']> => gather(x, sub(dimSize(x.shape[0]), 1), 0)
/** A discount or λ, or the sentence about it. */
export const inUnit = (op: string, what: string, x: number): number => {
  if (!(x >= 0 && x <= 1)) throw new TypegradError('value', `${op}: the ${what} is ${x}, but a number in [0, 1] was expected`)
  return x
}

/** How returns are discounted. */
export interface ReturnOptions<T extends Dim, N extends Dim> {
  /** γ in [0, 1]. */
  readonly discount: number
  /** v(s_{t+1}) [T, N] of the states that followed, before any reset; 0 when absent. */
  readonly nextValues?: Tensor<[T, N]>
}

/**
 * The discounted return of each step, [T, N]: G_t = r_t + γ G_{t+1}. After a terminal state it is 0; where an episode was truncated, or the
 * rollout ends, `nextValues` stand for what was not seen.
 *
 * @throws TypegradError when the discount is not in [0, 1]
 * @example
 * ```ts
 * import { returns } from 'typegrad/rl'
 * const no = tensor([[false], [false]])
 * returns({ reward: tensor([[1], [2]]), terminated: no, truncated: no }, { discount: 0.5 }) // [[2], [2]]
 * ```
 */
export const returns = <T extends Dim, N extends Dim>(
  outcomes: Outcomes<T, N>, { discount, nextValues }: ReturnOptions<T, N>,
): Tensor<[T, N]> => {
  inUnit('returns', 'discount', discount)
  const xs = grids(outcomes)
  const after = nextValues ? grid(nextValues) : mul(xs.reward, 0)
  const [, found] = scan((next, { reward, terminated, truncated, value }) => {
    const later = named('G′', next, { latex: 'G_{t+1}' })
    const here = add(reward, mul(where(terminated, 0, where(truncated, value, later)), discount))
    return [here, here]
  }, last(after), { ...xs, value: after }, { reverse: true })
  return tensorOf(nodeOf('returns', named('G', found, { latex: 'G_t' })))
}

/** What generalised advantages are made of. */
export interface GaeOptions<T extends Dim, N extends Dim> {
  /** v(s_t), [T, N]. */
  readonly values: Tensor<[T, N]>
  /** v(s_{t+1}) [T, N] of the states that followed, before any reset. */
  readonly nextValues: Tensor<[T, N]>
  /** γ in [0, 1]. */
  readonly discount: number
  /** λ in [0, 1]: 0 is the one-step advantage, 1 the return less the value. */
  readonly lambda: number
}

/**
 * Generalised advantages, [T, N] (Schulman et al., 2016, eq. 16): A_t = δ_t + γλ A_{t+1} with δ_t = r_t + γ v(s_{t+1}) - v(s_t). After a
 * terminal state the value is 0; a truncated episode is cut there, with the value of its last state.
 *
 * @throws TypegradError when the discount or λ is not in [0, 1]
 * @example
 * ```ts
 * import { gae } from 'typegrad/rl'
 * const [no, zero] = [tensor([[false], [false]]), zeros([2, 1])]
 * const outcomes = { reward: tensor([[1], [2]]), terminated: no, truncated: no }
 * gae(outcomes, { values: zero, nextValues: zero, discount: 0.5, lambda: 0.5 }) // [[1.5], [2]]
 * ```
 */
export const gae = <T extends Dim, N extends Dim>(
  outcomes: Outcomes<T, N>, { values, nextValues, discount, lambda }: GaeOptions<T, N>,
): Tensor<[T, N]> => {
  inUnit('gae', 'discount', discount)
  inUnit('gae', 'λ', lambda)
  const { reward, terminated, truncated } = grids(outcomes)
  const difference = sub(add(reward, mul(where(terminated, 0, grid(nextValues)), discount)), grid(values))
  const delta = named('δ', difference, { latex: '\\delta_t' })
  const decay = mul(sub(1, cast(or(terminated, truncated), 'float32')), discount * lambda)
  const none: Tensor<['N']> = tensorOf(nodeOf('gae', zeros([delta.shape[1]])))
  const [, found] = scan((next, x) => {
    // Not the letter of normalised advantages.
    const here = add(x.delta, mul(x.decay, named('A′', next, { latex: 'A_{t+1}' })))
    return [here, here]
  }, none, { delta, decay }, { reverse: true })
  return tensorOf(nodeOf('gae', found))
}

/**
 * A tensor less its mean, divided by its standard deviation: advantages of one batch on one scale. With `weights` of 0 and 1, mean and
 * deviation are of the elements that count.
 *
 * @example
 * ```ts
 * import { normalise } from 'typegrad/rl'
 * normalise(tensor([1, 3])) // [-1, 1]
 * normalise(tensor([1, 3, 9]), tensor([1, 1, 0])).shape // [3]
 * ```
 */
export const normalise = <S extends Shape>(x: Tensor<S>, weights?: Tensor<S>): Tensor<S> => {
  const wide = (given: unknown): Tensor<Shape> => tensorOf(nodeOf('normalise', given))
  const sizes = nodeOf('normalise', x).shape as readonly number[]
  const [all, counts] = [wide(x), weights ? wide(weights) : wide(ones(sizes))]
  const average = (y: Tensor<Shape>): Tensor<[]> => div(sum(wide(mul(y, counts))), sum(counts))
  const centred = wide(sub(all, average(all)))
  return tensorOf(nodeOf('normalise', div(centred, add(sqrt(average(wide(square(centred)))), 1e-8))))
}
