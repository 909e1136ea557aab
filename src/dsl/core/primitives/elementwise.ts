/** Primitives computed element by element. Operands have one shape: the public ops insert the broadcasts, so gradient rules need none. */
import { left, right, type Either } from 'fp-ts/lib/Either.js'
import { sameDim, showShape, sizeOfShape } from '../../shape/dim.js'
import type { DType, Dim } from '../../tensor.js'
import type { Node, TensorType } from '../node.js'
import { primitive, type Cotangents, type Primitive } from '../primitive.js'
import type { ConstantAttrs } from './leaves.js'
import { cast, full } from './structure.js'

export type Operand = Node | number
/** A number becomes a constant of the other operand's shape and dtype. */
const like = (x: Operand, other: Node): Node => typeof x === 'number' ? full(x, other.shape, other.dtype) : x

interface Spec {
  readonly summary: string
  readonly latex: (...xs: string[]) => string
  readonly accepts?: readonly DType[]
  readonly returns?: DType
  readonly vjp: ((g: Node, inputs: readonly Node[], output: Node) => Cotangents) | null
  readonly example: string
}

/** One shape and one dtype for all operands; `accepts` names the dtypes, `returns` the result's where it differs. */
const sameTypes = (op: string, accepts: readonly DType[], returns?: DType) =>
  ([x, ...rest]: readonly TensorType[]): Either<string, TensorType> => {
  if (!accepts.includes(x.dtype)) return left(`${op}: ${x.dtype} is not one of ${accepts.join(', ')}`)
  const bad = rest.find(r => r.dtype !== x.dtype || r.shape.length !== x.shape.length || !r.shape.every((d, i) => sameDim(d, x.shape[i])))
  return bad ? left(`${op}: ${x.dtype} ${showShape(x.shape)} and ${bad.dtype} ${showShape(bad.shape)} are not alike`)
    : right({ shape: x.shape, dtype: returns ?? x.dtype })
}

const elementwise = (op: string, { accepts = ['float32'], returns, vjp, ...rest }: Spec): Primitive<object> => primitive({
  op, ...rest, elementwise: true,
  latex: xs => rest.latex(...xs),
  type: sameTypes(op, accepts, returns),
  vjp: vjp === null ? null : (g, node) => vjp(g, node.inputs, node),
  flops: ({ shape }): Dim => sizeOfShape(shape),
})

const unary = (prim: Primitive<object>) => (x: Node): Node => prim.make([x], {})
const binary = (prim: Primitive<object>) => (a: Operand, b: Operand): Node => {
  const x = like(a, b as Node)
  return prim.make([x, like(b, x)], {})
}

const numeric = ['float32', 'int32'] as const
const fn = (name: string) => (x: string) => `\\${name}(${x})`

/* Arithmetic */
export const negPrim = elementwise('neg', { summary: 'Negation, elementwise.', latex: x => `-${x}`, accepts: numeric, vjp: g => [neg(g)],
  example: 'neg(tensor([1, -2]))' })
export const addPrim = elementwise('add', { summary: 'Sum of two tensors, elementwise.', latex: (a, b) => `${a} + ${b}`, accepts: numeric,
  vjp: g => [g, g], example: 'add(tensor([1, 2]), tensor([3, 4]))' })
export const subPrim = elementwise('sub', { summary: 'Difference, elementwise.', latex: (a, b) => `${a} - ${b}`, accepts: numeric,
  vjp: g => [g, neg(g)], example: 'sub(tensor([1, 2]), tensor([3, 4]))' })
export const mulPrim = elementwise('mul', { summary: 'Product, elementwise.', latex: (a, b) => `${a} \\odot ${b}`, accepts: numeric,
  vjp: (g, [a, b]) => [mul(g, b), mul(g, a)], example: 'mul(tensor([1, 2]), tensor([3, 4]))' })
export const divPrim = elementwise('div', { summary: 'Quotient, elementwise.', latex: (a, b) => `\\frac{${a}}{${b}}`, vjp: (g, [, b], y) =>
  [div(g, b), neg(div(mul(g, y), b))], example: 'div(tensor([1, 2]), tensor([4, 4]))' })
