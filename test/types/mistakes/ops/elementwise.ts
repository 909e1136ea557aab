import {
  abs, add, and, bool, cast, div, exp, f32, i32, less, logSoftmax, maximum, mul, not, pow, relu, softmax, sub, where, xor,
} from '../../../../src/dsl/ops/index.js'
import { mistake } from '../../harness/mistake.js'

const h = f32('B', 784), counts = i32('B', 784), mask = bool('B', 784)

mistake('two different sizes', () => add(h, /*!*/ f32(785)))

mistake('a size of 1 does not stretch', () => sub(f32(3), /*!*/ f32(3, 1)))

mistake('a size of 1 in the middle does not stretch', () => mul(f32(2, 3, 4), /*!*/ f32(1, 4)))

mistake('two different symbols', () => less(h, /*!*/ f32('C', 784)))

mistake('a symbol against a number', () => maximum(h, /*!*/ f32(64, 784)))

mistake('sums of symbols', () => add(f32('S+T'), /*!*/ f32('T+U')))

mistake('leading axes do not line up', () => add(f32('B', 784), /*!*/ f32('B')))

mistake('float32 with int32', () => add(h, /*!*/ counts))

mistake('int32 with float32', () => mul(counts, /*!*/ h))

mistake('arithmetic on truth values, first', () => add(/*!*/ mask, h))

mistake('arithmetic on truth values, second', () => add(h, /*!*/ mask))

mistake('division of integers', () => div(/*!*/ counts, 2))

mistake('a power of integers', () => pow(/*!*/ counts, counts))

mistake('a float function of integers', () => exp(/*!*/ counts))

mistake('relu of truth values', () => relu(/*!*/ mask))

mistake('absolute value of truth values', () => abs(/*!*/ mask))

mistake('logic on numbers', () => and(/*!*/ h, mask))

mistake('logic on numbers, second', () => xor(mask, /*!*/ h))

mistake('negation of numbers', () => not(/*!*/ h))

mistake('logic on shapes that differ', () => and(mask, /*!*/ bool('C', 784)))

mistake('a condition that is no truth value', () => where(/*!*/ h, h, h))

mistake('a condition of another shape', () => where(/*!*/ bool('C', 784), h, h))

mistake('branches of two shapes', () => where(mask, h, /*!*/ f32('B', 785)))

mistake('branches of two dtypes', () => where(mask, h, /*!*/ counts))

mistake('an unknown dtype', () => cast(h, /*!*/ 'float64'))

mistake('softmax over an axis that is not there', () => softmax(h, /*!*/ 2))

mistake('logSoftmax over a symbol that is not there', () => logSoftmax(h, /*!*/ 'T'))

mistake('only the first mistake is told', () => relu(add(sub(h, /*!*/ f32(785)), f32(3))))
