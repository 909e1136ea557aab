/** Promises about orders: proved where they hold, refuted with pair and path where they do not, left open where a rule is careful. */
import { describe, expect, it } from 'vitest'
import { assertCausal, audit, type CausalClaim } from '../../../src/audit.js'
import { reshape as reshapeNode, slice, pad, conv2d, constant, gather } from '../../../src/dsl/core/build.js'
import type { Node } from '../../../src/dsl/core/node.js'
import type { AnyTensor } from '../../../src/dsl/define/tree.js'
import { attention } from '../../../src/dsl/nn/attention.js'
import { add, mul, sub } from '../../../src/dsl/ops/arithmetic.js'
import { f32, i32, tensor } from '../../../src/dsl/ops/create.js'
import { matmul } from '../../../src/dsl/ops/matmul.js'
import { broadcastTo } from '../../../src/dsl/ops/reshape.js'
import { cumsum, sum } from '../../../src/dsl/ops/reduce.js'
import { oneHot } from '../../../src/dsl/ops/indexing.js'
import { sigmoid } from '../../../src/dsl/ops/unary.js'
import { scan } from '../../../src/dsl/transform/scan.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { proveCausality } from '../../../src/interp/audit/causality.js'
import { fvsbn, made } from '../../../src/models/index.js'
import { gan } from './programs.js'

const natural = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const claim = (input: AnyTensor, output: AnyTensor, place: readonly number[]): CausalClaim =>
  ({ kind: 'causality', name: 'order', params: {}, input, output, place })
const statusOf = (c: CausalClaim): string => proveCausality(c, { seed: 3 }).status
const as = <T>(n: Node): T => n as never
const node = (x: unknown): Node => x as Node

describe('models of the chain rule', () => {
  it('hold for their own ordering', () => {
    for (const model of [made({ dims: 6, hidden: [9, 7], ordering: 'random', seed: 4 }), made({ dims: 6, hidden: [5], direct: false })]) {
      const input = f32(1, 6)
      const result = proveCausality(claim(input, model.logits(model.params, input), model.ordering), { seed: 0 })
      expect(result).toMatchObject({ status: 'holds', variables: 6, outputs: 6, offending: null, trials: 12 })
    }
    const model = fvsbn({ dims: 6 })
    const input = f32(1, 6)
    expect(statusOf(claim(input, model.logits(model.params, input), natural(6)))).toBe('holds')
  })
  it('are refuted for another, with the pair and the path', () => {
    const model = made({ dims: 4, hidden: [5], direct: false })
    const input = f32(1, 4)
    const result = proveCausality(claim(input, model.logits(model.params, input), [0, 2, 1, 3]), { seed: 0 })
    expect(result).toMatchObject({ status: 'violated', offending: { output: 2, variable: 1 } })
    expect(result.path.length).toBeGreaterThan(2)
    expect(result.sentence)
      .toMatch(/^order is violated: output 2 \(place 1\) depends on variable 1 \(place 2\) by .*\[0, 1\] -> .*\[0, 2\]\.$/)
    expect(audit(gan(), [claim(input, model.logits(model.params, input), [0, 2, 1, 3])]).failures).toEqual([result.sentence])
  })
  it('are refuted when a mask is not strict', () => {
    const loose = tensor([[1, 1, 1], [0, 1, 1], [0, 0, 1]])
    const input = f32(1, 3)
    expect(() => { assertCausal(claim(input, matmul(input, mul(f32(3, 3), loose)), natural(3))) })
      .toThrow('output 0 (place 0) depends on variable 0')
  })
  it('hold as a loop over variables, as NADE computes them', () => {
    const [D, H] = [5, 4] as const
    const [input, w, v, c] = [f32(1, D), f32(D, H), f32(D, H), f32(H)]
    const nade = (before: boolean): AnyTensor => {
      const columns: Tensor<[5]> = as(reshapeNode(node(input), [D]))
      const logits = scan(
        (a: Tensor<[4]>, [xi, wi, vi]: readonly [Tensor<[]>, Tensor<[4]>, Tensor<[4]>]): [Tensor<[4]>, Tensor<[]>] => {
          const next = add(a, mul(broadcastTo(xi, [H]), wi))
          return [next, sum(mul(vi, sigmoid(before ? a : next)))]
        }, c, [columns, w, v] as const)[1]
      return as(reshapeNode(node(logits), [1, D]))
    }
    expect(statusOf(claim(input, nade(true), natural(D)))).toBe('holds')
    expect(statusOf(claim(input, nade(false), natural(D)))).toBe('violated')
  })
})

