import { key } from '../../../../src/dsl/keys.js'
import { eye, f32, fromArray, full, i32, iota, ones, parameter, tensor, uniform, zeros } from '../../../../src/dsl/ops/index.js'
import { mistake, typeOnly } from '../../harness/mistake.js'

const either = 16 as 16 | 32, anySymbol = 'B' as string

mistake('a negative size', () => f32(/*!*/ -1, 3))

mistake('a fraction', () => i32(3, /*!*/ 1.5))

typeOnly('a union of sizes', () => f32(/*!*/ either))

typeOnly('any string as a symbol', () => f32(/*!*/ anySymbol))

mistake('a symbol of two words', () => f32(/*!*/ 'batch size', 3))

mistake('a symbol of two words in a list', () => ones(/*!*/ ['batch size']))

mistake('zeros of a negative size', () => zeros(/*!*/ [2, -1]))

mistake('ones of a fraction', () => ones(/*!*/ [0.5]))

mistake('full of a negative size', () => full(1, /*!*/ [-2]))

mistake('a parameter of a negative size', () => parameter(/*!*/ [-1], { kind: 'zeros' }))

mistake('an array of a negative size', () => fromArray([1], /*!*/ [-1]))

mistake('a negative count', () => iota(/*!*/ -1))

mistake('a negative identity', () => eye(/*!*/ -1))

mistake('rows that differ in length', () => tensor(/*!*/ [[1, 2], [3]]))

mistake('a row that is a number', () => tensor(/*!*/ [[1, 2], 3]))

mistake('a size that is no list', () => zeros(/*!*/ 3))

mistake('a size for a draw that is no list', () => uniform(key(0), /*!*/ 3))
