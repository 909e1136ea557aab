/** Finding where numbers go wrong: the first node whose value is not finite although its inputs are. */
import { reachable, type Node } from '../dsl/core/node.js'
import type { Value } from '../dsl/value.js'
import { evaluate } from './js/evaluate.js'
import { printNode } from './print/print.js'

export interface Fault {
  readonly node: Node
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
    node, within, formula: printNode(node, 3),
    from: reachable([node]).filter(n => n.op === 'input' && nameOf(n) !== '').map(nameOf),
    got: `${bad[0]} in ${bad.length} of ${value.data.length} elements`,
  }
}

/** Evaluates in float32 on the reference engine and describes the first fault; `null` when every value is finite. */
export const firstNonFinite = (outputs: readonly Node[], bindings: ReadonlyMap<Node, Value>): Fault | null => {
  const given = reachable(outputs).filter(n => n.op === 'input')
  // What is wrong in the data themselves is no operation's doing.
  for (const node of given) {
    const value = bindings.get(node)
    if (value !== undefined && !sound(value)) return describe(node, value, outputs)
  }
  const finite = new Map<Node, boolean>()
  let fault: Fault | null = null
  evaluate(outputs, bindings, {
    float32: true,
    observe: (node, value) => {
      finite.set(node, allFinite(value))
      if (fault === null && !finite.get(node) && !intended(node) && node.inputs.every(i => finite.get(i) ?? true))
        fault = describe(node, value, outputs)
    },
  })
  return fault
}

/** A fault in one sentence. */
export const showFault = ({ formula, from, within, got, node }: Fault): string => node.op === 'input'
  ? `the input ${nameOf(node) || formula} itself, ${node.dtype} [${node.shape.join(', ')}], is ${got}`
  : [`${formula}, ${node.dtype} [${node.shape.join(', ')}], is ${got}`,
    within === null ? '' : ` inside ${within}`,
    from.length > 0 ? `; it is computed from ${from.slice(0, 6).join(', ')}${from.length > 6 ? ', ...' : ''}` : ''].join('')
