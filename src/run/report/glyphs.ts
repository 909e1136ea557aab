/** The digits of tick marks as pixels: a PNG has no fonts. */

// rows of five pixels, the leftmost in the highest of five bits
const GLYPHS: Readonly<Record<string, readonly number[]>> = {
  0: [14, 17, 17, 17, 17, 17, 14], 1: [4, 12, 4, 4, 4, 4, 14], 2: [14, 17, 1, 2, 4, 8, 31], 3: [14, 17, 1, 6, 1, 17, 14],
  4: [2, 6, 10, 18, 31, 2, 2], 5: [31, 16, 30, 1, 1, 17, 14], 6: [6, 8, 16, 30, 17, 17, 14], 7: [31, 1, 2, 4, 8, 8, 8],
  8: [14, 17, 17, 14, 17, 17, 14], 9: [14, 17, 17, 15, 1, 2, 12], '-': [0, 0, 0, 14, 0, 0, 0], '.': [0, 0, 0, 0, 0, 12, 12],
  e: [0, 0, 14, 17, 31, 16, 14], '+': [0, 4, 4, 31, 4, 4, 0],
}
const WIDTH = 5, GAP = 1, SCALE = 2

/** How many pixels a number is wide; it is 14 high. */
export const textWidth = (text: string): number => SCALE * (text.length * (WIDTH + GAP) - GAP)

/** Calls `dot` for every pixel of a number whose upper left corner is given; a character that no number has is a gap. */
export const drawText = (text: string, left: number, top: number, dot: (x: number, y: number) => void): void => {
  for (const [i, character] of [...text].entries()) {
    for (const [row, bits] of (GLYPHS[character] ?? []).entries()) {
      for (let column = 0; column < WIDTH; column++) {
        if ((bits >> WIDTH - 1 - column & 1) === 0) continue
        for (let y = 0; y < SCALE; y++) {
          for (let x = 0; x < SCALE; x++) dot(left + SCALE * (i * (WIDTH + GAP) + column) + x, top + SCALE * row + y)
        }
      }
    }
  }
}
