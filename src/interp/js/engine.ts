/** The engine in JavaScript behind the common interface: float64, any machine, no packages. */
import type { Engine, Executable, Program } from '../engine.js'
import type { Value } from '../../dsl/value.js'
import { version } from '../../version.js'
import { checkState, wide, splitEnds } from '../ends.js'
import { releasable } from '../releasable.js'
import { evaluate } from './evaluate.js'
import { generatedExecutable } from './executable.js'

/** A program that the reference evaluates node by node: what generated code is held against, and where it cannot be made. */
export const interpreted = (program: Program): Executable => {
  const ends = splitEnds(program)
  let state: Value[] = []
  return releasable({
    run: inputs => new Promise(resolve => {
      const args = ends.join(inputs, state)
      const results = evaluate(program.outputs, new Map(program.inputs.map((n, i) => [n, wide(args[i])])))
      const { outputs, next } = ends.split(results, state)
      state = next
      resolve(outputs)
    }),
    write: values => new Promise(resolve => {
      checkState(program, values)
      state = values.map(wide)
      resolve()
    }),
    read: () => Promise.resolve(state.map(v => ({ ...v, data: v.data.slice() }))),
    release: () => Promise.resolve(),
  })
}

/**
 * JavaScript in float64, always there: every program becomes code of its own, which gives what the reference gives.
 *
 * @example
 * ```ts
 * import { compile, jsEngine } from 'typegrad/engines'
 * const double = (_: {}, { x }: { x: Tensor<[2]> }) => ({ outputs: mul(x, 2) })
 * const doubled = await compile(jsEngine, double, { state: {}, inputs: { x: f32(2) } })
 * console.log((await doubled.run({ x: { shape: [2], dtype: 'float32', data: Float32Array.of(1, 2) } })).data)
 * ```
 */
export const jsEngine: Engine = {
  name: 'js', version, compile: program => new Promise(resolve => { resolve(generatedExecutable(program) ?? interpreted(program)) }),
}
