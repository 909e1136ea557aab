/** One node as text, from the texts of its inputs. */
import type { Node } from '../../dsl/core/node.js'
import type { NodeOf } from '../../dsl/core/table.js'
import { uniformValue } from '../simplify/rules.js'

/** How tightly text binds: 0 for what needs brackets inside a sum, 9 for names and calls. */
export interface Text { readonly text: string; readonly binds: number }

const infix: Readonly<Record<string, readonly [sign: string, binds: number]>> = {
  add: ['+', 4], sub: ['-', 4], mul: ['*', 5], div: ['/', 5], mod: ['%', 5], pow: ['^', 6],
  equal: ['==', 3], less: ['<', 3], lessEqual: ['<=', 3], and: ['&', 2], or: ['|', 1],
}
const bracket = (t: Text, above: number): string => t.binds > above ? t.text : `(${t.text})`

const showNumber = (x: number): string => Number.isInteger(x) ? `${x}` : `${Number(x.toPrecision(6))}`
const showAttr = (v: unknown): string =>
  Array.isArray(v) ? `[${v.map(showAttr).join(', ')}]` : typeof v === 'number' ? showNumber(v) : String(v)
const showAttrs = (attrs: object): string[] =>
  Object.entries(attrs).filter(([, v]) => v !== null && typeof v !== 'function').map(([k, v]) => `${k}: ${showAttr(v)}`)

/** Constants and repeats read better in place than under a name. */
export const isInline = (n: Node): boolean =>
  n.op === 'broadcastTo' ? isInline(n.inputs[0]) || n.inputs[0].op === 'input' : ['constant', 'dimSize', 'iota'].includes(n.op)

/** The formula of a node; an operand that is only repeated to fit is shown as itself inside elementwise operations. */
export const formula = (n: Node, show: (n: Node) => Text): Text => {
  const operand = (i: Node): Text => n.prim.elementwise && i.op === 'broadcastTo' ? show(i.inputs[0]) : show(i)
  const call = (name: string, args: readonly string[]): Text => ({ text: `${name}(${args.join(', ')})`, binds: 9 })
  const sign = infix[n.op]
  if (sign) {
    const [op, binds] = sign
    const [a, b] = n.inputs.map(operand)
    return { text: `${bracket(a, binds - 1)} ${op} ${bracket(b, binds)}`, binds }
  }
  switch (n.op) {
    case 'constant': {
      const { dtype, shape, data } = (n as NodeOf<'constant'>).attrs.value
      const x = uniformValue(n)
      const first = [...Array.from(data.slice(0, 3), showNumber), ...data.length > 3 ? ['...'] : []]
      return { text: x !== null ? showNumber(x) : `${dtype}[${shape.join(', ')}]{${first.join(', ')}}`, binds: 9 }
    }
    case 'dimSize': return { text: `|${(n as NodeOf<'dimSize'>).attrs.size}|`, binds: 9 }
    case 'iota': return call('iota', [`${(n as NodeOf<'iota'>).attrs.size}`])
    case 'neg': return { text: `-${bracket(operand(n.inputs[0]), 5)}`, binds: 5 }
    case 'select': return call('where', n.inputs.map(i => operand(i).text))
    case 'cast': return call((n as NodeOf<'cast'>).attrs.dtype, [show(n.inputs[0]).text])
    case 'reshape': case 'broadcastTo': return call(n.op, [show(n.inputs[0]).text, `[${n.shape.join(', ')}]`])
    case 'transpose': return call('transpose', [show(n.inputs[0]).text, showAttr((n as NodeOf<'transpose'>).attrs.perm)])
    case 'project': return { text: `${bracket(show(n.inputs[0]), 8)}.${(n as NodeOf<'project'>).attrs.index}`, binds: 9 }
    case 'named': return show(n.inputs[0])
    case 'customVjp': return call('customVjp', [show(n.inputs[0]).text])
    case 'sum': case 'max': case 'min': case 'prod': return call(n.op, [show(n.inputs[0]).text, showAttr((n as NodeOf<'sum'>).attrs.axes)])
    default: {
      const attrs = showAttrs(n.attrs as object)
      return call(n.op, [...n.inputs.map(i => operand(i).text), ...attrs.length > 0 ? [`{ ${attrs.join(', ')} }`] : []])
    }
  }
}
