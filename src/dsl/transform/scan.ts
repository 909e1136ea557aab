/** Loops over the first axis, as expressions. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import { isLeaf, leavesLike, leavesOf, treeLike } from '../core/trees.js'
import type { KeysOf } from '../define/keys.js'
import { matchTree, type MatchTree } from '../define/match-tree.js'
import { entriesOf, type Tree } from '../define/tree.js'
import { TypegradError } from '../errors.js'
import { must } from '../ops/typed.js'
import type { Arg } from '../shape/check.js'
import { sameDim } from '../shape/dim.js'
import type { Unify } from '../shape/dim-types.js'
import type { Dim, DType, Shape, Tensor } from '../tensor.js'
import type { Plain } from './check.js'

/** One step's share of the inputs: each leaf without its first axis. */
export type Step<T> =
  T extends Tensor<infer S, infer D> ? S extends readonly [Dim, ...infer R extends Shape] ? Tensor<R, D> : Tensor<Shape, D>
    : Tree extends T[keyof T] ? T : { readonly [K in keyof T]: Step<T[K]> }
/** Every leaf with the number of steps as a new first axis. */
export type Stacked<T, N extends Dim> =
  T extends Tensor<infer S, infer D> ? Tensor<[N, ...S], D> : Tree extends T[keyof T] ? T : { readonly [K in keyof T]: Stacked<T[K], N> }

/** The number of steps: the first axis that all leaves share, `N` when there are none; or the message. */
type Steps<T, N, W extends string> =
  T extends Tensor<infer S, DType>
    ? S extends readonly [infer H extends Dim, ...Shape]
      ? [N] extends [never] ? H
        : [Unify<H, N & Dim>] extends [never] ? `${W} has ${H} steps but ${N & Dim} were expected` : Unify<H, N & Dim>
      : number extends S['length'] ? [N] extends [never] ? number : N : `${W} has no axis to scan over`
    : T extends readonly unknown[] ? StepsOfEach<T, N, W> : StepsOfKeys<T, N, W, KeysOf<T>>
type StepsOfEach<T extends readonly unknown[], N, W extends string, I extends 0[] = []> =
  T extends readonly [infer H, ...infer R]
    ? Steps<H, N, `${W}.${I['length']}`> extends infer M ? M extends `scan: ${string}` ? M : StepsOfEach<R, M, W, [...I, 0]> : never
    : N
type StepsOfKeys<T, N, W extends string, Ks> =
  Ks extends readonly [infer K extends keyof T & string, ...infer R]
    ? Steps<T[K], N, `${W}.${K}`> extends infer M ? M extends `scan: ${string}` ? M : StepsOfKeys<T, M, W, R> : never
    : N
type StepsOf<Xs, O> = Steps<Xs, O extends { readonly length: infer N extends Dim } ? N : never, 'scan: xs'>
type Count<N> = [N] extends [never] ? never : N extends `scan: ${string}` ? never : N extends Dim ? N : never
type CheckSteps<N> =
  [N] extends [never] ? 'scan: without inputs to scan over, a length is needed' : N extends `scan: ${string}` ? N : unknown

/** How a loop runs. */
export interface ScanOptions {
  /** The number of steps, where there are no inputs to tell it. */
  readonly length?: Dim
  /** From the last step to the first; results stay in the order of the inputs. */
  readonly reverse?: boolean
}

const stepsOf = (xs: unknown, length: Dim | undefined): Dim => {
  let steps = length
  const visit = (tree: unknown, where: string): void => {
    if (!isLeaf(tree)) return entriesOf(tree as object).forEach(([key, part]) => visit(part, `${where}.${key}`))
    if (tree.shape.length === 0) throw new TypegradError('shape', `${where} has no axis to scan over`)
    steps ??= tree.shape[0]
    if (!sameDim(steps, tree.shape[0])) throw new TypegradError('shape', `${where} has ${tree.shape[0]} steps but ${steps} were expected`)
  }
  visit(xs, 'scan: xs')
  if (steps === undefined) throw new TypegradError('shape', 'scan: without inputs to scan over, a length is needed')
  return steps
}

/**
 * A loop over the first axis of its inputs: the body takes the carry and one step's inputs, and returns the next carry and what to keep of
 * the step. The result is the last carry and all that was kept, stacked along a new first axis. Carries and inputs are trees.
 *
 * Throws a `TypegradError` when the next carry has not the types of the carry, or inputs differ in their number of steps.
 *
 * @example
 * ```ts
 * const [total, sums] = scan((c, x) => [add(c, x), add(c, x)], tensor(0), tensor([1, 2, 3]))
 * sums // [1, 3, 6]
 * ```
 */
export function scan<const C extends Tree, const Xs extends Tree, const Next extends Tree, const Y extends Tree,
  const O extends ScanOptions = {}>(
  body: (carry: C, x: Step<Xs>) => readonly [next: Arg<MatchTree<C, Next, 'scan: carry'>, Next>, kept: Y],
  init: C, xs: Arg<CheckSteps<StepsOf<Xs, O>>, Xs>, options?: O,
): readonly [carry: C, kept: Stacked<Y, Count<StepsOf<Xs, O>>>]
export function scan(body: unknown, init: unknown, xs: unknown, options: ScanOptions = {}): unknown {
  const length = stepsOf(xs, options.length)
  let kept: unknown
  const { carry, ys } = core.scan({
    init: leavesOf<Node>(init, 'init').map(({ leaf }) => leaf),
    xs: leavesOf<Node>(xs, 'xs').map(({ leaf }) => leaf),
    length, reverse: options.reverse,
    body: (c, x) => {
      const before = treeLike(init, c)
      const [next, y] = (body as Plain)(before, treeLike(xs, x)) as readonly [unknown, unknown]
      must(matchTree(before, next, 'scan: carry'))
      kept = y
      return { next: leavesLike<Node>(before, next, 'scan: carry'), ys: leavesOf<Node>(y, 'kept').map(({ leaf }) => leaf) }
    },
  })
  return [treeLike(init, carry), treeLike(kept, ys)]
}
