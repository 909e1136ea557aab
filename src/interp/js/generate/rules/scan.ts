/** Loops: the body's code between two braces, its carry in buffers that every step overwrites at its end. */
import type { NodeOf } from '../../../../dsl/core/table.js'
import { sizeOf } from '../../../../dsl/value.js'
import { concrete } from '../../../program.js'
import { dense, type View } from '../buffers.js'
import { viewForm, type Form } from '../forms.js'
import type { Lowered, Scope } from '../scope.js'

const times = (counter: string, n: number): string => n === 1 ? counter : `${counter}*${n}`
const plus = (a: string, b: string): string => a === '' ? b : `${a}+${b}`

/** Step `t` of what is scanned over. */
const stepOf = (x: Form, t: string): Form => {
  const shape = x.shape.slice(1)
  if (x.view !== null)
    return viewForm({ ...x.view, shape, strides: x.view.strides.slice(1), moving: plus(x.view.moving, times(t, x.view.strides[0])) })
  return { ...x, shape, flat: null, at: (k, index) => x.at(k, [{ text: t, level: 0 }, ...index]) }
}
/** Where step `t` of a stack is written. */
const placeIn = (stack: View, t: string): View => {
  const shape = stack.shape.slice(1)
  return { ...dense(stack.buf, shape), moving: times(t, sizeOf(shape)) }
}

export const scanRules = {
  project: (cx: Scope, { inputs: [tuple], attrs: { index } }: NodeOf<'project'>): Form => cx.result(tuple, index),
  scan: (cx: Scope, node: NodeOf<'scan'>): Lowered => {
    const { body, reverse } = node.attrs, length = node.attrs.length as number
    const [nc, nx, ny] = [body.carry.length, body.xs.length, body.ys.length]
    const used = cx.usedResults(node)
    const given = node.inputs.map((n, i) => i < nc ? cx.form(n) : cx.ready(n))
    const carry = given.slice(0, nc).map(x => cx.fresh(x))
    const stacks = [...body.ys, ...body.carry].map((n, i) =>
      used.has(nc + i) ? cx.space([length, ...concrete(n)], n.dtype) : undefined)
    cx.code.loop(length, reverse, t => {
      const inner = cx.inner()
      body.carry.forEach((c, i) => { inner.bind(c, viewForm(carry[i])) })
      body.xs.forEach((x, i) => { inner.bind(x, stepOf(given[nc + i], t)) })
      body.consts.forEach((c, i) => { inner.bind(c, given[nc + nx + i]) })
      carry.forEach((c, i) => {
        const stack = stacks[ny + i]
        if (stack !== undefined) inner.store(viewForm(c), placeIn(stack, t))
      })
      const ys = body.ys.flatMap((y, i) => stacks[i] === undefined ? [] : [{ y, stack: stacks[i] }])
      inner.lower([...body.next, ...ys.map(({ y }) => y)])
      for (const { y, stack } of ys) inner.store(inner.form(y), placeIn(stack, t))
      // All of the next carry is known before any of it is overwritten.
      const next = body.next.map((n, i) => {
        if (n === body.carry[i]) return null
        const form = inner.form(n)
        return form.view === null || carry.some(c => c.buf === form.view?.buf) ? inner.fresh(form) : form.view
      })
      next.forEach((v, i) => { if (v !== null) inner.store(viewForm(v), carry[i]) })
    })
    return [...carry, ...stacks].map(v => v && viewForm(v))
  },
}
