/**
 * The chain rule as a declaration: conditionals p(x_d | x_<d) of every variable at once, from which the density
 * log p(x) = Σ_d log p(x_d | x_<d), ancestral sampling and the claim that no variable sees a later one are derived.
 */
import * as core from '../dsl/core/build.js'
import type { Node } from '../dsl/core/node.js'
import type { AnyTensor } from '../dsl/define/tree.js'
import { TypegradError } from '../dsl/errors.js'
import { splitKey, type Key } from '../dsl/keys.js'
import { cast, floor, logSumExp, mul, stack, sub, tensor, uniform } from '../dsl/ops/index.js'
import { nodeOf, tensorOf } from '../dsl/ops/typed.js'
import type { Arg } from '../dsl/shape/check.js'
import type { DType, Shape, Tensor } from '../dsl/tensor.js'
import { claimsOf, drawOf, logitsAt, logProbOf, type ChainClaims, type Part } from './autoregressive/chain.js'
import type { AnyRecurrence } from './autoregressive/recurrence.js'
import { batchOf, groupOf, type Conditional, type Events, type Logits, type Rows } from './autoregressive/variables.js'
import type { Ordering } from './degrees.js'

/** A number that says which of several orderings is meant. */
type Mask = Tensor<[], 'int32'>

/** A density over events of shape `S` as a product of conditionals: `E` is float32 for zeros and ones, int32 for classes. */
export interface Autoregressive<P, S extends Shape, E extends DType = 'float32'> {
  readonly params: P
  /** `ordering[d]` is the place of variable d in the chain rule. */
  readonly ordering: Ordering
  /** The logits of every conditional: of variable d they depend on the variables before d only; [B, ...S], or [B, ...S, K] of classes. */
  logits<X extends Shape>(params: P, x: Arg<Events<'logits', X, S>, Tensor<X, E>>): Logits<E, [Rows<X>, ...S]>
  /** log p(x) in nats of each row, [B]. */
  logProb<X extends Shape>(params: P, x: Arg<Events<'logProb', X, S>, Tensor<X, E>>): Tensor<[Rows<X>]>
  /** `count` ancestral samples, [count, ...S]. */
  sample<const N extends number>(params: P, key: Key, count: N): Tensor<[N, ...S], E>
  /** What an audit checks: logits see only the variables before theirs, and conditionals given in two forms agree. */
  claims(): ChainClaims
}

/** A mixture over alternative orderings: the density is their mean, a sample comes from one drawn uniformly. */
export interface Alternatives<P, S extends Shape, E extends DType = 'float32'> extends Autoregressive<P, S, E> {
  readonly orderings: readonly Ordering[]
  /** The logits of every conditional under one alternative, the first when absent. */
  logits<X extends Shape>(
    params: P, x: Arg<Events<'logits', X, S>, Tensor<X, E>>, mask?: Mask): Logits<E, [Rows<X>, ...S]>
  /** log p(x) in nats of each row, [B]: under one alternative, or the mean density of all when absent. */
  logProb<X extends Shape>(params: P, x: Arg<Events<'logProb', X, S>, Tensor<X, E>>, mask?: Mask): Tensor<[Rows<X>]>
  /** The number of an alternative drawn uniformly: for one training step. */
  drawMask(key: Key): Mask
}

/** The conditionals of a chain rule: at all variables at once, one after another, or both, which must then agree. */
type Conditionals<P, S extends Shape, E extends DType> =
  | {
    /** The distributions of all variables, as a pure function of parameters and a batch. */
    readonly conditional: (params: P, x: Tensor<['B', ...S], E>, mask: Mask) => Conditional<E, ['B', ...S]>
    /** The same with what is known so far carried along, by `recurrence({ ... })`: sampling then computes each variable once. */
    readonly recurrence?: (params: P, mask: Mask) => AnyRecurrence<E>
  }
  | { readonly conditional?: undefined; readonly recurrence: (params: P, mask: Mask) => AnyRecurrence<E> }

/** The declaration of a chain rule (see `autoregressive`). */
export type ChainRule<P, S extends Shape, E extends DType> = Conditionals<P, S, E> & {
  readonly params: P
  /** The spec of one event: `f32(784)` for zeros and ones, `i32(7, 7)` for classes. */
  readonly over: Tensor<S, E>
  /** The place of each variable (row by row), the natural order when absent; a list of orderings makes alternatives. */
  readonly orderings?: readonly Ordering[]
}

