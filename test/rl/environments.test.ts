/** Environments against trajectories of Gymnasium (scripts/fixtures/rl.py), and what is promised of every environment. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { add, cast, eye, f32, full, fromArray, greater, mean, neg, normal, square, sub, tensor, zeros } from '../../src/dsl/ops/index.js'
import { key } from '../../src/dsl/keys.js'
import type { Tensor } from '../../src/dsl/tensor.js'
import { cartPole } from '../../src/rl/environments/cart-pole.js'
import { pendulum } from '../../src/rl/environments/pendulum.js'
import { tabular } from '../../src/rl/environments/tabular.js'
import { environment } from '../../src/rl/environment.js'
import { categoricalPolicy } from '../../src/rl/policies.js'
import { rollout } from '../../src/rl/rollout.js'
import { discrete } from '../../src/rl/spaces.js'
import { exactValues } from '../../src/rl/tabular-exact.js'
import { numbers, valuesOf } from '../dsl/values.js'

interface Path { states: number[][]; actions: number[]; rewards: number[]; terminated: boolean[]; observations: number[][] }
interface Fixture { cartPole: Path[]; pendulum: Path[]; truncated: { cartPole: number; pendulum: number } }
const fixture = JSON.parse(readFileSync(new URL('../fixtures/rl/gymnasium.json', import.meta.url), 'utf8')) as Fixture

const close = (ours: readonly number[], theirs: readonly number[], tolerance: number): void => {
  expect(ours).toHaveLength(theirs.length)
  ours.forEach((x, i) => { expect(Math.abs(x - theirs[i]), `element ${i}: ${x} and ${theirs[i]}`).toBeLessThanOrEqual(tolerance) })
}
/** Column `i` of the states before each step, every step of a path at once: steps are the batch. */
const before = (path: Path, i: number): Tensor<[number]> => {
  const rows = path.actions.length
  return fromArray(path.states.slice(0, rows).map(s => s[i]), [rows])
}
const zero = (path: Path): Tensor<[number], 'int32'> => full(0, [path.actions.length], 'int32')

describe('cartPole against Gymnasium', () => {
  it.each(fixture.cartPole.map((path, i) => ({ path, i })))('trajectory $i: every step from its state', ({ path }) => {
    const at = { position: before(path, 0), velocity: before(path, 1), angle: before(path, 2), angularVelocity: before(path, 3) }
    const n = path.actions.length
    const next = cartPole.step({ at, steps: zero(path) }, fromArray(path.actions, [n], 'int32'), key(0))
    const { position, velocity, angle, angularVelocity } = next.state.at
    const after = path.states.slice(1);
    [position, velocity, angle, angularVelocity].forEach((x, i) => { close(numbers(x), after.map(s => s[i]), 1e-12) })
    expect(numbers(next.reward)).toEqual(path.rewards)
    expect(numbers(next.terminated)).toEqual(path.terminated.map(Number))
    close(numbers(cartPole.observe(next.state)), path.observations.flat(), 1e-6)
  })
  it('the whole path from its first state', () => {
    const [path] = fixture.cartPole
    const at = { position: before(path, 0), velocity: before(path, 1), angle: before(path, 2), angularVelocity: before(path, 3) }
    const first = (x: Tensor<[number]>): Tensor<[1]> => tensor([numbers(x)[0]])
    let state = { at: { position: first(at.position), velocity: first(at.velocity), angle: first(at.angle),
      angularVelocity: first(at.angularVelocity) }, steps: tensor([0], 'int32') }
    for (const action of path.actions) state = cartPole.step(state, tensor([action], 'int32'), key(0)).state
    close(numbers(cartPole.observe(state)), path.states[path.states.length - 1], 1e-5)
  })
})

describe('pendulum against Gymnasium', () => {
  it.each(fixture.pendulum.map((path, i) => ({ path, i })))('trajectory $i: every step from its state', ({ path }) => {
    const n = path.actions.length
    const next = pendulum.step({ at: { angle: before(path, 0), angularVelocity: before(path, 1) }, steps: zero(path) },
      fromArray(path.actions, [n, 1]), key(0))
    close(numbers(next.state.at.angle), path.states.slice(1).map(s => s[0]), 1e-12)
    close(numbers(next.state.at.angularVelocity), path.states.slice(1).map(s => s[1]), 1e-12)
    close(numbers(next.reward), path.rewards, 1e-10)
    expect(numbers(next.terminated)).toEqual(path.terminated.map(Number))
    close(numbers(pendulum.observe(next.state)), path.observations.flat(), 1e-6)
  })
})

