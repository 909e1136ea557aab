/** The variables of a chain rule: one tensor of them, or several in turn (a label, then pixels). */
import type { Node } from '../../dsl/core/node.js'
import { isLeaf } from '../../dsl/core/trees.js'
import type { AnyTensor } from '../../dsl/define/tree.js'
import { TypegradError } from '../../dsl/errors.js'
import type { Alike } from '../../dsl/nn/alike.js'
import { must, nodeOf } from '../../dsl/ops/typed.js'
import { fail } from '../../dsl/shape/check.js'
import { sameDim, sameShape, showShape } from '../../dsl/shape/dim.js'
import type { Show, Unify } from '../../dsl/shape/dim-types.js'
import type { Dim, DType, Shape, Tensor } from '../../dsl/tensor.js'
import { sizeOf } from '../../dsl/value.js'
import { checkOrdering, type Ordering } from '../degrees.js'

/** `[]`, or the message when a batch is not one of events of shape `S`. */
export type Events<Op extends string, X extends Shape, S extends Shape> =
  number extends X['length'] ? []
    : S extends readonly [infer D extends Dim]
      ? X extends readonly [Dim, infer V extends Dim]
        ? [Unify<V, D>] extends [never] ? `${Op}: x has ${V} variables but the model ${D}` : []
        : `${Op}: x is ${Show<X>} but [batch, ${D}] was expected`
      : Alike<X, readonly [Dim, ...S]> extends true ? [] : `${Op}: x is ${Show<X>} but ${Show<readonly ['batch', ...S]>} was expected`
/** The number of rows of a batch. */
export type Rows<X extends Shape> = X extends readonly [infer B extends Dim, ...Shape] ? B : number

/** The logits of a distribution over variables of dtype `E`: log-odds of one, or a number for each of K classes along a last axis. */
export type Logits<E extends DType, S extends Shape> = Tensor<E extends 'int32' ? [...S, number] : S>
/** What a declaration needs of `dist.bernoulli(...)` (float32 outcomes) and `dist.categorical(...)` (int32 outcomes). */
export interface Conditional<E extends DType, S extends Shape> {
  readonly outcome: E
  readonly logits: Tensor<E extends 'int32' ? [...S, Dim] : S>
}

/** A batch of `B` events of a spec, or of each spec of a record. */
export type ValuesOf<O, B extends Dim> =
  O extends Tensor<infer S, infer E> ? Tensor<[B, ...S], E> : { readonly [K in keyof O]: ValuesOf<O[K], B> }
/** A conditional distribution for the variables of a spec, or of each spec of a record. */
export type ConditionalsOf<O> =
  O extends Tensor<infer S, infer E> ? Conditional<E, ['B', ...S]> : { readonly [K in keyof O]: ConditionalsOf<O[K]> }

/** Variables of one kind, one after another in the chain rule. */
export interface Group {
  /** Empty where there is one group. */
  readonly name: string
  readonly event: readonly number[]
  readonly size: number
  readonly dtype: DType
  /** One ordering of the variables an alternative. */
  readonly orderings: readonly Ordering[]
}

/** The group of a spec of one event. */
export const groupOf = (name: string, spec: AnyTensor, orderings?: readonly Ordering[]): Group => {
  const said = name === '' ? 'autoregressive: over' : `autoregressive: over.${name}`
  const event = spec.shape.map(d => {
    if (typeof d === 'number') return d
    throw new TypegradError('shape', `${said} is ${showShape(spec.shape)}, but a chain rule needs the number of its variables; give sizes`)
  })
  if (spec.dtype === 'bool')
    throw new TypegradError('value', `${said} is bool; use float32 for zeros and ones, int32 for classes`)
  const size = sizeOf(event)
  if (orderings?.length === 0) throw new TypegradError('value', 'autoregressive: orderings is [], but at least one ordering is expected')
  orderings?.forEach(o => checkOrdering('autoregressive', size, o))
  return { name, event, size, dtype: spec.dtype, orderings: orderings ?? [Array.from({ length: size }, (_, i) => i)] }
}

/** A batch of events as a node. */
export const batchOf = (op: string, x: unknown, { name, event, dtype }: Group): Node => {
  const node = nodeOf(op, x)
  const what = `${op}: ${name === '' ? 'x' : name}`
  const { shape } = node
  if (event.length === 1 && shape.length === 2 && !sameDim(shape[1], event[0]))
    must(fail(`${what} has ${shape[1]} variables but the model ${event[0]}`))
  if (!sameShape(shape.slice(1), event)) must(fail(`${what} is ${showShape(shape)} but ${showShape(['batch', ...event])} was expected`))
  if (node.dtype !== dtype) must(fail(`${what} is ${node.dtype} but ${dtype} was expected`))
  return node
}

/** The logits of what a conditional gave, once they are known to be about the group's variables. */
export const logitsOf = (given: unknown, rows: Shape, { name, dtype }: Group): Node => {
  const said = name === '' ? 'autoregressive: the conditional' : `autoregressive: the conditional of ${name}`
  const example = dtype === 'int32' ? 'dist.categorical(logits)' : 'dist.bernoulli(logits)'
  if (typeof given !== 'object' || given === null || isLeaf(given) || !('logits' in given) || !('outcome' in given))
    throw new TypegradError('value', `${said} is no distribution of discrete variables; return ${example}`)
  const logits = nodeOf('autoregressive', given.logits)
  if (given.outcome !== dtype)
    throw new TypegradError('value', `${said} has ${String(given.outcome)} outcomes but the variables are ${dtype}; return ${example}`)
  const about = dtype === 'int32' ? logits.shape.slice(0, -1) : logits.shape
  if (!sameShape(about, rows)) must(fail(`${said} is about ${showShape(about)} but the variables are ${showShape(rows)}`))
  return logits
}
