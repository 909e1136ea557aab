/** Matrices by their diagonals. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import { fail, type Arg, type Ok } from '../shape/check.js'
import { showShape } from '../shape/dim.js'
import type { Show } from '../shape/dim-types.js'
import { checkDims, type DimsFault, type NormalShape } from '../shape/dims.js'
import type { Dim, DType, Shape, Tensor } from '../tensor.js'
import { must, nodeOf, tensorOf } from './typed.js'

/** Rows and columns as int32 [n, m] counters. */
const counters = (n: Dim, m: Dim): readonly [Node, Node] => [
  core.broadcastTo(core.reshape(core.iota(n), [n, 1]), [n, m]),
  core.broadcastTo(core.iota(m), [n, m]),
]

/**
 * The identity matrix: n rows and, when given, m columns.
 *
 * @example
 * ```ts
 * eye(2) // [[1, 0], [0, 1]]
 * ```
 */
export function eye<const N extends Dim, const M extends Dim = N>(
  n: Arg<DimsFault<'eye', [N]>, N>,
  m?: Arg<DimsFault<'eye', [M]>, M>,
): Tensor<NormalShape<[N, M]>> {
  const [rows, columns] = must(checkDims('eye', [n, m ?? n]))
  return tensorOf(core.cast(core.equal(...counters(rows, columns)), 'float32'))
}

/** The shape, once it has the two axes of a matrix. */
type Matrix<S extends Shape, Op extends string> = S extends readonly [...Shape, Dim, Dim]
  ? S
  : number extends S['length']
    ? S
    : `${Op}: ${Show<S>} needs at least 2 axes`
const triangle = (op: string, x: unknown, keep: (row: Node, column: Node) => Node): Node => {
  const node = nodeOf(op, x)
  if (node.shape.length < 2) return must(fail(`${op}: ${showShape(node.shape)} needs at least 2 axes`))
  const [n, m] = node.shape.slice(-2)
  return core.select(core.broadcastTo(keep(...counters(n, m)), node.shape), node, core.full(0, node.shape, node.dtype))
}
/**
 * The lower triangle of the last two axes, zeros above; `diagonal` moves the border up (positive) or down.
 *
 * @example
 * ```ts
 * tril(ones([2, 2])) // [[1, 0], [1, 1]]
 * ```
 */
export function tril<S extends Shape, D extends DType>(
  x: Arg<Matrix<S, 'tril'>, Tensor<S, D>>,
  diagonal = 0,
): Tensor<Ok<Matrix<S, 'tril'>>, D> {
  return tensorOf(triangle('tril', x, (row, column) => core.lessEqual(column, core.add(row, diagonal))))
}
/**
 * The upper triangle of the last two axes, zeros below; `diagonal` moves the border up (positive) or down.
 *
 * @example
 * ```ts
 * triu(ones([2, 2])) // [[1, 1], [0, 1]]
 * ```
 */
export function triu<S extends Shape, D extends DType>(
  x: Arg<Matrix<S, 'triu'>, Tensor<S, D>>,
  diagonal = 0,
): Tensor<Ok<Matrix<S, 'triu'>>, D> {
  return tensorOf(triangle('triu', x, (row, column) => core.lessEqual(core.add(row, diagonal), column)))
}
