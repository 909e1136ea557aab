/** One step of a random expression for every primitive, total over the table: a new primitive takes part or does not compile. */
import * as b from '../../src/dsl/core/build.js'
import type { Node } from '../../src/dsl/core/node.js'
import { convOutput, type Geometry } from '../../src/dsl/core/primitives/window.js'
import type { Op } from '../../src/dsl/core/table.js'
import type { DType } from '../../src/dsl/tensor.js'
import { sizeOf, type Value } from '../../src/dsl/value.js'
import type { Random } from './random.js'

export interface Pool { readonly nodes: Node[]; readonly known: Map<Node, Value>; readonly r: Random }
type Step = (pool: Pool) => Node | null

const shapeOf = (n: Node): number[] => n.shape as number[]
const rank = (n: Node): number => n.shape.length

/** A node of the pool of a dtype, made from another where there is none; later ones are likelier, so that graphs grow deep. */
const any = ({ nodes, r }: Pool, dtype: DType = 'float32', fits: (n: Node) => boolean = () => true): Node | null => {
  const found = nodes.filter(n => n.dtype === dtype && fits(n))
  return found.length === 0 ? null : r.chance(0.5) ? found[Math.max(found.length - 1 - r.integer(0, 2), 0)] : r.pick(found)
}
/** Any float brought to a shape: its elements cut, repeated or laid out anew. */
export const fit = (x: Node, shape: readonly number[]): Node => {
  const [have, want] = [sizeOf(shapeOf(x)), sizeOf(shape)]
  const lead = shape.length - rank(x)
  if (lead >= 0 && shapeOf(x).every((d, i) => d === 1 || d === shape[lead + i])) return b.broadcastTo(x, shape)
  if (have === want) return b.reshape(x, shape)
  const flat = b.reshape(x, [have])
  return have > want ? b.reshape(b.slice(flat, [have - want], [have]), shape) : b.reshape(b.gather(flat, b.mod(b.iota(want), have), 0),
    shape)
}
/** A float of the pool in a shape. */
const float = (pool: Pool, shape: readonly number[]): Node => fit(any(pool) as Node, shape)
/** Positive, away from zero. */
const positive = (x: Node): Node => b.add(b.softplus(x), 0.3)
/** Within (-1, 1), of size fit for exponentials. */
const tame = ({ known, r }: Pool, x: Node): Node =>
  r.chance(0.5) && (known.get(x)?.data as Float64Array | undefined)?.every(v => Math.abs(v) < 2) ? x : b.tanh(x)
/** Whole numbers from 0 to below n in a shape. */
const below = (pool: Pool, n: number, shape: readonly number[]): Node => b.mod(fit(any(pool, 'int32') as Node, shape), n)

const unary = (f: (x: Node) => Node, prepare: (pool: Pool, x: Node) => Node = (_, x) => x): Step => pool => {
  const x = any(pool)
  return x && f(prepare(pool, x))
}
const numeric = (f: (x: Node) => Node): Step => pool => {
  const x = any(pool, pool.r.chance(0.8) ? 'float32' : 'int32')
  return x && f(x)
}
const binary = (f: (x: Node, y: Node) => Node, prepare: (y: Node) => Node = y => y,
  dtypes: readonly DType[] = ['float32', 'float32', 'int32']): Step => pool => {
  const dtype = pool.r.pick(dtypes)
  const x = any(pool, dtype)
  const y = any(pool, dtype)
  return x && y && f(x, prepare(fit(y, shapeOf(x))))
}
const withAxis = (f: (x: Node, axis: number, pool: Pool) => Node, dtypes: readonly DType[] = ['float32', 'float32', 'int32']): Step =>
  pool => {
  const x = any(pool, pool.r.pick(dtypes), n => rank(n) > 0)
  return x && f(x, pool.r.integer(0, rank(x) - 1), pool)
}
const withAxes = (f: (x: Node, axes: number[]) => Node, dtypes: readonly DType[] = ['float32', 'float32', 'int32']): Step => pool => {
  const x = any(pool, pool.r.pick(dtypes), n => rank(n) > 0)
  return x && f(x, pool.r.axes(rank(x)))
}
const anyDType: readonly DType[] = ['float32', 'float32', 'float32', 'int32', 'bool']

