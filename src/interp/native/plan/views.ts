/** Views: elements of a memory read through strides, so that moving axes, repeating and cutting cost nothing. Counted in elements. */
import type { Geometry } from '../../../dsl/core/primitives/window.js'
import { sizeOf } from '../../../dsl/value.js'

export interface View {
  readonly offset: number
  readonly shape: readonly number[]
  /** 0 repeats an element along an axis; negative runs backwards. */
  readonly strides: readonly number[]
}

/** Row-major strides. */
export const denseStrides = (shape: readonly number[]): number[] => {
  const strides = shape.map(() => 1)
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1] * shape[i + 1]
  return strides
}
export const dense = (shape: readonly number[]): View => ({ offset: 0, shape, strides: denseStrides(shape) })

/** How many axes come before those at the end that make up a row of `cols` elements. */
export const axesBeforeRow = (shape: readonly number[], cols: number): number => {
  let [lead, count] = [shape.length, 1]
  while (lead > 0 && count < cols) count *= shape[--lead]
  return lead
}

/** Whether elements follow one another in memory as in the view; axes of size 1 may have any stride. */
export const runsTogether = ({ shape, strides }: View): boolean => {
  if (sizeOf(shape) <= 1) return true
  const want = denseStrides(shape)
  return shape.every((d, i) => d === 1 || strides[i] === want[i])
}

/** Whether the view is all of a memory of `size` elements, in order. */
export const isWhole = (v: View, size: number): boolean => v.offset === 0 && sizeOf(v.shape) === size && runsTogether(v)

export const transposed = (v: View, perm: readonly number[]): View =>
  ({ offset: v.offset, shape: perm.map(p => v.shape[p]), strides: perm.map(p => v.strides[p]) })

export const repeated = (v: View, shape: readonly number[]): View => {
  const lead = shape.length - v.shape.length
  return { offset: v.offset, shape, strides: shape.map((d, i) => i < lead || v.shape[i - lead] !== d ? 0 : v.strides[i - lead]) }
}

export const cut = (v: View, starts: readonly number[], shape: readonly number[]): View =>
  ({ offset: starts.reduce((o, s, i) => o + s * v.strides[i], v.offset), shape, strides: v.strides })

export const reversed = (v: View, axes: readonly number[]): View => ({
  offset: axes.reduce((o, a) => o + Math.max(0, v.shape[a] - 1) * v.strides[a], v.offset),
  shape: v.shape,
  strides: v.strides.map((s, i) => axes.includes(i) ? -s : s),
})

/**
 * The windows [batch, oh, ow, kh, kw, c] of images [batch, h, w, c], which may overlap; null where they reach outside of the images, and
 * where channels lie apart, so that windows are read better from a copy.
 */
export const windowed = (v: View, shape: readonly number[], { stride, dilation, padding }: Geometry): View | null => {
  const [image, down, right, channel] = v.strides
  if (padding.flat().some(p => p !== 0) || channel !== 1 && v.shape[3] !== 1) return null
  const strides = [image, down * stride[0], right * stride[1], down * dilation[0], right * dilation[1], channel]
  return { offset: v.offset, shape, strides }
}

/** The same elements under another shape, or null where strides cannot say it. */
export const reshaped = (v: View, shape: readonly number[]): View | null => {
  // A loop without turns may still load an element that serves all of them: it lies at the start, which every memory has.
  if (sizeOf(shape) === 0) return { offset: 0, shape, strides: shape.map(() => 0) }
  // Both shapes are cut into groups of equal size; within a group of the old one, axes must run together.
  const from = v.shape.flatMap((d, i) => d === 1 ? [] : [{ d, s: v.strides[i] }])
  const strides = shape.map(() => 0)
  let at = 0
  for (let i = 0; i < shape.length;) {
    if (shape[i] === 1) { i++; continue }
    let [have, want, to] = [from[at].d, shape[i], i + 1]
    let until = at + 1
    while (have !== want) {
      if (have < want) have *= from[until++].d
      else want *= shape[to++]
    }
    for (let j = at; j + 1 < until; j++) if (from[j].s !== from[j + 1].s * from[j + 1].d) return null
    let s = from[until - 1].s
    for (let j = to - 1; j >= i; j--) {
      strides[j] = s
      s *= shape[j]
    }
    at = until
    i = to
  }
  return { offset: v.offset, shape, strides }
}

/** Several views of one shape with neighbouring axes merged where they run together in all of them; axes of size 1 are dropped. */
export const merged = (shape: readonly number[], all: readonly (readonly number[])[]): { shape: number[]; strides: number[][] } => {
  const kept = [...shape.keys()].filter(i => shape[i] !== 1)
  const sizes: number[] = []
  const strides: number[][] = all.map(() => [])
  for (const i of kept) {
    const last = sizes.length - 1
    if (last >= 0 && strides.every((s, k) => s[last] === all[k][i] * shape[i])) {
      sizes[last] *= shape[i]
      strides.forEach((s, k) => { s[last] = all[k][i] })
    } else {
      sizes.push(shape[i])
      strides.forEach((s, k) => s.push(all[k][i]))
    }
  }
  return { shape: sizes, strides }
}
