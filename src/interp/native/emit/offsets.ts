/** How a loop that goes row by row finds its way: positions of a row's first element in every operand. */
import { merged } from '../plan/views.js'
import type { Ends } from './operands.js'

/**
 * The C loop over rows `lo` to `hi` around `body`, which finds the offset of each operand, from its strides over the leading axes, in the
 * variable `names[k]`. Axes that run together in all operands are one. A single row goes by the strides of `alone`, so that its loop
 * reads like that of many.
 */
export const eachRow = (
  ends: Ends, lead: readonly number[], strides: readonly (readonly number[])[], names: readonly string[], alone: readonly number[],
  body: readonly string[],
): string[] => {
  const { shape, strides: per } = merged(lead, strides)
  const begin = 'for (long r = lo; r < hi; r++) {'
  if (shape.length <= 1) return [begin, ...names.map((v, k) => offset(ends, v, [['r', per[k].at(0) ?? alone[k]]])), ...body, '}']
  const index = shape.map((_, i) => `i${i}_`)
  const offsets = names.map((v, k) => offset(ends, v, per[k].map((s, i) => [index[i], s] as const)))
  // The row's index along every axis: divided out once, then counted, as a division takes as long as a short row.
  const inner = index.map((name, i) => ({ name, size: ends.number(shape[i]) })).slice(1)
  const first = inner.toReversed().map(({ name, size }) => `long ${name} = i0_ % ${size}; i0_ /= ${size};`)
  const next = inner.reduce((outer, { name, size }) => `if (++${name} == ${size}) { ${name} = 0; ${outer} }`, 'i0_++;')
  return ['long i0_ = lo;', ...first, begin, ...offsets, ...body, next, '}']
}

const offset = (ends: Ends, name: string, terms: readonly (readonly [string, number])[]): string => {
  const sum = terms.flatMap(([i, s]) => s === 0 ? [] : s === 1 ? [i] : [`${i} * ${ends.number(s)}`])
  return `const long ${name} = ${sum.length === 0 ? '0' : sum.join(' + ')};`
}
