import { describe, expect, it } from 'vitest'
import { gradientFlow } from '../../src/audit.js'
import { compile, jsEngine } from '../../src/engines.js'
import { gradient } from '../../src/dsl/core/gradient.js'
import { reachable, type Node } from '../../src/dsl/core/node.js'
import { leavesOf } from '../../src/dsl/core/trees.js'
import { nodeOf } from '../../src/dsl/ops/typed.js'
import { adam, hostKey, i32, key, mean, mul, type Key, type Statement, type Tensor, type Tree } from '../../src/index.js'
import { evaluate } from '../../src/interp/js/evaluate.js'
import {
  cartPole, categoricalPolicy, gaussianPolicy, pendulum, trpo, valueFunction, type TrpoMetrics,
} from '../../src/rl/index.js'

type Figures = Readonly<Record<keyof TrpoMetrics, number>>
/** A training whose trees are known at run time. */
interface AnyTraining {
  init(key: Key): unknown
  step(state: never, batch: {}, key: Key): { readonly state: unknown; readonly metrics: TrpoMetrics }
  statement(batch: {}, key: Key): Statement
}
interface State { readonly params: { readonly policy: Tree; readonly value: Tree }; readonly optimiser: Tree; readonly aux: Tree }
interface Seen { readonly params: { readonly policy: unknown; readonly value: unknown }; readonly aux: unknown }

/** Steps of a training: the figures of each, and the state before and after all. */
const played = async (training: AnyTraining, steps: number) => {
  const words = (...path: number[]) => ({ key: { shape: [2], dtype: 'int32' as const, data: hostKey(3, ...path) } })
  const inputs = { key: i32(2) }
  const first = await compile(jsEngine, (_: {}, i: typeof inputs) => ({ outputs: training.init(i.key) as State }), { state: {}, inputs })
  const run = await compile(jsEngine, (state: State, i: typeof inputs) => {
    const { state: next, metrics } = training.step(state as never, {}, i.key)
    return { state: next as State, outputs: metrics }
  }, { state: training.init(key(0)) as State, inputs })
  await run.write(await first.run(words()))
  const before: unknown = await run.read()
  const figures: Figures[] = []
  for (let i = 0; i < steps; i++) {
    const found: unknown = Object.fromEntries(Object.entries(await run.run(words(i))).map(([name, { data }]) => [name, data[0]]))
    figures.push(found as Figures)
  }
  const after: unknown = await run.read()
  return { figures, before: before as Seen, after: after as Seen }
}

const critic = { optimiser: adam(1e-2), updates: 5 }
const cartPolicy = categoricalPolicy({ observation: 4, hidden: [8], actions: 2 })
const cart = () => trpo({
  environment: cartPole, policy: cartPolicy,
  value: valueFunction({ observation: 4, hidden: [8] }), critic, steps: 24, environments: 4,
})
const swing = () => trpo({
  environment: pendulum, policy: gaussianPolicy({ observation: 3, hidden: [8], actions: 1 }),
  value: valueFunction({ observation: 3, hidden: [8] }), critic, steps: 24, environments: 4, bound: 0.01, rewardScale: 0.1,
})

describe.each([
  { kind: 'softmax', make: cart, entropy: Math.log(2) }, { kind: 'Gaussian', make: swing, entropy: 0.5 * Math.log(2 * Math.PI * Math.E) },
])(
  'TRPO with a $kind policy', ({ make, entropy }) => {
    const training: AnyTraining = make()
    it('reports in every update what a trust region step must be', async () => {
      const { figures, before, after } = await played(training, 6)
      for (const f of figures) {
        expect(f.klAtOld).toBeCloseTo(0, 12)
        expect(f.klGradientNorm).toBeLessThan(1e-10)
        expect(f.curvature).toBeGreaterThanOrEqual(0)
        expect(f.residualAfter).toBeLessThan(f.residualBefore)
        expect(f.expectedGain).toBeGreaterThan(0)
        expect([f.accepted, f.reason]).toEqual([1, 0])
        expect(f.kl).toBeGreaterThan(0)
        expect(f.kl).toBeLessThanOrEqual(0.01)
        expect(f.gain).toBeGreaterThan(0)
        // Advantages have mean 0, and every ratio is 1 at the old policy.
        expect(f.surrogate).toBeCloseTo(0, 10)
      }
      expect(figures[0].entropy).toBeCloseTo(entropy, 2)
      expect(after.params.policy).not.toEqual(before.params.policy)
      expect(after.params.value).not.toEqual(before.params.value)
      expect(after.aux).not.toEqual(before.aux)
    })

    it('states eq. 14: who is moved, by what, within which bound', () => {
      const statement = training.statement({}, key(0))
      const [policy, value] = statement.objectives
      expect(policy).toMatchObject({
        player: 'policy', sense: 'maximise', steps: 1, constraints: [{ kind: 'atMost', name: 'KL', bound: 0.01 }],
        solver: { name: 'naturalGradient', settings: { conjugateGradientSteps: 10, damping: 0.1, backtrack: 0.8, backtracks: 10 } },
      })
      expect(value).toMatchObject({ player: 'value', sense: 'minimise', steps: 5, optimiser: { name: 'Adam' } })
      const moves = (o: typeof policy): string[] => gradientFlow(statement).filter(row => row.player === o.player)
        .flatMap(row => row.cells.filter(cell => cell.status !== 'frozen' && cell.status !== 'not reached').map(cell => cell.group))
      expect(moves(policy).every(group => group.startsWith('policy'))).toBe(true)
      expect(moves(value).every(group => group.startsWith('value'))).toBe(true)
    })
  })

describe('the surrogate of TRPO', () => {
  it('has the policy gradient E[∇log π(a|s) Â] at the old policy', () => {
    const training = cart()
    const statement = training.statement({}, key(2))
    const [{ value, moves }] = statement.objectives
    const called = (name: string): unknown =>
      reachable([nodeOf('test', value)]).find(n => n.op === 'named' && (n.attrs as { readonly name: string }).name === name)
    const [s, a, advantage] = [called('s'), called('a'), called('Â')]
    const score = cartPolicy.logProb<[24, 4]>(moves as typeof cartPolicy.params, s as Tensor<[24, 4, 4]>, a as Tensor<[24, 4], 'int32'>)
    const reinforce = mean(mul(score, advantage as Tensor<[24, 4]>))
    const wrt = leavesOf<Node>(moves).map(l => l.leaf)
    const gradients = [value, reinforce].map(loss => gradient(nodeOf('test', loss), wrt))

    const first = training.init(key(1))
    const [places, starts] = [[statement.params, statement.aux], [first.params as Tree, first.aux]].map(trees =>
      trees.flatMap(tree => leavesOf<Node>(tree).map(l => l.leaf)))
    const values = evaluate(starts, new Map())
    const [found, expected] = gradients.map(nodes => evaluate(nodes, new Map(places.map((n, i) => [n, values[i]]))))
    found.forEach(({ data }, i) => data.forEach((x, j) => expect(x).toBeCloseTo(expected[i].data[j], 12)))
    expect(found.some(({ data }) => data.some(x => Math.abs(x) > 1e-3))).toBe(true)
  })
})
