/**
 * Gradient transformations: pure pairs of `init` and `update` over trees, composed by `chain` (the interface of Optax). An optimiser is a
 * transformation whose updates are added to the parameters, so the last step of one scales by minus the learning rate.
 */
import { add, full } from '../core/build.js'
import type { Node } from '../core/node.js'
import { leavesLike, leavesOf, treeLike } from '../core/trees.js'
import type { Tree } from '../define/tree.js'
import type { Apply, TypeFunction } from '../define/type-function.js'
import { TypegradError } from '../errors.js'
import { nodeOf, tensorOf } from '../ops/typed.js'
import type { Described } from '../statement.js'
import type { Tensor } from '../tensor.js'

/** What an update gives back. */
export interface Updated<P, S> { readonly updates: P; readonly state: S }

/**
 * A gradient transformation. `F` is a function on types: from the parameters' tree to the state's.
 *
 * @example
 * ```ts
 * const optimiser = chain(clipByGlobalNorm(1), adam(1e-3))
 * const params = { w: f32(3, 2) }
 * const { updates, state } = optimiser.update({ w: f32(3, 2) }, optimiser.init(params), params)
 * const next = applyUpdates(params, updates)
 * ```
 */
export interface Transform<out F extends TypeFunction = TypeFunction> {
  /** What documents call it. */
  readonly described?: Described
  /** The state before the first step. */
  init<P extends Tree>(params: P): Apply<F, P>
  /** One step: gradients (or the updates of an earlier transformation) to updates. */
  update<P extends Tree>(updates: P, state: Apply<F, P>, params: P): Updated<P, Apply<F, P>>
}
/** A transformation whose updates descend: adding them to the parameters takes a step. */
export type Optimiser<F extends TypeFunction = TypeFunction> = Transform<F>

/** No state. */
export interface Stateless extends TypeFunction { readonly out: {} }
/** A step count. */
export interface Counted extends TypeFunction { readonly out: { readonly count: Tensor<[], 'int32'> } }
/** The states of a chain, as a tuple. */
export interface ChainState<Fs extends readonly unknown[]> extends TypeFunction { readonly out: ChainOut<Fs, this['in']> }
type ChainOut<Fs extends readonly unknown[], P> = { readonly [K in keyof Fs]: Fs[K] extends TypeFunction ? Apply<Fs[K], P> : never }

/** A tree like `first` from the leaves of several trees of its structure; what is not float32 passes as it is in `first`. */
export const mapTrees = <P extends Tree>(f: (leaves: readonly Node[], path: string) => Node, first: P, ...rest: readonly unknown[]): P => {
  const others = rest.map((t, i) => leavesLike<Node>(first, t, `tree ${i + 2}`))
  const tree: unknown = treeLike(first, leavesOf<Node>(first).map(({ path, leaf }, i) =>
    leaf.dtype === 'float32' ? f([nodeOf('update', leaf), ...others.map(o => nodeOf('update', o[i]))], path) : leaf))
  return tree as P
}
/** Zeros like a tree. */
export const zerosOf = <P extends Tree>(tree: P): P => mapTrees(([x]) => full(0, x.shape), tree)
export const zeroCount = (): Tensor<[], 'int32'> => tensorOf(full(0, [], 'int32'))
export const nextCount = (count: Tensor<[], 'int32'>): Tensor<[], 'int32'> => tensorOf(add(nodeOf('update', count), 1))

/** A transformation that treats every element alike and remembers nothing. */
export const stateless = (update: <P extends Tree>(updates: P, params: P) => P, described: Described): Transform<Stateless> => ({
  described,
  init: () => ({}),
  update: (updates, state, params) => ({ updates: update(updates, params), state }),
})

/** The same transformation under the name and settings by which it is known. */
export const describedAs = <F extends TypeFunction>(
  name: string, settings: Described['settings'], transform: Transform<F>,
): Transform<F> => ({ ...transform, described: { name, settings } })
/** Several as one; a setting that two of them have is told apart by the name of its owner. */
const inTurn = (parts: readonly Described[]): Described => {
  const all = parts.flatMap(p => Object.entries(p.settings).map(([key, value]) => ({ owner: p.name, key, value })))
  const shared = (key: string): boolean => all.filter(s => s.key === key).length > 1
  const settings = Object.fromEntries(all.map(s => [shared(s.key) ? `${s.owner}: ${s.key}` : s.key, s.value]))
  return { name: parts.map(p => p.name).join(', then '), settings, parts }
}

/**
 * Transformations one after the other; the state is the tuple of their states.
 *
 * @example
 * ```ts
 * const optimiser = chain(clipByGlobalNorm(1), scaleByAdam(), addDecayedWeights(1e-2), scaleByLearningRate(1e-3))
 * ```
 */
export const chain = <const Fs extends readonly TypeFunction[]>(
  ...transforms: { readonly [K in keyof Fs]: Transform<Fs[K]> }
): Transform<ChainState<Fs>> => {
  const links: readonly Transform[] = transforms
  if (links.length === 0) throw new TypegradError('value', 'chain: at least one transformation was expected')
  links.forEach((link: Partial<Transform> | null, i) => {
    if (typeof link?.init !== 'function' || typeof link.update !== 'function')
      throw new TypegradError('value', `chain: a transformation such as adam(1e-3) was expected but argument ${i + 1} is ${String(link)}`)
  })
  const parts = links.flatMap(({ described }) => described?.parts ?? [described ?? { name: 'a nameless transformation', settings: {} }])
  return {
    described: parts.length === 1 ? parts[0] : inTurn(parts),
    init: params => links.map(t => t.init(params)) as never,
    update: (updates, state, params) => {
      const states = state as readonly unknown[]
      const next: unknown[] = []
      const last = links.reduce((u, t, i) => {
        const step = t.update(u, states[i], params)
        next.push(step.state)
        return step.updates
      }, updates)
      return { updates: last, state: next as never }
    },
  }
}

/**
 * Parameters plus updates.
 *
 * @example
 * ```ts
 * const next = applyUpdates({ w: tensor([1, 2]) }, { w: tensor([-0.5, 0.5]) })
 * ```
 */
export const applyUpdates = <P extends Tree>(params: P, updates: P): P => mapTrees(([p, u]) => add(p, u), params, updates)
