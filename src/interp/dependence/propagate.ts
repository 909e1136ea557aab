/** Elements of every node of a graph, inputs before users; loops run step by step. */
import { InternalError } from '../../dsl/errors.js'
import { reachable, type Node } from '../../dsl/core/node.js'
import type { NodeOf } from '../../dsl/core/table.js'
import { sizeOf } from '../../dsl/value.js'
import { evaluateNode } from '../js/evaluate.js'
import { concrete } from '../program.js'
import { Elements, settled } from './elements.js'
import { dependOn } from './rules.js'
import type { Sets } from './sets.js'

export type Found = Map<Node, Elements | readonly Elements[]>
export const single = (found: ReadonlyMap<Node, Elements | readonly Elements[]>, n: Node): Elements => {
  const e = found.get(n)
  if (e instanceof Elements) return e
  throw new InternalError(`dependence: ${n.op} has no single value`)
}

/** One node's elements, or those of each result of a loop. */
export const elementsOf = (n: Node, xs: readonly Elements[], sets: Sets): Elements | readonly Elements[] => {
  if (n.op === 'input') return Elements.opaque(concrete(n))
  if (n.op === 'scan') return loop(n as NodeOf<'scan'>, xs, sets)
  const values = xs.flatMap(x => x.value ? [x.value] : [])
  return values.length === xs.length ? Elements.known(evaluateNode(n, values)) : settled(dependOn(n, xs, sets), n.dtype)
}

const visit = (nodes: readonly Node[], found: Found, sets: Sets): void => {
  for (const n of nodes) {
    if (found.has(n)) continue
    if (n.op === 'project') {
      const row = found.get(n.inputs[0])
      found.set(n, Array.isArray(row) ? (row as readonly Elements[])[(n as NodeOf<'project'>).attrs.index] : single(found, n.inputs[0]))
    } else {
      // Nothing is computed from the arguments of a named function; neither do they count here.
      const inputs = n.op === 'named' ? n.inputs.slice(0, 1) : n.inputs
      found.set(n, elementsOf(n, inputs.map(i => single(found, i)), sets))
    }
  }
}

/** Elements of all that `outputs` need; placeholders without elements of their own are opaque parameters that depend on nothing. */
export const propagate = (outputs: readonly Node[], bound: ReadonlyMap<Node, Elements>, sets: Sets): Found => {
  const found: Found = new Map<Node, Elements | readonly Elements[]>(bound)
  visit(reachable(outputs), found, sets)
  return found
}

const row = (x: Elements, t: number): Elements => {
  const shape = x.shape.slice(1)
  const [from, to] = [t * sizeOf(shape), (t + 1) * sizeOf(shape)]
  if (x.value) return Elements.known({ ...x.value, shape, data: x.value.data.slice(from, to) })
  return x.partly ? Elements.of(shape, x.ids.slice(from, to), x.known.slice(from, to)) : Elements.of(shape, x.ids.slice(from, to))
}

const stack = (rows: readonly Elements[], shape: readonly number[]): Elements => {
  const size = sizeOf(shape.slice(1))
  const [ids, known] = [new Int32Array(sizeOf(shape)), new Float64Array(sizeOf(shape))]
  rows.forEach((r, t) => {
    ids.set(r.ids, t * size)
    known.set(r.known, t * size)
  })
  return Elements.of(shape, ids, known)
}

const loop = (node: NodeOf<'scan'>, inputs: readonly Elements[], sets: Sets): readonly Elements[] => {
  const { body, length, reverse } = node.attrs
  const steps = length as number
  const [c, x] = [body.carry.length, body.xs.length]
  const results = [...body.next, ...body.ys]
  const order = reachable(results)
  // What does not change from step to step is found once.
  const fixed: Found = new Map(body.consts.map((n, i) => [n, inputs[c + x + i]]))
  const changing = new Set<Node>([...body.carry, ...body.xs])
  for (const n of order) if (n.inputs.some(i => changing.has(i))) changing.add(n)
  visit(order.filter(n => !changing.has(n)), fixed, sets)
  const perStep = order.filter(n => changing.has(n))
  let carry = inputs.slice(0, c)
  const rows: Elements[][] = []
  for (let s = 0; s < steps; s++) {
    const t = reverse ? steps - 1 - s : s
    const found: Found = new Map(fixed)
    body.carry.forEach((n, i) => found.set(n, carry[i]))
    body.xs.forEach((n, i) => found.set(n, row(inputs[c + i], t)))
    visit(perStep, found, sets)
    const after = results.map(n => single(found, n))
    rows[t] = [...after.slice(c), ...carry]
    carry = after.slice(0, c)
  }
  const types = (node.tuple ?? []).slice(c)
  return [...carry, ...types.map((type, i) => settled(stack(rows.map(r => r[i]), type.shape as number[]), type.dtype))]
}
