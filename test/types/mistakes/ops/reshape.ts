import { broadcastTo, expandDims, f32, flatten, rearrange, reshape, squeeze, swapAxes, transpose } from '../../../../src/dsl/ops/index.js'
import { mistake } from '../../harness/mistake.js'

const x = f32('B', 28, 28, 1), h = f32('B', 'T', 8), m = f32('B', 784)

mistake('another number of elements', () => reshape(x, /*!*/ ['B', 785]))

mistake('another symbol', () => reshape(x, /*!*/ ['T', 784]))

mistake('a symbol is lost', () => reshape(h, /*!*/ [8, 'T']))

mistake('-1 does not come out even', () => reshape(x, /*!*/ ['B', 10, -1]))

mistake('-1 twice', () => reshape(x, /*!*/ ['B', -1, -1]))

mistake('-1 beside an empty axis', () => reshape(f32(0, 3), /*!*/ [0, -1]))

mistake('a size below -1', () => reshape(x, /*!*/ ['B', -2]))

mistake('large products', () => reshape(f32(65536, 32767), /*!*/ [32768, 65536]))

mistake('flatten from past the end', () => flatten(h, /*!*/ 4))

mistake('transpose: an axis is missing', () => transpose(h, /*!*/ [0, 1]))

mistake('transpose: an axis twice', () => transpose(h, /*!*/ [0, 1, 1]))

mistake('transpose: an axis that is not there', () => transpose(h, /*!*/ [0, 1, 3]))

mistake('swapAxes: the first axis', () => swapAxes(h, /*!*/ 'Q', 1))

mistake('swapAxes: the second axis', () => swapAxes(h, 0, /*!*/ 3))

mistake('squeeze: an axis that is not 1', () => squeeze(h, /*!*/ [2]))

mistake('squeeze: a symbol', () => squeeze(h, /*!*/ ['B']))

mistake('expandDims: past the end', () => expandDims(h, /*!*/ 4))

mistake('expandDims: before the start', () => expandDims(h, /*!*/ -5))

mistake('broadcastTo: another size', () => broadcastTo(f32(3, 2), /*!*/ [4, 2]))

mistake('broadcastTo: fewer axes', () => broadcastTo(h, /*!*/ [8]))

mistake('broadcastTo: a negative size', () => broadcastTo(f32(1, 2), /*!*/ [-4, 2]))

mistake('rearrange: not divisible', () => rearrange(m, 'b (h d) -> b h d', /*!*/ { h: 11 }))

mistake('rearrange: two unknown sizes', () => rearrange(m, /*!*/ 'b (h d) -> b h d'))

mistake('rearrange: another product', () => rearrange(m, 'b (h d) -> b h d', /*!*/ { h: 12, d: 12 }))

mistake('rearrange: another size', () => rearrange(m, 'b d -> d b', /*!*/ { d: 12 }))

mistake('rearrange: a name from nowhere', () => rearrange(m, /*!*/ 'b d -> b d e'))

mistake('rearrange: a name is lost', () => rearrange(m, /*!*/ 'b d -> b'))

mistake('rearrange: a name twice on the left', () => rearrange(m, /*!*/ 'b b -> b'))

mistake('rearrange: a name twice on the right', () => rearrange(m, /*!*/ 'b d -> b d b'))

mistake('rearrange: a size that is given wrongly', () => rearrange(f32('B', 784), 'b (h w) -> b h w', /*!*/ { h: 29 }))

mistake('rearrange: a size of an axis', () => rearrange(f32('B', 784), 'b h -> h b', /*!*/ { h: 29 }))

mistake('rearrange: too many names', () => rearrange(m, /*!*/ 'b d e -> b d e'))

mistake('rearrange: too few names', () => rearrange(m, /*!*/ 'b -> b'))

mistake('rearrange: 1 for another size', () => rearrange(m, /*!*/ 'b 1 -> b'))

mistake('rearrange: no arrow', () => rearrange(m, /*!*/ 'b d b d'))

mistake('rearrange: an open bracket', () => rearrange(m, /*!*/ 'b (h d -> b h d', { h: 12 }))
