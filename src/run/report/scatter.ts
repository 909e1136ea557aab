/** A scatter plot of points of the plane as PNG: what samples.png is where samples are points. */
import { encode } from 'fast-png'
import { TypegradError } from '../../dsl/errors.js'
import type { Value } from '../../dsl/value.js'
import { ticks } from './curve.js'
import { drawText, textWidth } from './glyphs.js'

/** A point (x, y). */
export type Point = readonly [x: number, y: number]
/** The part of the plane to show. */
export interface Plot { readonly x: readonly [lo: number, hi: number]; readonly y: readonly [lo: number, hi: number] }

// short enough for the margin
const label = (v: number): string => String(v).length <= 5 ? String(v) : v.toExponential().replace('+', '')
const SIZE = 520, [LEFT, RIGHT, TOP, BOTTOM] = [56, 16, 16, 32]
const GRID = [232, 232, 232], FRAME = [150, 150, 150], INK = [70, 70, 70]
const POINT = [31, 95, 168], REFERENCE = [200, 80, 46]

/**
 * The PNG bytes of a plot of the points in `value`, [n, 2]: samples light blue, so that a crowd is darker than one; `reference` points red.
 *
 * Points outside the ranges are left out. Throws a `TypegradError` when `value` is not [n, 2].
 *
 * @example
 * ```ts
 * import { scatterPng } from 'typegrad/run'
 * const two = { shape: [2, 2], dtype: 'float32', data: Float32Array.of(0, 1, 1, 0) } as const
 * const png = scatterPng(two, { x: [-2, 2], y: [-2, 2] }, [[0, 0]])
 * ```
 */
export const scatterPng = (value: Value, { x: [x0, x1], y: [y0, y1] }: Plot, reference: readonly Point[] = []): Uint8Array => {
  if (value.shape.length !== 2 || value.shape[1] !== 2) {
    throw new TypegradError('config', `samples: [${value.shape.join(', ')}] are not points of the plane; expected [count, 2].`)
  }
  const width = SIZE + LEFT + RIGHT, height = SIZE + TOP + BOTTOM
  const data = new Uint8Array(width * height * 3).fill(255)
  const blend = (px: number, py: number, colour: readonly number[], share: number) => {
    if (px < 0 || py < 0 || px >= width || py >= height) return
    const at = (py * width + px) * 3
    for (let c = 0; c < 3; c++) data[at + c] = Math.round(data[at + c] * (1 - share) + colour[c] * share)
  }
  const across = (v: number) => LEFT + (v - x0) / (x1 - x0) * SIZE, down = (v: number) => TOP + (y1 - v) / (y1 - y0) * SIZE
  const inside = (x: number, y: number) => x >= x0 && x <= x1 && y >= y0 && y <= y1
  const line = (from: Point, to: Point, colour: readonly number[]) => {
    const n = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]), 1)
    for (let i = 0; i <= n; i++) {
      blend(Math.round(from[0] + (to[0] - from[0]) * i / n), Math.round(from[1] + (to[1] - from[1]) * i / n), colour, 1)
    }
  }
  // the share of each pixel that a disc covers falls off over its last pixel, so that discs are round
  const disc = ([x, y]: Point, radius: number, colour: readonly number[], share: number) => {
    const [cx, cy] = [across(x), down(y)]
    for (let py = Math.floor(cy - radius - 1); py <= cy + radius + 1; py++) {
      for (let px = Math.floor(cx - radius - 1); px <= cx + radius + 1; px++) {
        const cover = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(px - cx, py - cy)))
        if (cover > 0) blend(px, py, colour, share * cover)
      }
    }
  }
  const text = (words: string, left: number, top: number) => drawText(words, left, top, (px, py) => blend(px, py, INK, 1))

  for (const v of ticks(x0, x1)) {
    line([across(v), TOP], [across(v), TOP + SIZE], GRID)
    text(label(v), Math.round(across(v) - textWidth(label(v)) / 2), TOP + SIZE + 9)
  }
  for (const v of ticks(y0, y1)) {
    line([LEFT, down(v)], [LEFT + SIZE, down(v)], GRID)
    text(label(v), LEFT - 8 - textWidth(label(v)), Math.round(down(v)) - 6)
  }
  const [right, bottom] = [LEFT + SIZE, TOP + SIZE]
  line([LEFT, TOP], [right, TOP], FRAME)
  line([LEFT, bottom], [right, bottom], FRAME)
  line([LEFT, TOP], [LEFT, bottom], FRAME)
  line([right, TOP], [right, bottom], FRAME)
  for (let i = 0; i < value.shape[0]; i++) {
    const point = [Number(value.data[2 * i]), Number(value.data[2 * i + 1])] as const
    if (inside(...point)) disc(point, 2, POINT, 0.45)
  }
  for (const point of reference) if (inside(...point)) disc(point, 3.5, REFERENCE, 0.95)
  return encode({ width, height, data, depth: 8, channels: 3 })
}
