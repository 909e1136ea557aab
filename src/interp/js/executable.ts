/** Generated code as an executable: its inputs are copied into arrays that are there already, its results out of them. */
import type { Node } from '../../dsl/core/node.js'
import type { DType } from '../../dsl/tensor.js'
import type { Value } from '../../dsl/value.js'
import type { Executable, Program } from '../engine.js'
import { checkState, splitEnds } from '../ends.js'
import { releasable } from '../releasable.js'
import { arrayOf, type Data } from './generate/buffers.js'
import { generate } from './generate/generate.js'

const single = (dtype: DType, n: number): Data => dtype === 'float32' ? new Float32Array(n) : arrayOf(dtype, n)
/** Below this many elements a loop is quicker than the call of a method. */
const few = 64
const copy = (from: Data, to: Data): void => {
  if (from.length > few) to.set(from)
  else for (let i = 0; i < from.length; i++) to[i] = from[i]
}
/** The nearest float32 of every float. */
const round = (data: Data): void => {
  if (data instanceof Float64Array) for (let i = 0; i < data.length; i++) data[i] = Math.fround(data[i])
}

/**
 * The program as generated code; null where code cannot be generated. With `float32` the ends are float32, as with other engines: what is
 * given, kept and returned is rounded to it; what lies between is float64.
 */
export const generatedExecutable = (program: Program, { float32 = false } = {}): Executable | null => {
  const { resident } = program
  const code = generate(program)
  if (code === null) return null
  const { inputs, outputs, run } = code, kept = float32 ? single : arrayOf
  const ends = splitEnds(program)
  const given = ends.given.map(i => inputs[i])
  const returned = ends.returned.map(i => ({ node: program.outputs[i], from: outputs[i] }))
  const taken = ({ dtype, shape }: Node, from: Data): Value => {
    const data = kept(dtype, from.length)
    copy(from, data)
    return { shape: shape as readonly number[], dtype, data }
  }
  // Where several keep one input the last is what the program reads, so the others lie apart.
  const read = new Map(resident.map((r, i) => [r.input, i]))
  const state = resident.map((r, i) => {
    const data = inputs[r.input]
    return read.get(r.input) === i ? data : arrayOf(program.inputs[r.input].dtype, data.length)
  })
  const next = resident.flatMap((r, i) => r.output === null ? [] : [{ to: state[i], from: outputs[r.output] }])
  let written = resident.length === 0
  return releasable({
    run: values => new Promise(resolve => {
      ends.check(values, written ? resident.length : 0)
      for (let i = 0; i < given.length; i++) {
        copy(values[i].data, given[i])
        // The reference's own values are wider.
        if (float32 && values[i].data instanceof Float64Array) round(given[i])
      }
      run()
      for (const { to, from } of next) {
        copy(from, to)
        if (float32) round(to)
      }
      resolve(returned.map(({ node, from }) => taken(node, from)))
    }),
    write: values => new Promise(resolve => {
      checkState(program, values)
      values.forEach((v, i) => {
        copy(v.data, state[i])
        if (float32) round(state[i])
      })
      written = true
      resolve()
    }),
    read: () => Promise.resolve(written ? resident.map((r, i) => taken(program.inputs[r.input], state[i])) : []),
    release: () => Promise.resolve(),
  })
}
