import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leavesOf } from '../../../src/dsl/core/trees.js'
import { compile, jsEngine, type ValuesOf } from '../../../src/engines.js'
import {
  add, atMost, div, exp, f32, hostKey, i32, init, key, log, mul, naturalGradient, neg, parameter, sqrt, square, sub, sum, tensor,
  trustRegion, type AtMost, type Key, type Tensor, type Tree, type TrustRegion, type TrustRegionReport,
} from '../../../src/index.js'
import { number, numbers, valuesOf } from '../values.js'
import { bandit, classifier, labelled, pulls } from './problems.js'

type Figures = Readonly<Record<keyof TrustRegionReport, number>>
const figures = (report: ValuesOf<TrustRegionReport>): Figures => {
  const found: unknown = Object.fromEntries(Object.entries(report).map(([name, { data }]) => [name, data[0]]))
  return found as Figures
}
const reportOf = (report: TrustRegionReport): Figures => {
  const values = valuesOf(report)
  const found: unknown = Object.fromEntries(Object.keys(report).map((name, i) => [name, values[i].data[0]]))
  return found as Figures
}

const leaves = (tree: Tree): readonly Tensor[] => leavesOf<Tensor>(tree).map(({ leaf }) => leaf)
/** What happens in a step from random parameters on random data. */
interface Outcome { readonly old: unknown; readonly next: unknown; readonly report: Figures; readonly rise: number }
const compiled = async <P extends Tree, B>(
  problem: TrustRegion<P, B>, draw: (key: Key) => B,
): Promise<(seed: number) => Promise<Outcome>> => {
  const { run } = await compile(jsEngine, (_: {}, inputs: { readonly key: Key }) => {
    const batch = draw(inputs.key)
    const { params: old } = problem.init(inputs.key)
    const { params: next, report } = problem.improve(old, batch)
    const [before, after] = [leaves(old), leaves(next)]
    const rise = sub(problem.objective(next, batch).value as Tensor<[]>, problem.objective(old, batch).value as Tensor<[]>)
    return { outputs: { before, after, report, rise } }
  }, { state: {}, inputs: { key: i32(2) } })
  return async seed => {
    const { before, after, report, rise } = await run({ key: { shape: [2], dtype: 'int32', data: hostKey(seed) } })
    return { old: before, next: after, report: figures(report), rise: rise.data[0] }
  }
}

describe('a trust region step', () => {
  const settings = [[0.0003, 0.001], [0.01, 0.1], [0.5, 1]].flatMap(([bound, damping]) =>
    (['classifier', 'bandit'] as const).map(kind => ({ kind, bound, damping })))
  it.each(settings)('of a $kind within $bound is better, or leaves the parameters', async ({ kind, bound, damping }) => {
    const step = kind === 'classifier' ? await compiled(classifier(bound, { damping }), labelled)
      : await compiled(bandit(bound, { damping }), pulls)
    await fc.assert(fc.asyncProperty(fc.nat(), async seed => {
      const { old, next, report, rise } = await step(seed)
      expect(report.klAtOld).toBeCloseTo(0, 12)
      expect(report.klGradientNorm).toBeLessThan(1e-12)
      expect(report.curvature).toBeGreaterThanOrEqual(0)
      expect(report.residualAfter).toBeLessThan(report.residualBefore)
      expect(report.expectedGain).toBeGreaterThan(0)
      expect(report.kl).toBeLessThanOrEqual(bound)
      expect(report.refusedGain + report.refusedKl + report.refusedNonFinite).toBe(report.backtracks)
      if (report.accepted === 0) {
        expect(next).toEqual(old)
        return
      }
      expect(report.gain).toBeGreaterThan(0)
      expect(report.kl).toBeGreaterThan(0)
      expect(report.reason).toBe(0)
      // The likelihood does not depend on the old parameters, so its rise from objective to objective is the gain.
      if (kind === 'classifier') expect(rise).toBeCloseTo(report.gain, 12)
    }), { numRuns: 40 })
  })

  it('gains what the gradient promises where the bound is small', async () => {
    const { report } = await (await compiled(classifier(1e-8, { damping: 0.01 }), labelled))(3)
    expect(report.gain / report.expectedGain).toBeCloseTo(1, 2)
  })

  it('is the steepest ascent in the metric of the divergence, as long as the bound allows', () => {
    // maximise c·x subject to ½ xᵀ diag(d) x <= δ: x = √(2δ / Σ c²/d) c/d.
    const [c, d] = [tensor([3, 1]), tensor([4, 0.5])]
    const problem = trustRegion({
      params: { x: parameter([2], init.zeros()) },
      maximise: p => sum(mul(c, p.x)),
      subjectTo: (p, old) => atMost(0.02, mul(sum(mul(d, square(sub(p.x, old.x)))), 0.5 * (1 - 1e-9))),
      solver: naturalGradient({ damping: 0 }),
    })
    const { params, report } = problem.improve({ x: tensor([1, 1]) }, {})
    const expected = numbers(add(1, mul(div(c, d), sqrt(div(0.04, sum(div(square(c), d)))))))
    numbers(params.x).forEach((x, i) => expect(x).toBeCloseTo(expected[i], 8))
    expect(number(report.kl)).toBeCloseTo(0.02, 8)
    expect(number(report.backtracks)).toBe(0)
  })

  it('climbs as a training of its own, state in and state out', async () => {
    const problem = classifier(0.05)
    const batch = labelled(key(5))
    const start = problem.init(key(1))
    const runner = await compile(jsEngine, (state: typeof start, _: {}) => {
      const { state: next, metrics } = problem.step(state, batch, key(0))
      return { state: next, outputs: metrics }
    }, { state: start, inputs: {} })
    const place = (tree: typeof start): ValuesOf<typeof start> => {
      const values = valuesOf(tree.params)
      const at: unknown = Object.fromEntries(Object.keys(tree.params).map((name, i) => [name, values[i]]))
      return { params: at as ValuesOf<typeof start>['params'], optimiser: {}, aux: {} }
    }
    await runner.write(place(start))
    const steps: Figures[] = []
    for (let i = 0; i < 15; i++) steps.push(figures(await runner.run({})))
    expect(steps.every(({ gain }) => gain > 0)).toBe(true)
    expect(steps[14].surrogate).toBeGreaterThan(steps[0].surrogate + 0.5)
  })
})

