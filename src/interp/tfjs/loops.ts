/**
 * Loops over arrays in the host's memory, for devices that share it. tfjs's wasm kernels work out every index anew where operands differ in
 * shape or elements move (100 ns an element); these walk strides (about 1 ns).
 */
import type { Data } from './device.js'

/** A walk through several arrays at once: the sizes of the axes, and for each array where it starts and how far apart neighbours are. */
interface Walk {
  readonly sizes: readonly number[]
  readonly strides: readonly (readonly number[])[]
  readonly offsets: readonly number[]
}

/** Calls `row(positions)` at the start of each innermost row; the positions belong to the callee until it returns. */
const rows = ({ sizes, strides, offsets }: Walk, row: (at: number[]) => void): void => {
  const last = sizes.length - 1
  const at = [...offsets]
  const index = sizes.map(() => 0)
  const n = sizes.slice(0, -1).reduce((a, b) => a * b, 1)
  for (let i = 0; i < n; i++) {
    row(at)
    for (let d = last - 1; d >= 0; d--) {
      index[d]++
      for (let k = 0; k < at.length; k++) at[k] += strides[k][d]
      if (index[d] < sizes[d]) break
      for (let k = 0; k < at.length; k++) at[k] -= strides[k][d] * sizes[d]
      index[d] = 0
    }
  }
}

const denseStrides = (shape: readonly number[]): number[] => {
  const strides = shape.map(() => 1)
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1] * shape[i + 1]
  return strides
}
/** The strides that read an array of `shape` as one of a larger shape: 0 along repeated axes. */
const broadcastStrides = (shape: readonly number[]): number[] => denseStrides(shape).map((s, i) => shape[i] === 1 ? 0 : s)
const atLeastOne = <T>(xs: readonly T[], one: T): readonly T[] => xs.length === 0 ? [one] : xs

/** A loop with two operands over one row: out[o + i] from a[p + i s] and b[q + i t]. */
type Row = (out: Data, o: number, n: number, a: Data, p: number, s: number, b: Data, q: number, t: number) => void

// Each loop is written out: a function an element would cost more than the element.
export const rowOf: Readonly<Record<'maximum' | 'minimum' | 'equal' | 'less' | 'lessEqual' | 'and' | 'or', Row>> = {
  maximum: (out, o, n, a, p, s, b, q, t) => { for (let i = 0; i < n; i++) out[o + i] = Math.max(a[p + i * s], b[q + i * t]) },
  minimum: (out, o, n, a, p, s, b, q, t) => { for (let i = 0; i < n; i++) out[o + i] = Math.min(a[p + i * s], b[q + i * t]) },
  equal: (out, o, n, a, p, s, b, q, t) => { for (let i = 0; i < n; i++) out[o + i] = a[p + i * s] === b[q + i * t] ? 1 : 0 },
  less: (out, o, n, a, p, s, b, q, t) => { for (let i = 0; i < n; i++) out[o + i] = a[p + i * s] < b[q + i * t] ? 1 : 0 },
  lessEqual: (out, o, n, a, p, s, b, q, t) => { for (let i = 0; i < n; i++) out[o + i] = a[p + i * s] <= b[q + i * t] ? 1 : 0 },
  and: (out, o, n, a, p, s, b, q, t) => { for (let i = 0; i < n; i++) out[o + i] = a[p + i * s] & b[q + i * t] },
  or: (out, o, n, a, p, s, b, q, t) => { for (let i = 0; i < n; i++) out[o + i] = a[p + i * s] | b[q + i * t] },
}

/** An elementwise loop over operands of equal rank, broadcast to `shape`. */
export const binaryLoop = (row: Row, shape: readonly number[], sa: readonly number[], sb: readonly number[]) => {
  const sizes = atLeastOne(shape, 1)
  const strides = [denseStrides(shape), broadcastStrides(sa), broadcastStrides(sb)].map(s => atLeastOne(s, 0))
  const last = sizes.length - 1
  const [, s, t] = strides.map(x => x[last])
  return (out: Data, [a, b]: readonly Data[]): void =>
    rows({ sizes, strides, offsets: [0, 0, 0] }, ([o, p, q]) => { row(out, o, sizes[last], a, p, s, b, q, t) })
}