/** The number that a node repeats, where it is a constant. */
const repeated = (x: Node): number | null => {
  const from = x.op === 'broadcastTo' ? x.inputs[0] : x
  const value = from.op === 'constant' ? (from.attrs as ConstantAttrs).value : null
  return value?.data.length === 1 ? value.data[0] : null
}
/** b a^(b - 1), which is 0 where a and b are: 0 * 0^-1 would be NaN. */
const powSlope = (a: Node, b: Node): Node => {
  const known = repeated(b)
  if (known !== null) return known === 0 ? full(0, a.shape) : known === 1 ? full(1, a.shape) : mul(known, known === 2 ? a
    : pow(a, known - 1))
  return mul(b, pow(a, select(and(equal(a, 0), equal(b, 0)), b, sub(b, 1))))
}
export const powPrim = elementwise('pow', {
  summary: 'A power, elementwise; the base must not be negative unless the exponent is an integer.', latex: (a, b) => `${a}^{${b}}`,
  // At a zero base the logarithm is replaced by 0, so that 0^b has the gradient of a constant in b instead of NaN.
  vjp: (g, [a, b], y) => [mul(g, powSlope(a, b)), mul(g, select(less(0, a), mul(y, log(select(less(0, a), a, full(1, a.shape)))),
    full(0, a.shape)))],
  example: 'pow(tensor([2, 3]), tensor([3, 2]))',
})
export const modPrim = elementwise('mod', { summary: 'The remainder with the sign of the divisor, elementwise.',
  latex: (a, b) => `${a} \\bmod ${b}`, accepts: numeric, vjp: (g, [a, b]) => a.dtype === 'int32' ? [null, null]
    : [g, neg(mul(g, floor(div(a, b))))], example: 'mod(tensor([5, -1]), tensor([3, 3]))' })

/** Where a wins, half where both are equal: the subgradient that treats the operands alike. */
const share = (a: Node, b: Node): Node => add(cast(less(b, a), 'float32'), mul(0.5, cast(equal(a, b), 'float32')))
export const maximumPrim = elementwise('maximum', { summary: 'The larger of two elements; at a tie each operand gets half the gradient.',
  latex: (a, b) => `\\max(${a}, ${b})`, accepts: numeric, vjp: (g, [a, b]) => [mul(g, share(a, b)), mul(g, share(b, a))],
    example: 'maximum(tensor([1, 5]), tensor([3, 4]))' })
export const minimumPrim = elementwise('minimum', { summary: 'The smaller of two elements; at a tie each operand gets half the gradient.',
  latex: (a, b) => `\\min(${a}, ${b})`, accepts: numeric, vjp: (g, [a, b]) => [mul(g, share(b, a)), mul(g, share(a, b))],
    example: 'minimum(tensor([1, 5]), tensor([3, 4]))' })

/* Functions of one variable */
export const absPrim = elementwise('abs', { summary: 'Absolute value, elementwise; its gradient at 0 is 0.',
  latex: x => `\\left|${x}\\right|`, accepts: numeric, vjp: (g, [x]) => [mul(g, sign(x))], example: 'abs(tensor([-1, 2]))' })
export const signPrim = elementwise('sign', { summary: 'The sign, -1, 0 or 1, elementwise.', latex: fn('operatorname{sign}'),
  accepts: numeric, vjp: null, example: 'sign(tensor([-3, 0, 2]))' })
export const floorPrim = elementwise('floor', { summary: 'The largest integer not above, elementwise.',
  latex: x => `\\lfloor ${x} \\rfloor`, vjp: null, example: 'floor(tensor([1.5, -1.5]))' })
export const ceilPrim = elementwise('ceil', { summary: 'The smallest integer not below, elementwise.', latex: x => `\\lceil ${x} \\rceil`,
  vjp: null, example: 'ceil(tensor([1.5, -1.5]))' })
export const roundPrim = elementwise('round', { summary: 'The nearest integer, halves to even, elementwise.',
  latex: fn('operatorname{round}'), vjp: null, example: 'round(tensor([0.5, 1.5]))' })
export const expPrim = elementwise('exp', { summary: 'Exponential, elementwise.', latex: x => `e^{${x}}`, vjp: (g, _, y) => [mul(g, y)],
  example: 'exp(tensor([0, 1]))' })
export const logPrim = elementwise('log', { summary: 'Natural logarithm, elementwise.', latex: fn('log'), vjp: (g, [x]) => [div(g, x)],
  example: 'log(tensor([1, 2]))' })
export const log1pPrim = elementwise('log1p', { summary: 'log(1 + x), accurate near 0.', latex: x => `\\log(1 + ${x})`,
  vjp: (g, [x]) => [div(g, add(x, 1))], example: 'log1p(tensor([0, 1e-6]))' })
export const expm1Prim = elementwise('expm1', { summary: 'exp(x) - 1, accurate near 0.', latex: x => `e^{${x}} - 1`,
  vjp: (g, _, y) => [mul(g, add(y, 1))], example: 'expm1(tensor([0, 1e-6]))' })
export const sqrtPrim = elementwise('sqrt', { summary: 'Square root, elementwise.', latex: x => `\\sqrt{${x}}`,
  vjp: (g, _, y) => [div(mul(0.5, g), y)], example: 'sqrt(tensor([4, 9]))' })
export const sinPrim = elementwise('sin', { summary: 'Sine of an angle in radians, elementwise.', latex: fn('sin'),
  vjp: (g, [x]) => [mul(g, cos(x))], example: 'sin(tensor([0, 1]))' })
export const cosPrim = elementwise('cos', { summary: 'Cosine of an angle in radians, elementwise.', latex: fn('cos'),
  vjp: (g, [x]) => [neg(mul(g, sin(x)))], example: 'cos(tensor([0, 1]))' })
