/** A loop without sums: every element of the domain by itself. */
import type { Node } from '../../../dsl/core/node.js'
import { sizeOf } from '../../../dsl/value.js'
import type { Step } from '../plan/steps.js'
import { denseStrides, isWhole, merged } from '../plan/views.js'
import { cLocal, cType } from './c.js'
import { callKernel, define } from './kernel.js'
import { eachRow } from './offsets.js'
import { Ends } from './operands.js'
import { scalarStep } from './scalar.js'
import { outputsOf, sourcesOf, type Access } from './sources.js'
import { Statements } from './statements.js'

/** The step that computes `nodes`, in order of dependence, all of one domain. */
export const elementLoop = (nodes: readonly Node[], domain: readonly number[], access: Access): Step => {
  if (sizeOf(domain) === 1) return scalarStep(nodes, access)
  const ends = new Ends()
  const sources = sourcesOf(nodes, access, ends)
  const outputs = [...outputsOf(nodes, access, ends)]
  // Where all operands and outputs run together, elements are counted through; else row by row, a row being the last axis.
  const axes = merged(domain, [denseStrides(domain), ...ends.operands.map(o => o.read.view.strides)])
  const flat = axes.shape.length <= 1
  const strides = new Map(ends.operands.map((o, k) => [o, axes.strides[k + 1].at(-1) ?? 0]))
  const strideOf = new Map(ends.operands.flatMap(o => {
    const s = strides.get(o) ?? 0
    return s === 0 || s === 1 ? [] : [[o, ends.number(s)] as const]
  }))

  const once = ends.operands.filter(o => strides.get(o) === 0)
  const loadedOnce = once.map(o => `const ${cLocal(o.read.memory.dtype)} ${o.name}s = ${o.name}[${flat ? '0' : `${o.name}_`}];`)
  const loads = ends.operands.map(o => {
    const stride = strideOf.get(o)
    const at = stride === undefined ? 'i' : `i * ${stride}`
    const from = strides.get(o) === 0 ? `${o.name}s` : `${o.name}[${flat ? at : `${o.name}_ + ${at}`}]`
    return `const ${cLocal(o.read.memory.dtype)} ${o.name}v = ${from};`
  })
  const statements = new Statements(nodes)
  const body = nodes.map(n => statements.assign(n, (sources.get(n) ?? []).map(x => statements.textOf(x))))
  const stores = outputs.map(([n, name]) => `${name}[${flat ? 'i' : 'to_ + i'}] = (${cType(n.dtype)})${statements.nameOf(n)};`)
  const turns = (from: string, to: string): string[] =>
    ['TG_APART', `for (long i = ${from}; i < ${to}; i++) {`, ...loads, ...body, ...stores, '}']

  const lead = axes.shape.slice(0, -1)
  const length = axes.shape.at(-1) ?? 1
  const inRows = (): string[] => {
    const names = ['to_', ...ends.operands.map(o => `${o.name}_`)]
    const row = [...loadedOnce, `const long cols = ${ends.number(length)};`, ...turns('0', 'cols')]
    return eachRow(ends, lead, axes.strides.map(x => x.slice(0, -1)), names, names.map(() => 0), row)
  }
  const size = sizeOf(domain)
  const definition = define(ends, flat ? [...loadedOnce, ...turns('lo', 'hi')] : inRows(), statements.uses)
  const count = flat ? size : sizeOf(lead)
  const cost = (statements.cost + outputs.length + ends.operands.length - once.length) * (flat ? 1 : length)
  const reads = ends.operands.map(o => ({ ...o.read, aligned: isWhole(o.read.view, size) && size === o.read.memory.size }))
  return {
    order: nodes[0].id, reads, writes: ends.outputs, temps: [], loop: { definition, numbers: ends.numbers, size, turn: flat ? 1 : length },
    emit: s => callKernel(s, definition, ends, count, cost),
  }
}
