/** What follows from conditionals, over untyped groups of variables: logits, log-probabilities, samples, claims. */
import * as core from '../../dsl/core/build.js'
import type { Node } from '../../dsl/core/node.js'
import { placeholders } from '../../dsl/core/placeholders.js'
import type { Tree } from '../../dsl/define/tree.js'
import { InternalError } from '../../dsl/errors.js'
import { nodeOf, tensorOf } from '../../dsl/ops/typed.js'
import { logSoftmax } from '../../dsl/ops/activation.js'
import { named } from '../../dsl/ops/named.js'
import type { AgreementClaim, CausalClaim, Claim } from '../../dsl/statement.js'
import type { Dim, Shape } from '../../dsl/tensor.js'
import { drawByConditionals } from './ancestral.js'
import { lawOf } from './laws.js'
import { drawByRecurrence, unroll, type Erased } from './recurrence.js'
import { logitsOf, type Group } from './variables.js'

/** The conditionals of a group given everything, its own variables included, at all variables at once. */
export interface Part {
  readonly group: Group
  /** A distribution over the group's variables, from the values of all groups in turn. */
  readonly conditional?: (params: unknown, values: readonly Node[], mask: Node) => unknown
  /** The same one variable after another, given the groups before. */
  readonly recurrence?: (params: unknown, before: readonly Node[], mask: Node) => Erased
}

const flat = (x: Node, { size }: Group): Node => core.reshape(x, [x.shape[0], size])
/** [B, D] or [B, D, K] from [B, ...event] or [B, ...event, K]. */
const flatLogits = (l: Node, { size, dtype }: Group): Node =>
  core.reshape(l, [l.shape[0], size, ...dtype === 'int32' ? l.shape.slice(-1) : []])
const shaped = (x: Node, { event }: Group): Node => core.reshape(x, [x.shape[0], ...event])

/** What a chain rule promises: causality first, once for each alternative. */
export type ChainClaims = readonly [CausalClaim, ...Claim[]]

/** Logits [B, D] or [B, D, K] of the variables of a part. */
export const logitsOfPart = (
  { group, conditional, recurrence }: Part, at: number, p: unknown, values: readonly Node[], mask: Node,
): Node => {
  const x = values[at]
  if (conditional) return flatLogits(logitsOf(conditional(p, values, mask), [x.shape[0], ...group.event], group), group)
  if (recurrence) return unroll(recurrence(p, values.slice(0, at), mask), group, mask, flat(x, group))
  throw new InternalError('autoregressive: a part has neither conditional nor recurrence')
}

/** Logits in the shape of the event. */
export const logitsAt = (part: Part, at: number, p: unknown, values: readonly Node[], mask: Node): Node => {
  const l = logitsOfPart(part, at, p, values, mask)
  return core.reshape(l, [l.shape[0], ...part.group.event, ...l.shape.slice(2)])
}

/** log p(x) = Σ_d log p(x_d | x_<d), [B]. */
export const logProbOf = (parts: readonly Part[], p: unknown, values: readonly Node[], mask: Node): Node =>
  parts.map(({ group }, at) => {
    const each = lawOf(group.dtype, logitsOfPart(parts[at], at, p, values, mask)).logProb(flat(values[at], group))
    const [of, before] = group.name === '' ? ['x_d', 'x_{<d}']
      : [group.size === 1 ? group.name : `${group.name}_d`, [...parts.slice(0, at).map(q => q.group.name),
        ...group.size === 1 ? [] : [`${group.name}_{<d}`]].join(', ')]
    const called = named('conditional', tensorOf<Shape, 'float32'>(each),
      { latex: before === '' ? `\\log p(${of})` : `\\log p(${of} \\mid ${before})` })
    return core.sum(nodeOf('logProb', called), [1])
  }).reduce((a, b) => core.add(a, b))

