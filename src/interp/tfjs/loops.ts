/**
 * Loops over arrays in the host's memory, for devices that share it. tfjs's wasm kernels work out every index anew where operands differ in
 * shape or elements move (100 ns an element); these walk strides (about 1 ns).
 */
import type { Data } from './device.js'

export const denseStrides = (shape: readonly number[]): number[] => {
  const strides = shape.map(() => 1)
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1] * shape[i + 1]
  return strides
}
/** The strides that read an array of `shape` as one of a larger shape: 0 along repeated axes. */
export const broadcastStrides = (shape: readonly number[]): number[] => denseStrides(shape).map((s, i) => shape[i] === 1 ? 0 : s)

/** The two innermost loops: m times n elements, and for each array the steps of both. */
interface Nest { readonly m: number; readonly n: number; readonly outer: readonly number[]; readonly inner: readonly number[] }
/** A walk over some axes through several arrays: how far its neighbours are apart in each array, and where each begins. */
interface Walk { readonly sizes: readonly number[]; readonly strides: readonly (readonly number[])[]; readonly offsets: readonly number[] }
type Body = (at: readonly number[], nest: Nest) => void

/** The order of the loops: the last axis innermost where it is long, for the cache; else the longest, for the overhead of a loop. */
const loopOrder = (sizes: readonly number[]): number[] => {
  const longest = (axes: readonly number[]): number => axes.reduce((a, b) => sizes[b] >= sizes[a] ? b : a)
  const axes = [...sizes.keys()]
  const inner = sizes[sizes.length - 1] >= 8 ? sizes.length - 1 : longest(axes)
  const rest = axes.filter(i => i !== inner)
  const outer = longest(rest)
  return [...rest.filter(i => i !== outer), outer, inner]
}

/** Calls the body at the start of each pair of innermost loops; the positions belong to it until it returns. */
const walk = ({ sizes: axes, strides: steps, offsets }: Walk): ((body: Body) => void) => {
  const padded = [1, 1, ...axes]
  const order = loopOrder(padded)
  const sizes = order.map(i => padded[i])
  const strides = steps.map(s => order.map(i => i < 2 ? 0 : s[i - 2]))
  const depth = sizes.length - 2
  const [m, n] = sizes.slice(depth)
  const nest: Nest = { m, n, outer: strides.map(s => s[depth]), inner: strides.map(s => s[depth + 1]) }
  const count = sizes.slice(0, depth).reduce((a, b) => a * b, 1)
  return body => {
    const at = [...offsets]
    const index = sizes.map(() => 0)
    for (let i = 0; i < count; i++) {
      body(at, nest)
      for (let d = depth - 1; d >= 0; d--) {
        index[d]++
        for (let k = 0; k < at.length; k++) at[k] += strides[k][d]
        if (index[d] < sizes[d]) break
        for (let k = 0; k < at.length; k++) at[k] -= strides[k][d] * sizes[d]
        index[d] = 0
      }
    }
  }
}

type Binary = (out: Data, a: Data, b: Data) => Body
/** The bits of four-byte elements: choosing by a mask has no branch, which random data would make the processor guess wrong. */
const bits = (x: Data): Int32Array => new Int32Array(x.buffer, x.byteOffset, x.length)

/** Elementwise primitives with a loop. */
export type Looped = 'maximum' | 'minimum' | 'equal' | 'less' | 'lessEqual' | 'and' | 'or'

