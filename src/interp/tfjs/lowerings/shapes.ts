/** Broadcast shapes: operands of equal rank, each axis either whole or 1. */
import { sizeOf } from '../../../dsl/value.js'
import { readLoop } from '../loops/moves.js'
import { broadcastStrides } from '../loops/walk.js'
import { view, type Emitter, type Ref } from '../emit.js'

/** The shape that operands of equal rank broadcast to. */
export const commonShape = (shapes: readonly (readonly number[])[]): number[] =>
  shapes[0].map((_, i) => shapes.find(s => s[i] !== 1)?.[i] ?? 1)

/**
 * The same operands over as few axes as their broadcasting allows: neighbours that are whole or repeated in the same operands are one axis.
 * Kernels take few axes only, and are fastest on one.
 */
export const collapse = (shapes: readonly (readonly number[])[]): number[][] => {
  const common = commonShape(shapes)
  const kept = [...common.keys()].filter(i => common[i] !== 1)
  const pattern = (i: number): string => shapes.map(s => +(s[i] !== 1)).join('')
  const groups: number[][] = []
  kept.forEach((axis, j) => {
    if (j > 0 && pattern(axis) === pattern(kept[j - 1])) groups[groups.length - 1].push(axis)
    else groups.push([axis])
  })
  return shapes.map(s => groups.map(g => g.reduce((n, i) => n * s[i], 1)))
}

/** A ref with leading axes of size 1 up to a rank. */
export const padRank = (r: Ref, rank: number): Ref => view(r, [...Array.from({ length: rank - r.shape.length }, () => 1), ...r.shape])

/** The whole of a value that is held small: its axes of size 1 repeated up to `shape`. */
export const materialise = (r: Ref, shape: readonly number[], emit: Emitter): Ref => {
  if (sizeOf(r.shape) === sizeOf(shape)) return view(r, shape)
  const value = emit.constants.get(r.slot)
  if (sizeOf(r.shape) === 1 && value !== undefined) {
    const element = r.dtype === 'bool' ? Boolean(value.data[0]) : value.data[0]
    return emit.kernel('Fill', {}, { shape, value: element, dtype: r.dtype }, shape, r.dtype)
  }
  const [from, to] = collapse([padRank(r, shape.length).shape, shape])
  if (emit.device.loops) return view(emit.compute([r], readLoop(to, broadcastStrides(from)), to, r.dtype), shape)
  return view(emit.kernel('Tile', { x: view(r, from) }, { reps: to.map((d, i) => from[i] === 1 ? d : 1) }, to, r.dtype), shape)
}
