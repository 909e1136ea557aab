/** A loop without sums: every element of the domain by itself. */
import type { Node } from '../../../dsl/core/node.js'
import { sizeOf } from '../../../dsl/value.js'
import type { Memory, Read, Step, Surroundings } from '../plan/steps.js'
import { denseStrides, isWhole, merged } from '../plan/views.js'
import { cLocal, cType } from './c.js'
import { expressionOf } from './expressions.js'
import { Ends, type Operand } from './operands.js'
import { rowOffsets } from './rows.js'
import { callKernel, define } from './kernel.js'

/** What the loop's maker knows: where an input is, or that it is a local or a number. */
export interface Access {
  readonly local: (node: Node, via: Node) => Node | null
  readonly literal: (via: Node) => string | null
  /** Where the input's elements lie; the inner axis has a stride of 0 or 1 where `node` is large. */
  readonly read: (node: Node, via: Node) => Read
  /** The memory of a node's result, or null where only the loop needs it. */
  readonly memory: (node: Node) => Memory | null
}

/** Where an input comes from: a node of the same loop, a number, or memory. */
export type Source = { readonly own: Node } | { readonly text: string } | { readonly operand: Operand }

/** The step that computes `nodes`, in order of dependence, all of one domain. */
export const elementLoop = (nodes: readonly Node[], domain: readonly number[], access: Access): Step => {
  const ends = new Ends()
  const body: string[] = []
  const uses = new Set<string>()
  const names = new Map<Node, string>()
  const inputs = nodes.map(node => node.inputs.map((via): Source => {
    const own = access.local(node, via)
    if (own) return { own }
    const text = access.literal(via)
    return text === null ? { operand: ends.operand(access.read(node, via)) } : { text }
  }))
  const written = nodes.flatMap(node => {
    const memory = access.memory(node)
    return memory ? [{ node, memory, name: ends.output(memory) }] : []
  })
  const axes = merged(domain, [denseStrides(domain), ...ends.operands.map(o => o.read.view.strides)])
  const flat = axes.shape.length <= 1
  const inner = axes.strides.map(s => s.length === 0 ? 0 : s[s.length - 1])
  const strideOf = new Map(ends.operands.map((o, k) => [o.name, inner[k + 1]]))
  const strideText = new Map(ends.operands.flatMap(o => {
    const s = strideOf.get(o.name) ?? 0
    return s === 0 || s === 1 ? [] : [[o.name, ends.number(s)] as const]
  }))
  const load = (name: string): string => {
    const s = strideOf.get(name)
    return s === 0 ? `${name}s` : s === 1 ? `${name}[${flat ? 'i' : `${name}_ + i`}]`
      : `${name}[${flat ? '' : `${name}_ + `}i * ${strideText.get(name)}]`
  }
  let cost = written.length
  nodes.forEach((node, at) => {
    const texts = inputs[at].map(x => 'own' in x ? names.get(x.own) ?? '' : 'text' in x ? x.text : `${x.operand.name}v`)
    const e = expressionOf(node, texts)
    e.uses?.forEach(u => uses.add(u))
    cost += e.cost
    const name = `t${at}`
    names.set(node, name)
    body.push(`const ${cLocal(node.dtype)} ${name} = ${e.text};`)
  })
  const repeatedOnes = ends.operands.filter(o => strideOf.get(o.name) === 0)
  const hoisted = repeatedOnes.map(o => {
    const t = o.read.memory.dtype
    return `const ${cLocal(t)} ${o.name}s = ${o.name}[${flat ? '0' : `${o.name}_`}];`
  })
  const loads = ends.operands.map(o => `const ${cLocal(o.read.memory.dtype)} ${o.name}v = ${load(o.name)};`)
  const stores = written.map(w => `${w.name}[${flat ? 'i' : 'to_ + i'}] = (${cType(w.memory.dtype)})${names.get(w.node)};`)
  cost += ends.operands.length - repeatedOnes.length
  const loop = (from: string, to: string): string[] =>
    ['TG_APART', `for (long i = ${from}; i < ${to}; i++) {`, ...loads, ...body, ...stores, '}']
  const length = flat ? 1 : axes.shape[axes.shape.length - 1]
  let text: string[]
  if (flat) text = [...hoisted, ...loop('lo', 'hi')]
  else {
    const lead = axes.shape.slice(0, -1)
    const names = ['to_', ...ends.operands.map(o => `${o.name}_`)]
    const offsets = rowOffsets(ends, lead, axes.strides.map(x => x.slice(0, -1)), names, names.map(() => 0))
    text = ['for (long r = lo; r < hi; r++) {', ...offsets, ...hoisted, `const long cols = ${ends.number(length)};`,
      ...loop('0', 'cols'), '}']
  }
  const count = flat ? sizeOf(domain) : sizeOf(axes.shape.slice(0, -1))
  const definition = define(ends, text, uses, sizeOf(domain))
  const size = sizeOf(domain)
  const reads = ends.operands.map(o => ({ ...o.read, aligned: isWhole(o.read.view, size) && size === o.read.memory.size }))
  return {
    order: nodes[0].id, reads, writes: ends.outputs, temps: [],
    emit: (s: Surroundings) => callKernel(s, definition, ends, count, cost * length),
  }
}
