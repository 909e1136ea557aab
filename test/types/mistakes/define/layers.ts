import { define } from '../../../../src/dsl/define/define.js'
import { layer } from '../../../../src/dsl/define/layer.js'
import { conv, flattenEach, linear } from '../../../../src/dsl/define/layers.js'
import { pipe, seq } from '../../../../src/dsl/define/seq.js'
import { f32, mul, relu } from '../../../../src/dsl/ops/index.js'
import { mistake, untyped } from '../../harness/mistake.js'

const first = linear(784, 128)
const small = linear(3, 4)
const scaled = define({ s: f32('D') }, [f32('B', 'D')], (p, x) => mul(x, p.s)).at({ D: 128 })
const own = layer(scaled)
const other = linear(5, 6)
const net = seq(small, relu)

/** Runs a sequence that does not fit on an input that does. */
const run = (net: any, x: unknown): unknown => net(net.params, x)

mistake.runs('seq: a step that does not fit', () => seq(first, relu, /*!*/ linear(64, 10)),
  () => run(untyped(seq)(first, relu, linear(64, 10)), f32('B', 784)))

mistake.runs('seq: channels', () => seq(conv(1, 32, 3), relu, /*!*/ conv(30, 10, 3)),
  () => run(untyped(seq)(conv(1, 32, 3), relu, conv(30, 10, 3)), f32('B', 28, 28, 1)))

mistake('seq: no step', () => seq(small, /*!*/ 5))

mistake('seq: the input does not fit', () => net(net.params, /*!*/ f32('B', 5)))

mistake.runs('seq: the input of a nested sequence', () => seq(net, /*!*/ small),
  () => run(untyped(seq)(net, small), f32('B', 3)))

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