describe('episodes', () => {
  it('are truncated at Gymnasium\'s step', () => {
    expect([cartPole.horizon, pendulum.horizon]).toEqual([fixture.truncated.cartPole, fixture.truncated.pendulum])
    const state = cartPole.reset(key(0), 3)
    const late = { ...state, steps: tensor([498, 499, 500], 'int32') }
    expect(numbers(cartPole.step(late, tensor([0, 0, 0], 'int32'), key(0)).truncated)).toEqual([0, 1, 1])
  })
  it('begin where Gymnasium\'s do, each state uniform', () => {
    const cart = cartPole.reset(key(1), 4000)
    const pole = pendulum.reset(key(2), 4000)
    const spread = (x: Tensor<[4000]>, limit: number): void => {
      const values = numbers(x)
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(limit)
      expect(Math.abs(numbers(mean(x))[0])).toBeLessThan(0.05 * limit)
      // The variance of a uniform number in [-limit, limit].
      expect(numbers(mean(square(x)))[0] / (limit ** 2 / 3)).toBeCloseTo(1, 1)
    }
    Object.values(cart.at).forEach(x => { spread(x, 0.05) })
    spread(pole.at.angle, Math.PI)
    spread(pole.at.angularVelocity, 1)
  })
  it('depend on the key alone', () => {
    const values = (seed: number): number[] => valuesOf(cartPole.reset(key(seed), 5)).flatMap(v => Array.from(v.data))
    expect(values(3)).toEqual(values(3))
    expect(values(3)).not.toEqual(values(4))
  })
})

it('many environments at once are as many single ones', () => {
  const { at, steps } = cartPole.reset(key(5), 4)
  const actions = [0, 1, 1, 0]
  const all = cartPole.step({ at, steps }, tensor([0, 1, 1, 0], 'int32'), key(0))
  const observed = numbers(cartPole.observe(all.state))
  actions.forEach((action, i) => {
    const one = (x: Tensor<[4]>): Tensor<[1]> => tensor([numbers(x)[i]])
    const alone = cartPole.step({
      at: { position: one(at.position), velocity: one(at.velocity), angle: one(at.angle), angularVelocity: one(at.angularVelocity) },
      steps: tensor([0], 'int32'),
    }, tensor([action], 'int32'), key(0))
    expect(numbers(cartPole.observe(alone.state))).toEqual(observed.slice(4 * i, 4 * i + 4))
  })
})

describe('tabular', () => {
  const mdp = {
    transitions: tensor([[[0.2, 0.8, 0], [1, 0, 0]], [[0, 0.5, 0.5], [0.25, 0.25, 0.5]], [[0, 0, 1], [0, 0, 1]]]),
    rewards: tensor([[1, 2], [3, 4], [0, 0]]), start: tensor([0.75, 0.25, 0]), terminal: [2],
  }
  const problem = tabular(mdp, { horizon: 5 })
  const n = 4000
  it('moves with the probabilities of its table, and only there', () => {
    for (const [s, a] of [[0, 0], [0, 1], [1, 1]]) {
      const from = { at: full(s, [n], 'int32'), steps: full(0, [n], 'int32') }
      const { state, reward, terminated } = problem.step(from, full(a, [n], 'int32'), key(10 * s + a))
      const seen = numbers(mean(problem.observe(state), [0]))
      const expected = numbers(mdp.transitions).slice((2 * s + a) * 3, (2 * s + a) * 3 + 3)
      // Four standard errors.
      expected.forEach((p, i) => { expect(Math.abs(seen[i] - p)).toBeLessThanOrEqual(4 * Math.sqrt(p * (1 - p) / n)) })
      expect(numbers(mean(sub(reward, 2 * s + a + 1)))[0]).toBe(0)
      expect(numbers(mean(cast(terminated, 'float32')))[0]).toBeCloseTo(seen[2], 12)
    }
  })
  it('begins with the probabilities of its start', () => {
    const seen = numbers(mean(problem.observe(problem.reset(key(1), n)), [0]))
    expect(seen[0]).toBeCloseTo(0.75, 1)
    expect(seen[2]).toBe(0)
  })
  it('shows one-hot states and refuses a terminal state that is none', () => {
    expect(numbers(problem.observe({ at: tensor([0, 1, 2], 'int32'), steps: tensor([0, 0, 0], 'int32') }))).toEqual(numbers(eye(3)))
    expect(() => tabular({ ...mdp, terminal: [3] }, { horizon: 5 })).toThrow('3 is no terminal state; states are 0 to 2')
  })
})

