/** From a graph to a plan: one lowering a primitive, in a table that does not compile while one is missing. */
import { InternalError } from '../../dsl/errors.js'
import { reachable, type Node } from '../../dsl/core/node.js'
import type { NodeOf } from '../../dsl/core/table.js'
import { sizeOf } from '../../dsl/value.js'
import { concrete } from '../program.js'
import type { Device } from './device.js'
import { emitter, type Emitter, type Ref } from './emit.js'
import { onHost, type Lowering, type Single } from './host.js'
import { elementwiseLowerings } from './lowerings/elementwise.js'
import { leafLowerings } from './lowerings/leaves.js'
import { linearLowerings } from './lowerings/linear.js'
import { reduceLowerings } from './lowerings/reduce.js'
import { materialise, padRank } from './lowerings/shapes.js'
import { indexingLowerings, structureLowerings } from './lowerings/structure.js'
import { isWrong } from './quirks.js'
import { plan, type Plan } from './plan.js'
import { loop } from './scan.js'

const lowerings: { readonly [P in Single]: Lowering<P> } = {
  ...elementwiseLowerings, ...structureLowerings, ...indexingLowerings, ...reduceLowerings, ...linearLowerings, ...leafLowerings,
}

/** Lowerings that take operands held smaller than their type says, because their kernels broadcast or do not look at the elements. */
const takesSmall = (node: Node): boolean => node.prim.elementwise === true
  || ['broadcastTo', 'transpose', 'cast', 'stopGradient', 'named', 'straightThrough', 'customVjp'].includes(node.op)

const isTuple = (r: Ref | readonly Ref[]): r is readonly Ref[] => Array.isArray(r)

/** Lowers a graph; results come out whole. */
export const lower = (device: Device, inputs: readonly Node[], outputs: readonly Node[]): Plan => {
  const emit = emitter(device)
  const refs = new Map<Node, Ref | readonly Ref[]>(inputs.map(n => [n, emit.slot(concrete(n), n.dtype)]))
  const wholes = new Map<Node, Ref>()
  const held = (n: Node): Ref => {
    const r = refs.get(n)
    if (r === undefined || isTuple(r)) throw new InternalError(`${n.op} ${n.id} has no single value in this plan`)
    return r
  }
  const whole = (n: Node): Ref => {
    const known = wholes.get(n)
    if (known) return known
    const made = materialise(held(n), concrete(n), emit)
    wholes.set(n, made)
    return made
  }
  const nodes = reachable(outputs)
  const used = usedResults(nodes)
  for (const node of nodes) {
    if (refs.has(node)) continue
    if (node.op === 'scan') refs.set(node, loop(node as NodeOf<'scan'>, used.get(node) ?? new Set(), node.inputs.map(whole), emit, lower))
    else if (node.op === 'project') refs.set(node, (refs.get(node.inputs[0]) as readonly Ref[])[(node as NodeOf<'project'>).attrs.index])
    else refs.set(node, lowerNode(node, held, whole, emit))
  }
  return plan(emit, inputs.map(held), outputs.map(n => emit.settle(whole(n))))
}

/** Which results of the loops are looked at. */
const usedResults = (nodes: readonly Node[]): Map<Node, Set<number>> => {
  const used = new Map<Node, Set<number>>()
  for (const node of nodes) {
    if (node.op !== 'project') continue
    const indices = used.get(node.inputs[0]) ?? new Set()
    used.set(node.inputs[0], indices.add((node as NodeOf<'project'>).attrs.index))
  }
  return used
}

const lowerNode = (node: Node, held: (n: Node) => Ref, whole: (n: Node) => Ref, emit: Emitter): Ref => {
  const lowering = lowerings[node.op as Single] as Lowering | undefined
  if (!lowering) throw new InternalError(`the placeholder ${node.op} ${node.id} has no value`)
  const shape = concrete(node)
  // Kernels are not made for arrays without elements.
  const empty = sizeOf(shape) === 0 || node.inputs.some(i => sizeOf(concrete(i)) === 0)
  const operand = node.inputs[node.inputs.length - 1]?.dtype ?? node.dtype
  if (empty || isWrong(emit.device.name, node.op, operand)) return onHost(node.inputs.map(whole), node, emit)
  const small = takesSmall(node)
  const xs = node.inputs.map(i => small ? held(i) : whole(i))
  const out = lowering(xs, node as NodeOf<Single>, emit)
  return small ? padRank(out, shape.length) : out
}
