/** Formulas hold what the expression computes: what is printed is evaluated as it is written and compared with the engine's number. */
import { expect, it } from 'vitest'
import {
  adam, add, einsum, f32, key, matmul, mul, softmax, square, sum, tensor, trainStep, transpose, type Tensor,
} from '../../../src/index.js'
import { compile, openEngine } from '../../../src/engines.js'
import { mathematics } from '../../../src/interp/docs/formulas.js'
import { isNumber, type Expr } from '../../../src/interp/docs/math/expr.js'

type A = number | readonly A[]
const isList = (a: A): a is readonly A[] => typeof a !== 'number'
const map = (a: A, f: (x: number) => number): A => isList(a) ? a.map(x => map(x, f)) : f(a)
const shape = (a: A): number[] => isList(a) ? [a.length, ...shape(a[0])] : []
/** Numbers meet anything, and else shapes must be equal: a formula that repeats silently is wrong. */
const zip = (a: A, b: A, f: (x: number, y: number) => number): A => {
  if (isList(a) && isList(b)) {
    expect(shape(a)).toEqual(shape(b))
    return a.map((x, i) => zip(x, b[i], f))
  }
  return isList(a) ? map(a, x => f(x, b as number)) : map(b, y => f(a, y))
}
const total = (a: A): number => isList(a) ? a.reduce<number>((s, x) => s + total(x), 0) : a
const at = (a: A, i: number): A => (a as readonly A[])[i]
const transposed = (a: A): A => shape(at(a, 0)).length === 0 ? a
  : (at(a, 0) as readonly A[]).map((_, j) => (a as readonly A[]).map(r => at(r, j)))
const dot = (a: A, b: A): A => {
  if (!isList(a) || !isList(b)) return zip(a, b, (x, y) => x * y)
  if (isList(a[0])) return a.map(r => dot(r, b))
  expect(a.length).toBe(b.length)
  return a.map((x, i) => map(b[i], y => (x as number) * y)).reduce((s, x) => zip(s, x, (u, v) => u + v))
}
const picked = (a: A, subs: readonly (number | null)[]): A => {
  const [first, ...rest] = subs
  return first === undefined ? a : first === null ? (a as readonly A[]).map(x => picked(x, rest)) : picked(at(a, first - 1), rest)
}
const size = (e: Expr, index: string, values: Record<string, A>): number => {
  if (e.kind === 'subscript') {
    const place = e.subs.findIndex(s => s.kind === 'symbol' && s.sym.latex === index)
    if (place >= 0) return shape(evaluate(e.base, values))[place]
  }
  const parts = e.kind === 'sum' ? e.terms.map(t => t.e) : e.kind === 'product' ? e.factors : e.kind === 'big' ? [e.body]
    : e.kind === 'power' ? [e.base] : e.kind === 'fraction' ? [e.over, e.under] : e.kind === 'function' ? e.args : []
  return Math.max(0, ...parts.map(p => size(p, index, values)))
}
type Env = Readonly<Record<string, number>>
const evaluate = (e: Expr, values: Record<string, A>, env: Env = {}): A => {
  const value = (x: Expr, inner = env): A => evaluate(x, values, inner)
  switch (e.kind) {
    case 'number': return e.value
    case 'symbol': return env[e.sym.latex] ?? values[e.sym.latex]
    case 'sum': return e.terms.map(t => map(value(t.e), x => t.minus ? -x : x)).reduce((a, b) => zip(a, b, (x, y) => x + y))
    case 'product': return e.factors.map(f => value(f)).reduce((a, b) => e.sign === 'elementwise' ? zip(a, b, (x, y) => x * y) : dot(a, b))
    case 'fraction': return zip(value(e.over), value(e.under), (x, y) => x / y)
    case 'power': {
      expect(isNumber(e.exponent, 2)).toBe(true)
      return e.base.kind === 'function' && e.base.op === 'norm'
        ? total(map(value(e.base.args[0]), x => x * x)) : map(value(e.base), x => x * x)
    }
    case 'subscript':
      return picked(value(e.base), e.subs.map(s => s.kind === 'symbol' && s.sym.latex === '\\cdot' ? null : value(s) as number))
    case 'big': {
      expect(e.op).toBe('sum')
      const step = (indices: readonly string[], inner: Env): A => {
        const [first, ...rest] = indices
        if (first === undefined) return value(e.body, inner)
        const n = e.above === undefined ? size(e.body, first, values) : Number(e.above)
        return Array.from({ length: n }, (_, i) => step(rest, { ...inner, [first]: i + 1 })).reduce((a, b) => zip(a, b, (x, y) => x + y))
      }
      const lettersOf = (b: Expr): string => b.kind === 'relation' ? lettersOf(b.sides[0]) : b.kind === 'symbol' ? b.sym.latex : '?'
      return step(e.below.map(lettersOf), env)
    }
    case 'function': {
      const of = value(e.args[0])
      if (e.op === 'transpose') return transposed(of)
      if (e.op === 'softmax') {
        const rows = (e.subs ?? []).length > 0 ? transposed(of) : of
        const soft = (r: A): A => isList(r) && isList(r[0]) ? r.map(soft) : map(r, x => Math.exp(x) / total(map(r, Math.exp)))
        return (e.subs ?? []).length > 0 ? transposed(soft(rows)) : soft(rows)
      }
      throw new Error(`no value for ${e.op}`)
    }
    default: throw new Error(`no value for ${e.kind}`)
  }
}

