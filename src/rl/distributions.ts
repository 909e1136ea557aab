/** Tables of probabilities, checked where they are known before anything runs. */
import type { Node } from '../dsl/core/node.js'
import type { ConstantAttrs } from '../dsl/core/primitives/leaves.js'
import { TypegradError } from '../dsl/errors.js'
import { nodeOf } from '../dsl/ops/typed.js'

/** Rounding of float32, and of probabilities written with six digits. */
const TOLERANCE = 1e-5

/** The numbers of a constant, or of one that is only repeated, reshaped or named; nothing of other expressions. */
const numbersOf = ({ op, inputs, attrs, shape }: Node): ArrayLike<number> | undefined => {
  if (op === 'constant') return (attrs as ConstantAttrs).value.data
  if (inputs.length === 0) return undefined
  const below = numbersOf(inputs[0])
  if (op === 'reshape' || op === 'named') return below
  const size = shape.reduce<number>((n, d) => n * Number(d), 1)
  return op === 'broadcastTo' && below?.length === 1 && Number.isFinite(size) ? new Float64Array(size).fill(below[0]) : undefined
}

/**
 * Throws the sentence about the first row, along the last axis, of a constant that is no distribution. Expressions that are not constant
 * pass: their numbers are not known yet.
 */
export const checkDistributions = (op: string, name: string, table: unknown): void => {
  const node = nodeOf(op, table)
  const numbers = numbersOf(node)
  if (!numbers) return
  const size = node.shape[node.shape.length - 1] as number
  for (let from = 0; from < numbers.length; from += size) {
    const row = Array.from({ length: size }, (_, i) => numbers[from + i])
    const refuse = (why: string): never => {
      throw new TypegradError('value', `${op}: ${name}${placeOf(from / size, node.shape.slice(0, -1) as number[])} ${why}`)
    }
    const bad = row.find(p => !(p >= 0))
    if (bad !== undefined) refuse(`has the entry ${bad}, but a probability is at least 0 and a row of them sums to 1`)
    const total = row.reduce((a, b) => a + b, 0)
    if (!(Math.abs(total - 1) <= TOLERANCE))
      refuse(`sums to ${Number(total.toPrecision(6))}, but probabilities sum to 1; divide the row by its sum`)
  }
}

/** Row `i` in row-major order, as it is written: [s][a]. */
const placeOf = (i: number, [...sizes]: readonly number[]): string => {
  const at: number[] = []
  for (const n of sizes.reverse()) {
    at.unshift(i % n)
    i = Math.floor(i / n)
  }
  return at.map(k => `[${k}]`).join('')
}
