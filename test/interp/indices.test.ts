/** Positions outside of their axis stop a program on every engine in the same words: never another row, never NaN. */
import { describe, expect, test } from 'vitest'
import * as b from '../../src/dsl/core/build.js'
import type { Node } from '../../src/dsl/core/node.js'
import { crossEntropy } from '../../src/dsl/nn/losses.js'
import { tensor } from '../../src/dsl/ops/create.js'
import type { Value } from '../../src/dsl/value.js'
import type { Engine, Executable, Program } from '../../src/interp/engine.js'
import { evaluate } from '../../src/interp/evaluate.js'
import { interpreted, jsEngine } from '../../src/interp/js/engine.js'
import { generatedExecutable } from '../../src/interp/js/executable.js'
import { openBackend } from '../../src/interp/tfjs/backends.js'
import { tfjsOn } from '../../src/interp/tfjs/engine.js'
import { program } from '../../src/interp/program.js'
import { simplify } from '../../src/interp/simplify/simplify.js'
import { subjects } from './agreement/engines.js'
import { float, int, spread } from './onnx/agree.js'
import { asked, builtDevices } from './tfjs/built.js'

const generated = (p: Program): Executable => {
  const made = generatedExecutable(p)
  if (made === null) throw new Error('no code is generated here')
  return made
}
/** What every engine says. */
const exact = (op: string, at: number): string =>
  `${op}: position ${at} lies outside of an axis of size 3 (0 to 2 are expected); check labels and indices`
const opened: Readonly<Record<string, Engine>> =
  Object.fromEntries(await Promise.all(Object.entries(subjects).map(async ([name, open]) => [name, (await open()).engine] as const)))
/** A backend of tfjs whose memory is its own: the host sees the positions that are given, and not those that are computed. */
const far = async (): Promise<Engine> => tfjsOn({ ...await (builtDevices['node'] ?? (() => openBackend('cpu')))(), near: false })
/** How each engine makes a program. */
const engines: Readonly<Record<string, (p: Program) => Promise<Executable>>> = {
  ...!asked && { 'the reference': p => Promise.resolve(interpreted(p)), 'generated js': p => Promise.resolve(generated(p)) },
  ...Object.fromEntries(Object.entries(opened).map(([name, engine]) => [name, (p: Program) => engine.compile(p)])),
  'tfjs in memory of its own': async p => (await far()).compile(p),
}

/** Each op over an axis of size 3: its result, the shapes of its float operands and that of its indices. */
interface Case { readonly make: (x: Node, i: Node, u: Node) => Node; readonly index: number[]; readonly updates: number[] }
const cases: Readonly<Record<string, Case>> = {
  gather: { make: (x, i) => b.gather(x, i, 1), index: [2], updates: [1] },
  scatterAdd: { make: (x, i, u) => b.scatterAdd(x, i, u, 1), index: [2], updates: [2, 2] },
  takeAlong: { make: (x, i) => b.takeAlong(x, i, 1), index: [2, 1], updates: [1] },
  scatterAlong: { make: (x, i, u) => b.scatterAlong(x, i, u, 1), index: [2, 1], updates: [2, 1] },
}
const inputsOf = ({ index, updates }: Case): [Node, Node, Node] => [b.input({ shape: [2, 3], dtype: 'float32' }),
  b.input({ shape: index, dtype: 'int32' }), b.input({ shape: updates, dtype: 'float32' })]
const dataOf = (v: Value): number[] => Array.from(v.data)

describe.each(Object.keys(engines))('%s', name => {
  const make = engines[name]
  test.each(Object.keys(cases).flatMap(op => [-1, 3, -(2 ** 31), 2 ** 31 - 1].map(at => [op, at] as const)))('%s at %i', async (op, at) => {
    const given = cases[op], inputs = inputsOf(given), values = (last: number): Value[] =>
      [spread(2, 3), int(given.index, [0, last]), spread(...given.updates)]
    const p = program(inputs, [given.make(...inputs)]), e = await make(p)
    await expect(e.run(values(at))).rejects.toMatchObject({ name: 'TypegradError', kind: 'engine', message: exact(op, at) })
    // A run that stopped leaves nothing behind.
    const [after] = await e.run(values(2)), [want] = await interpreted(p).run(values(2))
    dataOf(after).forEach((v, i) => { expect(v).toBeCloseTo(want.data[i], 6) })
    await e.release()
  })

  test('the op is named inside of a loop too', async () => {
    const [x, i] = [b.input({ shape: [3], dtype: 'float32' }), b.input({ shape: [2, 1], dtype: 'int32' })]
    const { ys } = b.scan({ init: [b.full(0, [1])], xs: [i], body: ([c], [row]) => {
      const next = b.add(c, b.gather(x, row, 0))
      return { next: [next], ys: [next] }
    } })
    const e = await make(program([x, i], ys))
    await expect(e.run([spread(3), int([2, 1], [0, -1])])).rejects.toMatchObject({ kind: 'engine', message: exact('gather', -1) })
    await e.release()
  })
})

