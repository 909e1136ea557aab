/** A graph as text: a let-form in which every shared or long subexpression has a name, a dtype and a shape. */
import { reachable, type Node, type TensorType } from '../../dsl/core/node.js'
import { leavesOf } from '../../dsl/core/trees.js'
import type { NodeOf } from '../../dsl/core/table.js'
import { formula, isInline, type Text } from './formula.js'
import { namer } from './names.js'

const widest = 72
const typeOf = (n: TensorType): string => n.tuple ? `(${n.tuple.map(typeOf).join(', ')})` : `${n.dtype}[${n.shape.join(', ')}]`

const usersOf = (nodes: readonly Node[], outputs: readonly Node[]): Map<Node, number> => {
  const users = new Map<Node, number>()
  const count = (n: Node): void => void users.set(n, (users.get(n) ?? 0) + 1)
  nodes.forEach(n => n.inputs.forEach(count))
  outputs.forEach(count)
  return users
}

/** The lines of a function from placeholders to outputs, indented. */
const lines = (inputs: readonly Node[], outputs: readonly Node[], indent: string): string[] => {
  const name = namer()
  const nodes = reachable(outputs)
  const users = usersOf(nodes, outputs)
  const parameters = [...inputs, ...nodes.filter(n => n.op === 'input' && !inputs.includes(n))]
  const head = parameters.map(n => `${name(n)}: ${typeOf(n)}`)
  const texts = new Map<Node, Text>(parameters.map(n => [n, { text: name(n), binds: 9 }]))
  const show = (n: Node): Text => texts.get(n) ?? { text: name(n), binds: 9 }
  const body: string[] = []
  for (const n of nodes) {
    if (texts.has(n)) continue
    const text = n.op === 'scan' ? { text: loop(n as NodeOf<'scan'>, show, `${indent}    `), binds: 9 } : formula(n, show)
    const alone = (users.get(n) ?? 0) <= 1 && text.text.length <= widest && n.op !== 'named' && n.op !== 'scan'
    if (isInline(n) || alone) texts.set(n, text)
    else body.push(`${indent}  let ${name(n)}: ${typeOf(n)} = ${text.text}`)
  }
  const results = outputs.map(o => `${show(o).text}`)
  return [`(${head.join(', ')}) =>`, ...body, `${indent}  ${results.length === 1 ? results[0] : `[${results.join(', ')}]`}`]
}

const loop = (n: NodeOf<'scan'>, show: (n: Node) => Text, indent: string): string => {
  const { body, length, reverse } = n.attrs
  const inner = lines([...body.carry, ...body.xs, ...body.consts], [...body.next, ...body.ys], indent)
  const part = (from: number, count: number): string => `[${n.inputs.slice(from, from + count).map(i => show(i).text).join(', ')}]`
  const [c, x] = [body.carry.length, body.xs.length]
  const options = `{ length: ${length}${reverse ? ', reverse' : ''} }`
  return `scan(${[part(0, c), part(c, x), part(c + x, body.consts.length), options, inner.join('\n')].join(', ')})`
}

/**
 * The expression as a readable let-form with shapes; equal expressions print alike.
 *
 * @example
 * ```ts
 * import { print } from 'typegrad/engines'
 * print(tanh(matmul(f32('B', 2), f32(2, 3))))
 * // (x1: float32[B, 2], x2: float32[2, 3]) =>
 * //   tanh(matmul(x1, x2))
 * ```
 */
export const print = (tree: unknown): string => lines([], leavesOf<Node>(tree).map(l => l.leaf), '').join('\n')

/** One node's formula, with its inputs written out `depth` levels down and dots below. */
export const printNode = (n: Node, depth: number): string => {
  const name = namer()
  const show = (d: number) => (i: Node): Text =>
    i.op === 'input' || d === 0 && !isInline(i) ? { text: i.op === 'input' || i.op === 'named' ? name(i) : '...', binds: 9 }
      : formula(i, show(d - 1))
  return formula(n, show(depth)).text
}
