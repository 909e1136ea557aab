/** What this engine rewrites before it plans: forms that its loops take better, equal in value up to the order of a sum. */
import * as b from '../../../dsl/core/build.js'
import type { Node } from '../../../dsl/core/node.js'
import { sizeOf } from '../../../dsl/value.js'
import { concrete } from '../../program.js'
import { uniformValue, type Rule } from '../../simplify/rules.js'
import { simplify } from '../../simplify/simplify.js'
import { longestRow } from './members.js'
import { reduceByTaps } from './taps.js'

/** Shorter rows are not worth a sum of their own. */
const shortestRow = 64

/** A sum over everything is a sum of rows, which a loop takes on its way, and a sum of these. */
const sumInRows: Rule = { name: 'sum over everything, row by row', ops: ['sum'], apply: n => {
  const shape = concrete(n.inputs[0])
  const { axes } = n.attrs as { axes: readonly number[] }
  if (n.dtype !== 'float32' || axes.length !== shape.length || sizeOf(shape) <= longestRow) return null
  let [first, cols] = [shape.length, 1]
  while (first > 1 && cols * shape[first - 1] <= longestRow) cols *= shape[--first]
  const rows = [...shape.keys()].slice(first)
  return cols < shortestRow ? null : b.sum(b.sum(n.inputs[0], rows), [...shape.keys()].slice(0, first))
} }

/** The largest power that is taken by products, for which they are as exact as a power and some ten times as quick. */
const largestProduct = 5

const product = (x: Node, n: number): Node => {
  if (n === 1) return x
  const half = product(x, Math.floor(n / 2))
  return n % 2 === 0 ? b.mul(half, half) : b.mul(b.mul(half, half), x)
}

/** x to a half as powers have it: infinity at -infinity, and 0 at -0. */
const root = (x: Node): Node => {
  const infinite = b.equal(x, b.full(-Infinity, x.shape))
  return b.abs(b.sqrt(b.select(infinite, b.full(Infinity, x.shape), x)))
}

/** A power of a small whole number, or of an odd number of halves, is products of x or of its root; a negative one is 1 over them. */
const powerByProducts: Rule = { name: 'a small power by products', ops: ['pow'], apply: ({ inputs: [x, y] }) => {
  const power = uniformValue(y) ?? 0
  const [n, base] = Number.isInteger(power) ? [Math.abs(power), x] : [2 * Math.abs(power), root(x)]
  if (!Number.isInteger(n) || n < 1 || n > largestProduct) return null
  const up = product(base, n)
  return power > 0 ? up : b.div(b.full(1, x.shape), up)
} }

export const prepare = (outputs: readonly Node[]): Node[] => simplify(outputs, { rules: [sumInRows, powerByProducts, reduceByTaps] })
