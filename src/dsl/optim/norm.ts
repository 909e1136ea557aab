/** The size of a tree. */
import { add, mul, scalar, sqrt, sum } from '../core/build.js'
import type { Node } from '../core/node.js'
import { leavesOf } from '../core/trees.js'
import type { Tree } from '../define/tree.js'
import { nodeOf, tensorOf } from '../ops/typed.js'
import type { Tensor } from '../tensor.js'

/**
 * The Euclidean norm of all float32 elements of a tree together.
 *
 * @example
 * ```ts
 * globalNorm({ a: tensor([3, 0]), b: tensor([4]) }) // 5
 * ```
 */
export const globalNorm = (tree: Tree): Tensor<[]> => {
  const squares = leavesOf<Node>(tree).map(({ leaf }) => nodeOf('globalNorm', leaf)).filter(x => x.dtype === 'float32')
    .map(x => sum(mul(x, x), [...x.shape.keys()]))
  return tensorOf(sqrt(squares.reduce((a, b) => add(a, b), scalar(0))))
}
