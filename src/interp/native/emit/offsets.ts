/** How a loop that goes row by row finds its way: positions of a row's first element in every operand. */
import { merged } from '../plan/views.js'
import type { Ends } from './operands.js'

/**
 * C statements that set, for row r, the offset of each operand from its strides over the leading axes; `names[k]` is the variable for
 * operand k. Axes that run together in all operands are one. A single row goes by the strides of `alone`, so that its loop reads like
 * that of many.
 */
export const rowOffsets = (
  ends: Ends, lead: readonly number[], strides: readonly (readonly number[])[], names: readonly string[], alone: readonly number[],
): string[] => {
  const { shape, strides: per } = merged(lead, strides)
  if (shape.length <= 1) return names.map((v, k) => offset(ends, v, [['r', per[k].at(0) ?? alone[k]]]))
  // The row's index along every axis, the last axis first.
  const lines = ['long q = r;']
  const index = shape.map((_, i) => i === 0 ? 'q' : `i${i}`)
  for (let i = shape.length - 1; i > 0; i--) {
    const size = ends.number(shape[i])
    lines.push(`const long i${i} = q % ${size}; q /= ${size};`)
  }
  return [...lines, ...names.map((v, k) => offset(ends, v, per[k].map((s, i) => [index[i], s] as const)))]
}

const offset = (ends: Ends, name: string, terms: readonly (readonly [string, number])[]): string => {
  const sum = terms.flatMap(([i, s]) => s === 0 ? [] : s === 1 ? [i] : [`${i} * ${ends.number(s)}`])
  return `const long ${name} = ${sum.length === 0 ? '0' : sum.join(' + ')};`
}
