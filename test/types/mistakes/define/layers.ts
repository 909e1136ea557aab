import { define } from '../../../../src/dsl/define/define.js'
import { layer } from '../../../../src/dsl/define/layer.js'
import { conv, flattenEach, linear, maxPool } from '../../../../src/dsl/define/layers.js'
import { pipe, seq } from '../../../../src/dsl/define/seq.js'
import { f32, mean, mul, relu } from '../../../../src/dsl/ops/index.js'
import type { Tensor } from '../../../../src/dsl/tensor.js'
import { mistake, typeOnly, untyped } from '../../harness/mistake.js'

const first = linear(784, 128)
const small = linear(3, 4)
const scaled = define({ s: f32('D') }, [f32('B', 'D')], (p, x) => mul(x, p.s)).at({ D: 128 })
const own = layer(scaled)
const other = linear(5, 6)
const net = seq(small, relu)
const annotated = seq(small, (x: Tensor<['B', 4]>) => relu(x))

mistake('seq: a step that does not fit', () => seq(first, relu, /*!*/ linear(64, 10)))

mistake('seq: channels', () => seq(conv(1, 32, 3), relu, /*!*/ conv(30, 10, 3)))

typeOnly('seq: a function of another size', () => seq(first, /*!*/ (x: Tensor<['B', 127]>) => relu(x)))

typeOnly('seq: a function of another shape', () => annotated(annotated.params, /*!*/ f32(2, 7, 3)))

mistake('seq: refused once', () => { const bad = seq(small, relu, /*!*/ linear(5, 6)); return mean(bad(bad.params, f32('B', 3))) })

mistake('seq: refused once inside another', () => seq(seq(small, /*!*/ linear(5, 6)), relu, linear(9, 9)))

mistake('maxPool: no images', () => maxPool(2)(/*!*/ f32('B', 3)))

mistake('seq: no step', () => seq(small, /*!*/ 5))

mistake('seq: the input does not fit', () => net(net.params, /*!*/ f32('B', 5)))

mistake('seq: the input of a nested sequence', () => seq(net, /*!*/ small))

mistake('a layer: the features', () => first(first.params, /*!*/ f32('B', 785)))

mistake('a layer: an input without axes', () => first(first.params, /*!*/ f32()))

mistake('a layer: its parameters', () => small(/*!*/ { w: f32(3, 3), b: f32(4) }, f32('B', 3)))

mistake('an own layer', () => own(scaled.params, /*!*/ f32('B', 127)))

mistake('with: other parameters', () => small.with(/*!*/ { w: f32(3, 4), b: f32(5) }))

mistake('flattenEach: no batch', () => flattenEach(/*!*/ f32()))

mistake('pipe: a step that does not fit', () => pipe(f32('B', 6), /*!*/ small.with(small.params)))

mistake('pipe: a layer without its parameters', () => pipe(f32('B', 3), /*!*/ small))

mistake.runs('pipe: after another step', () => pipe(f32('B', 3), small.with(small.params), relu, /*!*/ other.with(other.params)),
  () => untyped(pipe)(f32('B', 3), small.with(small.params), relu, other.with(other.params)))
