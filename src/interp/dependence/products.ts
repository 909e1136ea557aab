/** Matrix products and convolutions: an element depends on the pairs in which neither factor is a known zero. */
import type { Node } from '../../dsl/core/node.js'
import type { NodeOf } from '../../dsl/core/table.js'
import { sizeOf } from '../../dsl/value.js'
import { evaluateNode } from '../js/evaluate.js'
import { Elements, numbersOf, setsOf } from './elements.js'
import type { Sets } from './sets.js'

/** A matrix of codes, one an element: twice the number of its set, and -1 for a known zero. */
interface Codes { readonly at: Int32Array; readonly from: number; readonly lines: number; readonly length: number; readonly step: number;
  readonly across: number }
const codesOf = (x: Elements): Int32Array => {
  const codes = new Int32Array(x.ids)
  if (x.partly) for (let i = 0; i < codes.length; i++) if (x.known[i] === 0) codes[i] = -1
  return codes
}

/** Lines (rows or columns) that are alike need one computation: which line stands for each. */
const representatives = ({ at, from, lines, length, step, across }: Codes): Int32Array => {
  const hash = new Int32Array(lines)
  for (let p = 0; p < length; p++) for (let l = 0, i = from + p * across; l < lines; l++, i += step)
    hash[l] = Math.imul(hash[l] ^ at[i], 0x01000193) + (hash[l] >>> 13) | 0
  const groups = new Map<number, number[]>()
  const same = (a: number, b: number): boolean => {
    for (let p = 0; p < length; p++) if (at[from + a * step + p * across] !== at[from + b * step + p * across]) return false
    return true
  }
  return hash.map((h, l) => {
    const group = groups.get(h) ?? []
    const known = group.find(g => same(g, l))
    if (known === undefined) groups.set(h, [...group, l])
    return known ?? l
  })
}

const columnsOf = new WeakMap<Elements, Map<number, { codes: Codes; stands: Int32Array }>>()
/** The columns of matrix `s` of a stack, kept: loops multiply by the same matrix at every step. */
const columns = (b: Elements, s: number, k: number, n: number): { codes: Codes; stands: Int32Array } => {
  const known = columnsOf.get(b) ?? new Map<number, { codes: Codes; stands: Int32Array }>()
  columnsOf.set(b, known)
  const found = known.get(s)
  if (found) return found
  const codes = { at: codesOf(b), from: s * k * n, lines: n, length: k, step: 1, across: n }
  const made = { codes, stands: representatives(codes) }
  known.set(s, made)
  return made
}

/** Sets of a [.., M, K] x [.., K, N] product; null where every pair has a zero. */
export const product = (a: Elements, b: Elements, shape: readonly number[], sets: Sets): Elements => {
  const [m, k] = a.shape.slice(-2)
  const n = b.shape[b.shape.length - 1]
  const ids = new Int32Array(sizeOf(shape))
  const known = new Float64Array(ids.length).fill(NaN)
  const left = codesOf(a)
  let stamp = new Int32Array(0)
  let round = 0
  for (let s = 0; s < sizeOf(a.shape.slice(0, -2)); s++) {
    const right = columns(b, b.shape.length === 2 ? 0 : s, k, n)
    const rows = representatives({ at: left, from: s * m * k, lines: m, length: k, step: k, across: 1 })
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) {
      const to = (s * m + i) * n + j
      const like = (s * m + rows[i]) * n + right.stands[j]
      if (like !== to) {
        ids[to] = ids[like]
        known[to] = known[like]
        continue
      }
      if (stamp.length < sets.count) stamp = new Int32Array(2 * sets.count)
      round += 1
      let [bits, zero] = [0n, true]
      for (let p = 0; p < k; p++) {
        const [x, y] = [left[(s * m + i) * k + p], right.codes.at[right.codes.from + p * n + j]]
        if (x < 0 || y < 0) continue
        zero = false
        if (x > 0 && stamp[x] !== round) { stamp[x] = round; bits |= sets.bitsOf(x) }
        if (y > 0 && stamp[y] !== round) { stamp[y] = round; bits |= sets.bitsOf(y) }
      }
      ids[to] = sets.of(bits)
      if (zero) known[to] = 0
    }
  }
  return Elements.of(shape, ids, known)
}

/** A convolution is a product of patches and kernel, group by group; padding is a known zero. */
export const convolution = (node: NodeOf<'conv2d'>, x: Elements, w: Elements, shape: readonly number[], sets: Sets): Elements => {
  const [kh, kw, per, cout] = w.shape
  const [batch, oh, ow] = shape
  const { groups } = node.attrs
  const patches = (of: 'ids' | 'known'): Int32Array | Float64Array => {
    const fake = { op: 'patches', shape: [batch, oh, ow, kh, kw, per * groups], dtype: of === 'ids' ? 'int32' : 'float32',
      attrs: { ...node.attrs, window: [kh, kw], fill: 0 } }
    return evaluateNode({ ...node, ...fake } as Node, [of === 'ids' ? setsOf(x) : numbersOf(x)]).data as Int32Array | Float64Array
  }
  const [ids, known] = [patches('ids'), patches('known')]
  const [rows, taps, out] = [batch * oh * ow, kh * kw, cout / groups]
  const result = { ids: new Int32Array(sizeOf(shape)), known: new Float64Array(sizeOf(shape)) }
  for (let g = 0; g < groups; g++) {
    const cut = (from: ArrayLike<number>, into: Int32Array | Float64Array): void => {
      for (let r = 0; r < rows * taps; r++) for (let c = 0; c < per; c++) into[r * per + c] = from[r * per * groups + g * per + c]
    }
    const [a, b] = [{ ids: new Int32Array(rows * taps * per), known: new Float64Array(rows * taps * per) },
      { ids: new Int32Array(taps * per * out), known: new Float64Array(taps * per * out) }]
    cut(ids, a.ids)
    cut(known, a.known)
    for (let t = 0; t < taps * per; t++) for (let c = 0; c < out; c++) {
      b.ids[t * out + c] = w.ids[t * cout + g * out + c]
      b.known[t * out + c] = w.known[t * cout + g * out + c]
    }
    const part = product(Elements.of([rows, taps * per], a.ids, a.known), Elements.of([taps * per, out], b.ids, b.known), [rows, out], sets)
    for (let r = 0; r < rows; r++) for (let c = 0; c < out; c++) {
      result.ids[r * cout + g * out + c] = part.ids[r * out + c]
      result.known[r * cout + g * out + c] = part.known[r * out + c]
    }
  }
  return Elements.of(shape, result.ids, result.known)
}
