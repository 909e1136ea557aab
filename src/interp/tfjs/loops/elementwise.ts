/** Comparisons, extrema and choices over broadcast operands. */
import type { Data } from '../device.js'
import { broadcastStrides, denseStrides, walk, type Body } from './walk.js'

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
