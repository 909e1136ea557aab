import { define } from '../../../../src/dsl/define/define.js'
import { add, f32, i32, matmul } from '../../../../src/dsl/ops/index.js'
import type { Tensor } from '../../../../src/dsl/tensor.js'
import { mistake } from '../../harness/mistake.js'

const linear = define({ w: f32('I', 'O'), b: f32('O') }, [f32('B', 'I')], (p, x) => add(matmul(x, p.w), p.b))
const twoLayers = define({ a: { w: f32('I', 'H') }, b: { w: f32('H', 'O') } }, [f32('B', 'I')], (p, x) => matmul(matmul(x, p.a.w), p.b.w))
const unannotated = define({ w: f32('I', 'O'), b: f32('O') }, (p, x: Tensor<['B', 'I']>) => add(matmul(x, p.w), p.b))
const halves = define({ w: f32('2*H', 'H') }, [f32('B', 'T+1', '2*H')], (p, x) => matmul(x, p.w))
const grid = define({}, [f32('B*T')], (_, x) => x)
const cell = define([f32('H'), [f32('H')]], [{ h: f32('B', 'H'), c: [f32('B', 'H')] }], (p, s) =>
  [add(s.h, p[0]), add(s.c[0], p[1][0])] as const)

const w = f32(784, 10)
const b = f32(10)
const x = f32('N', 784)

mistake('an argument against the parameters', () => linear({ w, b }, /*!*/ f32('N', 785)))

mistake('an argument against the parameters, annotated', () => unannotated({ w, b }, /*!*/ f32('N', 785)))

mistake('a parameter against another', () => linear(/*!*/ { w, b: f32(11) }, x))

mistake('a parameter against another, annotated', () => unannotated(/*!*/ { w, b: f32(11) }, x))

mistake('too few axes', () => linear({ w, b }, /*!*/ f32(784)))

mistake('too many axes', () => linear({ w, b }, /*!*/ f32('N', 5, 784)))

mistake('a parameter with too many axes', () => linear(/*!*/ { w: f32(2, 784, 10), b }, x))

mistake('another dtype', () => linear({ w, b }, /*!*/ i32('N', 784)))

mistake('another dtype in the parameters', () => linear(/*!*/ { w, b: i32(10) }, x))

mistake('a missing key', () => linear(/*!*/ { w }, x))

mistake('an extra key', () => linear(/*!*/ { w, b, c: b }, x))

mistake('no record', () => linear(/*!*/ w, x))

mistake('no tensor', () => linear({ w, b }, /*!*/ { x }))

mistake('no tuple', () => cell(/*!*/ { h: b }, { h: x, c: [x] }))

mistake('a tuple of another length', () => cell(/*!*/ [b], { h: x, c: [x] }))

mistake('deep in an argument', () => cell([f32(784), [f32(784)]], /*!*/ { h: x, c: [f32('N', 785)] }))

mistake('deep in the parameters', () => twoLayers(/*!*/ { a: { w }, b: { w: f32(9, 5) } }, x))

mistake('too few arguments', () => /*!*/ linear({ w, b }))

mistake('too many arguments', () => linear({ w, b }, x, /*!*/ x))

mistake('a compound size that cannot be', () => halves(/*!*/ { w: f32(511, 256) }, f32(3, 11, 512)))

mistake('a compound size against its symbol', () => halves(/*!*/ { w: f32(512, 255) }, f32(3, 11, 512)))

mistake('a compound size against the parameters', () => halves({ w: f32(512, 256) }, /*!*/ f32(3, 11, 513)))

mistake('a sum below its constant', () => halves({ w: f32(512, 256) }, /*!*/ f32(3, 0, 512)))

mistake('a compound size that determines nothing', () => grid({}, /*!*/ f32(12)))

mistake('symbols are rigid to the caller', () => linear({ w: f32('D', 10), b }, /*!*/ f32('N', 'E')))
