/**
 * Finite Markov decision processes solved exactly, as expressions: what estimates are held against. Values solve v = r_π + γ P_π v, and
 * occupancies ρᵀ = d₀ᵀ(I - γP_π)⁻¹, by the Neumann series Σ_k (γP_π)^k = Π_j (I + (γP_π)^(2^j)), which squares its error away: it is exact
 * to rounding as soon as γ^(2^j) is below it.
 */
import { TypegradError } from '../dsl/errors.js'
import { add, div, einsum, eye, matmul, mul, ones, sub, sum } from '../dsl/ops/index.js'
import { nodeOf } from '../dsl/ops/typed.js'
import { sameShape, showShape } from '../dsl/shape/dim.js'
import type { Tensor } from '../dsl/tensor.js'
import { checkDistributions } from './distributions.js'
import { checkMdp, terminalStates, type Mdp } from './environments/tabular.js'

/** What a policy is worth in a finite process. */
export interface ExactValues<S extends number, A extends number> {
  /** v(s), [S]; 0 at terminal states. */
  readonly v: Tensor<[S]>
  /** q(s, a), [S, A]. */
  readonly q: Tensor<[S, A]>
  /** q(s, a) - v(s), [S, A]. */
  readonly advantage: Tensor<[S, A]>
  /** ρ(s) = Σ_t γ^t P(s_t = s), [S]: it sums to 1 / (1 - γ) where no state is terminal. */
  readonly occupancy: Tensor<[S]>
  /** v̄ = Σ_s d₀(s) v(s). */
  readonly value: Tensor<[]>
}

type Vector = Tensor<[number]>
type Matrix = Tensor<[number, number]>
type Cube = Tensor<[number, number, number]>
const shapeOf = (x: Matrix): [number, number] => [...x.shape]

/** (I - m)⁻¹ for a matrix whose powers fall as fast as those of the discount. */
const neumann = (m: Matrix, discount: number): Matrix => {
  let [series, power]: [Matrix, Matrix] = [add(eye(m.shape[0]), m), m]
  for (let left = discount ** 2; left > 1e-18; left **= 2) {
    power = matmul(power, power)
    series = add(series, matmul(series, power))
  }
  return series
}

/** What to solve. */
export interface ExactOptions<S extends number, A extends number> {
  readonly mdp: Mdp<S, A>
  /** π(a|s), [S, A]: each row sums to 1, which is checked of constants only. */
  readonly policy: Tensor<[NoInfer<S>, NoInfer<A>]>
  /** γ in [0, 1). */
  readonly discount: number
}

/**
 * The exact values v, q and advantages of a policy in a finite process, its discounted state occupancy ρ = d₀ᵀ(I - γP_π)⁻¹ and its value
 * v̄ = d₀ᵀv. Everything can be differentiated in the policy: ∇v̄ = Σ_s ρ(s) Σ_a ∇π(a|s) q(s, a) (Sutton et al., 2000, theorem 1).
 *
 * Expressions that are not constants have no numbers yet: whether their rows are distributions is not checked.
 *
 * @throws TypegradError when the discount is not in [0, 1), shapes do not fit, or a constant row of transitions, start or policy has a
 *   negative entry or does not sum to 1
 * @example
 * ```ts
 * import { exactValues } from 'typegrad/rl'
 * const mdp = { transitions: tensor([[[1]]]), rewards: tensor([[2]]), start: tensor([1]) }
 * exactValues({ mdp, policy: tensor([[1]]), discount: 0.5 }).v // [4]
 * ```
 */
export const exactValues = <const S extends number, const A extends number>(options: ExactOptions<S, A>): ExactValues<S, A> => {
  const { discount } = options
  if (!(discount >= 0 && discount < 1))
    throw new TypegradError('value', `exactValues: the discount is ${discount}, but a number in [0, 1) was expected`)
  const plain: unknown = options
  const { mdp, policy } = plain as ExactOptions<number, number>
  const sizes = checkMdp('exactValues', mdp)
  const { shape } = nodeOf('exactValues', policy)
  if (!sameShape(shape, sizes))
    throw new TypegradError('shape', `exactValues: the policy is ${showShape(shape)}, but ${showShape(sizes)} was expected`)
  checkDistributions('exactValues', 'policy', policy)
  const { transitions, rewards, start, terminal } = mdp
  // Nothing follows a terminal state: its probabilities and rewards are 0.
  const goes = sub(1, terminalStates({ transitions, rewards, start, terminal }))
  const moves: Cube = einsum('s,sat->sat', goes, transitions)
  const reward: Matrix = einsum('s,sa->sa', goes, rewards)
  const underPolicy: Matrix = einsum('sa,sat->st', policy, moves)
  const inverse = neumann(mul(underPolicy, discount), discount)
  const v: Vector = einsum('st,ta,ta->s', inverse, policy, reward)
  const q: Matrix = add(reward, mul(einsum('sat,t->sa', moves, v), discount))
  const found: ExactValues<number, number> = {
    v, q, advantage: sub(q, einsum('s,sa->sa', v, ones(shapeOf(q)))),
    occupancy: einsum('s,st->t', start, inverse), value: sum(mul(start, v)),
  }
  const typed: unknown = found
  return typed as ExactValues<S, A>
}

/**
 * The baseline b(s) that makes the policy gradient's variance least, [S], for a table of logits:
 * b(s) = E_π[‖∇log π(a|s)‖² q(s, a)] / E_π[‖∇log π(a|s)‖²], where ∇log π(a|s) in the logits of state s is e_a - π(·|s).
 *
 * @example
 * ```ts
 * import { optimalBaseline } from 'typegrad/rl'
 * optimalBaseline(tensor([[0.5, 0.5]]), tensor([[1, 3]])) // [2]
 * ```
 */
export const optimalBaseline = <S extends number, A extends number>(policy: Tensor<[S, A]>, q: Tensor<[S, A]>): Tensor<[S]> => {
  const plain: readonly unknown[] = [policy, q]
  const [π, values] = plain as readonly [Matrix, Matrix]
  // ‖e_a - π‖² = 1 - 2π_a + Σ_b π_b²
  const norms: Matrix = add(sub(1, mul(π, 2)), einsum('sb,sb,sa->sa', π, π, ones(shapeOf(π))))
  const made: unknown = div(einsum('sa,sa,sa->s', π, norms, values), einsum('sa,sa->s', π, norms))
  return made as Tensor<[S]>
}