// Each loop is written out: a function an element would cost more than the element. Comparisons become numbers without a branch.
const bodies: { readonly [P in Looped]: Binary } = {
  equal: (out, a, b) => ([o, p, q], { m, n, outer: [o1, p1, q1], inner: [o2, p2, q2] }) => {
    for (let i = 0; i < m; i++, o += o1, p += p1, q += q1) for (let j = 0; j < n; j++) out[o + j * o2] = +(a[p + j * p2] === b[q + j * q2])
  },
  less: (out, a, b) => ([o, p, q], { m, n, outer: [o1, p1, q1], inner: [o2, p2, q2] }) => {
    for (let i = 0; i < m; i++, o += o1, p += p1, q += q1) for (let j = 0; j < n; j++) out[o + j * o2] = +(a[p + j * p2] < b[q + j * q2])
  },
  lessEqual: (out, a, b) => ([o, p, q], { m, n, outer: [o1, p1, q1], inner: [o2, p2, q2] }) => {
    for (let i = 0; i < m; i++, o += o1, p += p1, q += q1) for (let j = 0; j < n; j++) out[o + j * o2] = +(a[p + j * p2] <= b[q + j * q2])
  },
  and: (out, a, b) => ([o, p, q], { m, n, outer: [o1, p1, q1], inner: [o2, p2, q2] }) => {
    for (let i = 0; i < m; i++, o += o1, p += p1, q += q1) for (let j = 0; j < n; j++) out[o + j * o2] = a[p + j * p2] & b[q + j * q2]
  },
  or: (out, a, b) => ([o, p, q], { m, n, outer: [o1, p1, q1], inner: [o2, p2, q2] }) => {
    for (let i = 0; i < m; i++, o += o1, p += p1, q += q1) for (let j = 0; j < n; j++) out[o + j * o2] = a[p + j * p2] | b[q + j * q2]
  },
  // NaN wins from either side: it is taken from b by the mask, and left in a because no comparison with it holds.
  maximum: (out, a, b) => {
    const [to, x, y] = [bits(out), bits(a), bits(b)]
    return ([o, p, q], { m, n, outer: [o1, p1, q1], inner: [o2, p2, q2] }) => {
      for (let i = 0; i < m; i++, o += o1, p += p1, q += q1) for (let j = 0; j < n; j++) {
        const v = a[p + j * p2]
        const w = b[q + j * q2]
        const mask = -(+(v < w) | +Number.isNaN(w))
        to[o + j * o2] = (x[p + j * p2] & ~mask) | (y[q + j * q2] & mask)
      }
    }
  },
  minimum: (out, a, b) => {
    const [to, x, y] = [bits(out), bits(a), bits(b)]
    return ([o, p, q], { m, n, outer: [o1, p1, q1], inner: [o2, p2, q2] }) => {
      for (let i = 0; i < m; i++, o += o1, p += p1, q += q1) for (let j = 0; j < n; j++) {
        const v = a[p + j * p2]
        const w = b[q + j * q2]
        const mask = -(+(w < v) | +Number.isNaN(w))
        to[o + j * o2] = (x[p + j * p2] & ~mask) | (y[q + j * q2] & mask)
      }
    }
  },
}

/** An elementwise loop over operands of equal rank, broadcast to `shape`. */
export const binaryLoop = (op: Looped, shape: readonly number[], sa: readonly number[], sb: readonly number[]) => {
  const each = walk({ sizes: shape, strides: [denseStrides(shape), broadcastStrides(sa), broadcastStrides(sb)], offsets: [0, 0, 0] })
  return (out: Data, [a, b]: readonly Data[]): void => each(bodies[op](out, a, b))
}

/** `select` over operands of equal rank. */
export const selectLoop = (shape: readonly number[], shapes: readonly (readonly number[])[]) => {
  const each = walk({ sizes: shape, strides: [denseStrides(shape), ...shapes.map(broadcastStrides)], offsets: [0, 0, 0, 0] })
  return (out: Data, [c, a, b]: readonly Data[]): void => {
    const [to, x, y] = out instanceof Uint8Array ? [out, a, b] : [bits(out), bits(a), bits(b)]
    each(([o, k, p, q], { m, n, outer: [o1, k1, p1, q1], inner: [o2, k2, p2, q2] }) => {
      for (let i = 0; i < m; i++, o += o1, k += k1, p += p1, q += q1) for (let j = 0; j < n; j++) {
        const mask = -c[k + j * k2]
        to[o + j * o2] = (x[p + j * p2] & mask) | (y[q + j * q2] & ~mask)
      }
    })
  }
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
