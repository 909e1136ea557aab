import { describe, expect, it } from 'vitest'
import { add, bool, cast, concat, f32, mean, mul, sub } from '../../src/dsl/ops/index.js'
import type { Tensor } from '../../src/dsl/tensor.js'
import { compile } from '../../src/interp/compile.js'
import { jsEngine } from '../../src/interp/js/engine.js'

const value = (shape: number[], ...xs: number[]): {
  shape: number[]
  dtype: 'float32'
  data: Float32Array
} => ({ shape, dtype: 'float32', data: Float32Array.from(xs) })
const specs = { state: { total: f32(2) }, inputs: { x: f32('B', 2) } }

it('keeps state between runs and binds sizes', async () => {
  const c = await compile(jsEngine, (s, { x }) => {
    const total = add(s.total, mean(x, [0]))
    return { state: { total }, outputs: { double: mul(total, 2) } }
  }, specs, { B: 2 })
  await c.write({ total: value([2], 0, 10) })
  await c.run({ x: value([2, 2], 1, 2, 3, 4) })
  expect(Array.from((await c.run({ x: value([2, 2], 1, 2, 3, 4) })).double.data)).toEqual([8, 32])
  expect(Array.from((await c.read()).total.data)).toEqual([4, 16])
})

it('says which symbol has no size, which input is missing and which does not fit', async () => {
  const f = (s: typeof specs.state, { x }: typeof specs.inputs) => ({ outputs: sub(x, s.total) })
  await expect(compile(jsEngine, f, specs)).rejects.toThrow('compile: the symbol B has no size; give one, such as { B: 64 }')
  const c = await compile(jsEngine, f, specs, { B: 1 })
  await c.write({ total: value([2], 0, 0) })
  await expect(c.run({ x: value([2, 2], 1, 2, 3, 4) })).rejects.toThrow(
    'inputs.x is float32 [2, 2], but a host array { data, shape, dtype } of float32 [1, 2] was expected')
  await expect(c.run({} as never)).rejects.toThrow('inputs: key x is missing')
  await expect(compile(jsEngine, (s, { x }: typeof specs.inputs) => ({ outputs: sub(x, f32(2)) }), specs, { B: 1 })).rejects.toThrow(
    'is not among the inputs')
})

it('names the value that is no host array, and says what one is', async () => {
  const c = await compile(jsEngine, (s, { x }) => ({ outputs: sub(x, s.total) }), specs, { B: 1 })
  await c.write({ total: value([2], 0, 0) })
  const wanted = 'but a host array { data, shape, dtype } of float32 [1, 2] was expected'
  for (const [x, got] of [
    [f32(1, 2), 'a tensor, an expression without numbers of its own'],
    [[[1, 2]], 'a list'], [Float32Array.of(1, 2), 'a Float32Array alone'],
    [3, 'the number 3'], [{ a: 1 }, 'a record with a'], [Promise.resolve(1), 'a promise, which wants an await before it'],
    [{}, 'an empty record'], [value([1, 2], 1), '1 numbers for the shape [1, 2]'],
    [{ shape: [1, 2], dtype: 'int32', data: Int32Array.of(1, 2) }, 'int32 [1, 2]'],
  ]) await expect(c.run({ x } as never)).rejects.toThrow(`inputs.x is ${got as string}, ${wanted}`)
  await expect(c.write({ total: [0, 0] } as never)).rejects.toThrow(
    'state.total is a list, but a host array { data, shape, dtype } of float32 [2]')
})

it('takes truth values as 0 and 1 only: engines would read other bytes in ways of their own', async () => {
  const c = await compile(jsEngine, (_, { x }: { x: Tensor<[3], 'bool'> }) => ({ outputs: x }), { state: {}, inputs: { x: bool(3) } })
  const mask = (...bytes: number[]) => ({ x: { shape: [3], dtype: 'bool' as const, data: Uint8Array.from(bytes) } })
  expect(Array.from((await c.run(mask(0, 1, 1))).data)).toEqual([0, 1, 1])
  await expect(c.run(mask(0, 1, 255))).rejects.toThrow('inputs.x holds 255 at place 2, but a bool is 0 or 1; compare with 0 first')
})

it('takes and gives trees of any depth in their own order, and refuses what is more than was asked for', async () => {
  const state = { a: { w: f32(1) }, b: [f32(1), { c: f32(1) }] as const }
  const c = await compile(jsEngine, (s, { x }) => ({ outputs: [{ z: add(s.a.w, x), y: s.b[0] }, sub(s.b[1].c, x)] as const }),
    { state, inputs: { x: f32(1) } })
  const one = (n: number) => value([1], n)
  await c.write({ b: [one(2), { c: one(3) }], a: { w: one(1) } })
  const got = await c.run({ x: one(10) })
  expect([got[0].z, got[0].y, got[1]].map(v => v.data[0])).toEqual([11, 2, -7])
  expect(Object.keys(got[0])).toEqual(['z', 'y'])
  const kept = await c.read()
  expect([kept.a.w, kept.b[0], kept.b[1].c].map(v => v.data[0])).toEqual([1, 2, 3])
  await expect(c.run({ x: one(1), y: one(2) } as never)).rejects.toThrow('inputs: key y is not expected; it has x')
  await expect(c.write({ a: { w: one(1) }, b: [one(2)] } as never)).rejects.toThrow('state.b: key 1 is missing')
  await expect(c.run(null as never)).rejects.toThrow('inputs: a record with x was expected')
})

