/** Linear systems with triangular matrices. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import type { VjpRule } from '../core/primitives/control.js'
import { must, nodeOfClass, tensorOf } from '../ops/typed.js'
import { fail, ok, type Arg, type Checked, type Ok } from '../shape/check.js'
import { sameDim, sameShape, showShape } from '../shape/dim.js'
import type { Show, Unify } from '../shape/dim-types.js'
import type { Accepts, BothAccept } from '../shape/dtype.js'
import type { Dim, DType, Shape, Tensor } from '../tensor.js'
import type { Alike } from './alike.js'

type Square<A extends Shape, D> = Accepts<'solveTriangular', D, 'float32'> extends infer F ? F extends string ? F : SquareShape<A> : never
type SquareShape<A extends Shape> =
  number extends A['length'] ? A
    : A extends readonly [...Shape, infer M extends Dim, infer N extends Dim]
      ? [Unify<M, N>] extends [never] ? NotSquare<A> : A
      : NotSquare<A>
type NotSquare<A extends Shape> = `solveTriangular: ${Show<A>} is not square in its last two axes`
type Fits<A extends Shape, B extends Shape> =
  number extends A['length'] | B['length'] ? B
    : A extends readonly [...infer P extends Shape, Dim, infer N extends Dim]
      ? B extends readonly [...infer Q extends Shape, infer M extends Dim, Dim]
        ? [Unify<N, M>] extends [never] ? Unfit<A, B> : Alike<P, Q> extends true ? B : Unfit<A, B>
        : Unfit<A, B>
      : B
type Unfit<A extends Shape, B extends Shape> = `solveTriangular: ${Show<B>} has not the rows and batch axes of ${Show<A>}`
type Rule<A extends Shape, D, B extends Shape, E> =
  BothAccept<'solveTriangular', D, E, 'float32'> extends infer F ? F extends string ? F : Fits<A, B> : never

const squareShape = (a: Shape): Checked =>
  a.length >= 2 && sameDim(a[a.length - 1], a[a.length - 2]) ? ok(a)
    : fail(`solveTriangular: ${showShape(a)} is not square in its last two axes`)
const fitting = (a: Shape, b: Shape): Checked =>
  b.length === a.length && sameShape(b.slice(0, -1), a.slice(0, -1)) ? ok(b)
    : fail(`solveTriangular: ${showShape(b)} has not the rows and batch axes of ${showShape(a)}`)

const swap = (x: Node): Node => {
  const rank = x.shape.length
  return core.transpose(x, [...Array(rank - 2).keys(), rank - 1, rank - 2])
}
/** Ones on and below (or above) the diagonal, else zeros, repeated to the shape of matrices. */
const triangle = (shape: Shape, lower: boolean): Node => {
  const [n, m] = shape.slice(-2)
  const [row, column] = [core.broadcastTo(core.reshape(core.iota(n), [n, 1]), [n, m]), core.broadcastTo(core.iota(m), [n, m])]
  return core.broadcastTo(core.cast(lower ? core.lessEqual(column, row) : core.lessEqual(row, column), 'float32'), shape)
}

/** Substitution row by row: rows that are not solved yet are 0, so the triangle on the far side of the diagonal is never seen. */
const substituted = (a: Node, b: Node, lower: boolean): Node => {
  const rank = a.shape.length
  const rows = a.shape[rank - 1]
  const first = [rank - 2, ...a.shape.keys()].filter((d, i) => i === 0 || d !== rank - 2)
  const { carry: [x] } = core.scan({
    init: [core.full(0, b.shape)], reverse: !lower,
    xs: [core.transpose(a, first), core.transpose(b, first), core.iota(rows)],
    body: ([solved], [aRow, bRow, i]) => {
      const here = core.cast(core.equal(core.iota(rows), core.broadcastTo(i, [rows])), 'float32')
      const pivot = core.sum(core.mul(aRow, core.broadcastTo(here, aRow.shape)), [rank - 2])
      const known = core.reshape(core.matmul(core.reshape(aRow, [...aRow.shape.slice(0, -1), 1, rows]), solved), bRow.shape)
      const value = core.div(core.sub(bRow, known), core.broadcastTo(core.reshape(pivot, [...pivot.shape, 1]), bRow.shape))
      const placed = core.mul(core.broadcastTo(core.reshape(here, [rows, 1]), b.shape),
        core.broadcastTo(core.reshape(value, [...value.shape.slice(0, -1), 1, value.shape[value.shape.length - 1]]), b.shape))
      return { next: [core.add(solved, placed)], ys: [] }
    },
  })
  return x
}

/** With A X = B: the cotangent of B is A⁻ᵀ G, that of A is -(A⁻ᵀ G) Xᵀ within its triangle (Giles, 2008, section 2.3.1). */
const rule = (lower: boolean): VjpRule => (g, x, [a]) => {
  const back = solveNode(swap(a), g, !lower)
  return [core.neg(core.mul(core.matmul(back, swap(x)), triangle(a.shape, lower))), back]
}
const rules = { lower: rule(true), upper: rule(false) }

/** A X = B with matrices A [..., N, N] and B [..., N, M]. */
export const solveNode = (a: Node, b: Node, lower: boolean): Node =>
  core.customVjp(substituted(a, b, lower), [a, b], lower ? rules.lower : rules.upper)

/**
 * X with A X = B, for triangular matrices A [..., N, N] and right-hand sides B [..., N, M]: [..., N, M]. Only the triangle is read: the
 * lower one unless `lower` is false. A 0 on the diagonal gives infinities.
 *
 * @example
 * ```ts
 * solveTriangular(tensor([[2, 0], [1, 4]]), tensor([[2], [9]])) // [[1], [2]]
 * ```
 */
export function solveTriangular<A extends Shape, D extends DType, B extends Shape, E extends DType>(
  a: Arg<Square<A, D>, Tensor<A, D>>, b: Arg<Rule<A, D, B, E>, Tensor<B, E>>, { lower = true }: { lower?: boolean } = {},
): Tensor<Ok<Rule<A, D, B, E>>, 'float32'> {
  const [x, y] = [nodeOfClass('solveTriangular', a, 'float32'), nodeOfClass('solveTriangular', b, 'float32')]
  must(squareShape(x.shape))
  must(fitting(x.shape, y.shape))
  return tensorOf(solveNode(x, y, lower))
}
