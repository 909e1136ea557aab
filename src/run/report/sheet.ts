/** A contact sheet of images as PNG: what samples.png is. */
import { encode } from 'fast-png'
import { TypegradError } from '../../dsl/errors.js'
import type { Value } from '../../dsl/value.js'

/** How images lie in a value: `[n, height * width * channels]` or any shape with as many elements an image; grey (1) or RGB (3). */
export interface Picture { readonly height: number; readonly width: number; readonly channels?: 1 | 3 }

const GAP = 2

/**
 * The PNG bytes of a near-square sheet of the images in `value` (0 is black, 1 is white), each enlarged `scale` times.
 *
 * @example
 * ```ts
 * import { sheetPng } from 'typegrad/run'
 * const two = { shape: [2, 4], dtype: 'float32', data: Float32Array.of(0, 1, 1, 0, 1, 0, 0, 1) } as const
 * const png = sheetPng(two, { height: 2, width: 2 })
 * ```
 */
export const sheetPng = (value: Value, { height, width, channels = 1 }: Picture, scale = 2): Uint8Array => {
  const each = height * width * channels, count = value.shape[0] ?? 0
  if (value.data.length !== count * each) {
    throw new TypegradError('config',
      `samples: [${value.shape}] are not ${count} pictures of ${height}x${width}x${channels} (${each} numbers each).`)
  }
  const columns = Math.max(1, Math.ceil(Math.sqrt(count))), rows = Math.max(1, Math.ceil(count / columns))
  const cellW = width * scale + GAP, cellH = height * scale + GAP
  const sheetW = columns * cellW + GAP, sheetH = rows * cellH + GAP
  const data = new Uint8Array(sheetW * sheetH * channels).fill(96)
  for (let n = 0; n < count; n++) {
    const left = GAP + n % columns * cellW, top = GAP + Math.floor(n / columns) * cellH
    for (let y = 0; y < height * scale; y++) {
      for (let x = 0; x < width * scale; x++) {
        for (let c = 0; c < channels; c++) {
          const v = value.data[n * each + (Math.floor(y / scale) * width + Math.floor(x / scale)) * channels + c]
          data[((top + y) * sheetW + left + x) * channels + c] = Math.round(255 * Math.min(1, Math.max(0, Number(v))))
        }
      }
    }
  }
  return encode({ width: sheetW, height: sheetH, data, depth: 8, channels })
}