interface Windows { g: Geometry; window: [number, number]; size: [number, number]; out: [number, number] }
const windows = (r: Random): Windows => {
  const pair = (lo: number, hi: number): [number, number] => [r.integer(lo, hi), r.integer(lo, hi)]
  const g = { stride: pair(1, 2), padding: [pair(0, 1), pair(0, 1)] as const, dilation: r.chance(0.7) ? [1, 1] as const : pair(1, 2) }
  const window = pair(1, 2)
  const size =
    window.map((k, i) => Math.max(1, g.dilation[i] * (k - 1) + 1 - g.padding[i][0] - g.padding[i][1]) + r.integer(0, 2)) as [number, number]
  return { g, window, size, out: size.map((n, i) => convOutput(n, window[i], g, i)) as [number, number] }
}
const key = (pool: Pool): Node => {
  const x = any(pool, 'int32', n => rank(n) === 1 && n.shape[0] === 2)
  return x ?? b.constant({ shape: [2], dtype: 'int32', data: Int32Array.of(pool.r.integer(-9, 9), pool.r.integer(-9, 9)) })
}
const loop: Step = pool => {
  const x = any(pool, 'float32', n => rank(n) > 0)
  if (!x) return null
  const item = shapeOf(x).slice(1)
  const [h, w] = [float(pool, item), float(pool, item)]
  const { carry, ys, before } = b.scan({
    init: [h, b.scalar(1, 'int32')], xs: [x], reverse: pool.r.chance(0.5),
    body: ([c, n], [u]) => ({ next: [b.tanh(b.add(b.mul(c, w), u)), b.add(n, 2)], ys: [b.mul(c, b.sin(u)), b.mul(n, n)] }),
  })
  return pool.r.pick([...carry, ...ys, ...before])
}

