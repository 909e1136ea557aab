/** The generated C: one function a form of loop, units of bounded size, constants once, and no warning. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as b from '../../../../src/dsl/core/build.js'
import { gradient } from '../../../../src/dsl/core/gradient.js'
import type { Node } from '../../../../src/dsl/core/node.js'
import type { Program } from '../../../../src/interp/engine.js'
import { emit, type Emitted } from '../../../../src/interp/native/emit/emit.js'
import { command } from '../../../../src/interp/native/toolchain/command.js'
import { findCompiler } from '../../../../src/interp/native/toolchain/compiler.js'
import { program } from '../../../../src/interp/program.js'
import { randomExpressions } from '../../random-expressions.js'
import { folder, runtimeFolder } from '../workshop.js'

const compiler = await findCompiler().catch(() => null)
const f = (...shape: number[]): Node => b.input({ shape, dtype: 'float32' })
const emitted = (inputs: Node[], outputs: Node[]): Emitted => emit(program(inputs, outputs))
const functions = ({ sources }: Emitted): string[] => sources.flatMap(s => [...s.matchAll(/void (loop\d+)\([^;]*\) \{/g)].map(m => m[1]))

/** Many loops, no two alike: which functions are applied are the digits of a number. */
const manyLoops = (n: number): Program => {
  const unary = [b.tanh, b.sin, b.cos, b.sigmoid]
  const chain = (x: Node, k: number): Node => k < 4 ? x : chain(unary[k % 4](x), Math.floor(k / 4))
  const inputs = Array.from({ length: n }, () => f(40, 6))
  return program(inputs, inputs.map((x, k) => chain(x, k + 4)))
}

