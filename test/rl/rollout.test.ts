/** Rollouts: what is recorded is what happened, episodes follow each other, and only the key decides. */
import { describe, expect, it } from 'vitest'
import { add, expandDims, fromArray, full, greater, i32, mul, square, sum, tensor } from '../../src/dsl/ops/index.js'
import { hostKey, key, type Key } from '../../src/dsl/keys.js'
import { initialise } from '../../src/dsl/params/index.js'
import { grad } from '../../src/dsl/transform/grad.js'
import type { Tensor } from '../../src/dsl/tensor.js'
import { compile } from '../../src/interp/compile.js'
import { evaluate } from '../../src/interp/evaluate.js'
import { openEngine } from '../../src/interp/registry.js'
import { environment } from '../../src/rl/environment.js'
import { cartPole } from '../../src/rl/environments/cart-pole.js'
import { pendulum } from '../../src/rl/environments/pendulum.js'
import { evaluatePolicy } from '../../src/rl/evaluate-policy.js'
import { categoricalPolicy, gaussianPolicy, tabularPolicy } from '../../src/rl/policies.js'
import { firstEpisodes, rollout } from '../../src/rl/rollout.js'
import { discrete } from '../../src/rl/spaces.js'
import { numbers, valuesOf } from '../dsl/values.js'

const policy = categoricalPolicy({ observation: 4, hidden: [8], actions: 2 })
const params = initialise(policy.params, key(9))
const [T, N]: [number, number] = [60, 3]
const collect = rollout({ environment: cartPole, policy, steps: T, environments: N })
const found = collect.run(params, collect.init(key(0)), key(1))
const { trajectory: τ } = found
const flat = (tree: typeof found): number[] => valuesOf(tree as never).flatMap(v => Array.from(v.data))

describe('a rollout of cartPole', () => {
  const [s, next, r, over, cut] = [τ.observation, τ.nextObservation, τ.reward, τ.terminated, τ.truncated].map(x => numbers(x))
  const row = (xs: readonly number[], t: number, n: number): number[] => xs.slice((t * N + n) * 4, (t * N + n) * 4 + 4)
  it('records steps that the environment takes', () => {
    const column = (i: number): Tensor<[number]> => fromArray(s.filter((_, k) => k % 4 === i), [T * N])
    const at = { position: column(0), velocity: column(1), angle: column(2), angularVelocity: column(3) }
    const stepped = cartPole.step({ at, steps: full(0, [T * N], 'int32') }, fromArray(numbers(τ.action), [T * N], 'int32'), key(0))
    numbers(cartPole.observe(stepped.state)).forEach((x, i) => { expect(x).toBeCloseTo(next[i], 12) })
  })
  it('goes on where it was, or begins anew near 0 where the episode ended', () => {
    let ended = 0
    for (let t = 0; t < T - 1; t++) for (let n = 0; n < N; n++) {
      const i = t * N + n
      expect(r[i]).toBe(1)
      if (over[i] || cut[i]) {
        ended++
        row(s, t + 1, n).forEach(x => { expect(Math.abs(x)).toBeLessThanOrEqual(0.05) })
        expect(Math.abs(row(next, t, n)[2]) > 12 * Math.PI / 180 || Math.abs(row(next, t, n)[0]) > 2.4).toBe(true)
      } else expect(row(s, t + 1, n)).toEqual(row(next, t, n))
    }
    expect(ended).toBeGreaterThan(2)
  })
  it('new episodes differ from each other', () => {
    const begins: number[] = []
    for (let t = 1; t < T; t++) for (let n = 0; n < N; n++) if (over[(t - 1) * N + n]) begins.push(row(s, t, n)[0])
    expect(new Set(begins).size).toBe(begins.length)
  })
  it('has the log-probabilities of the policy', () => {
    const each = numbers(policy.logProb<[number, number]>(params, τ.observation, τ.action))
    numbers(τ.logProb).forEach((x, i) => { expect(x).toBeCloseTo(each[i], 12) })
  })
  it('counts the episodes that ended and averages their returns', () => {
    const lengths: number[] = []
    for (let n = 0; n < N; n++) for (let t = 0, length = 0; t < T; t++) {
      length++
      if (over[t * N + n] || cut[t * N + n]) { lengths.push(length); length = 0 }
    }
    expect(numbers(found.episodes.count)).toEqual([lengths.length])
    expect(numbers(found.episodes.meanReturn)[0]).toBeCloseTo(lengths.reduce((a, b) => a + b) / lengths.length, 12)
  })
  it('marks first episodes', () => {
    const mask = numbers(firstEpisodes(τ))
    for (let n = 0; n < N; n++) {
      const first = Array.from({ length: T }, (_, t) => over[t * N + n] || cut[t * N + n]).findIndex(x => x === 1)
      for (let t = 0; t < T; t++) expect(mask[t * N + n]).toBe(first === -1 || t <= first ? 1 : 0)
    }
  })
  it('depends on its keys alone', () => {
    const again = (start: number, play: number): number[] => flat(collect.run(params, collect.init(key(start)), key(play)))
    expect(again(0, 1)).toEqual(flat(found))
    expect(again(0, 2)).not.toEqual(flat(found))
    expect(again(5, 1)).not.toEqual(flat(found))
  })
})

