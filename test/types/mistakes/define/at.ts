import { define } from '../../../../src/dsl/define/define.js'
import { add, f32, matmul } from '../../../../src/dsl/ops/index.js'
import type { Tensor } from '../../../../src/dsl/tensor.js'
import { mistake, typeOnly } from '../../harness/mistake.js'

const linear = define({ w: f32('I', 'O'), b: f32('O') }, [f32('B', 'I')], (p, x) => add(matmul(x, p.w), p.b))

mistake('at: an unknown symbol', () => linear.at({ /*!*/ K: 3 }))

mistake('at: a negative size', () => linear.at({ /*!*/ I: -3 }))

mistake('at: a fraction', () => linear.at({ O: 3, /*!*/ I: 2.5 }))

mistake('after at, a size is fixed', () => linear.at({ I: 784 })(/*!*/ { w: f32(783, 10), b: f32(10) }, f32('N', 783)))

mistake('after at, an argument is fixed', () => linear.at({ B: 32 })({ w: f32(784, 10), b: f32(10) }, /*!*/ f32(31, 784)))

mistake('a body is checked with its symbols', () => define({ w: f32('I', 'O') }, [f32('B', 'J')], (p, x) => matmul(x, /*!*/ p.w)))

typeOnly('an annotated body is checked with its symbols', () =>
  define({ w: f32('I', 'O') }, (p, x: Tensor<['B', 'J']>) => matmul(x, /*!*/ p.w)))

typeOnly('a symbol of the result alone', () => define({ w: f32('I') }, p => /*!*/ add(f32('K'), 1)))
