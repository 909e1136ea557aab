/** A node in a few words: by its name where it has one, else its formula down to the next names. */
import { reachable, type Node } from '../../dsl/core/node.js'
import type { NamedAttrs } from '../../dsl/core/primitives/control.js'
import { formula, isInline, type Text } from '../print/formula.js'

const nameOf = (n: Node): string => n.op === 'named' || n.op === 'input' ? (n.attrs as { name: string }).name : ''
/** What a reader of a formula does not miss. */
const silent = new Set(['reshape', 'broadcastTo', 'customVjp'])
const isCount = (n: Node): boolean => n.op === 'dimSize' || n.op === 'constant'
  || n.inputs.length > 0 && ['mul', 'cast', 'broadcastTo'].includes(n.op) && n.inputs.every(isCount)
/** Division by the number of elements: a mean. */
export const meanOf = (n: Node): Node | null => {
  const [x, count] = n.inputs
  return n.op === 'div' && isCount(count) && reachable([count]).some(c => c.op === 'dimSize') ? x : null
}

/** The arguments of a named function, those that are tensors: what it is applied to, without the parameters it has. */
const argumentsOf = (n: Node): Node[] => {
  const { args = [] } = n.attrs as NamedAttrs
  const isParameter = (a: Node): boolean => a.op === 'input' && nameOf(a).includes('.')
  return args.flatMap((count, i) => {
    const from = 1 + args.slice(0, i).reduce((s, c) => s + c, 0)
    return count === 1 && !isParameter(n.inputs[from]) ? [n.inputs[from]] : []
  })
}

const show = (n: Node, depth: number): Text => {
  const name = nameOf(n)
  if (name !== '') {
    const given = n.op === 'named' ? argumentsOf(n).map(a => show(a, Math.max(0, depth - 1)).text) : []
    return { text: given.length === 0 ? name : `${name}(${given.join(', ')})`, binds: 9 }
  }
  if (silent.has(n.op)) return show(n.inputs[0], depth)
  if (n.op === 'input') return { text: `${n.dtype}[${n.shape.join(', ')}]`, binds: 9 }
  if (n.op === 'cast' && n.dtype === 'float32') return show(n.inputs[0], depth)
  if (depth === 0 && !isInline(n)) return { text: '...', binds: 9 }
  return write(n, depth)
}
const write = (n: Node, depth: number): Text => {
  const inner = (i: Node): Text => show(i, depth - 1)
  if (n.op === 'mul' && n.inputs[0] === n.inputs[1]) {
    const { text, binds } = inner(n.inputs[0])
    return { text: binds > 6 ? `${text}^2` : `(${text})^2`, binds: 6 }
  }
  const mean = meanOf(n)
  if (mean) return { text: `mean(${show(mean.op === 'sum' ? mean.inputs[0] : mean, depth - 1).text})`, binds: 9 }
  if (['sum', 'max', 'min', 'prod', 'transpose', 'argMax', 'slice', 'concat', 'gather', 'cumsum'].includes(n.op))
    return { text: `${n.op}(${n.inputs.map(i => inner(i).text).join(', ')})`, binds: 9 }
  return formula(n, inner)
}

/** `stopGradient(G(z))`, `mean(square)`, a name. */
export const say = (n: Node, depth = 4): string => {
  const { text } = show(n, depth)
  return text.length <= 64 || depth === 0 ? text : say(n, depth - 1)
}

/** The smallest named expression of a graph that holds a node, where there is one: `z_q`. */
export const nearestName = (n: Node, nodes: readonly Node[]): string | null => {
  const above = new Set([n])
  for (const m of nodes) {
    if (!m.inputs.some(i => above.has(i))) continue
    above.add(m)
    if (m.op === 'named' && above.has(m.inputs[0])) return nameOf(m)
  }
  return null
}
