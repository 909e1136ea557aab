import { expect, it } from 'vitest'
import { adam, chain, sgd } from '../../../src/dsl/optim/index.js'

/** Calls a function as plain JavaScript does. */
const call = (f: unknown, ...args: readonly unknown[]) => (): unknown => Reflect.apply(f as () => unknown, undefined, args)

it('a learning rate is a number or a schedule', () => {
  expect(call(sgd, 'a')).toThrow('the learning rate is a but a number or a schedule was expected')
  expect(call(adam, NaN)).toThrow('the learning rate is NaN')
})
it('a chain is of transformations', () => {
  expect(call(chain, sgd(0.1), 3)).toThrow('chain: a transformation such as adam(1e-3) was expected but argument 2 is 3')
  expect(call(chain, null)).toThrow('argument 1 is null')
})
