/** Reading and adding at positions, in the reference's order. */
import type { NodeOf } from '../../../../dsl/core/table.js'
import { concrete } from '../../../program.js'
import type { View } from '../buffers.js'
import { placeOf, viewForm, type Form } from '../forms.js'
import { Kernel, type Atom } from '../kernel.js'
import { loops, type Scope } from '../scope.js'

/** The position that an index holds, once it is known to lie on the axis; compared as unsigned, so that negatives are too large. */
const placed = (k: Kernel, op: string, indices: Form, index: readonly Atom[], size: number): Atom => {
  const at = indices.at(k, index)
  k.before(at.level, `if((${at.text}>>>0)>=${size})outside("${op}",${at.text},${size})`)
  return at
}

const added = (to: View, place: Atom, x: Atom): string => to.buf.dtype === 'int32' ? `${place.text}=${place.text}+${x.text}|0`
  : `${place.text}+=${x.text}`

export const indexingRules = {
  gather: (cx: Scope, node: NodeOf<'gather'>): Form => {
    const [source, positions] = node.inputs, { axis } = node.attrs
    const x = viewForm(cx.view(source)), indices = cx.ready(positions), to = cx.space(concrete(node), node.dtype), k = new Kernel()
    const index = loops(k, to.shape), rank = indices.shape.length
    const at = placed(k, node.op, indices, index.slice(axis, axis + rank), x.shape[axis])
    k.do(`${placeOf(to, index).text}=${x.at(k, [...index.slice(0, axis), at, ...index.slice(axis + rank)]).text}`)
    cx.code.emit(k.text())
    return viewForm(to)
  },
  scatterAdd: (cx: Scope, node: NodeOf<'scatterAdd'>): Form => {
    const [base, positions, from] = node.inputs, { axis } = node.attrs
    const indices = cx.ready(positions), updates = cx.ready(from), to = cx.fresh(cx.form(base)), k = new Kernel()
    const index = loops(k, updates.shape), rank = indices.shape.length
    const at = placed(k, node.op, indices, index.slice(axis, axis + rank), to.shape[axis])
    k.do(added(to, placeOf(to, [...index.slice(0, axis), at, ...index.slice(axis + rank)]), updates.at(k, index)))
    cx.code.emit(k.text())
    return viewForm(to)
  },
  takeAlong: (cx: Scope, node: NodeOf<'takeAlong'>): Form => {
    const [source, positions] = node.inputs, { axis } = node.attrs
    const x = viewForm(cx.view(source)), indices = cx.ready(positions), to = cx.space(concrete(node), node.dtype), k = new Kernel()
    const index = loops(k, to.shape)
    k.do(`${placeOf(to, index).text}=${x.at(k, index.with(axis, placed(k, node.op, indices, index, x.shape[axis]))).text}`)
    cx.code.emit(k.text())
    return viewForm(to)
  },
  scatterAlong: (cx: Scope, node: NodeOf<'scatterAlong'>): Form => {
    const [base, positions, from] = node.inputs, { axis } = node.attrs
    const indices = cx.ready(positions), updates = cx.ready(from), to = cx.fresh(cx.form(base)), k = new Kernel()
    const index = loops(k, updates.shape)
    k.do(added(to, placeOf(to, index.with(axis, placed(k, node.op, indices, index, to.shape[axis]))), updates.at(k, index)))
    cx.code.emit(k.text())
    return viewForm(to)
  },
}
