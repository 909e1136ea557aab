/**
 * Loops over arrays in the host's memory, for devices that share it. tfjs's wasm kernels work out every index anew where operands differ in
 * shape or elements move (100 ns an element); these walk strides (2 or 3 ns).
 */

export const denseStrides = (shape: readonly number[]): number[] => {
  const strides = shape.map(() => 1)
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1] * shape[i + 1]
  return strides
}
/** The strides that read an array of `shape` as one of a larger shape: 0 along repeated axes. */
export const broadcastStrides = (shape: readonly number[]): number[] => denseStrides(shape).map((s, i) => shape[i] === 1 ? 0 : s)

/** The two innermost loops: m times n elements, and for each array the steps of both. */
export interface Nest { readonly m: number; readonly n: number; readonly outer: readonly number[]; readonly inner: readonly number[] }
/** A walk over some axes through several arrays: how far its neighbours are apart in each array, and where each begins. */
interface Walk { readonly sizes: readonly number[]; readonly strides: readonly (readonly number[])[]; readonly offsets: readonly number[] }
export type Body = (at: readonly number[], nest: Nest) => void

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
export const walk = ({ sizes: axes, strides: steps, offsets }: Walk): ((body: Body) => void) => {
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
