/**
 * How generated code reads a node's value: from a buffer through strides, or by computing the element where it is used. Moves (transposes,
 * slices, broadcasts) are then only other ways to read, and elementwise chains become one loop.
 */
import type { DType } from '../../../dsl/tensor.js'
import { sizeOf } from '../../../dsl/value.js'
import { stridesOf } from '../arrays.js'
import { isDense, type View } from './buffers.js'
import { castText, scalarText, type Elementwise } from './scalar.js'
import { combine, literal, zero, type Atom, type Kernel } from './kernel.js'

export interface Form {
  readonly shape: readonly number[]
  readonly dtype: DType
  /** Where it lies, for a value that is in a buffer. */
  readonly view: View | null
  /** How much is computed anew each time an element is read, in operations one inside the other; 0 for a read or a number. */
  readonly depth: number
  /** The element at an index. */
  readonly at: (k: Kernel, index: readonly Atom[]) => Atom
  /** The element at a position in row-major order; null where that would take divisions. */
  readonly flat: ((k: Kernel, position: Atom) => Atom) | null
}

const term = (i: Atom, stride: number): string => stride === 1 ? i.text : `${i.text}*${stride}`
/** Where an index leads: the offset, then one product an axis. */
const position = ({ offset, moving }: Pick<View, 'offset' | 'moving'>, strides: readonly number[], index: readonly Atom[]): Atom => {
  const used = index.flatMap((i, d) => i.text === '0' || strides[d] === 0 ? [] : [{ i, text: term(i, strides[d]) }])
  const terms = [...moving === '' ? [] : [moving], ...used.map(u => u.text), ...offset === 0 ? [] : [`${offset}`]]
  return combine(terms.length === 0 ? '0' : terms.join('+'), ...used.map(u => u.i))
}
/** The place of an element in a view's buffer, as text for the left of an assignment too. */
export const placeOf = (v: View, index: readonly Atom[]): Atom => {
  const at = position(v, v.strides, index)
  return { ...at, text: `${v.buf.name}[${at.text}]` }
}
/** An index in row-major order. */
export const rowMajor = (shape: readonly number[], index: readonly Atom[]): Atom => {
  const at = position({ offset: 0, moving: '' }, stridesOf(shape), index)
  return { ...at, text: at.text.includes('+') || at.text.includes('*') ? `(${at.text})` : at.text }
}

export const viewForm = (v: View): Form => {
  const { shape, buf } = v
  const single = v.strides.every((s, i) => s === 0 || shape[i] === 1)
  return {
    shape, dtype: buf.dtype, view: v, depth: 0,
    at: (k, index) => k.value(placeOf(v, index)),
    flat: single ? k => k.value(placeOf(v, shape.map(() => zero)))
      : isDense(v) ? (k, i) => k.value(placeOf({ ...v, shape: [sizeOf(shape)], strides: [1] }, [i])) : null,
  }
}

/** One number for all elements. */
export const numberForm = (x: number, dtype: DType, shape: readonly number[]): Form =>
  ({ shape, dtype, view: null, depth: 0, at: () => literal(x), flat: () => literal(x) })

export const iotaForm = (n: number): Form =>
  ({ shape: [n], dtype: 'int32', view: null, depth: 0, at: (_, [i]) => i, flat: (_, i) => i })

/** A function of the elements of forms of its own shape. */
export const mapForm = (dtype: DType, inputs: readonly Form[], text: (...x: string[]) => string): Form => {
  const flats = inputs.flatMap(x => x.flat === null ? [] : [x.flat])
  const from = (k: Kernel, atoms: readonly Atom[]): Atom => k.value(combine(text(...atoms.map(a => a.text)), ...atoms))
  return {
    shape: inputs[0].shape, dtype, view: null, depth: 1 + Math.max(...inputs.map(x => x.depth)),
    at: (k, index) => from(k, inputs.map(x => x.at(k, index))),
    flat: flats.length < inputs.length ? null : (k, i) => from(k, flats.map(f => f(k, i))),
  }
}
export const elementwiseForm = (op: Elementwise, dtype: DType, inputs: readonly Form[]): Form =>
  mapForm(dtype, inputs, (...x) => scalarText(op, x, inputs.map(i => i.dtype), dtype))
