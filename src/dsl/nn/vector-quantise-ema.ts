/**
 * A codebook that follows the running means of its vectors, without gradients (van den Oord et al., 2017, appendix A.1):
 * N_k ← γ N_k + (1 - γ) n_k, m_k ← γ m_k + (1 - γ) Σ z, e_k = m_k / Ñ_k.
 */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import { standardNormal } from '../core/standard-normal.js'
import { TypegradError } from '../errors.js'
import { splitKey, type Key } from '../keys.js'
import { must, nodeOf, nodeOfClass, tensorOf } from '../ops/typed.js'
import { fail, type Arg } from '../shape/check.js'
import { mulDim, sameDim, showShape } from '../shape/dim.js'
import type { Show } from '../shape/dim-types.js'
import type { DType, Shape, Tensor } from '../tensor.js'
import type { Alike, Leading } from './alike.js'
import { checkedVectors, membership, type HasFeatures } from './vector-quantise.js'

/** What a running codebook carries from step to step: entries e, running counts N and sums m. */
export type CodebookState<K extends number, D extends number> = {
  readonly entries: Tensor<[K, D]>
  readonly counts: Tensor<[K]>
  readonly sums: Tensor<[K, D]>
}

/** How a running codebook moves. */
export interface EmaCodebookOptions<K extends number, D extends number> {
  /** How many entries. */
  readonly entries: K
  /** Features of an entry. */
  readonly features: D
  /** γ, the share of the past that each step keeps; 0.99 when absent. */
  readonly decay?: number
  /** ε of Ñ_k = n (N_k + ε) / (n + K ε), n = Σ N_k, which keeps counts above 0 (Laplace smoothing); 1e-5 when absent. */
  readonly epsilon?: number
  /**
   * An entry whose running count falls below this many vectors a batch is dead: a vector of the batch, drawn by the key, takes its place
   * and counts as this many. 1 when absent, 0 for never.
   */
  readonly revive?: number
}

/** A running codebook as pure functions of its state. */
export interface EmaCodebook<K extends number, D extends number> {
  /** The first state: entries standard normal, each counted once. */
  init(key: Key): CodebookState<K, D>
  /** The state after a batch of vectors [..., D] and the numbers [...] of their entries; no gradient flows. */
  update<S extends Shape, F extends DType, I extends Shape>(
    state: CodebookState<K, D>, z: Arg<HasFeatures<'emaCodebook', [K, D], S, F>, Tensor<S, F>>,
    codes: Arg<OneEach<S, I>, Tensor<I, 'int32'>>, key: Key,
  ): CodebookState<K, D>
}

/** `[]`, or the message when there is not one code for each vector. */
type OneEach<S extends Shape, I extends Shape> =
  Alike<Leading<S>, I> extends true ? []
    : `emaCodebook: codes are ${Show<I>} but ${Show<Leading<S>>} was expected, one for each vector`

/** `entries` rows of the vectors [N, D], each drawn uniformly. */
const drawRows = (rows: Node, entries: number, key: Node): Node => {
  const n = core.dimSize(rows.shape[0])
  const at = core.cast(core.floor(core.mul(core.uniform(key, [entries]), core.broadcastTo(core.cast(n, 'float32'), [entries]))), 'int32')
  // a number just below 1 times n may round to n
  return core.gather(rows, core.minimum(at, core.broadcastTo(core.sub(n, 1), [entries])), 0)
}

const checkOptions = ({ entries, features, decay = 0.99, epsilon = 1e-5, revive = 1 }: EmaCodebookOptions<number, number>) => {
  const wrong = (what: string, x: number, expected: string): never => {
    throw new TypegradError('value', `emaCodebook: ${what} is ${x} but ${expected} was expected`)
  }
  if (!(Number.isInteger(entries) && entries > 0)) wrong('entries', entries, 'a whole number above 0')
  if (!(Number.isInteger(features) && features > 0)) wrong('features', features, 'a whole number above 0')
  if (!(decay >= 0 && decay < 1)) wrong('the decay', decay, 'a number from 0 to below 1')
  if (!(epsilon >= 0)) wrong('epsilon', epsilon, 'a number from 0')
  if (!(revive >= 0)) wrong('revive', revive, 'a number from 0')
  return { decay, epsilon, revive }
}

