/** Axes and shapes as subscripts. */
import type { Node } from '../../../dsl/core/node.js'
import type { Dim } from '../../../dsl/tensor.js'
import { num, symbol, type Expr, type Sym } from '../math/expr.js'

export const every: Sym = { latex: '\\cdot', role: 'index', meaning: 'as an index: all along an axis' }

/** Nothing for the last axis, which notation takes for granted; else the axes, counted from 0. */
export const alongOf = (x: Node, axes: readonly number[], always = false): { subs?: readonly Expr[] } => {
  const usual = axes.length === 1 && axes[0] === x.shape.length - 1 && !always
  return usual ? {}
    : { subs: [symbol({ latex: `\\text{axis ${axes.join(', ')}}`, role: 'index', meaning: 'along this axis, counted from 0' })] }
}
/** Elements `start` to `end` of an axis, counted from 1 as sums count. */
export const rangeOf = (start: number, end: Dim): Expr =>
  end === start + 1 ? num(end) : symbol({ latex: `${start + 1}{:}${end}`, role: 'index', meaning: 'a part of an axis, counted from 1' })
/** A size, a product of which has no signs between its factors. */
export const sizeLatex = (d: Dim): string => `${d}`.replaceAll('*', ' \\, ')
export const shapeLatex = (n: Node): string => n.shape.map(sizeLatex).join(' \\times ')
