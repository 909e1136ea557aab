/** The reference engine behind the common interface: float64, any machine, no packages. */
import type { Engine, Executable, Program } from '../engine.js'
import type { Value } from '../../dsl/value.js'
import { version } from '../../version.js'
import { wide, splitEnds } from '../ends.js'
import { evaluate } from './evaluate.js'

const compile = (program: Program): Executable => {
  const ends = splitEnds(program)
  let state: Value[] = []
  return {
    run: inputs => {
      const args = ends.join(inputs, state)
      const results = evaluate(program.outputs, new Map(program.inputs.map((n, i) => [n, wide(args[i])])))
      const { outputs, next } = ends.split(results, state)
      state = next
      return Promise.resolve(outputs)
    },
    write: values => {
      state = values.map(wide)
      return Promise.resolve()
    },
    read: () => Promise.resolve(state.map(v => ({ ...v, data: v.data.slice() }))),
    release: () => Promise.resolve(),
  }
}

/** The float64 reference: always there. */
export const jsEngine: Engine = { name: 'js', version, compile: program => Promise.resolve(compile(program)) }
