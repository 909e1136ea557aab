/**
 * The chain rule over variables of several kinds, such as a label and pixels: log p(y, x) = log p(y) + Σ_d log p(x_d | y, x_<d) is one
 * declaration, with one density, one sampler and one claim of causality over all variables.
 */
import * as core from '../dsl/core/build.js'
import type { Node } from '../dsl/core/node.js'
import type { AnyTensor } from '../dsl/define/tree.js'
import { TypegradError } from '../dsl/errors.js'
import type { Key } from '../dsl/keys.js'
import { must, nodeOf, tensorOf } from '../dsl/ops/typed.js'
import { fail } from '../dsl/shape/check.js'
import { sameDim } from '../dsl/shape/dim.js'
import type { Dim, Tensor } from '../dsl/tensor.js'
import { claimsOf, drawOf, logProbOf, type ChainClaims, type Part } from './autoregressive/chain.js'
import type { AnyRecurrence } from './autoregressive/recurrence.js'
import { batchOf, groupOf, type ConditionalsOf, type ValuesOf } from './autoregressive/variables.js'
import type { Ordering } from './degrees.js'

/** Specs of one event, by the name of the variable. */
export type Kinds = { readonly [name: string]: AnyTensor }

/** The declaration of a chain rule over several kinds of variables (see `joint`). */
export interface JointRule<P, O extends Kinds> {
  readonly params: P
  /** The specs of one event: `{ y: i32(), x: f32(784) }`; float32 is for zeros and ones, int32 for classes. */
  readonly over: O
  /** The names in the order of the chain rule. */
  readonly order: readonly (keyof O & string)[]
  /** Within a name, the place of each variable (row by row); their own order when absent. */
  readonly orderings?: { readonly [K in keyof O]?: Ordering }
  /** Of each name, the distributions of all its variables, which may see those before them: earlier names, earlier places. */
  readonly conditionals: {
    readonly [K in keyof O]: (params: P, values: ValuesOf<O, 'B'>) => ConditionalsOf<O[K]>
  }
  /** Of a name, the same one variable after another, given the names before it: sampling then computes each variable once. */
  readonly recurrences?: { readonly [K in keyof O]?: (params: P, before: ValuesOf<O, 'B'>) => AnyRecurrence<O[K]['dtype']> }
}

/** A density over events of several kinds of variables. */
export interface Joint<P, O extends Kinds> {
  readonly params: P
  readonly order: readonly (keyof O & string)[]
  /** log p in nats of each row, [B]. */
  logProb<B extends Dim>(params: P, values: ValuesOf<O, B>): Tensor<[B]>
  /** `count` ancestral samples; the first names of the order may be given, the others are drawn given them. */
  sample<const N extends number>(params: P, key: Key, count: N, given?: Partial<ValuesOf<O, N>>): ValuesOf<O, N>
  /** What an audit checks: logits see only the variables before theirs, and conditionals given in two forms agree. */
  claims(): ChainClaims
}

const checkOrder = (names: readonly string[], order: readonly string[]): void => {
  if (names.length === order.length && names.every(n => order.includes(n))) return
  throw new TypegradError('value', `joint: order lists each of ${names.join(', ')} once, but [${order.join(', ')}] is given`)
}

/**
 * A density over several kinds of variables from its chain rule: `logProb`, ancestral `sample` (of the rest, given the first) and the
 * claim of causality are derived.
 *
 * @throws TypegradError when `order` does not list every name once, or a conditional is not about its variables
 * @example
 * ```ts
 * import { joint } from 'typegrad/models'
 * // two pixels that depend on a label of three classes, and the second on the first
 * const model = joint({
 *   params: { y: f32(3), first: f32(3, 2), second: f32() },
 *   over: { y: i32(), x: f32(2) },
 *   order: ['y', 'x'],
 *   conditionals: {
 *     y: (p, { y }) => dist.categorical(broadcastTo(p.y, [y.shape[0], 3])),
 *     x: (p, { y, x }) => dist.bernoulli(add(gather(p.first, y, 0), mul(matmul(x, tensor([[0, 1], [0, 0]])), p.second))),
 *   },
 * })
 * const nats: Tensor<['N']> = model.logProb(model.params, { y: i32('N'), x: f32('N', 2) })
 * const { x } = model.sample(model.params, key(0), 3, { y: tensor([0, 1, 2], 'int32') })
 * ```
 */
export const joint = <P, const O extends Kinds>(
  { params, over, order, orderings, conditionals, recurrences }: JointRule<P, O>,
): Joint<P, O> => {
  checkOrder(Object.keys(over), order)
  const named = (values: readonly Node[]): ValuesOf<O, 'B'> => {
    const record: unknown = Object.fromEntries(values.map((v, i) => [order[i], v]))
    return record as ValuesOf<O, 'B'>
  }
  const parts = order.map((name): Part => {
    const [places, recurrence] = [orderings?.[name], recurrences?.[name]]
    return {
      group: groupOf(name, over[name], places && [places]),
      conditional: (p, values) => conditionals[name](p as P, named(values)),
      ...recurrence && { recurrence: (p, before) => recurrence(p as P, named(before)) },
    }
  })
  const which = core.scalar(0, 'int32')
  const batches = (op: string, values: { readonly [name: string]: unknown }, names: readonly string[]): Node[] => {
    const nodes = names.map((name, i) => batchOf(op, values[name], parts[i].group))
    const other = nodes.findIndex(n => !sameDim(n.shape[0], nodes[0].shape[0]))
    if (other > 0) must(fail(`${op}: ${names[other]} has ${nodes[other].shape[0]} rows but ${names[0]} has ${nodes[0].shape[0]}`))
    return nodes
  }
  const given = (values: { readonly [name: string]: unknown }, count: number): Node[] => {
    const names = order.slice(0, Object.keys(values).length)
    const stray = Object.keys(values).find(name => !(names as readonly string[]).includes(name))
    if (stray !== undefined)
      throw new TypegradError('value',
        `sample: ${stray} is given, but only the first of ${order.join(', ')} can be; draws are in this order`)
    const nodes = batches('sample', values, names)
    if (nodes.length > 0 && !sameDim(nodes[0].shape[0], count))
      must(fail(`sample: ${names[0]} has ${nodes[0].shape[0]} rows but ${count} samples are asked for`))
    return nodes
  }
  return {
    params, order,
    logProb: (p, values) => tensorOf(logProbOf(parts, p, batches('logProb', values, order), which)),
    sample: (p, key, count, values = {}) => {
      const drawn: unknown = named(drawOf(parts, p, given(values, count), which, nodeOf('sample', key), count))
      return drawn as ValuesOf<O, typeof count>
    },
    claims: () => claimsOf(parts, params),
  }
}
