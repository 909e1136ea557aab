/**
 * Positions that are data must lie on their axis: what lies beside it is another row or nothing. Every engine stops at one in these words.
 */
import { TypegradError } from '../../dsl/errors.js'

/** The error of a position that is not on an axis of `size`; an engine that cannot tell which one leaves it out. */
export const outsideError = (op: string, position: number | undefined, size: number): TypegradError => {
  const which = position === undefined ? 'a position' : `position ${position}`
  const expected = size === 0 ? 'it has no positions' : `0 to ${size - 1} are expected`
  return new TypegradError('engine', `${op}: ${which} lies outside of an axis of size ${size} (${expected}); check labels and indices`)
}

/** Stops a program at a position that is not on its axis. */
export const outside = (op: string, position: number, size: number): never => { throw outsideError(op, position, size) }

/** The first position that is not on an axis of `size`. */
export const firstOutside = (positions: ArrayLike<number>, size: number): number | undefined => {
  for (let i = 0; i < positions.length; i++) if (!(positions[i] >= 0 && positions[i] < size)) return positions[i]
  return undefined
}

/** Throws a `TypegradError` that names the first position that is not on an axis of `size`. */
export const checkPositions = (op: string, positions: ArrayLike<number>, size: number): void => {
  const position = firstOutside(positions, size)
  if (position !== undefined) outside(op, position, size)
}
