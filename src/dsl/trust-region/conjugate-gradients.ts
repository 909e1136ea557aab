/** Linear systems whose matrix is known by its products only. */
import { matchTree } from '../define/match-tree.js'
import type { Tree } from '../define/tree.js'
import { TypegradError } from '../errors.js'
import { div, mul } from '../ops/arithmetic.js'
import { and, greater, where } from '../ops/comparison.js'
import { must } from '../ops/typed.js'
import { neg } from '../ops/unary.js'
import { floatLeaves } from '../transform/check.js'
import { scan } from '../transform/scan.js'
import { dot, plus, scaled, treeOf, vectorOf } from './vectors.js'

/** How long conjugate gradients run. */
export interface ConjugateGradientOptions {
  /** Iterations; as many as there are unknowns solve the system but for rounding. */
  readonly steps: number
  /** Nothing changes once the residual's norm is this many times that of the right-hand side; 1e-6 when absent. */
  readonly tolerance?: number
}

/**
 * x with A x = b by conjugate gradients (Hestenes and Stiefel, 1952), from x = 0: `product` is v ↦ A v for a symmetric positive definite
 * A, vectors are trees of the types of `b`. It is one loop of fixed length; a direction without positive curvature ends it.
 *
 * Throws a `TypegradError` when `b` is not float32, the product has other types or `steps` is not a positive integer.
 *
 * @example
 * ```ts
 * const A = tensor([[4, 1], [1, 3]])
 * conjugateGradients((v: Tensor<[2]>) => einsum('i j, j -> i', A, v), tensor([1, 2]), { steps: 2 }) // [0.091, 0.636]
 * ```
 */
export const conjugateGradients = <P extends Tree>(
  product: (v: P) => P, b: P, { steps, tolerance = 1e-6 }: ConjugateGradientOptions,
): P => {
  if (!Number.isInteger(steps) || steps < 1)
    throw new TypegradError('value', `conjugateGradients: steps is ${steps}; a positive integer was expected`)
  floatLeaves('conjugateGradients', b, 'b')
  const start = vectorOf(b)
  const enough = mul(dot(start, start), tolerance ** 2)
  const [{ x }] = scan(({ x, residual, direction, size }) => {
    const image = product(treeOf(b, direction))
    must(matchTree(b, image, 'conjugateGradients: product'))
    const curved = dot(direction, vectorOf(image))
    const going = and(greater(size, enough), greater(curved, 0))
    const length = where(going, div(size, curved), 0)
    const left = plus(residual, scaled(neg(length), vectorOf(image)))
    const next = dot(left, left)
    return [{
      x: plus(x, scaled(length, direction)), residual: left, size: next,
      direction: plus(left, scaled(where(going, div(next, size), 0), direction)),
    }, []]
  }, { x: scaled(0, start), residual: start, direction: start, size: dot(start, start) }, [], { length: steps })
  return treeOf(b, x)
}
