/** Reads through strides and their transposes, and copies by position: everything that moves elements. */
import type { Data } from '../device.js'
import { denseStrides, walk } from './walk.js'

/** Axes that a strided read walks as one: those of size 1 go, and an outer step that equals the whole inner axis joins it. */
const mergeAxes = (shape: readonly number[], strides: readonly number[]): { sizes: number[]; steps: number[] } => {
  const [sizes, steps]: [number[], number[]] = [[], []]
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] === 1) continue
    if (sizes.length > 0 && strides[i] === steps[0] * sizes[0]) sizes[0] *= shape[i]
    else {
      sizes.unshift(shape[i])
      steps.unshift(strides[i])
    }
  }
  return { sizes, steps }
}
/** From here a call that moves a whole row is cheaper than its elements. */
const longRow = 64

/** Reads through strides: `out` is dense of `shape`. Repeats (0), reversals (negative), slices and windows are all of this kind. */
export const readLoop = (shape: readonly number[], strides: readonly number[], offset = 0) => {
  const { sizes, steps } = mergeAxes(shape, strides)
  const each = walk({ sizes, strides: [denseStrides(sizes), steps], offsets: [0, offset] })
  return (out: Data, [x]: readonly Data[]): void => each(([o, p], { m, n, outer: [o1, p1], inner: [o2, p2] }) => {
    const [whole, fill] = [n >= longRow && o2 === 1 && p2 === 1, n >= longRow && o2 === 1 && p2 === 0]
    for (let i = 0; i < m; i++, o += o1, p += p1) {
      if (whole) out.set(x.subarray(p, p + n), o)
      else if (fill) out.fill(x[p], o, o + n)
      else for (let j = 0; j < n; j++) out[o + j * o2] = x[p + j * p2]
    }
  })
}

/** The transpose of a strided read: adds a dense array of `shape` up where the strides put it. */
export const addLoop = (shape: readonly number[], strides: readonly number[], offset = 0) => {
  const { sizes, steps } = mergeAxes(shape, strides)
  const each = walk({ sizes, strides: [denseStrides(sizes), steps], offsets: [0, offset] })
  return (out: Data, [x]: readonly Data[]): void => {
    out.fill(0)
    each(([o, p], { m, n, outer: [o1, p1], inner: [o2, p2] }) => {
      for (let i = 0; i < m; i++, o += o1, p += p1) for (let j = 0; j < n; j++) out[p + j * p2] += x[o + j * o2]
    })
  }
}

/** An array of `shape` inside a larger one, with `value` around it. */
export const padLoop = (shape: readonly number[], lo: readonly number[], outer: readonly number[], value: number) => {
  const to = denseStrides(outer)
  const each = walk({ sizes: shape, strides: [to, denseStrides(shape)], offsets: [lo.reduce((at, l, i) => at + l * to[i], 0), 0] })
  return (out: Data, [x]: readonly Data[]): void => {
    out.fill(value)
    each(([o, p], { m, n, outer: [o1, p1], inner: [o2, p2] }) => {
      for (let i = 0; i < m; i++, o += o1, p += p1) for (let j = 0; j < n; j++) out[o + j * o2] = x[p + j * p2]
    })
  }
}

/** Whole slices by position: x is [before, size, after] and out [before, n, after]. */
export const gatherLoop = (before: number, size: number, after: number) => (out: Data, [x, index]: readonly Data[]): void => {
  const n = index.length
  for (let b = 0, o = 0; b < before; b++) for (let i = 0; i < n; i++) {
    const from = (b * size + index[i]) * after
    if (after >= longRow) out.set(x.subarray(from, from + after), o)
    else for (let a = 0; a < after; a++) out[o + a] = x[from + a]
    o += after
  }
}

/** Parts side by side: each is [rows, width], and out their concatenation along the second axis. */
export const concatLoop = (count: number, widths: readonly number[]) => {
  const width = widths.reduce((a, b) => a + b, 0)
  return (out: Data, parts: readonly Data[]): void => {
    let first = 0
    parts.forEach((x, k) => {
      const w = widths[k]
      for (let r = 0; r < count; r++) {
        if (w >= longRow) out.set(x.subarray(r * w, (r + 1) * w), r * width + first)
        else for (let i = 0; i < w; i++) out[r * width + first + i] = x[r * w + i]
      }
      first += w
    })
  }
}
