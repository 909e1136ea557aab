import { key } from '../../../../src/dsl/keys.js'
import { emaCodebook, vectorQuantise } from '../../../../src/dsl/nn/index.js'
import { f32, i32 } from '../../../../src/dsl/ops/index.js'
import { mistake } from '../../harness/mistake.js'

const codebook = f32(256, 32), z = f32('B', 7, 7, 32)
const running = emaCodebook({ entries: 256, features: 32 }), state = running.init(key(0))

mistake('vectorQuantise: features', () => vectorQuantise(codebook, /*!*/ f32('B', 7, 7, 64)))

mistake('vectorQuantise: no codebook', () => vectorQuantise(/*!*/ f32(32), z))

mistake('vectorQuantise: an int32 codebook', () => vectorQuantise(/*!*/ i32(256, 32), z))

mistake('vectorQuantise: no vectors', () => vectorQuantise(codebook, /*!*/ f32()))

mistake('vectorQuantise: int32 vectors', () => vectorQuantise(codebook, /*!*/ i32('B', 32)))

mistake('emaCodebook: features', () => running.update(state, /*!*/ f32('B', 31), i32('B'), key(1)))

mistake('emaCodebook: codes of other vectors', () => running.update(state, z, /*!*/ i32('B', 7), key(1)))
