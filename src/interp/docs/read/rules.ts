/** Compositions read back from the primitives that they became: each rule sees one node and answers with the formula, or null. */
import type { Node } from '../../../dsl/core/node.js'
import type { NodeOf, Op } from '../../../dsl/core/table.js'
import { add, call, div, mul, neg, num, pow, square, sub, subscript, symbol, type Expr } from '../math/expr.js'
import {
  axesOf, bare, functionAxes, isValue, logSoftmaxOf, logSumExpOf, softmaxOf, squareOf, standardisedOf, valueOf,
} from './match.js'
import { alongOf } from './axes.js'
import type { At, Reading } from './reading.js'
import { hasElements, showsAll } from './sure.js'

export type Rule = (n: Node, at: At, r: Reading) => Expr | null

const negated = (n: Node): Node | null => n.op === 'neg' ? n.inputs[0] : null
/** -softplus(x): log σ(-x), which is log(1 - σ(x)). */
export const minusSoftplus = (softplus: Node, at: At, r: Reading): Expr => {
  const x = softplus.inputs[0]
  const y = negated(x)
  return call('log', y ? call('sigmoid', r.read(y, at)) : sub(num(1), call('sigmoid', r.read(x, at))))
}

/** log Bernoulli(x; σ(l)) from x l - softplus(l). */
const bernoulli = (product: Node, softplus: Node, at: At, r: Reading): Expr | null => {
  if (softplus.op !== 'softplus' || product.op !== 'mul') return null
  const [l] = softplus.inputs
  const [a, b] = product.inputs
  const x = b === l ? a : a === l ? b : null
  return x === null ? null : call('log', call('bernoulli', r.read(x, at), call('sigmoid', r.read(l, at))))
}

/** A function of the logits, of which indices pick elements. */
const picked = (e: Expr, n: Node, at: At, r: Reading): Expr => r.picked(e, n, at)

/** A function of a whole tensor along axes, which are written unless they are the last one. */
const along = (op: 'softmax' | 'standardise' | 'logSumExp', x: Node, n: Node, r: Reading): Expr =>
  ({ kind: 'function', op, args: [r.read(x, x.shape.map(() => null))], ...alongOf(x, functionAxes(n)) })
export const isFunctionOfOne = (n: Node): boolean =>
  [softmaxOf, logSoftmaxOf, logSumExpOf, standardisedOf].some(of => of(n) !== null)
const overLast = (n: Node, x: Node): boolean => functionAxes(n).join() === `${x.shape.length - 1}`

const ratio: Rule = ({ inputs: [d] }, at, r) => {
  if (d.op !== 'sub') return null
  const [a, b] = d.inputs.map(x => r.read(x, at))
  const linear = (e: Expr): Expr | null => {
    if (e.kind === 'apply' && /^\\log/.test(e.fn.latex)) return { ...e, fn: r.symbols.unlogged(e.fn) }
    return e.kind === 'symbol' && /^\\log/.test(e.sym.latex) ? symbol(r.symbols.unlogged(e.sym)) : null
  }
  const [over, under] = [linear(a), linear(b)]
  return over && under ? div(over, under) : null
}

const relus: Rule = ({ inputs: [c, x, y] }, at, r) => {
  if (c.op !== 'less' || !isValue(c.inputs[0], 0) || c.inputs[1] !== x) return null
  if (isValue(y, 0)) return call('relu', r.read(x, at))
  if (y.op === 'mul' && y.inputs.includes(x) && y.inputs.some(i => valueOf(i) !== null)) return call('leakyRelu', r.read(x, at))
  return y.op === 'expm1' ? call('elu', r.read(x, at)) : null
}

/** ‖x‖² where all axes but the batch are summed. */
export const squaredNorm = (n: Node, at: At, r: Reading): Expr | null => {
  const [x] = n.inputs
  const of = squareOf(x)
  if (of === null) return null
  const axes = axesOf(n)
  const rest = x.shape.map((_, i) => i).filter(i => !axes.includes(i) && x.shape[i] !== 1)
  const whole = rest.length === 0 || rest.length === 1 && rest[0] === 0 && r.known.batched(x)
  if (!whole || axes.every(a => x.shape[a] === 1) || !showsAll(of, r.known)) return null
  const e = r.read(of, of.shape.map(() => null))
  return hasElements(e) ? null : picked(square(call('norm', e)), n, at, r)
}

const categoricalKl: Rule = (n, at, r) => {
  if (axesOf(n).join() !== `${n.inputs[0].shape.length - 1}`) return null
  const [x] = n.inputs
  if (x.op !== 'select' || x.inputs[1].op !== 'mul') return null
  const [probs, difference] = x.inputs[1].inputs
  if (probs.op !== 'exp' || difference.op !== 'sub') return null
  const [p, q] = difference.inputs.map(logSoftmaxOf)
  return p && q && probs.inputs[0] === difference.inputs[0] && overLast(difference.inputs[0], p) && overLast(difference.inputs[1], q)
    ? picked(call('divergence', ...[p, q].map(l => call('softmax', r.read(l, l.shape.map(() => null))))), n, at, r) : null
}

