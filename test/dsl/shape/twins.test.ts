/** The two halves of every rule: on random cases, the type checker computes the shape, or the sentence, that the run-time rule gives. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isLeft } from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { broadcastShape, broadcastToShape } from '../../../src/dsl/shape/broadcast.js'
import type { Checked } from '../../../src/dsl/shape/check.js'
import { concatShape, stackAxis } from '../../../src/dsl/shape/concat.js'
import { convPlan, convTransposePlan } from '../../../src/dsl/shape/conv.js'
import { addDim, ceilDivDim, divDim, floorDivDim, mulDim, normalDim, subDim, substituteDim } from '../../../src/dsl/shape/dim.js'
import { einsumPlan } from '../../../src/dsl/shape/einsum.js'
import { gatherShape, takeAlongAxis, topKAxis } from '../../../src/dsl/shape/gather.js'
import { matmulShape } from '../../../src/dsl/shape/matmul.js'
import { newAxis, squeezeAxes, transposePerm } from '../../../src/dsl/shape/permute.js'
import { poolPlan } from '../../../src/dsl/shape/pool.js'
import { rearrangePlan } from '../../../src/dsl/shape/rearrange.js'
import { reduceShape } from '../../../src/dsl/shape/reduce.js'
import { flattenShape, reshapeShape } from '../../../src/dsl/shape/reshape.js'
import { padShape, sliceRange, splitShape } from '../../../src/dsl/shape/slice.js'
import type { Dim, Shape } from '../../../src/dsl/tensor.js'
import { compile, diagnosticsIn, root } from '../../types/harness/compile.js'

/** A type as text, and what the run-time rule says: a shape, a size, or a sentence. */
interface Case {
  readonly type: string
  readonly answer: unknown
}
const text = (x: unknown): string => (Array.isArray(x) ? `[${x.map(text).join(', ')}]` : x === undefined ? 'never' : JSON.stringify(x))
/** The answer of a rule, `map` applied to a good one. */
const answer = <T>(checked: Checked<T>, map: (value: T) => unknown = x => x): unknown =>
  isLeft(checked) ? checked.left : map(checked.right)

const size = fc.oneof(fc.nat(4), fc.nat(40), fc.constantFrom(64, 128, 300, 784))
const compound = fc.constantFrom('T+1', '2*B', 'B*T', 'B*T+2*B', 'H-1', 'floor((H+1)/2)', 'S+T', '12*H')
const dim: fc.Arbitrary<Dim> = fc.oneof(
  { weight: 3, arbitrary: size },
  { weight: 3, arbitrary: fc.constantFrom('B', 'T', 'H', 'in_1') },
  { weight: 1, arbitrary: compound },
)
const shape = fc.array(dim, { maxLength: 4 })
const filled = fc.array(dim, { minLength: 1, maxLength: 4 })
const axis = fc.oneof(fc.integer({ min: -4, max: 4 }), fc.constantFrom('B', 'T', 'H'))
const tensorType = (s: Shape): string => `Tensor<${text(s)}>`
const float = (s: Shape) => ({ shape: s, dtype: 'float32' as const })
/** The same shape with a few changes, so that cases are near misses rather than strangers. */
const near = (s: Shape): fc.Arbitrary<Shape> =>
  fc.oneof(
    fc.constant(s),
    fc.constant(s.slice(1)),
    fc.constant([7, ...s]),
    fc.tuple(fc.nat(Math.max(s.length - 1, 0)), dim).map(([i, d]) => (s.length === 0 ? [d] : s.with(i, d))),
  )

