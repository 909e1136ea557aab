/** A loop with a closed body: the carry of each step goes into the next, and its gradient is the same loop run backwards. */
import { left, right } from 'fp-ts/lib/Either.js'
import { InternalError, TypegradError } from '../../errors.js'
import { mulDim, sameDim, sameShape, addDim, showShape } from '../../shape/dim.js'
import type { Dim } from '../../tensor.js'
import { variable, vjp, zerosLike } from '../gradient.js'
import { reachable, type Node } from '../node.js'
import { primitive } from '../primitive.js'
import { substitute } from '../substitute.js'
import { add } from './elementwise.js'
import { input } from './leaves.js'

/** A closed graph: it depends on its own placeholders only, so equal bodies are equal wherever they stand. */
export interface Body {
  readonly carry: readonly Node[]
  readonly xs: readonly Node[]
  readonly consts: readonly Node[]
  readonly next: readonly Node[]
  readonly ys: readonly Node[]
}
/**
 * Inputs: initial carry, then xs (scanned over their first axis), then consts. Results: final carry, ys, and the carry before each step.
 */
export interface Scan { readonly body: Body; readonly length: Dim; readonly reverse: boolean }

const placeholders = (b: Body): Node[] => [...b.carry, ...b.xs, ...b.consts]
const stacked = (n: Node, length: Dim): { shape: Dim[]; dtype: Node['dtype'] } => ({ shape: [length, ...n.shape], dtype: n.dtype })
const item = (n: Node): { shape: readonly Dim[]; dtype: Node['dtype'] } => ({ shape: n.shape.slice(1), dtype: n.dtype })

export const scanPrim = primitive<Scan>({
  op: 'scan',
  summary: 'Runs a body over the first axis of its inputs, carrying state from step to step.',
  latex: xs => `\\mathrm{scan}(${xs.join(', ')})`,
  key: ({ body, length, reverse }) => `${length}${reverse}${[body.carry, body.xs, body.consts, body.next, body.ys].map(ns =>
    ns.map(n => n.id).join()).join(';')}`,
  type: (_, { body, length }) => {
    const bad = body.carry.findIndex((c, i) => c.dtype !== body.next[i].dtype || !sameShape(c.shape, body.next[i].shape))
    if (bad >= 0) {
      const [c, n] = [body.carry[bad], body.next[bad]]
      return left(`scan: carry ${bad} is ${c.dtype} ${showShape(c.shape)} but the body returns ${n.dtype} ${showShape(n.shape)}`)
    }
    return right({ shape: [], dtype: 'float32', tuple: [...body.next, ...[...body.ys, ...body.carry].map(n => stacked(n, length))] })
  },
  vjp: null,
  vjpOfTuple: (gs, node) => backward(gs, node),
  flops: ({ attrs: { body, length } }) => mulDim(length, reachable([...body.next, ...body.ys]).reduce<Dim>((n, x) => addDim(n,
    x.prim.flops(x)), 0)),
  example: 'scan((c: Tensor<[]>, x: Tensor<[]>) => [add(c, x), mul(c, x)], tensor(0), tensor([1, 2, 3]))[0]',
  mapDims: (a, f) => ({ ...a, length: f(a.length) }),
  mapBody: (a, rebuild) => {
    const { body } = a
    const all = rebuild([...placeholders(body), ...body.next, ...body.ys])
    const take = (ns: readonly Node[]): Node[] => all.splice(0, ns.length)
    return { ...a, body: { carry: take(body.carry), xs: take(body.xs), consts: take(body.consts), next: take(body.next),
      ys: take(body.ys) } }
  },
})

export const projectPrim = primitive<{ readonly index: number }>({
  op: 'project',
  summary: 'One result of a primitive with several.',
  latex: ([x], { index }) => `${x}_{${index}}`,
  type: ([tuple], { index }) => tuple.tuple ? right(tuple.tuple[index])
    : left(`project: ${tuple.dtype} ${showShape(tuple.shape)} has a single result`),
  // Cotangents of the results of one node are gathered by the differentiator, which hands them over together.
  vjp: g => [g],
  flops: () => 0,
  example: 'scan((c: Tensor<[]>, x: Tensor<[]>) => [add(c, x), c], tensor(0), tensor([1, 2, 3]))[1]',
})

/** The largest parts of a traced body that do not change from step to step; broadcasts stay inside, where they cost nothing. */
const invariants = (outputs: readonly Node[], variables: readonly Node[]): Node[] => {
  const varies = new Set(variables)
  const needsInput = new Set<Node>()
  const nodes = reachable(outputs)
  for (const n of nodes) {
    if (n.inputs.some(i => varies.has(i))) varies.add(n)
    else if (!varies.has(n) && (n.op === 'input' || n.inputs.some(i => needsInput.has(i)))) needsInput.add(n)
  }
  const hoisted = new Set<Node>()
  const visit = (n: Node): void => {
    if (varies.has(n) || !needsInput.has(n)) return
    if (n.op === 'broadcastTo') visit(n.inputs[0])
    else hoisted.add(n)
  }
  outputs.forEach(visit)
  nodes.filter(n => varies.has(n)).forEach(n => n.inputs.forEach(visit))
  return [...hoisted].sort((a, b) => a.id - b.id)
}