/**
 * A codebook of `entries` vectors that follows the running means of what it stands for, for `vectorQuantise(state.entries, z)`: its state
 * is carried as `aux` of a training step.
 *
 * @throws TypegradError when an option is out of its range
 * @example
 * ```ts
 * const codebook = emaCodebook({ entries: 256, features: 32, decay: 0.99 })
 * const state = codebook.init(key(0))
 * const z = f32('B', 7, 7, 32)
 * const next = codebook.update(state, z, vectorQuantise(state.entries, z).codes, key(1))
 * ```
 */
export const emaCodebook = <const K extends number, const D extends number>(options: EmaCodebookOptions<K, D>): EmaCodebook<K, D> => {
  const { decay, epsilon, revive } = checkOptions(options)
  const [k, d]: readonly [number, number] = [options.entries, options.features]
  const perEntry = (x: Node): Node => core.broadcastTo(core.reshape(x, [k, 1]), [k, d])
  const running = (old: Node, now: Node): Node => core.add(core.mul(old, decay), core.mul(now, 1 - decay))
  const state = (entries: Node, counts: Node, sums: Node): CodebookState<K, D> =>
    ({ entries: tensorOf(entries), counts: tensorOf(counts), sums: tensorOf(sums) })

  const smoothed = (counts: Node): Node => {
    if (epsilon === 0) return counts
    const n = core.sum(counts, [0])
    return core.mul(core.add(counts, epsilon), core.broadcastTo(core.div(n, core.add(n, k * epsilon)), [k]))
  }
  /** Dead entries replaced by vectors of the batch. */
  const revived = (entries: Node, counts: Node, sums: Node, rows: Node, key: Key): CodebookState<K, D> => {
    const dead = core.less(counts, revive)
    const born = core.named('v', drawRows(rows, k, nodeOf('emaCodebook', key)))
    const deadRows = perEntry(dead)
    return state(core.select(deadRows, born, entries), core.select(dead, core.full(revive, [k]), counts),
      core.select(deadRows, core.mul(born, revive), sums))
  }
  return {
    init: key => {
      const entries = standardNormal(nodeOf('emaCodebook', splitKey(key, 'entries').entries), [k, d])
      return state(entries, core.full(1, [k]), entries)
    },
    update: (old, z, codes, key) => {
      const vectors = checkedVectors('emaCodebook', [k, d], z)
      const at = nodeOfClass('emaCodebook: codes', codes, 'int32')
      const batch = vectors.shape.slice(0, -1)
      if (at.shape.length !== batch.length || !batch.every((n, i) => sameDim(n, at.shape[i])))
        must(fail(`emaCodebook: codes are ${showShape(at.shape)} but ${showShape(batch)} was expected, one for each vector`))
      const rows = core.stopGradient(core.reshape(vectors, [batch.reduce(mulDim, 1), d]))
      const members = core.named('M', core.reshape(membership(at, k), [batch.reduce(mulDim, 1), k]))
      const counts = core.named('N', running(nodeOf('emaCodebook', old.counts), core.named('n', core.sum(members, [0]))))
      const sums = core.named('m', running(nodeOf('emaCodebook', old.sums), core.matmul(core.transpose(members, [1, 0]), rows)))
      const size = core.named('Ñ', smoothed(counts))
      const used = core.less(0, size)
      // an entry that has never stood for anything stays where it is
      const means = core.div(sums, perEntry(core.select(used, size, core.full(1, [k]))))
      const entries = core.select(perEntry(used), means, nodeOf('emaCodebook', old.entries))
      return revive === 0 ? state(entries, counts, sums) : revived(entries, counts, sums, rows, key)
    },
  }
}