describe('tables that are no process', () => {
  const stays = { transitions: tensor([[[1, 0], [0, 1]], [[0, 1], [1, 0]]]), rewards: tensor([[0, 1], [2, 0]]), start: tensor([1, 0]) }
  const table = (change: object) => (): unknown => tabular({ ...stays, ...change }, { horizon: 5 })
  const exact = (change: object, policy: unknown = full(0.5, [2, 2])) => (): unknown =>
    exactValues({ mdp: { ...stays, ...change }, policy: policy as Tensor<[2, 2]>, discount: 0.5 })
  it('rows that are no distributions, where they are constant', () => {
    const rows = { transitions: tensor([[[1, 0], [1, 1]], [[0, 1], [1, 0]]]) }
    const sum = 'transitions[0][1] sums to 2, but probabilities sum to 1; divide the row by its sum'
    expect(table(rows)).toThrow(`tabular: ${sum}`)
    expect(exact(rows)).toThrow(`exactValues: ${sum}`)
    expect(table({ start: tensor([2, -1]) })).toThrow('tabular: start has the entry -1, but a probability is at least 0')
    expect(table({ start: tensor([1, NaN]) })).toThrow('tabular: start has the entry NaN')
    expect(exact({}, tensor([[0.5, 0.5], [0.5, 0.75]]))).toThrow('exactValues: policy[1] sums to 1.25')
    expect(exact({}, full(0.25, [2, 2]))).toThrow('exactValues: policy[0] sums to 0.5')
  })
  it('accepts rounding, and expressions whose numbers are not known', () => {
    expect(table({ start: tensor([1 / 3, 0.666667]) })).not.toThrow()
    expect(exact({}, f32(2, 2))).not.toThrow()
  })
  it('shapes that do not fit', () => {
    const because = ', because transitions are [2, 2, 2]'
    expect(table({ rewards: tensor([[0, 1, 2], [2, 0, 1]]) })).toThrow(`tabular: rewards are [2, 3], but [2, 2] was expected${because}`)
    expect(table({ start: tensor([1, 0, 0]) })).toThrow(`tabular: start is [3], but [2] was expected${because}`)
    expect(table({ transitions: tensor([[1, 0], [0, 1]]) })).toThrow('tabular: transitions are [2, 2], but [S, A, S] was expected')
    expect(exact({}, tensor([[0.5, 0.5]]))).toThrow('exactValues: the policy is [1, 2], but [2, 2] was expected')
  })
})

describe('dynamics are written for the symbol N', () => {
  const noisy = environment({
    name: 'noisy', observation: [2], action: discrete(2), horizon: 5,
    reset: k => normal(k, ['N', 2]), observe: s => s,
    step: (s, _, k) => {
      const next = add(s, normal(k, ['N', 2]))
      return { state: next, reward: neg(mean(next, [1])), terminated: greater(mean(next, [1]), 4) }
    },
  })
  it('which takes the size of the batch', () => {
    const first = noisy.reset(key(0), 3)
    expect(numbers(first.at)).toEqual(numbers(normal(key(0), [3, 2])))
    const { state, reward } = noisy.step(first, full(0, [3], 'int32'), key(1))
    expect(reward.shape).toEqual([3])
    expect(numbers(state.at)).toEqual(numbers(add(first.at, normal(key(1), [3, 2]))))
    expect(noisy.observe(noisy.reset(key(0), 'M')).shape).toEqual(['M', 2])
  })
  it('in a rollout', () => {
    const policy = categoricalPolicy({ observation: 2, actions: 2 })
    const collect = rollout({ environment: noisy, policy, steps: 4, environments: 3 })
    expect(collect.run(policy.params, collect.init(key(0)), key(1)).trajectory.observation.shape).toEqual([4, 3, 2])
  })
  const plain = {
    name: 'plain', observation: [2], action: discrete(2), horizon: 5, reset: () => zeros(['N', 2]), observe: (s: unknown) => s,
    step: (s: Tensor<['N', 2]>) => ({ state: s, reward: mean(s, [1]), terminated: greater(mean(s, [1]), 0) }),
  }
  const makes = (change: object) => (): unknown => environment({ ...plain, ...change } as never)
  const steps = (change: object) => makes({ step: (s: Tensor<['N', 2]>) => ({ ...plain.step(s), ...change }) })
  it('and what they give is checked at construction', () => {
    expect(makes({})).not.toThrow()
    expect(makes({ reset: () => zeros([2]) })).toThrow('plain.reset: the state is [2], but what belongs to N environments begins with')
    expect(makes({ observation: [3] })).toThrow('plain.observe: [N, 3] was expected but [N, 2] is given')
    expect(steps({ state: zeros(['N']) })).toThrow('plain.step: next state: [N, 2] was expected but [N] is given')
    expect(steps({ reward: zeros(['N', 2]) })).toThrow('plain.step: reward: [N] was expected but [N, 2] is given')
    expect(steps({ reward: undefined })).toThrow('plain.step: reward: a tensor was expected')
    expect(steps({ terminated: zeros(['N']) })).toThrow('plain.step: terminated: bool was expected but float32 is given')
  })
})

it('mistakes are told', () => {
  const call = (f: unknown, ...args: readonly unknown[]) => (): unknown => Reflect.apply(f as () => unknown, undefined, args)
  const state = cartPole.reset(key(0), 2)
  expect(call(cartPole.step, state, tensor([0.5, 1]), key(1))).toThrow('CartPole-v1.step: action: int32 was expected but float32 is given')
  expect(call(cartPole.step, state, tensor([0], 'int32'), key(1))).toThrow('CartPole-v1.step: action: [2] was expected but [1] is given')
  expect(() => environment({
    name: 'none', observation: [1], action: discrete(2), horizon: 0,
    reset: (_, n) => full(0, [n]), observe: x => x as never, step: state => ({ state }) as never,
  })).toThrow('environment none: the horizon is 0')
})