export interface ScanArgs {
  readonly init: readonly Node[]
  readonly xs: readonly Node[]
  readonly length?: Dim
  readonly reverse?: boolean
  readonly body: (carry: readonly Node[], x: readonly Node[]) => { next: readonly Node[]; ys: readonly Node[] }
}

const lengthOf = (xs: readonly Node[], length?: Dim): Dim => {
  const n = length ?? xs[0]?.shape[0]
  if (n === undefined) throw new TypegradError('shape', 'scan: without inputs to scan over, a length is needed')
  const bad = xs.find(x => x.shape.length === 0 || !sameDim(x.shape[0], n))
  if (bad) throw new TypegradError('shape', `scan: ${showShape(bad.shape)} does not have ${n} steps along its first axis`)
  return n
}

/** Traces the body once, closes it over what it captured, and builds the loop. */
export const scan = ({ init, xs, length, reverse = false, body }: ScanArgs): { carry: Node[]; ys: Node[]; before: Node[] } => {
  const steps = lengthOf(xs, length)
  const carry = init.map(c => variable(c))
  const x = xs.map(v => variable(item(v)))
  const { next, ys } = body(carry, x)
  const captured = invariants([...next, ...ys], [...carry, ...x])
  // Canonical names make equal bodies equal nodes.
  const vars = [...carry, ...x, ...captured]
  const canonical = vars.map((v, i) => input({ shape: v.shape, dtype: v.dtype, id: `scan:${i}` }))
  const closed = substitute([...next, ...ys], new Map(vars.map((v, i) => [v, canonical[i]])))
  const [nc, nx] = [carry.length, x.length]
  const node = scanPrim.make([...init, ...xs, ...captured], {
    length: steps, reverse,
    body: {
      carry: canonical.slice(0, nc), xs: canonical.slice(nc, nc + nx), consts: canonical.slice(nc + nx),
      next: closed.slice(0, next.length), ys: closed.slice(next.length),
    },
  })
  const result = (from: number, n: number): Node[] => Array.from({ length: n }, (_, i) => projectPrim.make([node], { index: from + i }))
  return { carry: result(0, nc), ys: result(nc, ys.length), before: result(nc + ys.length, nc) }
}

const isFloat = (n: Node): boolean => n.dtype === 'float32'

/** The same loop from the last step to the first: each step pulls the cotangents back through the body at the carry it had. */
const backward = (gs: readonly (Node | null)[], node: Node<Scan>): (Node | null)[] => {
  const { body, length, reverse } = node.attrs
  const [nc, nx] = [body.carry.length, body.xs.length]
  const before = body.carry.map((_, i) => projectPrim.make([node], { index: nc + body.ys.length + i }))
  const xs = node.inputs.slice(nc, nc + nx)
  const consts = node.inputs.slice(nc + nx)
  const carryAt = body.carry.flatMap((c, i) => isFloat(c) ? [i] : [])
  const constAt = body.consts.flatMap((c, i) => isFloat(c) ? [i] : [])
  const xAt = body.xs.flatMap((c, i) => isFloat(c) ? [i] : [])
  const yAt = body.ys.flatMap((y, i) => isFloat(y) && gs[nc + i] ? [i] : [])
  // A cotangent may also come for the stored carries: a gradient of this gradient. It joins at the step it belongs to.
  const storedAt = carryAt.filter(i => gs[nc + body.ys.length + i])
  const given = (g: Node | null): Node => {
    if (g === null) throw new InternalError('scan: a cotangent that was counted is missing')
    return g
  }
  const loop = scan({
    init: [...carryAt.map(i => gs[i] ?? zerosLike(body.carry[i])), ...constAt.map(i => zerosLike(body.consts[i]))],
    xs: [...before, ...xs, ...yAt.map(i => given(gs[nc + i])), ...storedAt.map(i => given(gs[nc + body.ys.length + i]))],
    length, reverse: !reverse,
    body: (c, x) => {
      const gNext = c.slice(0, carryAt.length)
      const gy = x.slice(nc + nx, nc + nx + yAt.length)
      const gStored = x.slice(nc + nx + yAt.length)
      const wrt = [...carryAt.map(i => body.carry[i]), ...constAt.map(i => body.consts[i]), ...xAt.map(i => body.xs[i])]
      const pulled = vjp([...carryAt.map(i => body.next[i]), ...yAt.map(i => body.ys[i]), ...storedAt.map(i => body.carry[i])],
        [...gNext, ...gy, ...gStored], wrt).map((g, i) => g ?? zerosLike(wrt[i]))
      const here = substitute(pulled, new Map([...body.carry, ...body.xs, ...body.consts].map((p, i) => [p, [...x.slice(0, nc + nx),
        ...consts][i]])))
      const [k, m] = [carryAt.length, constAt.length]
      return { next: [...here.slice(0, k), ...here.slice(k, k + m).map((g, i) => add(c[k + i], g))], ys: here.slice(k + m) }
    },
  })
  const result: (Node | null)[] = node.inputs.map(() => null)
  carryAt.forEach((i, j) => { result[i] = loop.carry[j] })
  xAt.forEach((i, j) => { result[nc + i] = loop.ys[j] })
  constAt.forEach((i, j) => { result[nc + nx + i] = loop.carry[carryAt.length + j] })
  return result
}
