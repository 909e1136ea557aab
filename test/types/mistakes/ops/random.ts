import { bernoulli, categorical, f32, i32, normal, randomBits, uniform } from '../../../../src/dsl/ops/index.js'
import { mistake } from '../../harness/mistake.js'

const k = i32(2), h = f32('B', 'T', 8)

mistake('random: a key that is not int32', () => normal(/*!*/ f32(2), [3]))

mistake('random: a key of another size', () => uniform(/*!*/ i32(3), [3]))

mistake('random: a scalar for a key', () => uniform(/*!*/ i32(), [3]))

mistake('random: a negative size', () => uniform(k, /*!*/ [-3]))

mistake('random: bits of a fraction', () => randomBits(k, /*!*/ [1.5]))

mistake('random: probabilities that are integers', () => bernoulli(k, /*!*/ i32(3)))

mistake('random: logits that are integers', () => categorical(k, /*!*/ i32(3)))

mistake('random: an axis that is not there', () => categorical(k, h, /*!*/ 7))
