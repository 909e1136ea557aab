/** What a policy chooses from. */
import type { Shape, Tensor } from '../dsl/tensor.js'

/** One of K actions, numbered from 0. */
export interface Discrete<K extends number> { readonly kind: 'discrete'; readonly count: K }
/** A vector of K real numbers. */
export interface Continuous<K extends number> { readonly kind: 'continuous'; readonly size: K }
/** What a policy chooses from: one of K actions, or a vector of K real numbers. */
export type ActionSpace = Discrete<number> | Continuous<number>

/** The actions of a batch `B`: int32 [...B] of a discrete space, float32 [...B, K] of a continuous one. */
export type ActionTensor<A extends ActionSpace, B extends Shape> =
  A extends Continuous<infer K> ? Tensor<[...B, K]> : Tensor<B, 'int32'>

/** K actions, numbered from 0. */
export const discrete = <const K extends number>(count: K): Discrete<K> => ({ kind: 'discrete', count })
/** Vectors of K real numbers. */
export const continuous = <const K extends number>(size: K): Continuous<K> => ({ kind: 'continuous', size })

/** How messages call a space. */
export const showSpace = (space: ActionSpace): string =>
  space.kind === 'discrete' ? `one of ${space.count}` : `a vector of ${space.size}`
/** The same, in types. */
export type ShowSpace<A extends ActionSpace> =
  A extends Discrete<infer K> ? `one of ${K}` : A extends Continuous<infer K> ? `a vector of ${K}` : never
