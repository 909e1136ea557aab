/** Conditionals one variable after another, from what is known of those before: the cached form of a chain rule. */
import * as core from '../../dsl/core/build.js'
import type { Node } from '../../dsl/core/node.js'
import { leavesLike, leavesOf, treeLike } from '../../dsl/core/trees.js'
import type { Tree } from '../../dsl/define/tree.js'
import { TypegradError } from '../../dsl/errors.js'
import type { DType, Tensor } from '../../dsl/tensor.js'
import type { Step } from '../../dsl/transform/scan.js'
import { chainTable, inChain, inPlace } from './order.js'
import { lawOf } from './laws.js'
import { logitsOf, type Conditional, type Group } from './variables.js'

/**
 * A chain rule as a recurrence: `known` is a tree of what the variables so far say of those to come, `own` what belongs to each variable.
 * Steps visit the variables in the order of the chain.
 */
export interface Recurrence<E extends DType, C, O extends Tree> {
  /** Parameters of each variable, a tree whose leaves have the variables as their first axis. */
  readonly own: O
  /** What is known of `rows` events before their first variable. */
  readonly start: (rows: 'B') => C
  /** The distribution of one variable. */
  readonly conditional: (known: C, own: Step<O>) => Conditional<E, ['B']>
  /** What is known once the variable has its value. */
  readonly next: (known: C, own: Step<O>, value: Tensor<['B'], E>) => C
}

/**
 * A recurrence whose types are inferred from its parts.
 *
 * @example
 * ```ts
 * import { autoregressive, recurrence } from 'typegrad/models'
 * // each variable repeats the one before it with odds that are its own
 * const model = autoregressive({
 *   params: { stay: f32(5) },
 *   over: f32(5),
 *   recurrence: p => recurrence({
 *     own: { stay: p.stay },
 *     start: rows => ({ last: zeros([rows]) }),
 *     conditional: ({ last }, { stay }) => dist.bernoulli(mul(last, stay)),
 *     next: (_, __, x) => ({ last: x }),
 *   }),
 * })
 * const nats: Tensor<['N']> = model.logProb(model.params, f32('N', 5))
 * ```
 */
export const recurrence = <E extends DType, C, O extends Tree>(parts: Recurrence<E, C, O>): Recurrence<E, C, O> => parts

/** A recurrence of any carried state, over variables of dtype `E`. */
export interface AnyRecurrence<E extends DType> {
  /** Parameters of each variable. */
  readonly own: unknown
  /** What is known before the first variable. */
  readonly start: (rows: 'B') => unknown
  /** The distribution of one variable. */
  readonly conditional: (known: never, own: never) => Conditional<E, ['B']>
  /** What is known after it. */
  readonly next: (known: never, own: never, value: Tensor<['B'], E>) => unknown
}

/** The same with types forgotten. */
export interface Erased {
  readonly own: unknown
  readonly start: (rows: 'B') => unknown
  readonly conditional: (known: never, own: never) => unknown
  readonly next: (known: never, own: never, value: never) => unknown
}

/** Runs a recurrence over a group: `visit` turns the logits of a variable and its input into its value and what to keep. */
const run = (
  { own, start, conditional, next }: Erased, group: Group, mask: Node, rows: Node['shape'][number], inputs: Node,
  visit: (logits: Node, input: Node) => { readonly value: Node; readonly kept: Node },
): Node => {
  const order = chainTable(group, mask)
  const begun: unknown = start(rows as 'B')
  const owned = leavesOf<Node>(own, 'own').map(({ leaf, path }) => {
    if (leaf.shape[0] === group.size) return inChain(order, leaf, 0)
    throw new TypegradError('shape', `autoregressive: ${path} has ${leaf.shape[0]} rows but there are ${group.size} variables`)
  })
  const { ys: [kept] } = core.scan({
    init: leavesOf<Node>(begun, 'start').map(({ leaf }) => leaf),
    xs: [...owned, inputs],
    body: (carry, xs) => {
      const known = treeLike(begun, carry)
      const mine = treeLike(own, xs.slice(0, -1))
      const { value, kept } = visit(logitsOf(conditional(known as never, mine as never), [rows], group), xs[xs.length - 1])
      return { next: leavesLike<Node>(begun, next(known as never, mine as never, value as never), 'next'), ys: [kept] }
    },
  })
  return kept
}

/** The logits [B, D] or [B, D, K] of every variable of a batch [B, D]: the scan, told each value after its conditional. */
export const unroll = (recurrence: Erased, group: Group, mask: Node, x: Node): Node => {
  const order = chainTable(group, mask)
  const kept = run(recurrence, group, mask, x.shape[0], inChain(order, core.transpose(x, [1, 0]), 0),
    (logits, value) => ({ value, kept: logits }))
  const logits = core.named('logits', kept)
  return inPlace(group, mask, core.transpose(logits, [1, 0, ...logits.shape.slice(2).map((_, i) => i + 2)]))
}

/** Draws [count, D]: the scan, each value drawn from its conditional. */
export const drawByRecurrence = (recurrence: Erased, group: Group, mask: Node, keys: Node, count: number): Node => {
  const kept = run(recurrence, group, mask, count, keys, (logits, key) => {
    const value = lawOf(group.dtype, logits).sample(key)
    return { value, kept: value }
  })
  const logits = core.named('logits', kept)
  return inPlace(group, mask, core.transpose(logits, [1, 0]))
}
