/** Matrix products: a few columns of a row at a time, each with an accumulator of its own and its terms in the reference's order. */
import type { NodeOf } from '../../../../dsl/core/table.js'
import { sizeOf } from '../../../../dsl/value.js'
import { stridesOf } from '../../arrays.js'
import { concrete } from '../../../program.js'
import type { View } from '../buffers.js'
import { viewForm, type Form } from '../forms.js'
import type { Scope } from '../scope.js'

/** How many accumulators a processor keeps apart: fewer wait for each other's additions, more do not fit the registers. */
const columns = 8

const sum = (...terms: readonly string[]): string => terms.filter(t => t !== '' && t !== '0').join('+') || '0'
const times = (name: string, stride: number): string => stride === 0 ? '' : stride === 1 ? name : `${name}*${stride}`

export const linearRules = {
  matmul: (cx: Scope, node: NodeOf<'matmul'>): Form => {
    const a = cx.view(node.inputs[0]), b = cx.view(node.inputs[1]), to = cx.space(concrete(node), 'float32')
    const rank = a.shape.length, [m, n] = to.shape.slice(-2), terms = a.shape[rank - 1]
    const lead = to.shape.slice(0, -2), batch = lead.map((_, d) => `s${d}`)
    const last = (v: View, from: number): number => v.strides[v.shape.length - from]
    const start = (v: View): string =>
      sum(v.moving, `${v.offset}`, ...v.shape.length > 2 ? batch.map((s, d) => times(s, v.strides[d])) : [])
    const block = (first: string, width: number): string => {
      const each = Array.from({ length: width }, (_, u) => u)
      const read = each.map(u => `c${u}+=x*${b.buf.name}[${sum('q', `${u * last(b, 1)}`)}]`)
      return [
        `let ${each.map(u => `c${u}=0`).join()}`,
        `for(let p=0,o=row,q=${sum('right', times(first, last(b, 1)))};p<${terms};p++,o+=${last(a, 1)},q+=${last(b, 2)}){`,
        `const x=${a.buf.name}[o]`, ...read, '}',
        ...each.map(u => `${to.buf.name}[${sum('out', first, `${u}`)}]=c${u}`),
      ].join('\n')
    }
    const whole = n - n % columns
    const rows = [
      `const row=${sum('left', times('i', last(a, 2)))},out=${sum('to', times('i', n))}`,
      ...whole > 0 ? [`for(let j=0;j<${whole};j+=${columns}){\n${block('j', columns)}\n}`] : [],
      ...n > whole ? [`{\n${block(`${whole}`, n - whole)}\n}`] : [],
    ].join('\n')
    const matrices = [`const left=${start(a)},right=${start(b)},to=${sum(...batch.map((s, d) => times(s, stridesOf(to.shape)[d])))}`,
      `for(let i=0;i<${m};i++){\n${rows}\n}`].join('\n')
    if (sizeOf(to.shape) > 0)
      cx.code.emit(lead.reduceRight((inner, d, at) => `for(let s${at}=0;s${at}<${d};s${at}++){\n${inner}\n}`, `{\n${matrices}\n}`))
    return viewForm(to)
  },
}