const rules: Readonly<Record<string, fc.Arbitrary<Case>>> = {
  AddDim: fc.tuple(dim, dim).map(([a, b]) => ({ type: `AddDim<${text(a)}, ${text(b)}>`, answer: addDim(a, b) })),
  SubDim: fc.tuple(dim, dim).map(([a, b]) => {
    const d = subDim(a, b)
    return { type: `SubDim<${text(a)}, ${text(b)}>`, answer: typeof a === 'number' && typeof b === 'number' && a < b ? undefined : d }
  }),
  MulDim: fc.tuple(dim, dim).map(([a, b]) => ({ type: `MulDim<${text(a)}, ${text(b)}>`, answer: mulDim(a, b) })),
  DivDim: fc.tuple(dim, dim, fc.boolean()).map(([a, b, exact]) => {
    const n = exact ? mulDim(a, b) : a
    return { type: `DivDim<${text(n)}, ${text(b)}>`, answer: divDim(n, b) }
  }),
  FloorDivDim: fc
    .tuple(dim, fc.integer({ min: 1, max: 30 }))
    .map(([a, n]) => ({ type: `FloorDivDim<${text(a)}, ${n}>`, answer: floorDivDim(a, n) })),
  CeilDivDim: fc
    .tuple(dim, fc.integer({ min: 1, max: 30 }))
    .map(([a, n]) => ({ type: `CeilDivDim<${text(a)}, ${n}>`, answer: ceilDivDim(a, n) })),
  NormalDim: fc.tuple(dim, dim, dim, fc.constantFrom('+', '-', '*'), fc.constantFrom('+', '-')).map(([a, b, c, o, p]) => {
    const t = `${c}${p}(${a})${o}(${b})`
    return { type: `NormalDim<${text(t)}>`, answer: normalDim(t) }
  }),
  SubstituteDim: fc
    .tuple(dim, fc.record({ B: dim, T: dim, H: dim }))
    .map(([d, z]) => ({
      type: `SubstituteDim<${text(d)}, { B: ${text(z.B)}; T: ${text(z.T)}; H: ${text(z.H)} }>`,
      answer: substituteDim(d, z),
    }))
    .filter(c => typeof c.answer === 'string' || (c.answer as number) >= 0),
  Broadcast: shape.chain(a =>
    near(a).map(b => ({ type: `Broadcast<${text(a)}, ${text(b)}, 'add'>`, answer: answer(broadcastShape('add', a, b)) })),
  ),
  BroadcastTo: shape.chain(a =>
    near(a).map(b => ({ type: `BroadcastTo<${text(a)}, ${text(b)}>`, answer: answer(broadcastToShape(a, b)) })),
  ),
  MatMul: fc.tuple(shape, dim, dim).chain(([batch, k, n]) =>
    near(batch).map(other => {
      const [a, b] = [
        [...batch, k],
        [...other.slice(0, -1), k, n],
      ]
      return { type: `MatMul<${text(a)}, ${text(b)}>`, answer: answer(matmulShape(a, b)) }
    }),
  ),
  Reduce: fc.tuple(shape, fc.array(axis, { maxLength: 3 }), fc.boolean()).map(([s, axes, keep]) => ({
    type: `Reduce<${text(s)}, ${text(axes)}, ${keep}, 'sum'>`,
    answer: answer(reduceShape('sum', s, axes, keep), r => r.shape),
  })),
  Reshape: fc.tuple(filled, fc.integer({ min: 0, max: 3 }), fc.integer({ min: 2, max: 12 })).map(([s, way, n]) => {
    const target: Dim[] =
      way === 0 ? [...s].reverse() : way === 1 ? [...s.slice(1), -1] : way === 2 ? [s[0], n, -1] : [mulDim(s[0], s[1] ?? 1), ...s.slice(2)]
    return { type: `Reshape<${text(s)}, ${text(target)}>`, answer: answer(reshapeShape(s, target)) }
  }),
  Flatten: fc.tuple(shape, fc.nat(4)).map(([s, from]) => ({ type: `Flatten<${text(s)}, ${from}>`, answer: answer(flattenShape(s, from)) })),
  Transpose: fc
    .tuple(shape, fc.array(axis, { maxLength: 4 }))
    .map(([s, p]) => ({ type: `Transpose<${text(s)}, ${text(p)}>`, answer: answer(transposePerm(s, p), order => order.map(i => s[i])) })),
  Squeeze: fc.tuple(fc.array(fc.oneof(fc.constant(1), dim), { maxLength: 4 }), fc.array(axis, { maxLength: 2 })).map(([s, p]) => ({
    type: `Squeeze<${text(s)}, ${text(p)}>`,
    answer: answer(squeezeAxes(s, p), at => s.filter((_, i) => !at.includes(i))),
  })),
  ExpandDims: fc
    .tuple(shape, fc.integer({ min: -6, max: 6 }))
    .map(([s, a]) => ({ type: `ExpandDims<${text(s)}, ${a}>`, answer: answer(newAxis('expandDims', s, a), at => s.toSpliced(at, 0, 1)) })),
  Concat: fc.tuple(filled, axis).chain(([a, at]) =>
    near(a).map(b => ({
      type: `Concat<[${tensorType(a)}, ${tensorType(b)}], ${text(at)}>`,
      answer: answer(concatShape([float(a), float(b)], at), r => r.shape),
    })),
  ),
  Stack: fc.tuple(shape, fc.integer({ min: -5, max: 5 })).chain(([a, at]) =>
    near(a).map(b => ({
      type: `Stack<[${tensorType(a)}, ${tensorType(b)}], ${at}>`,
      answer: answer(stackAxis([float(a), float(b)], at), i => a.toSpliced(i, 0, 2)),
    })),
  ),
  Split: fc.tuple(filled, fc.integer({ min: -1, max: 8 }), axis).map(([s, n, at]) => ({
    type: `Split<${text(s)}, ${n}, ${text(at)}>`,
    answer: answer(splitShape(s, n, at), r => s.with(r.axis, r.size)),
  })),
  Slice: fc
    .tuple(filled, axis, fc.integer({ min: -1, max: 9 }), fc.oneof(fc.constant(undefined), fc.integer({ min: -9, max: 30 })))
    .map(([s, at, from, to]) => ({
      type: `Slice<${text(s)}, ${text(at)}, ${from}, ${to}>`,
      answer: answer(sliceRange(s, at, from, to), r => s.with(r.axis, subDim(r.end, from))),
    })),
  Pad: fc
    .tuple(shape, fc.array(fc.tuple(fc.integer({ min: -1, max: 9 }), fc.nat(9)), { maxLength: 4 }), fc.boolean())
    .map(([s, p, fit]) => {
      const amounts = fit ? s.map((_, i) => p[i] ?? ([0, 1] as [number, number])) : p
      return { type: `Pad<${text(s)}, ${text(amounts)}>`, answer: answer(padShape(s, amounts)) }
    }),
  Gather: fc.tuple(filled, shape, axis).map(([s, i, at]) => ({
    type: `Plain<Gather<${text(s)}, ${text(i)}, 'int32', ${text(at)}>>`,
    answer: answer(gatherShape('gather', s, i, at), r => r.shape),
  })),
  TakeAlong: fc.tuple(filled, axis).chain(([s, at]) =>
    near(s).map(i => ({
      type: `Plain<TakeAlong<${text(s)}, ${text(i)}, 'int32', ${text(at)}>>`,
      answer: answer(takeAlongAxis('takeAlong', s, i, at), () => i),
    })),
  ),
  TopK: fc
    .tuple(filled, fc.integer({ min: -1, max: 40 }), axis)
    .map(([s, k, at]) => ({ type: `Plain<TopK<${text(s)}, ${k}, ${text(at)}>>`, answer: answer(topKAxis(s, k, at), i => s.with(i, k)) })),
  Einsum: fc
    .tuple(
      fc.constantFrom(
        'ij,jk->ik',
        'ij,ij->',
        '...ij,jk->...ik',
        'bij,bjk->bik',
        'i...,i...->...',
        'ii->i',
        'ij->ji',
        'ij,jk->iz',
        'ij->ii',
        'i.j->ij',
        'ij,kj->...',
        '...i->i',
        'ijk->ik',
      ),
      filled,
      fc.boolean(),
    )
    .chain(([spec, a, two]) =>
      near(a).map(b => {
        const xs = two ? [a, b] : [a]
        return {
          type: `Einsum<${text(spec)}, [${xs.map(tensorType).join(', ')}]>`,
          answer: answer(einsumPlan(spec, xs.map(float)), p => p.output.map(l => p.sizes.get(l))),
        }
      }),
    ),
  Rearrange: fc
    .tuple(
      fc.constantFrom(
        'a b -> b a',
        'a b c -> a (b c)',
        'a (b c) -> a b c',
        '(a b) c -> c b a',
        'a b 1 -> 1 b a',
        'a b -> a',
        'a a -> a',
        'a b -> a b b',
        '(a b -> a b',
        'a b',
        'a -> b',
        '() a -> a',
      ),
      filled,
      fc.oneof(fc.constant({}), fc.record({ b: fc.integer({ min: 1, max: 12 }) }), fc.record({ b: dim, c: dim })),
    )
    .map(([p, s, z]) => ({
      type: `Rearrange<${text(s)}, ${text(p)}, { ${Object.entries(z)
        .map(([k, v]) => `${k}: ${text(v)}`)
        .join('; ')} }>`,
      answer: answer(rearrangePlan(s, p, z), r => r.shape),
    })),
  Conv2d: fc
    .tuple(
      dim,
      dim,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      fc.oneof(fc.constantFrom('same' as const, 'valid' as const), fc.integer({ min: -1, max: 3 })),
      fc.boolean(),
    )
    .map(([h, w, k, g, stride, dilation, padding, transposed]) => {
      const x = ['B', h, w, 2 * g],
        kernel = transposed ? [k, 3, 5, 2 * g] : [k, 3, 2, 3 * g],
        o = { stride, dilation, padding, groups: g }
      const options = `{ stride: ${stride}; dilation: ${dilation}; padding: ${text(padding)}; groups: ${g} }`
      const type = `${transposed ? 'Conv2dTranspose' : 'Conv2d'}<${text(x)}, ${text(kernel)}, ${options}>`
      return { type, answer: answer((transposed ? convTransposePlan : convPlan)(x, kernel, o), r => r.shape) }
    }),
  Pool: fc
    .tuple(fc.array(dim, { minLength: 3, maxLength: 4 }), fc.nat(9), fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }))
    .map(([s, v, stride]) => ({
      type: `Plain<PoolRule<${text(s)}, ${v}, { ${stride === undefined ? '' : `stride: ${stride}`} }, 'maxPool2d'>>`,
      answer: answer(poolPlan('maxPool2d', s, v, stride === undefined ? {} : { stride }, true), r => [s[0], ...r.size, s[3]]),
    })),
}

