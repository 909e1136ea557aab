/** Programs on the quickest of an engine and generated code: the choice follows from the program, its results are the engine's. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import * as b from '../../src/dsl/core/build.js'
import { key as keyOf } from '../../src/dsl/keys.js'
import { add, f32, i32, matmul, mean, square, sub, tanh } from '../../src/dsl/ops/index.js'
import { adam } from '../../src/dsl/optim/index.js'
import { trainStep } from '../../src/dsl/train.js'
import type { Tensor } from '../../src/dsl/tensor.js'
import type { Value } from '../../src/dsl/value.js'
import { estimate, quickest, type Overhead } from '../../src/interp/choose.js'
import { compile, type Compiled, type ValuesOf } from '../../src/interp/compile.js'
import type { Engine, Program } from '../../src/interp/engine.js'
import { wide } from '../../src/interp/ends.js'
import { evaluate } from '../../src/interp/evaluate.js'
import { evaluate as reference } from '../../src/interp/js/evaluate.js'
import { onnxEngine } from '../../src/interp/onnx/engine.js'
import { program } from '../../src/interp/program.js'
import { categoricalPolicy } from '../../src/rl/index.js'
import { initialise } from '../../src/dsl/params/index.js'
import { randomExpressions } from './random-expressions.js'

const onnx = await onnxEngine({ threads: 1 })
/** An engine that counts what reaches it. */
const counted = (name = 'onnx'): { engine: Engine; reached: Program[] } => {
  const reached: Program[] = []
  return { reached, engine: { ...onnx, name, compile: p => { reached.push(p); return onnx.compile(p) } } }
}
const endless: Overhead = { call: Infinity, input: 0, output: 0, operation: 0, random: 0, step: 0 }
const float = (shape: number[], f: (i: number) => number = Math.sin): Value<'float32'> =>
  ({ shape, dtype: 'float32', data: Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => f(i)) })
const words = (...data: number[]): Value<'int32'> => ({ shape: [2], dtype: 'int32', data: Int32Array.from(data) })

const policy = categoricalPolicy({ observation: 4, hidden: [64, 64], actions: 2 })
const acting = (engine: Engine, n: number) =>
  compile(engine, (params: typeof policy.params, { observation, key }: { observation: Tensor<[number, 4]>; key: Tensor<[2], 'int32'> }) => {
    const action = policy.sample(params, observation, key as never)
    return { outputs: { action, logProb: policy.logProb(params, observation, action as never) } }
  }, { state: policy.params, inputs: { observation: f32(n, 4), key: i32(2) } })

describe('the choice', () => {
  test.each([[1, 0], [8, 0], [512, 1]])('a policy of %i environments reaches onnx %i times, and acts alike', async (n, times) => {
    const { engine, reached } = counted()
    const [chosen, plain] = [await acting(quickest(engine), n), await acting(onnx, n)]
    expect(reached.length).toBe(times)
    const params = evaluate(initialise(policy.params, keyOf(3)))
    const inputs = { observation: float([n, 4]), key: words(5, 7) }
    const [got, want] = await Promise.all([chosen, plain].map(async c => {
      await c.write(params)
      return c.run(inputs as never)
    }))
    expect([...got.action.data]).toEqual([...want.action.data])
    got.logProb.data.forEach((x, i) => { expect(Math.abs(x - want.logProb.data[i])).toBeLessThan(1e-6) })
    expect(got.logProb.data).toBeInstanceOf(Float32Array)
  })
  test('follows the sizes, the loops and the overhead alone', () => {
    const sized = (n: number) => {
      const x = b.input({ shape: [n, n], dtype: 'float32' })
      const { carry } = b.scan({ init: [x], xs: [], length: n, body: ([c]) => ({ next: [b.tanh(b.matmul(c, c))], ys: [] }) })
      return estimate(program([x], carry), { ...endless, call: 1, step: 2 })
    }
    expect(sized(8)).toEqual(sized(8))
    expect(sized(8).engine).toBeCloseTo(1 + 8 * 2)
    expect(sized(16).generated / sized(8).generated).toBeGreaterThan(8)
  })
  test('leaves an engine alone whose overhead nobody measured', () => {
    const { engine } = counted('other')
    expect(quickest(engine)).toBe(engine)
  })
})

