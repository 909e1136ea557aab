/**
 * Random orthogonal matrices: the Q of a Gaussian matrix's QR decomposition with a positive diagonal, which is uniformly distributed
 * (Stewart, 1980). Its reflectors are independent Gaussian vectors of falling length, so they are drawn directly, and their product is
 * I - V T Vᵀ with T⁻¹ + T⁻ᵀ = VᵀV (Puglisi, 1992): matrix products only, no loop over the columns.
 */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import { standardNormal } from '../core/standard-normal.js'

/** [rows, columns]: truth where row - column satisfies the relation. */
const where = (rows: number, columns: number, holds: (row: Node, column: Node) => Node): Node => {
  const row = core.broadcastTo(core.reshape(core.iota(rows), [rows, 1]), [rows, columns])
  return core.cast(holds(row, core.broadcastTo(core.iota(columns), [rows, columns])), 'float32')
}
const along = (v: Node, rows: number, columns: number): Node => core.broadcastTo(v, [rows, columns])
const swap = (x: Node): Node => core.transpose(x, x.shape.length === 2 ? [1, 0] : [0, 2, 1])

/**
 * The inverse of an upper triangular matrix [n, n], whose diagonal has no 0, by doubling: with the blocks of size s on the diagonal
 * inverted, [[A, B], [0, C]]⁻¹ = [[A⁻¹, -A⁻¹ B C⁻¹], [0, C⁻¹]] gives those of size 2s.
 */
export const invertUpper = (u: Node, n: number): Node => {
  const size = 2 ** Math.ceil(Math.log2(n))
  // Padded by an identity block, which inverts to itself.
  const identity = where(size, size, core.equal)
  const beyond = core.cast(core.lessEqual(n, core.iota(size)), 'float32')
  const padded = core.add(core.pad(u, [0, 0], [size - n, size - n], 0), core.mul(identity, along(beyond, size, size)))
  let inverse = core.div(core.full(1, [size, 1, 1]), core.reshape(core.sum(core.mul(padded, identity), [1]), [size, 1, 1]))
  for (let s = 1; s < size; s *= 2) {
    const pairs = size / (2 * s)
    const half = (i: number): Node =>
      core.reshape(core.slice(core.reshape(inverse, [pairs, 2, s, s]), [0, i, 0, 0], [pairs, i + 1, s, s]), [pairs, s, s])
    const diagonal = core.broadcastTo(core.reshape(where(pairs, pairs, core.equal), [pairs, 1, pairs, 1]), [pairs, s, pairs, s])
    // The block right of each even diagonal block: rows and columns are cut in pairs, and the other pairs are masked away by a sum.
    const cut = core.slice(core.reshape(padded, [pairs, 2, s, pairs, 2, s]), [0, 0, 0, 0, 1, 0], [pairs, 1, s, pairs, 2, s])
    const corner = core.reshape(cut, [pairs, s, pairs, s])
    const b = core.sum(core.mul(corner, diagonal), [2])
    const [a, c] = [half(0), half(1)]
    const right = core.neg(core.matmul(core.matmul(a, b), c))
    inverse = core.concat([core.concat([a, right], 2), core.concat([core.full(0, [pairs, s, s]), c], 2)], 1)
  }
  return core.slice(core.reshape(inverse, [size, size]), [0, 0], [n, n])
}

/** Uniformly distributed among the matrices [rows, columns] with orthonormal columns, or rows where they are fewer. */
export const orthogonalMatrix = (key: Node, rows: number, columns: number): Node => {
  if (rows < columns) return swap(orthogonalMatrix(key, columns, rows))
  const x = core.mul(standardNormal(key, [rows, columns]), where(rows, columns, (i, j) => core.lessEqual(j, i)))
  const diagonal = where(rows, columns, core.equal)
  const top = core.sum(core.mul(x, diagonal), [0])
  const sign = core.select(core.less(top, 0), core.full(-1, [columns]), core.full(1, [columns]))
  const norm = core.sqrt(core.sum(core.mul(x, x), [0]))
  const v = core.add(x, core.mul(diagonal, along(core.mul(sign, norm), rows, columns)))
  const gram = core.matmul(swap(v), v)
  const inverseT = core.mul(gram, core.add(where(columns, columns, core.less), core.mul(0.5, where(columns, columns, core.equal))))
  const t = invertUpper(inverseT, columns)
  const first = core.slice(v, [0, 0], [columns, columns])
  const q = core.sub(diagonal, core.matmul(v, core.matmul(t, swap(first))))
  return core.mul(q, along(core.neg(sign), rows, columns))
}