const imports = `
import type { Broadcast, BroadcastTo } from '${root}/src/dsl/shape/broadcast.js'
import type { Plain } from '${root}/src/dsl/shape/check.js'
import type { Concat, Stack } from '${root}/src/dsl/shape/concat.js'
import type { Conv2d, Conv2dTranspose } from '${root}/src/dsl/shape/conv.js'
import type { AddDim, CeilDivDim, DivDim, FloorDivDim, MulDim, NormalDim, SubDim, SubstituteDim } from '${root}/src/dsl/shape/dim-types.js'
import type { Einsum } from '${root}/src/dsl/shape/einsum.js'
import type { Gather, TakeAlong, TopK } from '${root}/src/dsl/shape/gather.js'
import type { MatMul } from '${root}/src/dsl/shape/matmul.js'
import type { ExpandDims, Squeeze, Transpose } from '${root}/src/dsl/shape/permute.js'
import type { PoolRule } from '${root}/src/dsl/shape/pool.js'
import type { Rearrange } from '${root}/src/dsl/shape/rearrange.js'
import type { Reduce } from '${root}/src/dsl/shape/reduce.js'
import type { Flatten, Reshape } from '${root}/src/dsl/shape/reshape.js'
import type { Pad, Slice, Split } from '${root}/src/dsl/shape/slice.js'
import type { Tensor } from '${root}/src/dsl/tensor.js'
import { same, type Equal } from '${root}/test/types/harness/equal.js'
`
const casesPerRule = 40

describe('type rules and run-time rules', () => {
  it('say the same', async () => {
    const cases = Object.values(rules).flatMap(rule => fc.sample(rule, { numRuns: casesPerRule, seed: 20260101 }))
    const folder = mkdtempSync(join(root, 'node_modules', '.twins-'))
    try {
      const file = join(folder, 'twins.mts')
      const head = imports.split('\n').length
      writeFileSync(file, [imports, ...cases.map(c => `same<Equal<${c.type}, ${text(c.answer)}>>()`)].join('\n'))
      const wrong = diagnosticsIn(await compile('tsc', [file])).map(d => {
        const c = cases[d.line - 1 - head]
        return c === undefined ? d.text : `${c.type} is not ${text(c.answer)}: ${d.text}`
      })
      expect(wrong).toEqual([])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }, 120_000)
})