/** The number of the nearest entry: the largest z·e - ‖e‖²/2. */
const nearest: Rule = (n, at, r) => {
  const [x] = n.inputs
  if (x.op !== 'sub' || x.inputs[0].op !== 'matmul') return null
  const [z, e] = x.inputs[0].inputs
  const half = bare(x.inputs[1])
  if (e.op !== 'transpose' || half.op !== 'mul') return null
  const sum = half.inputs.find(i => i.op === 'sum')
  if (!sum || squareOf(sum.inputs[0]) !== e.inputs[0]) return null
  const j = r.index()
  const entry = subscript(r.read(e.inputs[0], [null, null]), [symbol(j)])
  const body = square(call('norm', sub(r.read(z, z.shape.map(() => null)), entry)))
  return picked({ kind: 'big', op: 'argmin', below: [symbol(j)], body }, n, at, r)
}

const classLogProb: Rule = (n, at, r) => {
  const of = logSoftmaxOf(n.inputs[0])
  const plain = (x: Node): null[] => x.shape.map(() => null)
  const classes = bare(n.inputs[1])
  return of && overLast(n.inputs[0], of) && (n as NodeOf<'takeAlong'>).attrs.axis === of.shape.length - 1
    ? picked(call('log', call('categorical', r.read(classes, plain(classes)), call('softmax', r.read(of, plain(of))))), n, at, r) : null
}

/** In the order in which they are tried, by the op of the node. */
export const rules: Partial<Readonly<Record<Op, readonly Rule[]>>> = {
  neg: [(n, at, r) => n.inputs[0].op === 'softplus' ? minusSoftplus(n.inputs[0], at, r) : null],
  sub: [
    (n, at, r) => bernoulli(n.inputs[0], n.inputs[1], at, r),
    (n, at, r) => {
      const e = bernoulli(n.inputs[1], n.inputs[0], at, r)
      return e ? neg(e) : null
    },
    (n, at, r) => {
      const x = logSoftmaxOf(n)
      return x ? picked(call('log', along('softmax', x, n, r)), n, at, r) : null
    },
  ],
  div: [(n, at, r) => {
    const x = standardisedOf(n)
    return x ? picked(along('standardise', x, n, r), n, at, r) : null
  }, (n, at, r) => {
    const x = softmaxOf(n)
    return x ? picked(along('softmax', x, n, r), n, at, r) : null
  }],
  exp: [
    (n, at, r) => {
      const x = softmaxOf(n)
      return x ? picked(along('softmax', x, n, r), n, at, r) : null
    },
    ratio,
  ],
  add: [(n, at, r) => {
    const x = logSumExpOf(n)
    return x ? picked(along('logSumExp', x, n, r), n, at, r) : null
  }],
  mul: [
    (n, at, r) => {
      const x = squareOf(n)
      return x ? square(r.read(x, at)) : null
    },
    ({ inputs: [a, b] }, at, r) => b.op === 'sigmoid' && b.inputs[0] === a ? call('silu', r.read(a, at)) : null,
    ({ inputs: [a, b] }, at, r) => a.op === 'mul' && isValue(a.inputs[0], 0.5) && b.op === 'add' && b.inputs[1].op === 'erf'
      ? call('gelu', r.read(a.inputs[1], at)) : null,
  ],
  pow: [(n, at, r) => {
    const p = valueOf(n.inputs[1])
    return p === null ? null : p === 0.5 ? call('root', r.read(n.inputs[0], at)) : pow(r.read(n.inputs[0], at), num(p))
  }],
  sqrt: [(n, at, r) => {
    const x = n.inputs[0].op === 'maximum' && (valueOf(n.inputs[0].inputs[1]) ?? 1) <= 1e-6 ? n.inputs[0].inputs[0] : n.inputs[0]
    const norm = bare(x).op === 'sum' ? squaredNorm(bare(x), bare(x).shape.map(() => null), r) : null
    return norm?.kind === 'power' ? picked(norm.base, n, at, r) : null
  }],
  sum: [squaredNorm, categoricalKl],
  select: [relus],
  maximum: [({ inputs: [x, y] }, at, r) => y.op === 'mul' && y.inputs.includes(x) && y.inputs.some(i => valueOf(i) !== null)
    ? call('leakyRelu', r.read(x, at)) : null,
  ({ inputs: [a, b] }, at, r) => a.op === 'minimum' && valueOf(b) !== null && valueOf(a.inputs[1]) !== null
    ? call('clip', r.read(a.inputs[0], at), r.read(b, at), r.read(a.inputs[1], at)) : null],
  argMax: [nearest],
  takeAlong: [classLogProb],
  log: [(n, at, r) => {
    const x = bare(n.inputs[0])
    return x.op === 'exp' && softmaxOf(x) === null && x.inputs[0].shape.length === at.length ? r.read(x.inputs[0], at)
      : x.op === 'exp' && softmaxOf(x) === null ? r.read(x.inputs[0], x.inputs[0].shape.map(() => null)) : null
  }],
  log1p: [(n, at, r) => call('log', add(num(1), r.read(n.inputs[0], at)))],
  expm1: [(n, at, r) => sub(call('exp', r.read(n.inputs[0], at)), num(1))],
  straightThrough: [({ inputs: [hard, soft] }, at, r) => {
    const [h, s] = [r.read(hard, at), r.read(soft, at)]
    return add(s, call('stop', sub(h, s)))
  }],
  mod: [({ inputs: [a, b] }, at, r) => call('mod', r.read(a, at), r.read(b, at))],
}
export { mul }
