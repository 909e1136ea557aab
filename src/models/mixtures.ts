/**
 * The mixtures of Gaussians in the plane on which GANs are compared: 8 on a ring and 25 on a grid, with the sizes and the scale of the toy
 * problems of Gulrajani et al. (2017), and the two numbers that say what a generator has learnt of them: how many modes it reaches, and
 * how much of what it makes lies at one.
 */
import { splitKey, type Key } from '../dsl/keys.js'
import {
  add, any, broadcastTo, cast, expandDims, floor, fromArray, gather, less, mean, mul, named, normal, square, sub, sum, tensor, uniform,
} from '../dsl/ops/index.js'
import type { Dim, Tensor } from '../dsl/tensor.js'

/** Equally likely Gaussians of one spread around several modes. */
export interface Mixture {
  readonly modes: readonly (readonly [x: number, y: number])[]
  /** The standard deviation around a mode, in each direction. */
  readonly std: number
  /** `rows` draws, [rows, 2]. */
  sample<const N extends Dim>(key: Key, rows: N): Tensor<[N, 2]>
  /** Of samples [N, 2]: modes with at least one sample within 3 standard deviations, and the share of samples that close to a mode. */
  quality<N extends Dim>(samples: Tensor<[N, 2]>): { readonly modesCovered: Tensor<[]>; readonly highQuality: Tensor<[]> }
}

/** Within how many standard deviations of a mode a sample counts. */
const NEAR = 3

const mixture = (centres: readonly (readonly [number, number])[], spread: number, scale: number): Mixture => {
  const modes = centres.map(([x, y]) => [x / scale, y / scale] as const)
  const std = spread / scale, count = modes.length
  const table: Tensor<[number, 2]> = named('μ', fromArray(modes.flat(), [count, 2]), { latex: '\\mu' })
  const spreadAround = named('σ', tensor(std), { latex: '\\sigma' })
  return {
    modes, std,
    sample: <const N extends Dim>(key: Key, rows: N) => {
      const [keys, n] = [splitKey(key, 'mode', 'around'), rows as 'N']
      const mode = cast(floor(mul(uniform(keys.mode, [n]), count)), 'int32')
      const drawn: Tensor<[Dim, 2]> = add(gather(table, mode, 0), mul(spreadAround, normal(keys.around, [n, 2])))
      return drawn as Tensor<[N, 2]>
    },
    quality: samples => {
      // [N, 1, 2] against the modes [K, 2]
      const each = expandDims(samples, 1) as Tensor<['N', 1, 2]>
      const apart = sub(broadcastTo(each, [samples.shape[0] as 'N', count, 2]), table)
      const near = less(sum(square(apart), [2]), (NEAR * std) ** 2)
      return { modesCovered: sum(cast(any(near, [0]), 'float32')), highQuality: mean(cast(any(near, [1]), 'float32')) }
    },
  }
}

/**
 * Eight Gaussians of σ 0.02 on a circle of radius 2, all divided by 1.414, so that the whole has unit spread.
 *
 * @example
 * ```ts
 * import { ringOfGaussians } from 'typegrad/models'
 * const ring = ringOfGaussians()
 * const { modesCovered, highQuality } = ring.quality(ring.sample(key(0), 10_000))
 * ```
 */
export const ringOfGaussians = (): Mixture =>
  mixture(Array.from({ length: 8 }, (_, i) => [2 * Math.cos(Math.PI * i / 4), 2 * Math.sin(Math.PI * i / 4)]), 0.02, 1.414)

/**
 * 25 Gaussians of σ 0.05 on a grid of spacing 2, all divided by 2.828, so that the whole has unit spread.
 *
 * @example
 * ```ts
 * import { gridOfGaussians } from 'typegrad/models'
 * const x = gridOfGaussians().sample(key(0), 'B') // Tensor<['B', 2]>
 * ```
 */
export const gridOfGaussians = (): Mixture =>
  mixture(Array.from({ length: 25 }, (_, i) => [2 * (i % 5) - 4, 2 * Math.floor(i / 5) - 4]), 0.05, 2.828)
