/**
 * Which elements of an input each element of an output can depend on, read from the graph: masks with constant zeros cut paths, everything
 * that is not understood is assumed to depend. So "does not depend" is a proof, for every value of the parameters.
 */
import { InternalError } from '../../dsl/errors.js'
import { reachable, type Node } from '../../dsl/core/node.js'
import type { AnyTensor } from '../../dsl/define/tree.js'
import { nodeOf } from '../../dsl/ops/typed.js'
import type { NodeOf } from '../../dsl/core/table.js'
import { sizeOf } from '../../dsl/value.js'
import { evaluateNode } from '../js/evaluate.js'
import { concrete } from '../program.js'
import { everything, known, unknown, type Elements } from './elements.js'
import { dependOn } from './rules.js'

const step = (x: Elements, t: number): Elements => {
  const shape = x.shape.slice(1)
  const [from, to] = [t * sizeOf(shape), (t + 1) * sizeOf(shape)]
  const value = x.value && { ...x.value, shape, data: x.value.data.slice(from, to) }
  return { shape, value, deps: x.deps.slice(from, to), zero: x.zero.slice(from, to) }
}

const loop = (node: NodeOf<'scan'>, inputs: readonly Elements[]): Elements[] => {
  const { body, length, reverse } = node.attrs
  const steps = length as number
  const [c, x] = [body.carry.length, body.xs.length]
  let carry = inputs.slice(0, c)
  const rows: Elements[][] = []
  for (let s = 0; s < steps; s++) {
    const t = reverse ? steps - 1 - s : s
    const bound = new Map<Node, Elements>([
      ...body.carry.map((n, i) => [n, carry[i]] as const), ...body.xs.map((n, i) => [n, step(inputs[c + i], t)] as const),
      ...body.consts.map((n, i) => [n, inputs[c + x + i]] as const)])
    const results = elementsOf([...body.next, ...body.ys], bound)
    rows[t] = [...results.slice(c), ...carry]
    carry = results.slice(0, c)
  }
  const types = (node.tuple ?? []).slice(c)
  const stacks = types.map((type, i) => unknown(type.shape as number[], rows.flatMap(r => r[i].deps), rows.flatMap(r => r[i].zero)))
  return [...carry, ...stacks]
}

/** Elements of every output; placeholders without elements of their own are opaque parameters that depend on nothing. */
const elementsOf = (outputs: readonly Node[], bound: ReadonlyMap<Node, Elements>): Elements[] => {
  const all = new Map<Node, Elements | Elements[]>(bound)
  const single = (n: Node): Elements => {
    const e = all.get(n)
    if (e === undefined || Array.isArray(e)) throw new InternalError(`dependence: ${n.op} has no single value`)
    return e
  }
  for (const n of reachable(outputs)) {
    if (all.has(n)) continue
    if (n.op === 'input') all.set(n, unknown(concrete(n), Array.from({ length: sizeOf(concrete(n)) }, () => 0n)))
    else if (n.op === 'scan') all.set(n, loop(n as NodeOf<'scan'>, n.inputs.map(single)))
    else if (n.op === 'project') {
      const e = all.get(n.inputs[0])
      all.set(n, Array.isArray(e) ? e[(n as NodeOf<'project'>).attrs.index] : everything(concrete(n), []))
    } else {
      const xs = n.inputs.map(single)
      const values = xs.flatMap(x => x.value ? [x.value] : [])
      all.set(n, values.length === xs.length ? known(evaluateNode(n, values)) : dependOn(n, xs))
    }
  }
  return outputs.map(single)
}

/**
 * For each element of `output`, in row-major order, the positions of the elements of `input` that it may depend on. Both must have bound
 * sizes; meant for models of tens of variables, because every element keeps a set.
 *
 * @example
 * ```ts
 * import { dependence } from 'typegrad/engines'
 * const x = f32(3)
 * dependence(cumsum(x, 0), x) // [[0], [0, 1], [0, 1, 2]]
 * ```
 */
export const dependence = (output: AnyTensor, input: AnyTensor): number[][] => {
  const [to, from] = [nodeOf('dependence', output), nodeOf('dependence', input)]
  const size = sizeOf(concrete(from))
  const start = unknown(concrete(from), Array.from({ length: size }, (_, i) => 1n << BigInt(i)))
  const [result] = elementsOf([to], new Map([[from, start]]))
  return result.deps.map(d => Array.from({ length: size }, (_, i) => i).filter(i => (d >> BigInt(i)) & 1n))
}