describe('sequences', () => {
  const [T, E, K] = [5, 4, 6] as const
  const shifted = (embedded: Node): Node => pad(slice(embedded, [0, 0, 0], [1, T - 1, E]), [0, 1, 0], [0, 0, 0])
  const attended = (h: Node, causal: boolean): Node => {
    const heads = (): Tensor<[1, 5, 4]> => matmul(as<Tensor<[1, 5, 4]>>(h), f32(E, E))
    return node(add(as<Tensor<[1, 5, 4]>>(h), attention(heads(), heads(), heads(), { causal })))
  }
  const prior = ({ shift = true, causal = true } = {}): CausalClaim => {
    const codes = i32(1, T)
    const embedded = gather(node(f32(K, E)), node(codes), 0)
    const h = attended(attended(shift ? shifted(embedded) : embedded, true), causal)
    return claim(codes, matmul(as<Tensor<[1, 5, 4]>>(h), f32(E, K)), natural(T))
  }
  it('of codes, embedded, shifted and attended to causally', () => {
    expect(statusOf(prior())).toBe('holds')
    expect(statusOf(prior({ shift: false }))).toBe('violated')
    expect(proveCausality(prior({ causal: false }), { seed: 0 })).toMatchObject({ status: 'violated', variables: T, outputs: T })
  })
  it('given as one-hot codes', () => {
    const x = f32(1, T, K)
    const embedded = node(matmul(x, f32(K, E)))
    expect(statusOf(claim(x, as(attended(shifted(embedded), true)), natural(T)))).toBe('holds')
    const codes = i32(1, T)
    expect(statusOf(claim(codes, as(attended(shifted(node(matmul(oneHot(codes, K), f32(K, E)))), true)), natural(T)))).toBe('holds')
  })
})

describe('images', () => {
  const image = (strict: boolean): CausalClaim => {
    const x = f32(1, 9)
    const mask = Float64Array.of(1, 1, 1, 1, strict ? 0 : 1, 0, 0, 0, 0)
    const shared = as<Tensor<[3, 3, 1, 1]>>(constant({ shape: [3, 3, 1, 1], dtype: 'float32', data: mask }))
    const kernel = mul(f32(3, 3, 1, 2), broadcastTo(shared, [3, 3, 1, 2]))
    const maps = conv2d(reshapeNode(node(x), [1, 3, 3, 1]), node(kernel),
      { stride: [1, 1], padding: [[1, 1], [1, 1]], dilation: [1, 1], groups: 1 })
    return claim(x, as(reshapeNode(maps, [1, 9, 2])), natural(9))
  }
  it('are causal by a masked kernel', () => {
    expect(statusOf(image(true))).toBe('holds')
    expect(statusOf(image(false))).toBe('violated')
  })
})

describe('what is not proved', () => {
  it('is told apart from what is refuted', () => {
    const x = f32(1, 3)
    // The later variables cancel, which no rule sees.
    const output = add(cumsum(x, 1, { exclusive: true }), mul(0, sub(x, x)))
    const cancelled = add(cumsum(x, 1, { exclusive: true }), sub(x, x))
    expect(statusOf(claim(x, output, natural(3)))).toBe('holds')
    const result = proveCausality(claim(x, cancelled, natural(3)), { seed: 0 })
    expect(result.status).toBe('not proved')
    expect(result.sentence).toContain('102 perturbations find no such dependence')
    expect(audit(gan(), [claim(x, cancelled, natural(3))])).toMatchObject({ failures: [], warnings: [result.sentence] })
    expect(() => { assertCausal(claim(x, cancelled, natural(3))) }).toThrow('order is not proved')
  })
  it('is a claim about something else', () => {
    const x = f32(1, 3)
    expect(() => { assertCausal(claim(x, x, [0, 1])) }).toThrow('order: there are 2 places for 3 variables and 3 outputs')
    const batch = f32(2, 3)
    expect(() => { assertCausal(claim(batch, batch, natural(3))) })
      .toThrow('order: the input is [2, 3], but [1, D] or [1, D, ...] was expected')
    const open = f32('B', 3)
    expect(() => { assertCausal(claim(open, open, natural(3))) }).toThrow('a claim is about one row of known sizes')
  })
})
