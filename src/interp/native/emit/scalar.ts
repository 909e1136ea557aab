/** Nodes of a single element: statements among the calls, for a function of their own would cost the compiler more than they are worth. */
import type { Node } from '../../../dsl/core/node.js'
import type { Step } from '../plan/steps.js'
import { isWhole } from '../plan/views.js'
import { cLocal, cType, pointer } from './c.js'
import { Ends } from './operands.js'
import { outputsOf, sourcesOf, type Access } from './sources.js'
import { Statements } from './statements.js'

/** The step that computes `nodes`, in order of dependence, each of one element. */
export const scalarStep = (nodes: readonly Node[], access: Access): Step => {
  const ends = new Ends()
  const sources = sourcesOf(nodes, access, ends)
  const outputs = [...outputsOf(nodes, access, ends).keys()]
  const statements = new Statements(nodes)
  const body = nodes.map(n => statements.assign(n, (sources.get(n) ?? []).map(x => statements.textOf(x))))
  return {
    order: nodes[0].id, reads: ends.operands.map(o => ({ ...o.read, aligned: isWhole(o.read.view, 1) && o.read.memory.size === 1 })),
    writes: ends.outputs, temps: [],
    emit: s => {
      s.include(statements.uses)
      return [
        '{',
        // All is read before anything is written: an output may lie where an operand does.
        ...ends.operands.map(o => `const ${cLocal(o.read.memory.dtype)} ${o.name}v = *(${pointer(s, o.read)});`),
        ...body,
        ...outputs.map((n, k) => `*(${cType(n.dtype)} *)${s.at(ends.outputs[k])} = (${cType(n.dtype)})${statements.nameOf(n)};`),
        '}',
      ].join('\n')
    },
  }
}