export const tanhPrim = elementwise('tanh', { summary: 'Hyperbolic tangent, elementwise.', latex: fn('tanh'),
  vjp: (g, _, y) => [mul(g, sub(1, mul(y, y)))], example: 'tanh(tensor([0, 1]))' })
export const sigmoidPrim = elementwise('sigmoid', { summary: 'The logistic function 1 / (1 + exp(-x)), elementwise.', latex: fn('sigma'),
  vjp: (g, _, y) => [mul(g, mul(y, sub(1, y)))], example: 'sigmoid(tensor([0, 1]))' })
export const softplusPrim = elementwise('softplus', { summary: 'log(1 + exp(x)) without overflow, elementwise.',
  latex: fn('operatorname{softplus}'), vjp: (g, [x]) => [mul(g, sigmoid(x))], example: 'softplus(tensor([0, 100]))' })
export const erfPrim = elementwise('erf', { summary: 'The error function, elementwise.', latex: fn('operatorname{erf}'),
  vjp: (g, [x]) => [mul(g, mul(2 / Math.sqrt(Math.PI), exp(neg(mul(x, x)))))], example: 'erf(tensor([0, 1]))' })

/* Comparison and logic: no gradient */
export const equalPrim = elementwise('equal', { summary: 'Whether two elements are equal.', latex: (a, b) => `[${a} = ${b}]`,
  accepts: ['float32', 'int32', 'bool'], returns: 'bool', vjp: null, example: 'equal(tensor([1, 2]), tensor([1, 3]))' })
export const lessPrim = elementwise('less', { summary: 'Whether an element is below another.', latex: (a, b) => `[${a} < ${b}]`,
  accepts: numeric, returns: 'bool', vjp: null, example: 'less(tensor([1, 2]), tensor([2, 2]))' })
export const lessEqualPrim = elementwise('lessEqual', { summary: 'Whether an element is not above another.',
  latex: (a, b) => `[${a} \\le ${b}]`, accepts: numeric, returns: 'bool', vjp: null, example: 'lessEqual(tensor([1, 2]), tensor([2, 1]))' })
export const notPrim = elementwise('not', { summary: 'Logical negation, elementwise.', latex: x => `\\neg ${x}`, accepts: ['bool'],
  vjp: null, example: 'not(less(tensor([1, 2]), tensor([2, 1])))' })
export const andPrim = elementwise('and', { summary: 'Logical conjunction, elementwise.', latex: (a, b) => `${a} \\wedge ${b}`,
  accepts: ['bool'], vjp: null, example: 'and(less(tensor([1]), tensor([2])), less(tensor([1]), tensor([2])))' })
export const orPrim = elementwise('or', { summary: 'Logical disjunction, elementwise.', latex: (a, b) => `${a} \\vee ${b}`,
  accepts: ['bool'], vjp: null, example: 'or(less(tensor([1]), tensor([2])), less(tensor([3]), tensor([2])))' })

export const selectPrim = primitive({
  op: 'select', elementwise: true,
  summary: 'The second operand where the first is true, the third elsewhere.',
  latex: ([c, a, b]) => `\\begin{cases} ${a} & ${c} \\\\ ${b} & \\text{otherwise} \\end{cases}`,
  type: ([c, a, b]) => c.dtype === 'bool' && c.shape.length === a.shape.length && c.shape.every((d, i) => sameDim(d, a.shape[i]))
    ? sameTypes('where', ['float32', 'int32', 'bool'])([a, b])
    : left(`where: the condition is ${c.dtype} ${showShape(c.shape)} but bool ${showShape(a.shape)} was expected`),
  vjp: (g, { inputs: [c] }) => [null, select(c, g, full(0, g.shape)), select(c, full(0, g.shape), g)],
  flops: ({ shape }) => sizeOfShape(shape),
  example: 'where(less(tensor([1, 2]), tensor([2, 1])), tensor([1, 2]), tensor([3, 4]))',
})

export const neg = unary(negPrim), abs = unary(absPrim), sign = unary(signPrim), floor = unary(floorPrim), ceil = unary(ceilPrim)
export const round = unary(roundPrim), exp = unary(expPrim), log = unary(logPrim), log1p = unary(log1pPrim), expm1 = unary(expm1Prim)
export const sqrt = unary(sqrtPrim), sin = unary(sinPrim), cos = unary(cosPrim), tanh = unary(tanhPrim), sigmoid = unary(sigmoidPrim)
export const softplus = unary(softplusPrim), erf = unary(erfPrim), not = unary(notPrim)
export const add = binary(addPrim), sub = binary(subPrim), mul = binary(mulPrim), div = binary(divPrim), pow = binary(powPrim)
export const maximum = binary(maximumPrim), minimum = binary(minimumPrim), mod = binary(modPrim)
export const equal = binary(equalPrim), less = binary(lessPrim), lessEqual = binary(lessEqualPrim), and = binary(andPrim), or =
  binary(orPrim)
export const select = (c: Node, a: Node, b: Node): Node => selectPrim.make([c, a, b], {})
