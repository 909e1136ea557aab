/** Finding where numbers go wrong: the first node whose value is not finite although its inputs are, where a result suffers from it. */
import { reachable, type Node } from '../dsl/core/node.js'
import type { Value } from '../dsl/value.js'
import { evaluate } from './js/evaluate.js'
import { printNode } from './print/print.js'

export interface Fault {
  readonly node: Node
  /** The first result that is not finite because of it, by its place among the outputs; null where an input is at fault. */
  readonly output: number | null
  /** `log(sigmoid(matmul(x, out.w) + out.b))`, written out a few levels down. */
  readonly formula: string
  /** The placeholders that it is computed from: parameters by their paths. */
  readonly from: readonly string[]
  /** The nearest named expression that contains it, where there is one. */
  readonly within: string | null
  /** The value, and how many elements are like it. */
  readonly got: string
}

const allFinite = (v: Value): boolean => v.dtype !== 'float32' || v.data.every(Number.isFinite)
const sound = (v: Value): boolean => v.dtype !== 'float32' || v.data.every(x => Number.isFinite(x) || x === -Infinity)
const nameOf = (n: Node): string => (n.attrs as { name: string }).name

/** -Infinity is how masks and empty maxima are written; alone it is no fault. */
const intended = (n: Node): boolean =>
  n.op === 'constant' || n.op === 'broadcastTo' || n.op === 'pad' || n.op === 'patches' || n.op === 'input'

const describe = (node: Node, value: Value, outputs: readonly Node[]): Fault => {
  const bad = Array.from(value.data).filter(x => !Number.isFinite(x)).sort((a, b) => Number(a === -Infinity) - Number(b === -Infinity))
  const above = new Set([node])
  let within: string | null = null
  for (const n of reachable(outputs)) {
    if (!n.inputs.some(i => above.has(i))) continue
    above.add(n)
    if (within === null && n.op === 'named') within = nameOf(n)
  }
  return {
    node, within, output: null, formula: printNode(node, 3),
    from: reachable([node]).filter(n => n.op === 'input' && nameOf(n) !== '').map(nameOf),
    got: `${bad[0]} in ${bad.length} of ${value.data.length} elements`,
  }
}

/** What a value is computed from, loops included. */
const sources = (n: Node): readonly Node[] => n.op === 'project' ? n.inputs[0].inputs : n.op === 'named' ? [n.inputs[0]] : n.inputs

/** Evaluates in float32 on the reference engine and describes the first fault that reaches an output; `null` when outputs are finite. */
export const firstNonFinite = (outputs: readonly Node[], bindings: ReadonlyMap<Node, Value>): Fault | null => {
  const given = reachable(outputs).filter(n => n.op === 'input')
  // What is wrong in the data themselves is no operation's doing.
  for (const node of given) {
    const value = bindings.get(node)
    if (value !== undefined && !sound(value)) return describe(node, value, outputs)
  }
  const broken = new Map([...bindings].filter(([, value]) => !allFinite(value)))
  evaluate(outputs, bindings, { float32: true, observe: (node, value) => { if (!allFinite(value)) broken.set(node, value) } })
  for (const [output, result] of outputs.entries()) {
    if (!broken.has(result)) continue
    // A log of 0 whose exp is taken again is how probabilities of 0 are written: only what is not finite all the way is at fault.
    const guilty = new Set([result])
    for (const node of guilty) for (const from of sources(node)) if (broken.has(from)) guilty.add(from)
    const suspects = [...broken].filter(([node]) => guilty.has(node) && !intended(node))
    const first = suspects.find(([node]) => !sources(node).some(from => broken.has(from)))
      ?? suspects.find(([, value]) => !sound(value)) ?? suspects.at(0)
    if (first) return { ...describe(...first, outputs), output }
  }
  return null
}

/** A fault in one sentence. */
export const showFault = ({ formula, from, within, got, node }: Fault): string => node.op === 'input'
  ? `the input ${nameOf(node) || formula} itself, ${node.dtype} [${node.shape.join(', ')}], is ${got}`
  : [`${formula}, ${node.dtype} [${node.shape.join(', ')}], is ${got}`,
    within === null ? '' : ` inside ${within}`,
    from.length > 0 ? `; it is computed from ${from.slice(0, 6).join(', ')}${from.length > 6 ? ', ...' : ''}` : ''].join('')