it('refuses sizes that are none, states that change, and lists for numbers', async () => {
  const same = (s: typeof specs.state, { x }: typeof specs.inputs) => ({ state: s, outputs: sub(x, s.total) })
  for (const [B, said] of [[-1, '-1'], [1.5, '1.5'], [NaN, 'NaN']] as const)
    await expect(compile(jsEngine, same, specs, { B })).rejects.toThrow(
      `compile: the size of B is ${said}, but a whole number from 0 up was expected`)
  const changing = (change: (x: Tensor<[2]>) => unknown) =>
    compile(jsEngine, s => ({ state: { total: change(s.total) as Tensor<[2]> }, outputs: s.total }), { state: specs.state, inputs: {} })
  await expect(changing(x => cast(x, 'int32'))).rejects.toThrow(
    'compile: the next state of total is int32 [2] where the state is float32 [2]; a state keeps its dtype and shape from run to run')
  await expect(changing(x => concat([x, x], 0))).rejects.toThrow('compile: the next state of total is float32 [4] where the state is')
  const c = await compile(jsEngine, (_, { x }) => ({ outputs: x }), { state: {}, inputs: { x: f32(2) } })
  const list = { shape: [2], dtype: 'float32', data: [1, 2] } as unknown as ReturnType<typeof value>
  await expect(c.run({ x: list })).rejects.toThrow('inputs.x is a host array whose data is a list, not a Float32Array')
})

it('says what is wrong with a tree: a key that it does not have, a promise, a value too few or too many', async () => {
  const state = { params: { w: f32(1), b: f32(1) }, optimiser: [f32(1), f32(1)] as const }
  const c = await compile(jsEngine, s => ({ state: s, outputs: s.params.w }), { state, inputs: {} })
  const one = value([1], 1), params = { w: one, b: one }, optimiser = [one, one] as const
  await expect(c.read()).rejects.toThrow('read: no state has been written yet; call write first')
  const wrong: readonly (readonly [unknown, string])[] = [
    [{ parameters: params, optimiser }, 'state: key parameters is not expected; it has params, optimiser'],
    [{ params, optimiser, aux: {} }, 'state: key aux is not expected; it has params, optimiser'],
    [{ params: { weight: one, b: one }, optimiser }, 'state.params: key weight is not expected; it has w, b'],
    [{ optimiser }, 'state: key params is missing'],
    [params, 'state: key w is not expected; it has params, optimiser'],
    [Promise.resolve({ params, optimiser }),
      'state: a record with params, optimiser was expected but a promise, which wants an await before it, is given'],
    [undefined, 'state: a record with params, optimiser was expected but nothing is given'],
    [{ params: one, optimiser }, 'state.params: a record with w, b was expected but a single tensor or host array is given'],
    [{ params, optimiser: one }, 'state.optimiser: a list of 2 was expected but a single tensor or host array is given'],
    [{ params, optimiser: 3 }, 'state.optimiser: a list of 2 was expected but the number 3 is given'],
  ]
  for (const [given, sentence] of wrong) await expect(c.write(given as never)).rejects.toMatchObject({ kind: 'value', message: sentence })
  const bare = await compile(jsEngine, (_, { x }) => ({ outputs: x }), { state: {}, inputs: { x: f32(1) } })
  await expect(bare.write({ w: one } as never)).rejects.toThrow('state: key w is not expected; it has no keys')
  await expect(bare.write(undefined as never)).rejects.toThrow('state: an empty record {} was expected but nothing is given')
  expect(await bare.read()).toEqual({})
})

describe('what plain JavaScript may hand over', () => {
  const specs = { state: {}, inputs: {} }
  it.each<[string, () => Promise<unknown>, string]>([
    ['an engine that was not awaited', () => compile(Promise.resolve(jsEngine) as never, () => ({ outputs: {} }), specs),
      'compile: the engine is a promise, which wants an await before it'],
    ['a function that returns nothing', () => compile(jsEngine, (() => undefined) as never, specs),
      'compile: the function returns nothing, but { outputs }, or { state, outputs }, was expected'],
    ['a function that returns tensors alone', () => compile(jsEngine, (() => ({ y: f32(2) })) as never, specs),
      'compile: the function returns a record with y, but { outputs }, or { state, outputs }, was expected'],
    ['an async function', () => compile(jsEngine, (() => Promise.resolve({ outputs: {} })) as never, specs),
      'compile: the function returns a promise, where no async function serves, but { outputs }, or { state, outputs }, was expected'],
  ])('%s is told so', async (_, call, sentence) => { await expect(call()).rejects.toThrow(sentence) })
})