const numbers = (dims: readonly number[], seed: number): A => dims.length === 0 ? Math.sin(seed * 12.9898) * 1.5
  : Array.from({ length: dims[0] }, (_, i) => numbers(dims.slice(1), seed * 7 + i + 1))
interface P {
  readonly W: Tensor<[3, 4]>
  readonly C: Tensor<[3, 4]>
  readonly X: Tensor<[2, 3]>
  readonly v: Tensor<[3]>
  readonly S: Tensor<[3, 3]>
}
const values: Record<string, A> = {
  W: numbers([3, 4], 1), C: numbers([3, 4], 2), X: numbers([2, 3], 3), v: numbers([3], 4), S: numbers([3, 3], 5),
}

const cases: readonly [string, (p: P) => Tensor][] = [
  ['b j, j d, j d -> b d', p => einsum('b j, j d, j d -> b d', p.X, p.C, p.W)],
  ['b j, j d -> b j', p => einsum('b j, j d -> b j', p.X, p.W)],
  ['b j, j, j d -> b d', p => einsum('b j, j, j d -> b d', p.X, p.v, p.W)],
  ['b j, c j -> b c', p => einsum('b j, c j -> b c', p.X, p.X)],
  ['j d, j -> d j', p => einsum('j d, j -> d j', p.W, p.v)],
  ['i j, i -> i', p => einsum('i j, i -> i', p.S, p.v)],
  ['i j, j i -> i j', p => mul(p.S, transpose(p.S))],
  ['rows and columns', p => mul(p.S, p.v)],
  ['a bias', p => add(matmul(p.X, p.W), sum(p.W, [0]))],
  ['softmax along axis 0', p => softmax(p.W, 0)],
  ['softmax', p => matmul(p.X, softmax(p.W))],
  ['sums along either axis', p => mul(sum(p.S, [1]), sum(p.S, [0]))],
  ['a transposed product', p => matmul(transpose(p.W), p.C)],
]
it.each(cases)('%s', async (_, f) => {
  const params = { W: f32(3, 4), C: f32(3, 4), X: f32(2, 3), v: f32(3), S: f32(3, 3) }
  const loss = (p: unknown): Tensor<[]> => sum(square(f(p as P) as Tensor<[2]>))
  const statement = trainStep({ params, optimiser: adam(1), loss }).statement({}, key(0))
  const [printed] = mathematics(statement).values
  const engine = await openEngine('js')
  const given = Object.fromEntries(Object.entries(values).map(([k, v]) => [k, tensor(v as never)])) as unknown as P
  const run = await compile(engine, () => ({ outputs: { value: loss(given) } }), {
    state: {}, inputs: {},
  })
  const { value } = await run.run({}) as unknown as { value: { data: ArrayLike<number> } }
  const written = evaluate(printed, values)
  expect(typeof written).toBe('number')
  expect(written as number / value.data[0]).toBeCloseTo(1, 4)
})
