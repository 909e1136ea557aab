/** Loops: ONNX Scan, whose body is a graph of its own that sees the constants around it. */
import type { Node } from '../../../dsl/core/node.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import { concrete } from '../../program.js'
import { Graph, valueInfo, type Operand } from '../graph.js'
import type { Context } from '../lowering.js'
import { namedOutputs } from '../outputs.js'

export const scanLowerings = {
  scan: (cx: Context, node: NodeOf<'scan'>): readonly (Operand | undefined)[] => {
    const { body, length, reverse } = node.attrs
    const inputs = node.inputs.map(i => cx.dense(i))
    const [nc, nx] = [body.carry.length, body.xs.length]
    const used = new Set(cx.usersOf(node).map(p => (p as NodeOf<'project'>).attrs.index))
    const steps = length as number
    const stacks = [...body.ys, ...body.carry].map((n, i) => ({ node: n, index: nc + i })).filter(s => used.has(s.index))

    const results = [...body.next, ...stacks.map(s => s.node)]
    const shapes = results.map((n, i) => i < nc ? concrete(n) : [steps, ...concrete(n)])
    const place = (names: readonly Operand[]): (Operand | undefined)[] => {
      const lowered: (Operand | undefined)[] = names.slice(0, nc)
      stacks.forEach((s, i) => { lowered[s.index] = names[nc + i] })
      return lowered
    }
    // ONNX Runtime does not run a loop of no steps.
    if (steps === 0) return place([...inputs.slice(0, nc), ...stacks.map((s, i) => cx.expand(cx.scalar(0, s.node.dtype), shapes[nc + i]))])

    const graph = new Graph(cx.graph)
    const inner = cx.inner(graph)
    const info = (prefix: string) => (n: Node) => {
      const name = graph.fresh(prefix)
      inner.bind(n, name)
      return valueInfo(name, n.dtype, concrete(n))
    }
    const ends = [...body.carry.map(info('carry')), ...body.xs.map(info('x'))]
    // Scan counts its steps by what it scans over: without inputs, a counter that nobody reads.
    if (nx === 0) ends.push(valueInfo(graph.fresh('step'), 'int32', []))
    const scanned = nx === 0 ? [cx.op('Range', [cx.int(0), cx.int(steps), cx.int(1)], [steps])] : inputs.slice(nc, nc + nx)
    body.consts.forEach((c, i) => inner.bind(c, inputs[nc + nx + i].name))

    inner.lower(results)
    const names = namedOutputs(inner, results, ends.map(e => e.name))
    const typed = results.map((n, i) => valueInfo(names[i], n.dtype, concrete(n)))
    const { graph: proto, captured } = graph.finish(graph.fresh('body'), ends, typed)
    const outputs = cx.graph.ops('Scan', [...inputs.slice(0, nc), ...scanned].map(x => x.name), {
      body: { graph: proto }, num_scan_inputs: scanned.length,
      ...reverse && { scan_input_directions: scanned.map(() => 1) },
      ...reverse && stacks.length > 0 && { scan_output_directions: stacks.map(() => 1) },
    }, results.length, captured)
    return place(outputs.map((name, i) => ({ name, shape: shapes[i] })))
  },
  project: (cx: Context, { inputs: [tuple], attrs: { index } }: NodeOf<'project'>): Operand => cx.result(tuple, index),
}