describe.each(Object.keys(opened).filter(name => name !== 'tfjs:node-gpu'))('%s', name => {
  test.each(Object.keys(cases))('%s at positions that are computed', async op => {
    const given = cases[op], [x, i, u] = inputsOf(given)
    const e = await engines[name](program([x, i, u], [given.make(x, b.sub(b.mul(i, 2), 1), u)]))
    const message = name === 'onnx' && op === 'takeAlong'
      ? exact(op, 0).replace('position 0', 'a position') // GatherElements does not say which.
      : exact(op, -1)
    const values = [spread(2, 3), int(given.index, [1, 0]), spread(...given.updates)]
    await expect(e.run(values)).rejects.toMatchObject({ kind: 'engine', message })
    await e.release()
  })
})

test.each(Object.keys(opened).filter(name => name !== 'native'))('%s: a run that stops leaves the state as it was', async name => {
  const [kept, i] = [b.input({ shape: [3], dtype: 'float32' }), b.input({ shape: [1], dtype: 'int32' })]
  const e = await engines[name](program([kept, i], [b.mul(kept, 2), b.gather(b.mul(kept, 2), i, 0)], [{ input: 0, output: 0 }]))
  await e.write([float([3], [1, 2, 3])])
  await e.run([int([1], [0])])
  await expect(e.run([int([1], [3])])).rejects.toThrow(exact('gather', 3))
  expect((await e.read()).map(dataOf)).toEqual([[2, 4, 6]])
  expect((await e.run([int([1], [2])])).map(dataOf)).toEqual([[12]])
  await e.release()
})

test.each(Object.keys(opened))('%s: a state that no run replaces outlives one that stops', async name => {
  const [table, same, i] = [b.input({ shape: [3], dtype: 'float32' }), b.input({ shape: [1], dtype: 'float32' }),
    b.input({ shape: [1], dtype: 'int32' })]
  const e = await engines[name](program([table, same, i], [b.add(b.gather(table, i, 0), same), same],
    [{ input: 0, output: null }, { input: 1, output: 1 }]))
  await e.write([float([3], [1, 2, 3]), float([1], [4])])
  await expect(e.run([int([1], [3])])).rejects.toThrow(exact('gather', 3))
  expect((await e.read()).map(dataOf)).toEqual([[1, 2, 3], [4]])
  expect((await e.run([int([1], [2])])).map(dataOf)).toEqual([[7]])
  await e.release()
})

test.each([-1, 3])('a constant position %i is refused where it is folded and where an engine compiles it', async at => {
  const message = exact('gather', at)
  const i = b.constant(int([1], [at])), x = b.input({ shape: [3], dtype: 'float32' })
  const folded = b.gather(b.constant(spread(3)), i, 0)
  expect(() => simplify([folded])).toThrow(message)
  const refuses = (make: () => Promise<unknown>): Promise<void> =>
    expect(make()).rejects.toMatchObject({ name: 'TypegradError', kind: 'engine', message })
  for (const engine of Object.values(opened)) {
    await refuses(async () => (await engine.compile(program([], [folded]))).run([]))
    await refuses(async () => (await engine.compile(program([x], [b.gather(x, i, 0)]))).run([spread(3)]))
  }
})

test('an axis of size 0 has no positions', async () => {
  const [x, i] = [b.input({ shape: [0], dtype: 'float32' }), b.input({ shape: [1], dtype: 'int32' })]
  const e = await jsEngine.compile(program([x, i], [b.gather(x, i, 0)]))
  await expect(e.run([spread(0), int([1], [0])])).rejects.toThrow(
    'gather: position 0 lies outside of an axis of size 0 (it has no positions); check labels and indices')
})

test('a class number outside of the classes does not read another row', () => {
  const logits = tensor([[1, 2, 3], [4, 5, 6]])
  for (const label of [-1, 3]) {
    expect(() => evaluate(crossEntropy(logits, tensor([0, label], 'int32')))).toThrow(exact('takeAlong', label))
  }
})
