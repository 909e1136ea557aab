/** Elementwise operations: what single known numbers do to what they meet. */
import type { Node } from '../../dsl/core/node.js'
import { evaluateNode } from '../js/evaluate.js'
import { Elements, huge, numbersOf } from './elements.js'
import type { Sets } from './sets.js'

const low = (x: number): boolean => x <= -huge
const high = (x: number): boolean => x >= huge
/** The result where one operand is a known number (NaN is unknown) and decides it; NaN where it does not. */
const decided: Readonly<Record<string, (a: number, b: number) => number>> = {
  mul: (a, b) => a === 0 || b === 0 ? 0 : NaN,
  div: (a, b) => a === 0 || Math.abs(b) === Infinity ? 0 : NaN,
  add: (a, b) => low(a) || high(a) ? a : low(b) || high(b) ? b : NaN,
  sub: (a, b) => low(a) || high(a) ? a : low(b) || high(b) ? -b : NaN,
  maximum: (a, b) => high(a) ? a : high(b) ? b : NaN,
  minimum: (a, b) => low(a) ? a : low(b) ? b : NaN,
  pow: (a, b) => b === 0 || a === 1 ? 1 : NaN,
  and: (a, b) => a === 0 || b === 0 ? 0 : NaN,
  or: (a, b) => a === 1 || b === 1 ? 1 : NaN,
  less: (a, b) => low(a) || high(b) ? 1 : high(a) || low(b) ? 0 : NaN,
  lessEqual: (a, b) => low(a) || high(b) ? 1 : high(a) || low(b) ? 0 : NaN,
  equal: (a, b) => [a, b].some(x => low(x) || high(x)) ? 0 : NaN,
}

const choice = ([c, a, b]: readonly Elements[], sets: Sets): Elements => {
  const known = new Float64Array(c.ids.length)
  const ids = new Int32Array(known.length)
  for (let i = 0; i < ids.length; i++) {
    const on = c.known[i]
    if (Number.isNaN(on) && a.known[i] !== b.known[i]) {
      known[i] = NaN
      ids[i] = sets.union(c.ids[i], sets.union(a.ids[i], b.ids[i]))
    } else {
      const chosen = on === 0 ? b : a
      known[i] = chosen.known[i]
      ids[i] = chosen.ids[i]
    }
  }
  return Elements.of(c.shape, ids, known)
}

export const elementwise = (node: Node, xs: readonly Elements[], sets: Sets): Elements => {
  if (node.op === 'select') return choice(xs, sets)
  const [a, b] = xs
  const partly = xs.some(x => x.partly)
  if (!partly && !xs.some(x => x.depends)) return Elements.opaque(a.shape)
  const ids = new Int32Array(a.ids.length)
  for (let i = 0; i < ids.length; i++) ids[i] = b ? sets.union(a.ids[i], b.ids[i]) : a.ids[i]
  if (!partly) return Elements.of(a.shape, ids)
  const raw = evaluateNode(node, xs.map((x, i) => numbersOf(x, node.inputs[i].dtype))).data
  const rule = decided[node.op] as ((a: number, b: number) => number) | undefined
  const known = new Float64Array(ids.length)
  for (let i = 0; i < ids.length; i++)
    known[i] = xs.every(x => !Number.isNaN(x.known[i])) ? raw[i] : b && rule ? rule(a.known[i], b.known[i]) : NaN
  return Elements.of(a.shape, ids, known)
}
