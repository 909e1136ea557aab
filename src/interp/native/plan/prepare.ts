/** What this engine rewrites before it plans: forms that its loops take better, equal in value up to the order of a sum. */
import * as b from '../../../dsl/core/build.js'
import type { Node } from '../../../dsl/core/node.js'
import { sizeOf } from '../../../dsl/value.js'
import { concrete } from '../../program.js'
import type { Rule } from '../../simplify/rules.js'
import { simplify } from '../../simplify/simplify.js'
import { longestRow } from './members.js'

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

export const prepare = (outputs: readonly Node[]): Node[] => simplify(outputs, { rules: [sumInRows] })
