/** From a traced graph to a program that an engine can take: sizes bound, every placeholder known. */
import { computed, type Node } from '../dsl/core/node.js'
import { substitute, type Sizes } from '../dsl/core/substitute.js'
import { symbolsOf } from '../dsl/shape/dim.js'
import { TypegradError } from '../dsl/errors.js'
import type { Program, Resident } from './engine.js'

/** Binds symbols to sizes; throws a `TypegradError` naming a symbol without a size or a placeholder that is not among the inputs. */
export const program = (inputs: readonly Node[], outputs: readonly Node[], resident: readonly Resident[] = [],
  sizes: Sizes = {}): Program => {
  const bound = substitute([...inputs, ...outputs], new Map(), sizes)
  const result = { inputs: bound.slice(0, inputs.length), outputs: bound.slice(inputs.length), resident }
  const known = new Set(result.inputs)
  for (const node of computed(result.outputs)) {
    const symbolic = node.shape.find(d => typeof d === 'string')
    if (symbolic !== undefined) {
      const [symbol] = symbolsOf(symbolic)
      throw new TypegradError('shape', `compile: the symbol ${symbol} has no size; give one, such as { ${symbol}: 64 }`)
    }
    if (node.op === 'input' && !known.has(node)) {
      const { name } = node.attrs as { name: string }
      throw new TypegradError('value',
        `compile: the placeholder ${name || 'without a name'} ${node.dtype} [${node.shape.join(', ')}] is not among the inputs`)
    }
  }
  return result
}

/** The shape of a node in a program, where all dimensions are numbers. */
export const concrete = (node: { readonly shape: readonly (number | string)[] }): number[] => node.shape as number[]
