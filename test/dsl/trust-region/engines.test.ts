/** A trust region step in float32: the same step on every engine, and a refused one gives back the bits that came in. */
import { beforeAll, describe, expect, it } from 'vitest'
import { compile } from '../../../src/engines.js'
import {
  add, atMost, dist, f32, hostKey, i32, matmul, mean, naturalGradient, neg, square, sub, sum, tensor, trustRegion, type Key, type Tensor,
} from '../../../src/index.js'
import { discord } from '../../interp/agreement/compare.js'
import { subjects, type Subject } from '../../interp/agreement/engines.js'
import { classifier, labelled } from './problems.js'

const key = { shape: [2], dtype: 'int32' as const, data: hostKey(11) }

/** A step of a classifier from drawn parameters on drawn data. */
const stepOn = async ({ engine }: Subject) => {
  const { run } = await compile(engine, (_: {}, inputs: { readonly key: Key }) => {
    const problem = classifier(0.02)
    const { params, report: { kl, gain, accepted, backtracks, residualBefore, curvature } } =
      problem.improve(problem.init(inputs.key).params, labelled(inputs.key))
    return { outputs: { ...params, kl, gain, accepted, backtracks, residualBefore, curvature } }
  }, { state: {}, inputs: { key: i32(2) } })
  return run({ key })
}

/** A problem whose surrogate has its top so close to the old parameters that every step tried goes past it. */
const refusedOn = async ({ engine }: Subject, w: Float32Array) => {
  const problem = trustRegion({
    params: { w: f32(3, 2) },
    maximise: (p, old) => neg(sum(square(sub(p.w, add(old.w, 1e-4))))),
    subjectTo: (p, old) => {
      const at = (q: { readonly w: Tensor<[3, 2]> }) => dist.categorical(matmul(tensor([[1, 0.3, -2]]), q.w))
      return atMost(5, mean(dist.kl(at(old), at(p))))
    },
    solver: naturalGradient({ damping: 0.01 }),
  })
  const { run } = await compile(engine, (_: {}, inputs: { readonly w: Tensor<[3, 2]> }) => {
    const { params, report } = problem.improve(inputs, {})
    return { outputs: { w: params.w, accepted: report.accepted, refusedGain: report.refusedGain, reason: report.reason } }
  }, { state: {}, inputs: { w: f32(3, 2) } })
  return run({ w: { shape: [3, 2], dtype: 'float32', data: w } })
}

describe.each(['onnx', 'tfjs:wasm'])('%s', name => {
  let subject: Subject
  beforeAll(async () => { subject = await subjects[name]() })

  it('takes the step that float64 takes', async () => {
    const [found, expected] = [await stepOn(subject), await stepOn(await subjects['js']())]
    expect(expected.accepted.data[0]).toBe(1)
    for (const [figure, value] of Object.entries(found)) expect(discord(value, expected[figure as keyof typeof expected])).toBeNull()
  })

  it('leaves every bit of the parameters where the step is refused', async () => {
    const w = Float32Array.from([0.1, -1 / 3, 1e-30, 12345.678, Math.PI, -0])
    const out = await refusedOn(subject, w)
    expect([out.accepted.data[0], out.refusedGain.data[0], out.reason.data[0]]).toEqual([0, 10, 1])
    expect(new Uint32Array(Float32Array.from(out.w.data).buffer)).toEqual(new Uint32Array(w.buffer))
  })
})
