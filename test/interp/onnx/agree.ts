/** One program on the engine under test and on the reference. */
import { expect } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import type { Node } from '../../../src/dsl/core/node.js'
import type { DType } from '../../../src/dsl/tensor.js'
import { sizeOf, type Value } from '../../../src/dsl/value.js'
import type { Engine } from '../../../src/interp/engine.js'
import { jsEngine } from '../../../src/interp/js/engine.js'
import { program } from '../../../src/interp/program.js'

export const float = (shape: number[], data: readonly number[]): Value => ({ shape, dtype: 'float32', data: Float32Array.from(data) })
export const int = (shape: number[], data: readonly number[]): Value => ({ shape, dtype: 'int32', data: Int32Array.from(data) })
export const bool = (shape: number[], data: readonly number[]): Value => ({ shape, dtype: 'bool', data: Uint8Array.from(data) })

/** Values spread over (-2, 2), no two alike, the same each time. */
export const spread = (...shape: number[]): Value =>
  float(shape, Array.from({ length: sizeOf(shape) }, (_, i) => 4 * ((i * 0.6180339887498949 + 0.1) % 1) - 2))
/** Integers from 0 to below `n`. */
export const upTo = (n: number, ...shape: number[]): Value => int(shape, Array.from({ length: sizeOf(shape) }, (_, i) => (i * 7 + 3) % n))

/** A placeholder with a value. */
export class Inputs {
  readonly nodes: Node[] = []
  readonly values: Value[] = []
  of(value: Value): Node {
    const node = b.input({ shape: value.shape, dtype: value.dtype as DType })
    this.nodes.push(node)
    this.values.push(value)
    return node
  }
}

/** Runs the outputs on both engines and compares shapes, dtypes and elements: integers exactly, floats to single precision. */
export const agree = async (engine: Engine, inputs: Inputs, outputs: readonly Node[], tolerance = 2e-6): Promise<Value[]> => {
  const p = program(inputs.nodes, outputs)
  const [want, got] = await Promise.all([jsEngine, engine].map(async e => {
    const executable = await e.compile(p)
    const results = await executable.run(inputs.values)
    await executable.release()
    return results
  }))
  want.forEach((w, i) => {
    const what = `${outputs[i].op} ${i}`
    const typeOf = ({ shape, dtype, data }: Value): object => ({ shape, dtype, length: data.length })
    expect(typeOf(got[i]), what).toEqual(typeOf(w))
    const scale = Math.max(1, ...Array.from(w.data, Math.abs).filter(Number.isFinite))
    w.data.forEach((x: number, j: number) => {
      const y = got[i].data[j]
      const exact = w.dtype !== 'float32' || !Number.isFinite(x)
      const alike = exact ? Object.is(x + 0, y + 0) : Math.abs(x - y) <= tolerance * scale
      if (!alike) expect.fail(`${what}, element ${j}: ${y} but ${x} was expected`)
    })
  })
  return got
}