describe('a refused step', () => {
  /** A problem in one number, from x = 1. */
  const stepOf = (
    maximise: (x: Tensor<[]>) => Tensor<[]>, subjectTo = (x: Tensor<[]>, old: Tensor<[]>): AtMost => atMost(0.5, square(sub(x, old))),
  ) => {
    const problem = trustRegion({
      params: { x: f32() }, maximise: p => maximise(p.x), subjectTo: (p, old) => subjectTo(p.x, old.x),
      solver: naturalGradient({ damping: 0 }),
    })
    const { params, report } = problem.improve({ x: tensor(1) }, {})
    const found = reportOf(report)
    return { x: number(params.x), report: found, remark: problem.remark?.(found) }
  }

  it('leaves every bit where nothing within reach is better, and says so', () => {
    // The gradient at 1 points up, but every length tried lands where the surrogate is lower.
    const { x, report, remark } = stepOf(x => neg(sum(square(sub(x, 1.0001)))))
    expect(x).toBe(1)
    expect(report).toMatchObject({ accepted: 0, gain: 0, kl: 0, backtracks: 10, refusedGain: 10, reason: 1 })
    expect(remark).toBe('the line search refused all 10 steps: the surrogate did not improve; the parameters stay as they were')
  })

  it('says that the divergence went too far', () => {
    // Its Hessian at 1 is small, but a little further it is steep.
    const { x, report, remark } = stepOf(x => x, (x, old) => {
      const d = square(sub(x, old))
      return atMost(0.01, add(mul(d, 1e-3), mul(d, d)))
    })
    expect(x).toBe(1)
    expect(report).toMatchObject({ accepted: 0, reason: 2, refusedKl: 10 })
    expect(remark).toBe('the line search refused all 10 steps: the divergence went above its bound; the parameters stay as they were')
  })

  it('refuses figures that are not finite', () => {
    // log(1.1 - x) is NaN from 1.1 on, and lower than at 1 where the shortest step ends.
    const { x, report, remark } = stepOf(x => add(mul(x, 20), log(sub(1.1, x))))
    expect(x).toBe(1)
    expect(report).toMatchObject({ accepted: 0, reason: 1, refusedNonFinite: 9, refusedGain: 1 })
    expect(remark).toBe('the line search refused all 10 steps: 1 times the surrogate did not improve, '
      + '9 times the surrogate or the divergence was not finite; the parameters stay as they were')
    const none = stepOf(x => mul(exp(mul(sub(x, 1), 1e9)), 1))
    expect(none.x).toBe(1)
    expect(none.report).toMatchObject({ accepted: 0, reason: 3, refusedNonFinite: 10 })
    expect(none.remark).toBe(
      'the line search refused all 10 steps: the surrogate or the divergence was not finite; the parameters stay as they were')
  })

  it('says that the gradient is zero, or not finite', () => {
    const flat = stepOf(x => mul(x, 0))
    expect([flat.x, flat.report.reason]).toEqual([1, 4])
    expect(flat.remark).toBe('no step: the gradient of the surrogate is zero; the parameters stay as they were')
    const steep = stepOf(x => sqrt(sub(x, 1)))
    expect([steep.x, steep.report.reason]).toEqual([1, 3])
    expect(steep.remark).toBe('no step: the gradient of the surrogate is not finite; the parameters stay as they were')
  })

  it('is told of a divergence that is none', () => {
    const { remark } = stepOf(x => x, (x, old) => atMost(2, add(1, square(sub(x, old)))))
    expect(remark).toBe('the divergence of the old parameters from themselves is 1; it must be 0')
  })
})
