/** What a trust region bounds is a divergence, or the audit says why not. */
import { expect, it } from 'vitest'
import { audit } from '../../../src/audit.js'
import * as dist from '../../../src/dsl/distributions/index.js'
import { key } from '../../../src/dsl/keys.js'
import { abs, add, f32, matmul, mean, mul, neg, square, sub, sum } from '../../../src/dsl/ops/index.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { atMost, naturalGradient, trustRegion } from '../../../src/dsl/trust-region/index.js'

type P = { w: Tensor<[3, 2]>; b: Tensor<[2]> }
const policy = (p: P, x: Tensor<['B', 3]>) => dist.bernoulli(add(matmul(x, p.w), p.b))
const failures = (divergence: (p: P, old: P, x: Tensor<['B', 3]>) => Tensor<[]>): readonly string[] => audit(trustRegion({
  params: { w: f32(3, 2), b: f32(2) },
  maximise: (p, _, x: Tensor<['B', 3]>) => mean(policy(p, x).logits),
  subjectTo: (p, old, x) => atMost(0.01, divergence(p, old, x)),
  solver: naturalGradient(),
}).statement(f32('B', 3), key(0))).failures

it.each<[string, Parameters<typeof failures>[0], readonly unknown[]]>([
  ['KL', (p, old, x) => mean(dist.kl(policy(old, x), policy(p, x))), []],
  ['KL the other way', (p, old, x) => mean(dist.kl(policy(p, x), policy(old, x))), []],
  ['a distance squared', (p, old) => sum(square(sub(p.w, old.w))), []],
  ['no divergence', (p, _, x) => mean(square(sub(policy(p, x).logits, 1))),
    [expect.stringMatching(/^KL is [\d.]+ at the old parameters, but a divergence is 0 there\.$/)]],
  ['a slope', (p, old) => sum(sub(p.b, old.b)),
    ['KL has a gradient of up to 1 in b at the old parameters, but a divergence is smallest there.']],
  ['a distance', (p, old) => sum(abs(sub(p.w, old.w))), [expect.stringMatching(/^KL grows like the distance from the old parameters/)]],
  ['a wrong sign', (p, old) => neg(mul(5, sum(square(sub(p.w, old.w))))), [expect.stringMatching(/^KL is negative, -\S+, near/)]],
])('%s', (_, divergence, expected) => { expect(failures(divergence)).toEqual(expected) })
