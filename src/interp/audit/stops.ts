/** By which nodes a gradient is stopped on its way to parameters whose value counts. */
import { reachable, type Node } from '../../dsl/core/node.js'
import type { NodeOf } from '../../dsl/core/table.js'
import { flowOf, valueInputs } from './edges.js'
import { GRADIENT, loopReach, reach, touched, VALUE, type Reach } from './reach.js'

/** The nodes that stop the gradient of `outputs` on the way to leaves with a mark: one list a mark. */
export const stops = (outputs: readonly Node[], marks: ReadonlyMap<Node, bigint>, found: Reach = reach(outputs)): Map<bigint, Node[]> => {
  const on = touched(outputs, marks)
  const flows = touched(outputs, marks, GRADIENT)
  const bits = [...new Set([...marks.values()])]
  const result = new Map<bigint, Node[]>(bits.map(b => [b, []]))
  const above = new Map<bigint, Node[]>(bits.map(b => [b, []]))
  const stop = (mark: bigint, by: Node, into = result): void => {
    const list = into.get(mark)
    if (list && !list.includes(by)) list.push(by)
  }
  /** Below a value that is no float: the operation that made it of floats. */
  const rounding = (n: Node, mark: bigint): Node => {
    const from = valueInputs(n).filter(i => on(i) & mark)
    return from.length === 0 || from.some(i => i.dtype === 'float32') ? n : rounding(from[0], mark)
  }
  for (const n of reachable(outputs).reverse()) {
    if (n.op === 'scan') {
      inLoop(n as NodeOf<'scan'>, found.results.get(n) ?? [], on, bits).forEach(([mark, by]) => { stop(mark, by) })
    } else if ((found.nodes.get(n) ?? 0) & GRADIENT) {
      for (const { to, by } of flowOf(n).cuts) for (const b of bits) {
        if (!(on(to) & b)) continue
        const culprit = by === to ? rounding(to, b) : by
        // Below the culprit a gradient would go on to the leaf; where it would not, something further down has stopped it already.
        const held = by === to ? culprit.inputs : [to]
        stop(b, culprit, held.some(i => flows(i) & b) ? result : above)
      }
    }
  }
  return new Map([...result].map(([b, found]) => [b, found.length > 0 ? found : above.get(b) ?? []]))
}

/** Inside a loop's body: what stops the gradients of the results that are asked for. */
const inLoop = (n: NodeOf<'scan'>, row: readonly number[], on: (n: Node) => bigint, bits: readonly bigint[]): [bigint, Node][] => {
  const { body } = n.attrs
  const asked = loopReach(n).flatMap((ways, r) => (row[r] ?? 0) & GRADIENT ? [{ ways, r }] : [])
  const blocked = n.inputs.map((_, k) =>
    asked.some(({ ways }) => ways[k] & VALUE && !(ways[k] & GRADIENT)))
  if (!blocked.some(Boolean)) return []
  const placeholders = [...body.carry, ...body.xs, ...body.consts]
  // A carry is marked by all that it comes from, its own start and what other steps put into it.
  const carried = loopReach(n).slice(0, body.carry.length)
  const marks = new Map(placeholders.map((p, k) => [p, k < carried.length
    ? carried[k].reduce((s, way, j) => way ? s | on(n.inputs[j]) : s, 0n) : on(n.inputs[k])] as const))
  const outputs = [...body.next, ...body.ys].filter(o => o.dtype === 'float32')
  return bits.flatMap(b => {
    const own = new Map([...marks].flatMap(([p, m]) => m & b ? [[p, b] as const] : []))
    return (stops(outputs, own).get(b) ?? []).map(by => [b, by] as [bigint, Node])
  })
}
