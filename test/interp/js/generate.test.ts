/** Generated code against the reference: the same numbers to the last bit, since it adds in the same order. */
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import { gradient } from '../../../src/dsl/core/gradient.js'
import type { Node } from '../../../src/dsl/core/node.js'
import { primitives, type Op } from '../../../src/dsl/core/table.js'
import type { Value } from '../../../src/dsl/value.js'
import { wide } from '../../../src/interp/ends.js'
import { jsEngine } from '../../../src/interp/js/engine.js'
import { evaluate } from '../../../src/interp/js/evaluate.js'
import { generatedExecutable } from '../../../src/interp/js/executable.js'
import { generate } from '../../../src/interp/js/generate/generate.js'
import { program } from '../../../src/interp/program.js'
import { simplify } from '../../../src/interp/simplify/simplify.js'
import { cases } from '../../dsl/core/cases.js'
import { bind, projected } from '../../dsl/core/numeric.js'
import { randomExpressions } from '../random-expressions.js'

/** What generated code computes, run twice: nothing of a run may be left for the next. */
const generated = (inputs: readonly Node[], values: readonly Value[], outputs: readonly Node[]): readonly ArrayLike<number>[] => {
  const code = generate(program(inputs, outputs))
  if (code === null) throw new Error('no code')
  for (let twice = 0; twice < 2; twice++) {
    values.forEach((v, i) => { code.inputs[i].set(v.data) })
    code.run()
  }
  return code.outputs
}
const expectSame = (name: string, inputs: readonly Node[], values: readonly Value[], outputs: readonly Node[]): void => {
  const want = evaluate(outputs, new Map(inputs.map((n, i) => [n, wide(values[i])])))
  generated(inputs, values, outputs).forEach((got, i) => {
    const differs = got.length !== want[i].data.length || Array.from(want[i].data).some((x, k) => !Object.is(x, got[k]))
    if (differs) expect({ name, result: i, got: Array.from(got) }).toEqual({ name, result: i, got: Array.from(want[i].data) })
  })
}

test('250 random expressions and their gradients, as they are and simplified', () => {
  for (const { seed, inputs, values, outputs } of randomExpressions(250, 5000)) {
    expectSame(`expression ${seed}`, inputs, values, outputs)
    expectSame(`expression ${seed}, simplified`, inputs, values, simplify(outputs, { forExecution: true }))
  }
})

describe('every primitive with its gradients', () => {
  test.each(Object.keys(primitives) as Op[])('%s', op => {
    fc.sample(cases[op], { numRuns: 15, seed: 3 }).forEach((c, i) => {
      const { inputs, values, output, smooth } = bind(c)
      const grads = output.dtype === 'float32' ? gradient(projected(output, i + 1), smooth.map(k => inputs[k])) : []
      expectSame(`${op} ${i}`, inputs, values, [output, ...grads])
    })
  })
})

const float = (...data: number[]): Value => ({ shape: [data.length], dtype: 'float32', data: Float32Array.from(data) })
const x = b.input({ shape: [3], dtype: 'float32' }), y = b.input({ shape: [3], dtype: 'float32' })

describe('long programs', () => {
  const grown = (n: number, from: Node): Node => Array.from({ length: n }).reduce<Node>((at, _, i) =>
    b.add(b.sin(at), b.mul(at, b.full(1 / (i + 2), [3]))), from)
  test('are many functions', () => {
    const text = vi.spyOn(globalThis, 'Function')
    try {
      expectSame('a long chain', [x], [float(1, 2, 3)], [grown(2000, x)])
      expect(String(text.mock.calls[0].at(-1)).match(/const f\d+=/g)?.length).toBeGreaterThan(2)
    } finally { text.mockRestore() }
  })
  test('inside of loops too', () => {
    const rows = b.constant({ shape: [4, 3], dtype: 'float32', data: Float64Array.from({ length: 12 }, (_, i) => i) })
    const { carry, ys } = b.scan({ init: [x], xs: [rows],
      body: ([c], [u]) => {
        const inner = b.scan({ init: [c], xs: [], length: 3, body: ([d]) => ({ next: [b.tanh(b.add(grown(300, d), u))], ys: [d] }) })
        return { next: [grown(300, inner.carry[0])], ys: [b.sum(inner.ys[0], [0])] }
      } })
    expectSame('long loops', [x], [float(0.1, 0.2, 0.3)], [...carry, ...ys])
  })
})

describe('as an executable', () => {
  const state = (executable: { read(): Promise<Value[]> }) => executable.read().then(vs => vs.map(v => [...v.data]))
  test('values that change places', async () => {
    const e = await jsEngine.compile(program([x, y], [y, x, b.add(x, y)], [{ input: 0, output: 0 }, { input: 1, output: 1 }]))
    await expect(e.run([])).rejects.toThrow('run: the program keeps 2 values but 0 were written; call write first')
    await e.write([float(1, 2, 3), float(4, 5, 6)])
    const [first] = await e.run([])
    expect(await state(e)).toEqual([[4, 5, 6], [1, 2, 3]])
    await e.run([])
    expect([await state(e), [...first.data]]).toEqual([[[1, 2, 3], [4, 5, 6]], [5, 7, 9]])
    await expect(e.write([float(1)])).rejects.toThrow('write: 2 values are expected but 1 are given')
    await expect(e.write([float(1), float(1, 2, 3)])).rejects.toThrow('write: value 0 is float32 [1] but float32 [3] was expected')
    await expect(e.run([float(1)])).rejects.toThrow('run: 0 inputs are expected but 1 are given')
  })
  test('with ends in float32, what goes in, stays and comes out is rounded; integers are not', async () => {
    const n = b.input({ shape: [1], dtype: 'int32' })
    const p = program([x, n, y], [b.mul(x, b.full(1.1, [3])), b.add(n, 1), b.mul(b.add(x, y), b.full(0.1, [3]))],
      [{ input: 0, output: 0 }, { input: 1, output: 1 }])
    const e = generatedExecutable(p, { float32: true })
    if (e === null) throw new Error('no code')
    await e.write([float(1, 2, 3), { shape: [1], dtype: 'int32', data: Int32Array.of(2 ** 24) }])
    const [out] = await e.run([{ shape: [3], dtype: 'float32', data: Float64Array.of(0.1, 0.2, 0.3) }])
    const { fround } = Math
    expect(out.data).toEqual(Float32Array.from([1, 2, 3], (v, i) => (v + fround([0.1, 0.2, 0.3][i])) * 0.1))
    const [kept, count] = await e.read()
    expect(kept.data).toEqual(Float32Array.from([1, 2, 3], v => v * 1.1))
    expect(count.data).toEqual(Int32Array.of(2 ** 24 + 1))
    await e.run([float(0, 0, 0)])
    expect((await e.read())[0].data).toEqual(Float32Array.from([1, 2, 3], v => fround(v * 1.1) * 1.1))
  })
})

describe('where functions may not be made from text', () => {
  afterEach(() => { vi.unstubAllGlobals() })
  test('the reference runs instead', async () => {
    vi.stubGlobal('Function', function refused() { throw new EvalError('Code generation from strings disallowed for this context') })
    const p = program([x, y], [b.add(x, y), b.mul(x, y)], [{ input: 1, output: 1 }])
    expect(generatedExecutable(p)).toBeNull()
    const e = await jsEngine.compile(p)
    await e.write([float(1, 2, 3)])
    expect([...(await e.run([float(4, 5, 6)]))[0].data]).toEqual([5, 7, 9])
    expect((await e.read()).map(v => [...v.data])).toEqual([[4, 10, 18]])
  })
})