describe('loops', () => {
  test('of one form are one function, whatever their sizes', () => {
    const [x, y] = [f(50, 30), f(7)]
    const e = emitted([x, y], [b.tanh(b.add(x, x)), b.tanh(b.add(y, y))])
    expect(functions(e)).toEqual(['loop0'])
    expect(e.sources[0].match(/loop0\(\(char/g)).toHaveLength(2)
  })
  test('of other forms are not', () => {
    const x = f(50)
    const y = f(7, 4)
    expect(functions(emitted([x, y], [b.tanh(x), b.sin(y)]))).toHaveLength(2)
    expect(functions(emitted([x, y], [b.tanh(x), b.tanh(b.transpose(y, [1, 0]))]))).toHaveLength(2)
  })
  test('of one element are no functions but statements, with the headers that they need', () => {
    const [one, many] = [f(1), f(500)]
    const e = emitted([one, many], [b.tanh(b.add(one, one)), b.sin(many)])
    expect(functions(e)).toEqual(['loop0'])
    expect(e.sources[0]).toContain('#include "math/tanh.h"')
    expect(e.sources[0]).toMatch(/= tg_tanh\(t0\);\n\*\(float \*\)slot\[4\] = /)
  })
  test('read a place once, and numbers not at all', () => {
    const x = f(50)
    const [source] = emitted([x], [b.mul(b.add(x, 2), x)]).sources
    expect(source.match(/= \(const float \*\)p\[/g)).toHaveLength(1)
    expect(source).toContain('2.0f')
  })
})

describe('units', () => {
  test('a small program is one, a large one as many as there are cores, of one size, that know each other by name', () => {
    expect(emit(manyLoops(2), { cores: 4 }).sources).toHaveLength(1)
    expect(emit(manyLoops(200), { cores: 1 }).sources).toHaveLength(1)
    const large = emit(manyLoops(200), { cores: 4 })
    expect(large.sources).toHaveLength(4)
    const [first, ...others] = large.sources
    const lengths = others.map(s => s.length)
    expect(Math.max(...lengths)).toBeLessThan(1.1 * Math.min(...lengths))
    const defined = functions(large)
    expect(new Set(defined).size).toBe(defined.length)
    const named = (pattern: RegExp, texts: readonly string[]) => texts.flatMap(s => [...s.matchAll(pattern)].map(m => m[1])).sort()
    const elsewhere = named(/^__attribute__\S+ void (loop\d+)\(/gm, others)
    expect(named(/^void (loop\d+)\(/gm, [first])).toEqual(elsewhere)
    expect(named(/^static void (loop\d+)\(/gm, [first])).toEqual(defined.filter(name => !elsewhere.includes(name)).sort())
    expect(large.sources.filter(s => s.includes('void tg_run('))).toEqual([first])
    expect(others.every(s => !s.includes('static void loop'))).toBe(true)
  })
  test('a long list of calls is not worth the compiler’s time; a loop among them is', () => {
    expect(emit(manyLoops(2)).sources[0]).not.toContain('TG_PLAIN void tg_run')
    const large = manyLoops(200)
    expect(emit(large).sources[0]).toContain('TG_PLAIN void tg_run')
    const x = f(3)
    const { carry } = b.scan({ init: [b.scalar(0)], xs: [x], body: ([c], [v]) => ({ next: [b.add(c, v)], ys: [] }) })
    const looped = program([...large.inputs, x], [...large.outputs, ...carry])
    expect(emit(looped).sources[0]).not.toContain('TG_PLAIN void tg_run')
  })
})

describe('constants', () => {
  const numbers = (n: number): Node => b.constant({ shape: [n], dtype: 'float32', data: Float32Array.from({ length: n }, (_, i) => i + 1) })
  test('are there once, each at a multiple of 64 bytes', () => {
    const x = f(5)
    const { constants, sources } = emitted([x], [b.add(x, numbers(5)), b.matmul(b.reshape(numbers(5), [1, 5]), b.reshape(x, [5, 1])),
      b.gather(x, b.constant({ shape: [2], dtype: 'int32', data: Int32Array.of(4, 1) }), 0)])
    expect(constants.length).toBe(128)
    expect(new Set([...sources[0].matchAll(/\(slot\[1\] \+ (\d+)\)/g)].map(m => m[1]))).toEqual(new Set(['0', '64']))
    const view = new DataView(constants.buffer)
    const start = view.getFloat32(0, true) === 1 ? 0 : 64
    expect(Array.from(new Float32Array(constants.buffer, start, 5))).toEqual([1, 2, 3, 4, 5])
    expect(Array.from(new Int32Array(constants.buffer, 64 - start, 2))).toEqual([4, 1])
  })
  test('without elements have a place, too', () => {
    const empty = b.constant({ shape: [0], dtype: 'float32', data: new Float32Array(0) })
    expect(emitted([], [b.concat([empty, numbers(2)], 0)]).constants.length).toBe(128)
  })
})

const expressions = randomExpressions(40, 7000)

test('the same program gives the same C, also when it is built anew', () => {
  for (const e of expressions) {
    const p = program(e.inputs, e.outputs)
    expect(emit(p)).toEqual(emit(p))
  }
  const build = (): Emitted => {
    const [x, w] = [f(9, 4), f(4, 4)]
    return emitted([x, w], gradient(b.sum(b.tanh(b.matmul(x, w)), [0, 1]), [w]))
  }
  expect(build()).toEqual(build())
})

describe.skipIf(compiler === null)('the compiler', () => {
  const warnings = async (sources: readonly string[]): Promise<string> => {
    const at = folder()
    const files = sources.map((s, i) => {
      const path = join(at, `unit${i}.c`)
      writeFileSync(path, s)
      return path
    })
    const [cc, ...first] = compiler?.command ?? []
    // What clang says of generated code beside its faults: comparisons of a value with itself, and loops that it leaves as they are.
    const known = compiler?.name === 'clang' ? ['-Wno-tautological-compare', '-Wno-pass-failed'] : []
    const flags = ['-std=gnu11', '-O1', '-Wall', '-Wextra', ...known, `-I${runtimeFolder}`, '-c']
    const { ok, stderr } = await command(process.env, cc, [...first, ...flags, '-o', '/dev/null', ...files])
    return ok ? stderr : `it does not compile: ${stderr}`
  }
  test('has nothing to warn of', async () => {
    const all = expressions.slice(0, 12)
    const { sources } = emitted(all.flatMap(e => e.inputs), all.flatMap(e => e.outputs))
    for (const s of [...sources, ...emit(manyLoops(3)).sources]) expect(await warnings([s])).toBe('')
  })
})
