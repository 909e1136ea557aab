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
    const stacks = [...body.ys, ...body.carry].map((n, i) => ({ node: n, index: nc + i })).filter(s => used.has(s.index))

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
    const scanned = nx === 0 ? [cx.op('Range', [cx.int(0), cx.int(length as number), cx.int(1)], [length as number])] : inputs.slice(nc, nc + nx)
    body.consts.forEach((c, i) => inner.bind(c, inputs[nc + nx + i].name))

    const results = [...body.next, ...stacks.map(s => s.node)]
    inner.lower(results)
    const names = namedOutputs(inner, results, ends.map(e => e.name))
    const { graph: proto, captured } = graph.finish(graph.fresh('body'), ends, results.map((n, i) => valueInfo(names[i], n.dtype, concrete(n))))
    const m = scanned.length
    const outputs = cx.graph.ops('Scan', [...inputs.slice(0, nc), ...scanned].map(x => x.name), {
      body: { graph: proto }, num_scan_inputs: m,
      ...reverse && { scan_input_directions: scanned.map(() => 1), ...stacks.length > 0 && { scan_output_directions: stacks.map(() => 1) } },
    }, results.length, captured)
    const lowered: (Operand | undefined)[] = body.next.map((n, i) => ({ name: outputs[i], shape: concrete(n) }))
    stacks.forEach((s, i) => { lowered[s.index] = { name: outputs[nc + i], shape: [length as number, ...concrete(s.node)] } })
    return lowered
  },
  project: (cx: Context, { inputs: [tuple], attrs: { index } }: NodeOf<'project'>): Operand => cx.result(tuple, index),
}
