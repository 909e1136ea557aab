import fc from 'fast-check'
import { constant, cos, customVjp, exp, mul, sin } from '../../../../src/dsl/core/build.js'
import type { VjpRule } from '../../../../src/dsl/core/primitives/control.js'
import type { Dim, DType } from '../../../../src/dsl/tensor.js'
import { anyDim, anyShape, caseOf, count, labelled, real, sizes, slot, tied, typed, valuesOf, type Case, type Sizes } from './draw.js'

type Leaves = 'input' | 'constant' | 'iota' | 'dimSize' | 'randomBits' | 'uniform' | 'customVjp'
const dtypes = fc.constantFrom<DType>('float32', 'int32', 'bool')
const anyWord = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })

const drawn = (op: 'randomBits' | 'uniform'): fc.Arbitrary<Case> =>
  fc.tuple(anyWord, anyWord, anyShape(), fc.nat(5), sizes).map(([k0, k1, shape, stream, s]) =>
  caseOf(op, [{ shape: [2], dtype: 'int32', data: [k0, k1], smooth: false }], { shape, stream }, s))
const sized = (op: 'iota' | 'dimSize'): fc.Arbitrary<Case> => fc.tuple(anyDim, sizes).map(([size, s]) => caseOf(op, [], { size }, s))
const shapes: fc.Arbitrary<[Dim[], Sizes, DType]> = fc.tuple(anyShape(), sizes, dtypes)

// Rules are told apart by identity: made once, equal uses are one node.
const squareRule: VjpRule = (g, _, [u]) => [mul(g, mul(2, u))]
const productRule: VjpRule = (g, out, [u, v]) => [mul(g, out), mul(g, mul(exp(u), cos(v)))]

export const leafCases: { readonly [P in Leaves]: fc.Arbitrary<Case> } = {
  input: shapes.chain(([shape, s, dtype]) =>
    typed(shape, s, dtype).map(x => labelled({ inputs: [x], sizes: s, build: ([n]) => n }, 'input'))),
  // A constant's array has its size, so its shape has no symbols.
  constant: shapes.chain(([shape, s, dtype]) => typed([count(shape, s)], s, dtype).map(x => {
    const [value] = valuesOf({ inputs: [x], sizes: s, build: ([n]) => n })
    return labelled({ inputs: [], sizes: s, build: () => constant(value) }, 'constant', value)
  })),
  iota: sized('iota'), dimSize: sized('dimSize'), randomBits: drawn('randomBits'), uniform: drawn('uniform'),
  // The stated rule is the true one here, so that differences can tell: of f(x, y) = exp(x) sin(y), and of a product with itself.
  customVjp: fc.tuple(anyShape(), sizes, fc.constantFrom('product', 'square')).chain(([shape, s, which]) =>
    fc.tuple(slot(shape, s, real), slot(shape, s, real), tied(shape, s, 'int32')).map(([x, y, i]) => labelled({
      inputs: [x, y, i], sizes: s,
      build: ([a, b]) => which === 'square' ? customVjp(mul(a, a), [a], squareRule) : customVjp(mul(exp(a), sin(b)), [a, b], productRule),
    }, 'customVjp', which))),
}