test('with the ends in float32, generated code rounds the reference and nothing else', async () => {
  const engine = quickest(counted().engine, endless)
  for (const { seed, inputs, values, outputs } of randomExpressions(60, 9000)) {
    const got = await (await engine.compile(program(inputs, outputs))).run(values)
    const want = reference(outputs, new Map(inputs.map((n, i) => [n, wide(values[i])])))
    got.forEach((v, i) => {
      expect([v.shape, v.dtype], `expression ${seed}`).toEqual([want[i].shape, want[i].dtype])
      expect(Array.from(v.data), `expression ${seed}`).toEqual(Array.from(want[i].data, x => v.dtype === 'float32' ? Math.fround(x) : x))
    })
  }
})

test('random words are the engine\'s, bit for bit', async () => {
  const key = b.input({ shape: [2], dtype: 'int32' })
  const p = program([key], [b.randomBits(key, [101], 3), b.uniform(key, [7, 3], 0), b.uniform(key, [], 1)])
  const { engine, reached } = counted()
  const [got, want] = [await (await quickest(engine).compile(p)).run([words(-1, 7)]), await (await onnx.compile(p)).run([words(-1, 7)])]
  expect(reached).toEqual([])
  expect(got).toEqual(want)
})

describe('a training that is tiny', () => {
  const params = { w: f32(3, 8), v: f32(8, 1) }
  const { init, step } = trainStep({
    params, optimiser: adam(0.05),
    loss: (p, { x, y }: { x: Tensor<[16, 3]>; y: Tensor<[16, 1]> }) => mean(square(sub(matmul(tanh(matmul(x, p.w)), p.v), y))),
  })
  type State = ReturnType<typeof init>
  interface Inputs { readonly x: Tensor<[16, 3]>; readonly y: Tensor<[16, 1]>; readonly key: ReturnType<typeof keyOf> }
  const specs = { state: init(keyOf(0)), inputs: { x: f32(16, 3), y: f32(16, 1), key: i32(2) as never } }
  const stepper = (engine: Engine) => compile(engine, (state: State, { x, y, key }: Inputs) => {
    const next = step(state, { x, y }, key)
    return { state: next.state, outputs: next.metrics }
  }, specs)
  const inputs = { x: float([16, 3]), y: float([16, 1], i => Math.cos(3 * i)), key: words(1, 2) } as unknown as ValuesOf<Inputs>
  type Stepper = Compiled<State, Inputs, Readonly<Record<string, Tensor<[]>>>>
  const after = async (s: Stepper, n: number): Promise<ValuesOf<State>> => {
    for (let i = 0; i < n; i++) await s.run(inputs)
    return s.read()
  }
  const begun = async (engine: Engine, state: ValuesOf<State>): Promise<Stepper> => {
    const s = await stepper(engine) as unknown as Stepper
    await s.write(state)
    return s
  }
  test('goes on from what was read with the same bits, and learns what onnx learns', async () => {
    const { engine, reached } = counted()
    const first = evaluate(init(keyOf(0))) as ValuesOf<State>
    const whole = await after(await begun(quickest(engine), first), 40)
    const half = await after(await begun(quickest(engine), first), 17)
    expect(half.params.w.data).toBeInstanceOf(Float32Array)
    expect(await after(await begun(quickest(engine), half), 23)).toEqual(whole)
    expect(reached).toEqual([])
    const native = await after(await begun(onnx, first), 40)
    for (const name of ['w', 'v'] as const)
      whole.params[name].data.forEach((x, i) => { expect(Math.abs(x - native.params[name].data[i])).toBeLessThan(1e-4) })
  })
})

describe('where functions may not be made from text', () => {
  afterEach(() => { vi.unstubAllGlobals() })
  test('every program reaches the engine', async () => {
    vi.stubGlobal('Function', function refused() { throw new EvalError('not allowed') })
    const { engine, reached } = counted()
    const x = b.input({ shape: [2], dtype: 'float32' })
    const e = await quickest(engine).compile(program([x], [b.add(x, add(x as never, 1) as never)]))
    expect([...(await e.run([float([2], i => i)]))[0].data]).toEqual([1, 3])
    expect(reached.length).toBe(1)
  })
})