export const castForm = (x: Form, to: DType): Form =>
  // An integer or a truth value is itself as a float.
  x.dtype === to || to === 'float32' || x.dtype === 'bool' ? { ...x, dtype: to, view: null } : mapForm(to, [x], e => castText(e, to))

/** Reads another form at a moved index; a view moves by its strides alone. */
const moved = (x: Form, shape: readonly number[], index: (i: readonly Atom[]) => readonly Atom[], view: View | null): Form =>
  view !== null ? viewForm(view) : { ...x, shape, view: null, at: (k, i) => x.at(k, index(i)), flat: null }

export const transposed = (x: Form, perm: readonly number[]): Form => {
  const shape = perm.map(p => x.shape[p])
  const view = x.view && { ...x.view, shape, strides: perm.map(p => x.view?.strides[p] ?? 0) }
  return moved(x, shape, i => x.shape.map((_, a) => i[perm.indexOf(a)]), view)
}
export const broadcast = (x: Form, shape: readonly number[]): Form => {
  const lead = shape.length - x.shape.length
  const { view } = x
  const stays = (a: number): boolean => a >= lead && x.shape[a - lead] !== 1
  const form = moved(x, shape, i => x.shape.map((d, a) => d === 1 ? zero : i[lead + a]),
    view && { ...view, shape, strides: shape.map((_, a) => stays(a) ? view.strides[a - lead] : 0) })
  const { flat } = x
  if (form.flat !== null || flat === null) return form
  if (sizeOf(x.shape) === 1) return { ...form, flat: k => flat(k, zero) }
  return sizeOf(x.shape) === sizeOf(shape) ? { ...form, flat } : form
}
const shifted = (i: Atom, by: number): Atom => by === 0 ? i : i.text === '0' ? literal(by) : { ...i, text: `(${i.text}+${by})` }
export const sliced = (x: Form, starts: readonly number[], shape: readonly number[]): Form =>
  moved(x, shape, i => i.map((a, d) => shifted(a, starts[d])),
    x.view && { ...x.view, shape, offset: starts.reduce((n, s, d) => n + s * (x.view?.strides[d] ?? 0), x.view.offset) })
export const reversed = (x: Form, axes: readonly number[]): Form =>
  moved(x, x.shape, i => i.map((a, d) => !axes.includes(d) ? a : x.shape[d] === 1 ? a : { ...a, text: `(${x.shape[d] - 1}-${a.text})` }),
    x.view && {
      ...x.view, strides: x.view.strides.map((s, d) => axes.includes(d) ? -s : s),
      offset: axes.reduce((n, d) => n + (x.shape[d] - 1) * (x.view?.strides[d] ?? 0), x.view.offset),
    })

/** The strides of a view under another shape, where axes of size 1 are all that differs; null otherwise. */
const squeezed = (v: View, shape: readonly number[]): readonly number[] | null => {
  const kept = v.shape.flatMap((d, i) => d === 1 ? [] : [{ d, stride: v.strides[i] }])
  const wanted = shape.filter(d => d !== 1)
  if (kept.length !== wanted.length || kept.some(({ d }, i) => d !== wanted[i])) return null
  let next = 0
  return shape.map(d => d === 1 ? 0 : kept[next++].stride)
}
/** The same elements in row-major order under another shape; null where that cannot be read without a copy. */
export const reshaped = (x: Form, shape: readonly number[]): Form | null => {
  const { view, flat } = x
  if (view !== null) {
    const strides = squeezed(view, shape) ?? (isDense(view) ? stridesOf(shape) : null)
    if (strides !== null) return viewForm({ ...view, shape, strides })
  }
  return flat === null ? null : { ...x, shape, view: null, flat, at: (k, i) => flat(k, rowMajor(shape, i)) }
}
