/** All of {0, 1}^n, for models small enough to be summed over. */
import { fromArray } from '../../src/dsl/ops/index.js'
import type { Node } from '../../src/dsl/core/node.js'
import { leavesOf, treeLike } from '../../src/dsl/core/trees.js'
import type { Tensor } from '../../src/dsl/tensor.js'
import type { Value } from '../../src/dsl/value.js'
import { evaluate } from '../../src/interp/js/evaluate.js'
import { threefryWords } from '../../src/dsl/core/threefry.js'

/** Every binary vector of length n as the rows of [2^n, n]. */
export const allBinary = (n: number): Tensor<[number, number]> =>
  fromArray(Float64Array.from({ length: 2 ** n * n }, (_, i) => (Math.floor(i / n) >> (n - 1 - i % n)) & 1), [2 ** n, n])

export const valueOf = (x: unknown): Value => evaluate([x as Node], new Map())[0]

/** Parameters far from their usual start, so that no conditional is near 1/2 by accident. */
export const drawn = <P>(spec: P, seed: number): P => {
  const leaves = leavesOf<Node>(spec).map(({ leaf }, i) => {
    const size = (leaf.shape as number[]).reduce((a, b) => a * b, 1)
    return fromArray(Float64Array.from(threefryWords([seed, i], 9, size), w => w / 2 ** 31 * 2), leaf.shape as number[]) as unknown as Node
  })
  return treeLike(spec, leaves) as unknown as P
}