/** Draws `count` events of every group; groups that are given stay as they are. */
export const drawOf = (parts: readonly Part[], p: unknown, given: readonly Node[], mask: Node, key: Node, count: number): Node[] =>
  parts.reduce<Node[]>((drawn, { group, conditional, recurrence }, at) => {
    if (at < given.length) return [...drawn, given[at]]
    const keys = core.randomBits(key, [group.size, 2], at)
    const later = parts.slice(at + 1).map(q => core.full(0, [count, ...q.group.event], q.group.dtype))
    const one = recurrence
      ? drawByRecurrence(recurrence(p, drawn, mask), group, mask, keys, count)
      : drawByConditionals(x => logitsOfPart({ group, conditional }, at, p, [...drawn, shaped(x, group), ...later], mask),
        group, mask, keys, count)
    return [...drawn, shaped(one, group)]
  }, [])

/** Where each variable stands in the whole chain, group after group. */
const placesOf = (parts: readonly Part[], alternative: number): number[] => {
  let first = 0
  return parts.flatMap(({ group: { orderings, size } }) => {
    const here = first
    first += size
    return orderings[Math.min(alternative, orderings.length - 1)].map(place => here + place)
  })
}

/** One event [1, D] in which an audit may follow each variable, cut into groups of their own dtypes. */
const cut = (row: Node, groups: readonly Group[]): Node[] => {
  let first = 0
  return groups.map(group => {
    const from = first
    first += group.size
    return shaped(core.cast(groups.length === 1 ? row : core.slice(row, [0, from], [1, first]), group.dtype), group)
  })
}

/** Logits that two forms of one distribution have in common: those of classes are known up to a constant. */
const comparable = (logits: Node, { dtype }: Group): Node =>
  dtype === 'int32' ? nodeOf('claims', logSoftmax(tensorOf<[1, number, number], 'float32'>(logits), 2)) : logits

/** That the conditionals at once and one after another are the same, of every part that has both. */
const agreements = (parts: readonly Part[], at: Tree, input: Node, values: readonly Node[], mask: Node, of: string): AgreementClaim[] =>
  parts.flatMap((part, i): AgreementClaim[] => {
    const { group, conditional, recurrence } = part
    if (!conditional || !recurrence) return []
    const logits = (form: Part): Node => comparable(logitsOfPart(form, i, at, values, mask), group)
    return [{
      kind: 'agreement', name: `the conditionals at once and one after another${group.name === '' ? '' : `, of ${group.name}`}${of}`,
      params: at, input: tensorOf<Dim[], 'float32'>(input), output: tensorOf<Dim[], 'float32'>(logits({ group, conditional })),
      other: tensorOf<Dim[], 'float32'>(logits({ group, recurrence })),
    }]
  })

/**
 * The promises of the chain rule under every alternative: the logits of a variable see only the variables before it, and where they are
 * given in two forms these are the same.
 */
export const claimsOf = (parts: readonly Part[], params: unknown): ChainClaims => {
  const groups = parts.map(part => part.group)
  const [alternatives, size] = [groups[0].orderings.length, groups.reduce((n, g) => n + g.size, 0)]
  const claims = Array.from({ length: alternatives }, (_, k): { causal: CausalClaim; agreeing: AgreementClaim[] } => {
    const at = placeholders(params as Tree)
    const input = core.input({ shape: [1, size], dtype: groups.length === 1 ? groups[0].dtype : 'float32', name: 'x' })
    const values = cut(input, groups)
    const mask = core.scalar(k, 'int32')
    const logits = parts.map((part, i) => logitsOfPart(part, i, at, values, mask))
    // Several kinds of variables have logits of several shapes: what one number for each depends on is what any of its logits does.
    const output = parts.length === 1 ? logits[0]
      : core.concat(logits.map(l => core.sum(l, l.shape.slice(2).map((_, i) => i + 2))), 1)
    const of = alternatives === 1 ? '' : `, alternative ${k + 1} of ${alternatives}`
    return {
      causal: {
        kind: 'causality', name: `the order of the variables${of}`, params: at,
        input: tensorOf<Dim[], 'float32'>(input), output: tensorOf<Dim[], 'float32'>(output), place: placesOf(parts, k),
      },
      agreeing: agreements(parts, at, input, values, mask, of),
    }
  })
  const [first, ...later] = claims
  return [first.causal, ...later.map(c => c.causal), ...claims.flatMap(c => c.agreeing)]
}
