/** Reductions: an accumulator a result, its terms in the reference's order. */
import type { Node } from '../../../../dsl/core/node.js'
import type { NodeOf } from '../../../../dsl/core/table.js'
import type { DType } from '../../../../dsl/tensor.js'
import { sizeOf } from '../../../../dsl/value.js'
import { concrete } from '../../../program.js'
import { least, most } from '../../kernels/reduce.js'
import { placeOf, viewForm, type Form } from '../forms.js'
import { Kernel, type Atom } from '../kernel.js'
import { loops, type Scope } from '../scope.js'

interface Reduction { readonly start: (dtype: DType) => number; readonly next: (acc: string, x: string, int: boolean) => string }
const reductions = {
  sum: { start: () => 0, next: (a, x, int) => int ? `${a}+${x}|0` : `${a}+${x}` },
  max: { start: dtype => least[dtype], next: (a, x) => `Math.max(${a},${x})` },
  min: { start: dtype => most[dtype], next: (a, x) => `Math.min(${a},${x})` },
  prod: { start: () => 1, next: (a, x, int) => int ? `Math.imul(${a},${x})` : `${a}*${x}` },
} satisfies Record<string, Reduction>

const reduce = ({ start, next }: Reduction) => (cx: Scope, node: Node<{ readonly axes: readonly number[] }>): Form => {
  const [input] = node.inputs, { axes } = node.attrs
  const x = cx.form(input), to = cx.space(concrete(node), node.dtype)
  const int = node.dtype === 'int32', k = new Kernel()
  const kept = loops(k, to.shape), level = k.depth
  const { flat } = x
  const terms = (): Atom => {
    // Where all axes go, so does the nest of loops.
    if (flat !== null && kept.length === 0) return flat(k, k.loop(sizeOf(x.shape)))
    const outer = kept.values()
    const gone = new Map(axes.map(a => [a, k.loop(x.shape[a])]))
    return x.at(k, x.shape.map((_, a) => gone.get(a) ?? outer.next().value as Atom))
  }
  k.before(level, `let acc=${start(node.dtype)}`)
  const term = terms()
  k.do(`acc=${next('acc', term.text, int)}`)
  k.finally(level, `${placeOf(to, kept).text}=acc`)
  cx.code.emit(k.text())
  return viewForm(to)
}

export const reduceRules = {
  sum: reduce(reductions.sum), max: reduce(reductions.max), min: reduce(reductions.min), prod: reduce(reductions.prod),
  argMax: (cx: Scope, node: NodeOf<'argMax'>): Form => {
    const x = cx.ready(node.inputs[0]), { axis } = node.attrs, to = cx.space(concrete(node), 'int32'), k = new Kernel()
    const kept = loops(k, to.shape), level = k.depth
    // The first element stands before the loop, as in the reference: nothing is larger than a first element that is not a number.
    const first = x.at(k, kept.toSpliced(axis, 0, { text: '0', level: 0 }))
    k.before(level, `let best=0,top=${first.text}`)
    const i = k.loop(x.shape[axis])
    const candidate = x.at(k, kept.toSpliced(axis, 0, i))
    k.do(`if(${candidate.text}>top){best=${i.text};top=${candidate.text}}`)
    k.finally(level, `${placeOf(to, kept).text}=best`)
    cx.code.emit(k.text())
    return viewForm(to)
  },
  cumsum: (cx: Scope, node: NodeOf<'cumsum'>): Form => {
    const x = cx.form(node.inputs[0]), { axis, exclusive, reverse } = node.attrs, to = cx.space(x.shape, x.dtype), k = new Kernel()
    const others = loops(k, x.shape.toSpliced(axis, 1)), level = k.depth
    k.before(level, 'let acc=0')
    const i = k.loop(x.shape[axis])
    const index = others.toSpliced(axis, 0, reverse && i.text !== '0' ? { ...i, text: `(${x.shape[axis] - 1}-${i.text})` } : i)
    const term = x.at(k, index), place = placeOf(to, index).text
    // Integers wrap where they are stored; the total is exact without.
    k.do(exclusive ? `${place}=acc` : `${place}=acc+${term.text}`)
    k.do(`acc+=${term.text}`)
    cx.code.emit(k.text())
    return viewForm(to)
  },
}
