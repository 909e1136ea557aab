/** From a traced graph to a program that an engine can take: sizes bound, every placeholder known. */
import { computed, type Node } from '../dsl/core/node.js'
import { substitute, type Sizes } from '../dsl/core/substitute.js'
import { symbolsOf } from '../dsl/shape/dim.js'
import { TypegradError } from '../dsl/errors.js'
import type { Program, Resident } from './engine.js'

const typeOf = ({ dtype, shape }: Node): string => `${dtype} [${shape.join(', ')}]`

const checkSizes = (sizes: Sizes): void => {
  for (const [symbol, size] of Object.entries(sizes))
    if (typeof size === 'number' && (!Number.isSafeInteger(size) || size < 0))
      throw new TypegradError('shape', `compile: the size of ${symbol} is ${size}, but a whole number from 0 up was expected`)
}

/** What is kept from run to run keeps its dtype and its shape. */
const checkResident = ({ inputs, outputs, resident }: Program): void => {
  for (const { input, output } of resident) {
    if (output === null) continue
    const [before, after] = [typeOf(inputs[input]), typeOf(outputs[output])]
    if (before !== after)
      throw new TypegradError('value', `compile: the next state of ${(inputs[input].attrs as { name?: string }).name ?? 'an input'} is ${
        after} where the state is ${before}; a state keeps its dtype and shape from run to run`)
  }
}

/**
 * Binds symbols to sizes; throws a `TypegradError` naming a symbol without a size, a size that is none, a placeholder that is not among
 * the inputs, or a state that changes its dtype or shape.
 */
export const program = (inputs: readonly Node[], outputs: readonly Node[], resident: readonly Resident[] = [],
  sizes: Sizes = {}): Program => {
  checkSizes(sizes)
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
        `compile: the placeholder ${name || 'without a name'} ${typeOf(node)} is not among the inputs`)
    }
  }
  checkResident(result)
  return result
}

/** The shape of a node in a program, where all dimensions are numbers. */
export const concrete = (node: { readonly shape: readonly (number | string)[] }): number[] => node.shape as number[]
