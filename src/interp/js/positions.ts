/** Positions that are data must lie on their axis: in JavaScript what lies beside it is another row or nothing, and no fault. */
import { TypegradError } from '../../dsl/errors.js'

/** What an axis of `size` takes, in words. */
export const axisInWords = (size: number): string =>
  `an axis of size ${size} (${size === 0 ? 'it has no positions' : `0 to ${size - 1} are expected`}); check labels and indices`

/** Stops a program at a position that is not on its axis. */
export const outside = (op: string, position: number, size: number): never => {
  throw new TypegradError('engine', `${op}: position ${position} lies outside of ${axisInWords(size)}`)
}

/** Throws a `TypegradError` that names the first position that is not on an axis of `size`. */
export const checkPositions = (op: string, positions: ArrayLike<number>, size: number): void => {
  for (let i = 0; i < positions.length; i++) if (!(positions[i] >= 0 && positions[i] < size)) outside(op, positions[i], size)
}