/** Counts its own steps, rewards 1 a step, ends when told: for what is carried. */
const clock = (length: number, horizon: number) => environment({
  name: 'clock', observation: [1], action: discrete(2), horizon,
  reset: (_, n): Tensor<['N']> => full(0, [n]),
  observe: t => expandDims(t, 1),
  step: t => ({ state: add(t, 1), reward: add(mul(t, 0), 1), terminated: greater(add(t, 1), length - 0.5) }),
})
const idle = tabularPolicy({ states: 1, actions: 2 })
const still = { θ: tensor([[0, 0]]) }

describe('what is carried', () => {
  const run = (steps: number, times: number, length = 7, horizon = 100) => {
    const one = rollout({ environment: clock(length, horizon), policy: idle, steps, environments: 2 })
    let state = one.init(key(0))
    return Array.from({ length: times }, (_, i) => {
      const got = one.run(still, state, key(i))
      state = got.state
      return [numbers(got.episodes.count)[0], numbers(got.episodes.meanReturn)[0], ...numbers(got.trajectory.truncated)]
    })
  }
  it('an episode goes on through rollouts, and its return with it', () => {
    // Of 7 steps each: the first ends in the second rollout of 5, the second in the third.
    expect(run(5, 3).map(x => x.slice(0, 2))).toEqual([[0, 0], [2, 7], [2, 7]])
  })
  it('the last mean stays until another episode ends', () => {
    expect(run(4, 4).map(x => x.slice(0, 2))).toEqual([[0, 0], [2, 7], [0, 7], [2, 7]])
  })
  it('time runs out after the horizon', () => {
    expect(run(4, 1, 100, 3)[0]).toEqual([2, 3, 0, 0, 0, 0, 1, 1, 0, 0])
  })
})

it('many environments give what each would alone', () => {
  const spinner = gaussianPolicy({ observation: 3, hidden: [4], actions: 1 })
  const p = initialise(spinner.params, key(3))
  const go = (n: number, state?: ReturnType<typeof pendulum.reset>) => {
    const one = rollout({ environment: pendulum, policy: spinner, steps: 12, environments: n, greedy: true })
    const start = one.init(key(4))
    return { start, got: one.run(p, state ? { ...start, environment: state } as never : start, key(5)).trajectory }
  }
  const all = go(3)
  const rewards = numbers(all.got.reward)
  for (let n = 0; n < 3; n++) {
    const pick = (x: unknown): Tensor<[1]> => tensor([numbers(x as Tensor)[n]])
    const { at } = all.start.environment
    const alone = go(1, { at: { angle: pick(at.angle), angularVelocity: pick(at.angularVelocity) }, steps: tensor([0], 'int32') } as never)
    numbers(alone.got.reward).forEach((x, t) => { expect(x).toBeCloseTo(rewards[t * 3 + n], 12) })
  }
})

it('no gradient flows through what happened', () => {
  const spinner = gaussianPolicy({ observation: 3, hidden: [4], actions: 1 })
  const one = rollout({ environment: pendulum, policy: spinner, steps: 4, environments: 2 })
  const happened = (p: typeof spinner.params): Tensor<[]> => {
    const got = one.run(p, one.init(key(0)), key(1)).trajectory
    return add(sum(square(got.action)), add(sum(got.reward), add(sum(got.logProb), sum(got.nextObservation))))
  }
  const gradient = grad(happened)(initialise(spinner.params, key(2)))
  expect(valuesOf(gradient as never).flatMap(v => Array.from(v.data)).every(x => x === 0)).toBe(true)
})

it('an evaluation plays whole episodes', () => {
  expect(numbers(evaluatePolicy({ environment: clock(7, 100), policy: idle, params: still, key: key(0), episodes: 3 })))
    .toEqual([7, 7, 7])
  expect(numbers(evaluatePolicy({ environment: clock(50, 20), policy: idle, params: still, key: key(0), episodes: 2 })))
    .toEqual([20, 20])
})

it('a policy that does not fit is refused', () => {
  const call = (other: unknown) => () => Reflect.apply(rollout as never, undefined, [{ environment: cartPole, policy: other, steps: 1,
    environments: 1 }]) as unknown
  expect(call(categoricalPolicy({ observation: 3, actions: 2 }))).toThrow('rollout: an observation is [4] but the policy\'s is [3]')
  expect(call(gaussianPolicy({ observation: 4, actions: 1 }))).toThrow('rollout: an action is one of 2 but the policy\'s is a vector of 1')
  expect(() => rollout({ environment: cartPole, policy, steps: 0, environments: 1 })).toThrow('rollout: steps is 0')
})

it('runs on the native engine as on the reference', async () => {
  const engine = await openEngine('onnx', { threads: 1 })
  const small = rollout({ environment: cartPole, policy, steps: 25, environments: 2 })
  const go = (seed: Key) => {
    const { trajectory, episodes } = small.run(initialise(policy.params, seed), small.init(seed), seed)
    return { reward: trajectory.reward, terminated: trajectory.terminated, seen: trajectory.nextObservation, episodes }
  }
  const program = await compile(engine, (_: {}, seed: Key) => ({ outputs: go(seed) }), { state: {}, inputs: i32(2) })
  const native = await program.run({ data: hostKey(8), shape: [2], dtype: 'int32' })
  await program.release()
  const reference = evaluate(go(key(8)))
  expect(Array.from(native.terminated.data)).toEqual(Array.from(reference.terminated.data))
  expect(native.episodes.meanReturn.data[0]).toBeCloseTo(reference.episodes.meanReturn.data[0], 4)
  native.seen.data.forEach((x, i) => { expect(x).toBeCloseTo(reference.seen.data[i], 3) })
})
