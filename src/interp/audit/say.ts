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

/** Whether all parameters in a value are old ones: each is behind a stopGradient of its own. */
const isHeld = (n: Node): boolean => {
  const [open, old] = [new Set([n]), new Set<Node>()]
  for (const m of open) {
    if (m.op === 'stopGradient' && m.inputs[0].op === 'input') old.add(m.inputs[0])
    else for (const i of m.op === 'named' ? [m.inputs[0]] : m.inputs) open.add(i)
  }
  return old.size > 0 && [...old].every(p => !open.has(p))
}
/** Of expressions with one name, those of old parameters: the name alone would not tell them from those of new ones. */
const heldAmong = (n: Node): ReadonlySet<Node> => {
  const named = new Map<string, Node[]>()
  for (const m of reachable([n])) if (m.op === 'named') named.set(nameOf(m), [...named.get(nameOf(m)) ?? [], m])
  return new Set([...named.values()].filter(same => same.length > 1).flatMap(same => {
    const held = same.filter(isHeld)
    return held.length < same.length ? held : []
  }))
}

/** The expressions of old parameters, to be told from others of their names. */
type Old = ReadonlySet<Node>
const show = (n: Node, depth: number, old: Old): Text => {
  const name = nameOf(n)
  if (name !== '') {
    const given = n.op === 'named' ? argumentsOf(n).map(a => show(a, Math.max(0, depth - 1), old).text) : []
    const text = given.length === 0 ? name : `${name}(${given.join(', ')})`
    return { text: old.has(n) ? `sg(${text})` : text, binds: 9 }
  }
  if (silent.has(n.op)) return show(n.inputs[0], depth, old)
  if (n.op === 'input') return { text: `${n.dtype}[${n.shape.join(', ')}]`, binds: 9 }
  if (n.op === 'cast' && n.dtype === 'float32') return show(n.inputs[0], depth, old)
  if (depth === 0 && !isInline(n)) return { text: '...', binds: 9 }
  return write(n, depth, old)
}
const write = (n: Node, depth: number, old: Old): Text => {
  const inner = (i: Node): Text => show(i, depth - 1, old)
  if (n.op === 'mul' && n.inputs[0] === n.inputs[1]) {
    const { text, binds } = inner(n.inputs[0])
    return { text: binds > 6 ? `${text}^2` : `(${text})^2`, binds: 6 }
  }
  const mean = meanOf(n)
  if (mean) return { text: `mean(${show(mean.op === 'sum' ? mean.inputs[0] : mean, depth - 1, old).text})`, binds: 9 }
  if (['sum', 'max', 'min', 'prod', 'transpose', 'argMax', 'slice', 'concat', 'gather', 'cumsum'].includes(n.op))
    return { text: `${n.op}(${n.inputs.map(i => inner(i).text).join(', ')})`, binds: 9 }
  return formula(n, inner)
}

/** `stopGradient(G(z))`, `mean(square)`, a name. */
export const say = (n: Node, depth = 4, old = heldAmong(n)): string => {
  const { text } = show(n, depth, old)
  return text.length <= 64 || depth === 0 ? text : say(n, depth - 1, old)
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