/** `select` over operands of equal rank. */
export const selectLoop = (shape: readonly number[], shapes: readonly (readonly number[])[]) => {
  const sizes = atLeastOne(shape, 1)
  const strides = [denseStrides(shape), ...shapes.map(broadcastStrides)].map(s => atLeastOne(s, 0))
  const last = sizes.length - 1
  const [, r, s, t] = strides.map(x => x[last])
  return (out: Data, [c, a, b]: readonly Data[]): void => rows({ sizes, strides, offsets: [0, 0, 0, 0] }, ([o, k, p, q]) => {
    for (let i = 0; i < sizes[last]; i++) out[o + i] = c[k + i * r] !== 0 ? a[p + i * s] : b[q + i * t]
  })
}

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
  return sizes.length === 0 ? { sizes: [1], steps: [1] } : { sizes, steps }
}

/** Reads through strides: `out` is dense of `shape`. Repeats (0), reversals (negative), slices and windows are all of this kind. */
export const readLoop = (shape: readonly number[], strides: readonly number[], offset = 0) => {
  const { sizes, steps } = mergeAxes(shape, strides)
  const last = sizes.length - 1
  const [n, step] = [sizes[last], steps[last]]
  const walk = { sizes, strides: [denseStrides(sizes), steps], offsets: [0, offset] }
  // Long runs are copied whole; short ones cost less one by one.
  if (step === 1 && n >= 16) return (out: Data, [x]: readonly Data[]): void => rows(walk, ([o, p]) => { out.set(x.subarray(p, p + n), o) })
  if (step === 0 && n >= 16) return (out: Data, [x]: readonly Data[]): void => rows(walk, ([o, p]) => { out.fill(x[p], o, o + n) })
  return (out: Data, [x]: readonly Data[]): void => rows(walk, ([o, p]) => { for (let i = 0; i < n; i++) out[o + i] = x[p + i * step] })
}

/** The transpose of a strided read: adds a dense array of `shape` up where the strides put it. */
export const addLoop = (shape: readonly number[], strides: readonly number[], offset = 0) => {
  const { sizes, steps } = mergeAxes(shape, strides)
  const last = sizes.length - 1
  const [n, step] = [sizes[last], steps[last]]
  const walk = { sizes, strides: [denseStrides(sizes), steps], offsets: [0, offset] }
  return (out: Data, [x]: readonly Data[]): void => {
    out.fill(0)
    rows(walk, ([o, p]) => { for (let i = 0; i < n; i++) out[p + i * step] += x[o + i] })
  }
}

/** An array of `shape` inside a larger one, with `value` around it. */
export const padLoop = (shape: readonly number[], lo: readonly number[], outer: readonly number[], value: number) => {
  const to = denseStrides(outer)
  const n = shape[shape.length - 1]
  const walk = { sizes: shape, strides: [to, denseStrides(shape)], offsets: [lo.reduce((at, l, i) => at + l * to[i], 0), 0] }
  return (out: Data, [x]: readonly Data[]): void => {
    out.fill(value)
    rows(walk, ([o, p]) => { out.set(x.subarray(p, p + n), o) })
  }
}

/** Strides of a dense array, for reads of parts of it. */
export { denseStrides, broadcastStrides }

/** Whole slices by position: x is [before, size, after] and out [before, n, after]. */
export const gatherLoop = (before: number, size: number, after: number) => (out: Data, [x, index]: readonly Data[]): void => {
  const n = index.length
  for (let b = 0, o = 0; b < before; b++) for (let i = 0; i < n; i++) {
    const from = (b * size + index[i]) * after
    if (after >= 16) out.set(x.subarray(from, from + after), o)
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
        if (w >= 16) out.set(x.subarray(r * w, (r + 1) * w), r * width + first)
        else for (let i = 0; i < w; i++) out[r * width + first + i] = x[r * w + i]
      }
      first += w
    })
  }
}