/** A declaration whose parts were checked. */
const partOf = (over: AnyTensor, given: { readonly [K in 'orderings' | 'conditional' | 'recurrence']?: unknown }): Part => {
  const { conditional, recurrence } = given
  if (typeof conditional !== 'function' && typeof recurrence !== 'function')
    throw new TypegradError('value', 'autoregressive: a conditional (params, x) => dist.bernoulli(logits), or a recurrence, was expected')
  // The boundary between the typed declaration and the untyped graph.
  const parallel = conditional as ((p: unknown, x: Node, mask: Node) => unknown) | undefined
  return {
    group: groupOf('', over, given.orderings as readonly Ordering[] | undefined),
    ...parallel && { conditional: (p, [x], mask) => parallel(p, x, mask) },
    ...typeof recurrence === 'function' && {
      recurrence: (p, _, mask) => (recurrence as (p: unknown, mask: Node) => ReturnType<NonNullable<Part['recurrence']>>)(p, mask),
    },
  }
}

/**
 * A density from its chain rule, log p(x) = Σ_d log p(x_d | x_<d). `conditional` gives the distribution of every variable at once, each
 * seeing only the variables before it; `recurrence` gives them one after another, so that a sample computes each once. From one of them,
 * or both, `logProb`, ancestral `sample` (one scan) and the claim of causality that audits prove are derived.
 *
 * @throws TypegradError when an ordering is no permutation, or the conditional is not about the variables
 * @example
 * ```ts
 * import { autoregressive } from 'typegrad/models'
 * const before = tensor([[0, 1, 1], [0, 0, 1], [0, 0, 0]])
 * const model = autoregressive({
 *   params: { w: f32(3, 3), b: f32(3) },
 *   over: f32(3),
 *   conditional: (p, x) => dist.bernoulli(add(matmul(x, mul(p.w, before)), p.b)),
 * })
 * const nats: Tensor<['N']> = model.logProb(model.params, f32('N', 3))
 * const images: Tensor<[5, 3]> = model.sample(model.params, key(0), 5)
 * ```
 */
export function autoregressive<P, const S extends Shape, E extends DType>(declaration: ChainRule<P, S, E>): Alternatives<P, S, E>
export function autoregressive<P, S extends Shape, E extends DType>(
  { params, over, ...rest }: {
    readonly params: P; readonly over: Tensor<S, E>
    readonly orderings?: readonly Ordering[]; readonly conditional?: unknown; readonly recurrence?: unknown
  },
): Alternatives<P, S, E> {
  const part = partOf(over, rest)
  const parts = [part]
  const { group } = part
  const { orderings } = group
  const which = (k: number): Node => core.scalar(k, 'int32')
  const mixture = (p: P, x: Node): Node => {
    const each = tensorOf<[number, 'B'], 'float32'>(nodeOf('logProb',
      stack(orderings.map((_, k) => tensorOf<['B'], 'float32'>(logProbOf(parts, p, [x], which(k)))), 0)))
    return nodeOf('logProb', sub(logSumExp(each, [0]), Math.log(orderings.length)))
  }
  const drawMask = (key: Key): Mask => cast(floor(mul(uniform(key, []), orderings.length)), 'int32')
  return {
    params, orderings, ordering: orderings[0], drawMask,
    logits: (p, x, mask = tensor(0, 'int32')) =>
      tensorOf(logitsAt(part, 0, p, [batchOf('logits', x, group)], nodeOf('logits', mask))),
    logProb: (p, x, mask) => {
      const batch = batchOf('logProb', x, group)
      return tensorOf(mask || orderings.length === 1 ? logProbOf(parts, p, [batch], mask ? nodeOf('logProb', mask) : which(0))
        : mixture(p, batch))
    },
    sample: (p, key, count) => {
      const { which: k, noise } = splitKey(key, 'which', 'noise')
      const mask = orderings.length === 1 ? which(0) : nodeOf('sample', drawMask(k))
      return tensorOf(drawOf(parts, p, [], mask, nodeOf('sample', noise), count)[0])
    },
    claims: () => claimsOf(parts, params),
  }
}
