/** Parameter trees as vectors: their leaves in order, and the linear algebra over all of them at once. */
import { leavesOf, treeLike } from '../core/trees.js'
import type { Tree } from '../define/tree.js'
import { add, mul, sub } from '../ops/arithmetic.js'
import { where } from '../ops/comparison.js'
import { tensor } from '../ops/create.js'
import { sum } from '../ops/reduce.js'
import { sqrt } from '../ops/unary.js'
import { nodeOf, tensorOf } from '../ops/typed.js'
import type { Shape, Tensor } from '../tensor.js'

/** The leaves of one tree. */
export type Vector = readonly Tensor[]
type Scalar = Tensor<[]>

export const vectorOf = (tree: Tree): Vector =>
  leavesOf<Tensor>(tree).map(({ leaf }) => tensorOf<Shape, 'float32'>(nodeOf('vector', leaf)))
/** The tree that a vector came from, with its leaves; vouches for the type. */
export const treeOf = <P extends Tree>(like: P, vector: Vector): P => {
  const tree: unknown = treeLike(like, vector)
  return tree as P
}

export const plus = (a: Vector, b: Vector): Vector => a.map((x, i) => add(x, b[i]))
export const minus = (a: Vector, b: Vector): Vector => a.map((x, i) => sub(x, b[i]))
export const scaled = (c: Scalar | number, a: Vector): Vector => a.map(x => mul(x, c))
export const dot = (a: Vector, b: Vector): Scalar => a.reduce<Scalar>((total, x, i) => add(total, sum(mul(x, b[i]))), tensor(0))
export const norm = (a: Vector): Scalar => sqrt(dot(a, a))
/** One vector or the other, bit for bit. */
export const either = (condition: Tensor<[], 'bool'>, a: Vector, b: Vector): Vector => a.map((x, i) => where(condition, x, b[i]))