export const steps: { readonly [P in Op]: Step } = {
  input: () => null,
  constant: ({ r }) => {
    const shape = r.shape(0, 2)
    return b.constant({ shape, dtype: 'float32', data: Float32Array.from({ length: sizeOf(shape) }, () => r.real(-1, 1)) })
  },
  iota: ({ r }) => b.iota(r.integer(1, 4)), dimSize: ({ r }) => b.dimSize(r.integer(1, 4)),
  neg: numeric(b.neg), abs: numeric(b.abs), sign: numeric(b.sign), floor: unary(b.floor), ceil: unary(b.ceil), round: unary(b.round),
  exp: unary(b.exp, tame), log: unary(b.log, (_, x) => positive(x)), log1p: unary(b.log1p, (_, x) => positive(x)),
  expm1: unary(b.expm1, tame),
  sqrt: unary(b.sqrt, (_, x) => positive(x)), sin: unary(b.sin), cos: unary(b.cos), tanh: unary(b.tanh), sigmoid: unary(b.sigmoid),
  softplus: unary(b.softplus), erf: unary(b.erf),
  not: pool => { const x = any(pool, 'bool'); return x && b.not(x) },
  add: binary(b.add), sub: binary(b.sub), mul: binary(b.mul), div: binary(b.div, positive, ['float32']),
  pow: pool => { const [x, y] = [any(pool), any(pool)]; return x && y && b.pow(positive(x), b.tanh(fit(y, shapeOf(x)))) },
  maximum: binary(b.maximum), minimum: binary(b.minimum),
  mod: pool => pool.r.chance(0.5) ? binary(b.mod, positive, ['float32'])(pool)
    : numeric(x => b.mod(x, x.dtype === 'int32' ? 3 : 0.7))(pool),
  equal: binary(b.equal, y => y, ['float32', 'int32', 'bool']), less: binary(b.less), lessEqual: binary(b.lessEqual),
  and: binary(b.and, y => y, ['bool']), or: binary(b.or, y => y, ['bool']),
  select: pool => {
    const [c, x, y] = [any(pool, 'bool'), any(pool), any(pool)]
    return c && x && y && (pool.r.chance(0.5) ? b.select(c, fit(x, shapeOf(c)), fit(y, shapeOf(c)))
      : b.select(fit(c, shapeOf(x)), x, fit(y, shapeOf(x))))
  },
  reshape: pool => {
    const x = any(pool, pool.r.pick(anyDType), n => rank(n) > 0)
    if (!x) return null
    const shape = shapeOf(x)
    return pool.r.pick([[sizeOf(shape)], [1, ...shape], [...shape, 1], [shape[0], sizeOf(shape.slice(1))], [...shape].reverse()].map(s =>
      b.reshape(x, s)))
  },
  transpose: pool => { const x = any(pool, pool.r.pick(anyDType), n => rank(n) > 1); return x
    && b.transpose(x, pool.r.shuffled([...x.shape.keys()])) },
  broadcastTo: pool => { const x = any(pool, pool.r.pick(anyDType)); return x
    && b.broadcastTo(x, [...pool.r.shape(1, 1), ...x.shape.map(d => d === 1 ? pool.r.integer(1, 3) : d)]) },
  sum: withAxes(b.sum), max: withAxes(b.max), min: withAxes(b.min), prod: withAxes(b.prod),
  slice: withAxis((x, axis, { r }) => {
    const n = shapeOf(x)[axis]
    const from = r.integer(0, n - 1)
    return b.slice(x, x.shape.map(() => 0).with(axis, from), x.shape.with(axis, r.integer(from + 1, n)))
  }, anyDType),
  pad: withAxis((x, axis, { r }) => b.pad(x, x.shape.map(() => 0).with(axis, r.integer(0, 2)),
    x.shape.map(() => 0).with(axis, r.integer(0, 2)), r.integer(0, 1)), anyDType),
  concat: withAxis((x, axis, pool) => b.concat([x, fit(any(pool, x.dtype) as Node, shapeOf(x).with(axis, pool.r.integer(1, 2)))], axis),
    anyDType),
  reverse: withAxes(b.reverse, anyDType),
  cast: pool => {
    const [from, to] = pool.r.pick<[DType, DType]>([['float32', 'int32'], ['float32', 'bool'], ['int32', 'float32'],
      ['int32', 'bool'], ['bool', 'float32'], ['bool', 'int32']])
    const x = any(pool, from)
    return x && b.cast(x, to)
  },
  stopGradient: pool => { const x = any(pool); return x
    && (pool.r.chance(0.5) ? b.stopGradient(x) : b.add(x, b.stopGradient(b.sub(b.sin(x), x)))) },
  argMax: withAxis(b.argMax), cumsum: withAxis((x, axis, { r }) => b.cumsum(x, axis, { exclusive: r.chance(0.5), reverse: r.chance(0.5) })),
  sortIndices: withAxis((x, axis, { r }) => b.sortIndices(x, axis, { ...(r.chance(0.5) && { k: r.integer(1, shapeOf(x)[axis]) }),
    descending: r.chance(0.5) })),
  gather: withAxis((x, axis, pool) => b.gather(x, below(pool, shapeOf(x)[axis], pool.r.shape(0, 2)), axis)),
  scatterAdd: withAxis((x, axis, pool) => {
    const at = pool.r.shape(0, 2)
    return b.scatterAdd(x, below(pool, shapeOf(x)[axis], at),
      float(pool, [...shapeOf(x).slice(0, axis), ...at, ...shapeOf(x).slice(axis + 1)]), axis)
  }, ['float32']),
  takeAlong: withAxis((x, axis, pool) => b.takeAlong(x, below(pool, shapeOf(x)[axis], shapeOf(x).with(axis, pool.r.integer(1, 3))), axis)),
  scatterAlong: withAxis((x, axis, pool) => {
    const shape = shapeOf(x).with(axis, pool.r.integer(1, 3))
    return b.scatterAlong(x, below(pool, shapeOf(x)[axis], shape), float(pool, shape), axis)
  }, ['float32']),
  matmul: pool => {
    const x = any(pool, 'float32', n => rank(n) > 1)
    if (!x) return null
    const [batch, k] = [shapeOf(x).slice(0, -2), shapeOf(x)[rank(x) - 1]]
    return b.matmul(x, float(pool, [...(pool.r.chance(0.5) ? batch : []), k, pool.r.integer(1, 3)]))
  },
  conv2d: pool => {
    const { g, window, size } = windows(pool.r)
    const groups = pool.r.integer(1, 2)
    return b.conv2d(float(pool, [pool.r.integer(1, 2), ...size, groups]), float(pool, [...window, 1, 2 * groups]), { ...g, groups })
  },
  conv2dInput: pool => {
    const { g, window, size, out } = windows(pool.r)
    const groups = pool.r.integer(1, 2)
    return b.conv2dInput(float(pool, [1, ...out, 2 * groups]), float(pool, [...window, 1, 2 * groups]), { ...g, groups, size })
  },
  conv2dKernel: pool => {
    const { g, window, size, out } = windows(pool.r)
    const groups = pool.r.integer(1, 2)
    return b.conv2dKernel(float(pool, [2, ...size, groups]), float(pool, [2, ...out, groups]), { ...g, groups, kernel: window })
  },
  patches: pool => { const { g, window, size } = windows(pool.r); return b.patches(float(pool, [1, ...size, 2]),
    { ...g, window, fill: pool.r.integer(-1, 1) }) },
  fold: pool => { const { g, window, size, out } = windows(pool.r); return b.fold(float(pool, [1, ...out, ...window, 2]),
    { ...g, window, size }) },
  randomBits: pool => b.randomBits(key(pool), pool.r.shape(0, 2), pool.r.integer(0, 3)),
  uniform: pool => b.uniform(key(pool), pool.r.shape(0, 2), pool.r.integer(0, 3)),
  named: pool => { const x = any(pool); return x && b.named('layer', x) },
  straightThrough: pool => { const x = any(pool); return x && b.straightThrough(b.round(x), x) },
  customVjp: pool => { const x = any(pool); return x && b.customVjp(b.sin(x), [x],
    (g, _, [y]) => [b.mul(g, b.sub(1, b.mul(0.5, b.mul(y, y))))]) },
  scan: loop, project: loop,
}
